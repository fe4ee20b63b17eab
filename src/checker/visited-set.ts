/**
 * The visited set of the compiled search, as code: an exact hash table that holds no pointers. The hash is a
 * bijection of the state vector, so a slot needs only what its position does not say (Cleary 1984, "Compact
 * hash tables using bidirectional linear probing"); most systems need four bytes a slot, touched once.
 */
import {
  type Code,
  Locals,
  type Routine,
  block,
  branch,
  branchIf,
  drop,
  give,
  i32,
  loop,
  when,
} from './assembler.ts'
import { getGlobal, setGlobal } from './assembler.ts'
import { GLOBAL, PROBES, PROBE_BITS, type SetShape, hashOf, lineOf } from './set-shape.ts'

/** What the code of the set is generated from: addresses in bytes. */
export type SetPlan = {
  readonly words: number
  readonly slots: number
  readonly records: number
  readonly shape: SetShape
  /** An entry of the batch: hash, event, source, vector. */
  readonly entryBytes: number
  readonly entries: (offset: Code) => Code
  readonly fresh: (offset: Code) => Code
}

/** How many entries ahead of the one at hand lines of the set are touched. */
export const AHEAD = 8

/** Where the parts of a batch entry lie, in bytes. */
export const ENTRY = { hash: 0, event: 4, source: 8, vector: 12 } as const

/** Whether several workers insert at once, or the vectors are known to be new. */
type Manner = 'alone' | 'rebuilding'

// Leaves the loop `depthFound` labels out where the vector is there, `depthEmpty` where the slot is empty.
function probe(plan: SetPlan, l: Locals, manner: Manner, found: Code, empty: Code): Code {
  const { shape, words, slots } = plan
  const { slotWords, slotsPerLine, lineBytes } = shape
  const rest = i32.and(l.get('hash'), i32.sub(i32.shl(i32.const(1), getGlobal(GLOBAL.shift)), i32.const(1)))
  const quotient =
    slotWords === 1 && words === 2 ? i32.or(i32.shl(l.get('v1'), getGlobal(GLOBAL.shift)), rest) : rest
  const later = Array.from({ length: slotWords - 1 }, (_, at) =>
    i32.eq(i32.load(l.get('slot'), 4 * (at + 1)), l.get(`v${at + 1}`)),
  )
  const equal = later.reduce<Code>((all, one) => i32.and(all, one), i32.eq(l.get('held'), l.get('wanted')))
  const line = i32.xor(
    i32.shrU(l.get('hash'), getGlobal(GLOBAL.shift)),
    i32.shrU(i32.mul(l.get('probe'), i32.const(0x9e3779b1)), getGlobal(GLOBAL.shift)),
  )
  return [
    l.set('wanted', i32.or(i32.shl(quotient, i32.const(PROBE_BITS)), i32.const(1))),
    l.set('probe', i32.const(0)),
    loop(
      l.set('line', i32.add(i32.mul(line, i32.const(lineBytes)), i32.const(slots))),
      l.set(
        'place',
        i32.shrU(i32.mul(i32.and(l.get('hash'), i32.const(0xffff)), i32.const(slotsPerLine)), i32.const(16)),
      ),
      l.set('turns', i32.const(slotsPerLine)),
      loop(
        l.set('slot', i32.add(l.get('line'), i32.mul(l.get('place'), i32.const(4 * slotWords)))),
        l.set('held', i32.load(l.get('slot'))),
        when(i32.eqz(l.get('held')), empty),
        manner === 'rebuilding' ? [] : when(equal, found),
        l.set('place', i32.add(l.get('place'), i32.const(1))),
        when(i32.eq(l.get('place'), i32.const(slotsPerLine)), l.set('place', i32.const(0))),
        branchIf(l.tee('turns', i32.sub(l.get('turns'), i32.const(1))), 0),
      ),
      l.set('wanted', i32.add(l.get('wanted'), i32.const(1))),
      branchIf(i32.ltU(l.tee('probe', i32.add(l.get('probe'), i32.const(1))), i32.const(PROBES)), 0),
    ),
  ]
}

// The first word last: another thread that finds it finds the others too.
const fill = ({ shape: { slotWords } }: SetPlan, l: Locals): Code => [
  ...Array.from({ length: slotWords - 1 }, (_, at) =>
    i32.store(l.get('slot'), l.get(`v${at + 1}`), 4 * (at + 1)),
  ),
  (slotWords === 1 ? i32.store : i32.atomicStore)(l.get('slot'), l.get('wanted')),
]

/**
 * `commit(k)`: finds or stores the batch from its k-th entry on. Returns the first entry that found no slot in
 * any of its lines, or the batch's size. The events that led to new states are written to `fresh`.
 */
export function commitRoutine(plan: SetPlan): Routine {
  const l = new Locals('k')
  const { words, entryBytes, records } = plan
  const stride = 4 * (words + 1)
  const vector = Array.from({ length: words }, (_, word) => word)
  const append: Code = [
    fill(plan, l),
    l.set('record', i32.add(i32.const(records), i32.mul(getGlobal(GLOBAL.count), i32.const(stride)))),
    ...vector.map((word) => i32.store(l.get('record'), l.get(`v${word}`), 4 * word)),
    i32.store(l.get('record'), i32.load(l.get('entry'), ENTRY.source), 4 * words),
    i32.store(
      plan.fresh(i32.shl(i32.sub(getGlobal(GLOBAL.count), l.get('before')), i32.const(2))),
      i32.load(l.get('entry'), ENTRY.event),
    ),
    setGlobal(GLOBAL.count, i32.add(getGlobal(GLOBAL.count), i32.const(1))),
  ]
  // Labels, outwards: the if, the loop over a line, the loop over lines, the block of this entry.
  const leave = branch(3)
  const body = [
    l.set('before', getGlobal(GLOBAL.count)),
    l.set('entry', plan.entries(i32.mul(l.get('k'), i32.const(entryBytes)))),
    block(
      loop(
        branchIf(i32.geU(l.get('k'), getGlobal(GLOBAL.batchSize)), 1),
        touchAhead(plan, l),
        l.set('hash', i32.load(l.get('entry'), ENTRY.hash)),
        ...vector.map((word) => l.set(`v${word}`, i32.load(l.get('entry'), ENTRY.vector + 4 * word))),
        block(probe(plan, l, 'alone', leave, [append, leave]), give(l.get('k'))),
        l.set('k', i32.add(l.get('k'), i32.const(1))),
        l.set('entry', i32.add(l.get('entry'), i32.const(entryBytes))),
        branch(0),
      ),
    ),
    l.get('k'),
  ]
  return { locals: l, body, results: 1, exported: 'commit' }
}

/**
 * `filter()`: leaves out of the batch what is in the set already; returns how many are left. Another thread than
 * the one that commits may call it, as nothing is ever removed: what it misses is found at the commit.
 */
export function filterRoutine(plan: SetPlan): Routine {
  const l = new Locals()
  const { words, entryBytes } = plan
  const vector = Array.from({ length: words }, (_, word) => word)
  const keep = Array.from({ length: entryBytes / 4 }, (_, word) =>
    i32.store(l.get('kept'), i32.load(l.get('entry'), 4 * word), 4 * word),
  )
  const leave = branch(3)
  const body = [
    l.set('entry', plan.entries(i32.const(0))),
    l.set('kept', l.get('entry')),
    block(
      loop(
        branchIf(i32.geU(l.get('k'), getGlobal(GLOBAL.batchSize)), 1),
        touchAhead(plan, l),
        l.set('hash', i32.load(l.get('entry'), ENTRY.hash)),
        ...vector.map((word) => l.set(`v${word}`, i32.load(l.get('entry'), ENTRY.vector + 4 * word))),
        block(
          block(probe(plan, l, 'alone', branch(4), leave)),
          keep,
          l.set('kept', i32.add(l.get('kept'), i32.const(entryBytes))),
        ),
        l.set('k', i32.add(l.get('k'), i32.const(1))),
        l.set('entry', i32.add(l.get('entry'), i32.const(entryBytes))),
        branch(0),
      ),
    ),
    setGlobal(
      GLOBAL.batchSize,
      i32.divU(i32.sub(l.get('kept'), plan.entries(i32.const(0))), i32.const(entryBytes)),
    ),
    getGlobal(GLOBAL.batchSize),
  ]
  return { locals: l, body, results: 1, exported: 'filter' }
}

// What another thread expanded is not in this one's cache; beyond the batch lies some other line.
const touchAhead = (plan: SetPlan, l: Locals): Code =>
  drop(
    i32.load(lineOf(i32.load(l.get('entry'), AHEAD * plan.entryBytes + ENTRY.hash), plan.slots, plan.shape)),
  )

/** `rebuild(from, end)`: fills the empty set with the stored states. Returns the first that found no slot, or `end`. */
export function rebuildRoutine(plan: SetPlan): Routine {
  const l = new Locals('index', 'end')
  const { words, records } = plan
  const stride = 4 * (words + 1)
  const vector = Array.from({ length: words }, (_, word) => word)
  const body = [
    l.set('record', i32.add(i32.const(records), i32.mul(l.get('index'), i32.const(stride)))),
    block(
      loop(
        branchIf(i32.geU(l.get('index'), l.get('end')), 1),
        ...vector.map((word) => l.set(`v${word}`, i32.load(l.get('record'), 4 * word))),
        l.set(
          'hash',
          hashOf(
            vector.map((word) => l.get(`v${word}`)),
            l,
          ),
        ),
        block(probe(plan, l, 'rebuilding', [], [fill(plan, l), branch(3)]), give(l.get('index'))),
        l.set('index', i32.add(l.get('index'), i32.const(1))),
        l.set('record', i32.add(l.get('record'), i32.const(stride))),
        branch(0),
      ),
    ),
    l.get('index'),
  ]
  return { locals: l, body, results: 1, exported: 'rebuild' }
}

/**
 * Is conformance worth anything? One line of a real log is falsified, at places drawn with a fixed seed, and
 * the log must be refused no later than the first line that contradicts it.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conformLog } from '../src/linux/conform.ts'
import { type Entry, type Log, parseLog, readLog } from '../src/linux/ftrace.ts'

const PLACES = 12

type Events = Omit<Log, 'entries'> & { readonly entries: readonly Entry[] }

function capture(name: string, count: number): Events {
  const log = readLog(`examples/ftrace/${name}.txt.gz`)
  return { ...log, entries: log.entries.slice(0, count) as Entry[] }
}
// Rich in threads and wake-ups, and short enough that hundreds of trials take seconds.
const logs = { http: capture('http', 6000), futex: capture('futex', 6000) }

const textOf = (log: Events, { line }: Entry) => log.lines[line - 1]!

/** The log with one line removed or rewritten; the others keep their numbers. */
function falsify(log: Events, index: number, text: string | undefined): Log {
  const { line } = log.entries[index]!
  const changed = text === undefined ? [] : (parseLog('changed', `${text}\n`).entries as Entry[])
  return { ...log, entries: log.entries.toSpliced(index, 1, ...changed.map((entry) => ({ ...entry, line }))) }
}

const isHidden = (text: string) => / (?:comm|prev_comm|next_comm)=(?:hidden|swapper)/.test(text)
const pidOf = (text: string) => Number(/ pid=(\d+)/.exec(text)?.[1])
const previousOf = (text: string) => Number(/prev_pid=(\d+)/.exec(text)?.[1])

type Later = (entry: Entry) => boolean
const dispatches =
  (pid: number): Later =>
  ({ event }) =>
    event.name === 'sched_switch' && 'next' in event && event.next === pid
const happens =
  (name: string, pid: number): Later =>
  ({ event }) =>
    event.name === name && 'pid' in event && event.pid === pid
const either =
  (...some: Later[]): Later =>
  (entry) =>
    some.some((one) => one(entry))
const onCpu =
  (cpu: number): Later =>
  (entry) =>
    entry.cpu === cpu
const flip = (digit: string) => String(1 - Number(digit))

// Of a thread that the log has not shown running, nobody knows whether it slept or has been woken.
const neverRan = (text: string, { entries }: Events, index: number) =>
  !entries.some(({ pid }, position) => position < index && pid === pidOf(text))

// The first wake-up of a thread may have begun before the log.
const wasNeverWoken = (text: string, { entries }: Events, index: number) =>
  !entries.some((entry, position) => position < index && happens('sched_waking', pidOf(text))(entry))

// A thread may be preempted just after a wake-up has begun, which then ends while it is queued.
const isBeingWoken = (text: string, { entries }: Events, index: number) => {
  const pid = previousOf(text)
  const last = entries.findLast(
    (entry, position) =>
      position < index && either(happens('sched_waking', pid), happens('sched_wakeup', pid))(entry),
  )
  return last?.event.name === 'sched_waking'
}

type Fault = {
  readonly name: string
  readonly of: RegExp
  /** The falsified line; absent where it is dropped. */
  readonly to?: (text: string, log: Events, entry: Entry, pick: number) => string
  /** Where the falsified log is the log of another, possible run. */
  readonly unless?: (text: string, log: Events, index: number) => boolean
  /** The line that contradicts the log at the latest; `here` is the falsified one. */
  readonly seen: 'here' | ((text: string, entry: Entry) => Later)
}

const faults: Fault[] = [
  { name: 'a switch dropped', of: /: sched_switch: /, seen: (_, { cpu }) => onCpu(cpu) },
  {
    name: 'a wake-up removed',
    of: /: sched_wakeup: /,
    unless: neverRan,
    seen: (text) => either(dispatches(pidOf(text)), happens('sched_waking', pidOf(text))),
  },
  {
    name: 'a waking removed',
    of: /: sched_waking: /,
    unless: wasNeverWoken,
    seen: (text) => happens('sched_wakeup', pidOf(text)),
  },
  {
    name: 'a runnable thread said to block',
    of: /prev_state=R/,
    to: (text) => text.replace(/prev_state=R\+?/, 'prev_state=S'),
    seen: (text) => dispatches(previousOf(text)),
  },
  {
    name: 'a blocking thread said to be runnable',
    of: /prev_state=[SDI]/,
    to: (text) => text.replace(/prev_state=[SDI]/, 'prev_state=R'),
    unless: isBeingWoken,
    seen: (text) => happens('sched_waking', previousOf(text)),
  },
  {
    name: 'a switch on the wrong CPU',
    of: /: sched_switch: /,
    to: (text) => text.replace(/\[00([01])\]/, (_, cpu: string) => `[00${flip(cpu)}]`),
    seen: 'here',
  },
  {
    name: 'a wake-up on the wrong CPU',
    of: /: sched_wakeup: /,
    to: (text) => text.replace(/target_cpu=00([01])/, (_, cpu: string) => `target_cpu=00${flip(cpu)}`),
    seen: 'here',
  },
  {
    name: 'another next thread',
    of: /: sched_switch: /,
    to: (text, { entries }, { event }, pick) => {
      const right = event.name === 'sched_switch' && 'next' in event ? event.next : 0
      const others = [...new Set(entries.map(({ pid }) => pid))].filter((pid) => pid !== 0 && pid !== right)
      return text.replace(/next_pid=\d+/, `next_pid=${others[pick % others.length]}`)
    },
    seen: (_, { cpu }) => onCpu(cpu),
  },
  {
    name: 'a migration dropped',
    of: /: sched_migrate_task: /,
    seen: (text) =>
      either(
        dispatches(pidOf(text)),
        happens('sched_wakeup', pidOf(text)),
        happens('sched_migrate_task', pidOf(text)),
      ),
  },
]

/** A later line that contradicts the fault made here; none where it cannot be made or is a possible run. */
function deadlineOf(log: Events, index: number, { seen, unless }: Fault): number | undefined {
  const entry = log.entries[index]!
  const text = textOf(log, entry)
  if (isHidden(text) || unless?.(text, log, index)) return undefined
  if (seen === 'here') return entry.line
  const later = seen(text, entry)
  return log.entries.slice(index + 1).find(later)?.line
}

/** Places for a fault, in an order drawn with a fixed seed. */
function placesFor(log: Events, fault: Fault): { index: number; deadline: number }[] {
  const sites = log.entries.flatMap((entry, index) => (fault.of.test(textOf(log, entry)) ? [index] : []))
  const [shuffled = []] = fc.sample(fc.shuffledSubarray(sites, { minLength: sites.length }), {
    seed: 2,
    numRuns: 1,
  })
  const places: { index: number; deadline: number }[] = []
  for (const index of shuffled) {
    const deadline = deadlineOf(log, index, fault)
    if (deadline !== undefined) places.push({ index, deadline })
    if (places.length === PLACES) break
  }
  return places
}

describe.each(Object.entries(logs))('a falsified copy of %s', (_, log) => {
  test.each(faults)('$name is refused in time, at every place tried', (fault) => {
    const places = placesFor(log, fault)
    expect(places.length).toBeGreaterThan(1)
    for (const [pick, { index, deadline }] of places.entries()) {
      const entry = log.entries[index]!
      const text = fault.to?.(textOf(log, entry), log, entry, pick)
      const line = conformLog(falsify(log, index, text)).violation?.line
      const inTime = line !== undefined && line >= entry.line && line <= deadline
      expect({ original: textOf(log, entry), line, inTime }).toMatchObject({ inTime: true })
    }
  })

  test('two CPUs running one thread is refused at the very line', () => {
    const current = [0, 0]
    const sites = log.entries.flatMap((entry, index) => {
      current[entry.cpu] =
        entry.event.name === 'sched_switch' && 'next' in entry.event ? entry.event.next : entry.pid
      const other = current[1 - entry.cpu]!
      return entry.event.name === 'sched_switch' && other !== 0 && index > 2000 ? [{ index, other }] : []
    })
    for (const { index, other } of fc.sample(fc.constantFrom(...sites), { seed: 3, numRuns: PLACES })) {
      const entry = log.entries[index]!
      const text = textOf(log, entry).replace(/next_pid=\d+/, `next_pid=${other}`)
      expect(conformLog(falsify(log, index, text)).violation).toMatchObject({
        line: entry.line,
        claim: 'runsOnOneCpu',
        component: `thread${other}`,
      })
    }
  })

  test('lines of one microsecond on different CPUs may stand in either order', () => {
    const sites = log.entries.flatMap((entry, index) => {
      const next = log.entries[index + 1]
      return next?.time === entry.time && next.cpu !== entry.cpu ? [index] : []
    })
    expect(sites.length).toBeGreaterThan(5)
    for (const index of sites.slice(0, 2 * PLACES)) {
      const [one, other] = [log.entries[index]!, log.entries[index + 1]!]
      const swapped = { ...log, entries: log.entries.toSpliced(index, 2, other, one) }
      expect({ original: textOf(log, one), violation: conformLog(swapped).violation }).toMatchObject({
        violation: undefined,
      })
    }
  })
})

/**
 * Replay: every kind of verdict is confirmed where it stands, and told apart where it does not; and the random
 * driver finds what the search finds.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Judge } from '../src/checker/judge.ts'
import { Product } from '../src/checker/product.ts'
import { replay } from '../src/checker/replay.ts'
import { readTrace } from '../src/checker/trace-file.ts'
import { walk } from '../src/checker/walk.ts'
import { instantiate } from '../src/model/instance.ts'
import type { System } from '../src/model/system.ts'
import { served, sound, starving, stuck, throwing, unsafe, watched } from './cli-fixtures/systems.ts'
import { traceFor, violated } from './cli-fixtures/violated.ts'

describe('replay', () => {
  it.each(violated)('confirms a recorded verdict: %s', (_, system) => {
    const { stands, conclusion } = replay(readTrace(traceFor(system), 'trace.itf.json'), system)
    expect(conclusion).toMatch(/^the recorded verdict still stands: /)
    expect(stands).toBe(true)
  })

  const differ: readonly (readonly [string, System, (whole: string) => string, string])[] = [
    [
      'the run stops short of an invariant',
      unsafe,
      (whole) => whole.replace(/,\n.*"index":2.*\n/, '\n'),
      'oneAtATime holds in the last state',
    ],
    [
      'an observer accepts',
      watched,
      (whole) => whole.replace(/,\n.*"index":6.*\n/, '\n'),
      'the observer drops accepts the last event',
    ],
    [
      'something is enabled',
      stuck,
      (whole) => whole.replace(/,\n.*"index":2.*\n/, '\n'),
      'the last state is not stuck',
    ],
    [
      'nothing throws',
      throwing,
      (whole) => whole.replace(/,\n.*"index":3.*\n/, '\n'),
      'nothing throws at the end of the trace',
    ],
    [
      'the loop does not close',
      starving,
      (whole) => whole.replace('"loop": 0', '"loop": 1'),
      'the last state is not state 1, where the loop starts',
    ],
    [
      'the claim is served',
      starving,
      (whole) => whole.replace(/("label":"eachTurnComes\()worker0/, '$1worker1'),
      'eachTurnComes(worker1) is served: what it promises comes',
    ],
    [
      'a state is another',
      unsafe,
      (whole) => whole.replace('"by":["worker0"]', '"by":["worker1"]'),
      'after step 1, lock is {"taken":1,"by":["worker0"]}, recorded as {"by":["worker1"],"taken":1}',
    ],
  ]
  it.each(differ)('says how the verdict differs: %s', (_, system, edit, why) => {
    const text = traceFor(system)
    expect(edit(text)).not.toBe(text)
    const { stands, conclusion } = replay(readTrace(edit(text), 'trace.itf.json'), system)
    expect(conclusion).toBe(`the recorded verdict does not stand: ${why}`)
    expect(stands).toBe(false)
  })

  it('does not take an unfair loop for a lack of progress', () => {
    const text = traceFor(starving).replaceAll('"starving"', '"served"')
    const { conclusion } = replay(readTrace(text, 'trace.itf.json'), served)
    expect(conclusion).toContain('the loop is unfair: strong fairness of lock.take(worker0) would leave it')
  })

  it('says who refuses on another variant, and in which state', () => {
    const trace = readTrace(traceFor(sound, 'ignoresTheHolder'), 'trace.itf.json')
    expect(replay(trace, sound).stands).toBe(true)
    const { stands, parted, steps } = replay(trace, sound, { mutant: 'none' })
    expect(parted).toBe('step 2, lock.take(worker1), is refused by lock in {"taken":1,"by":["worker0"]}')
    expect(stands).toBe(false)
    expect(steps).toHaveLength(1)
  })

  it('stops where it is told, without a verdict', () => {
    const { stands, last, conclusion } = replay(readTrace(traceFor(unsafe), 'trace.itf.json'), unsafe, {
      until: 1,
    })
    expect(stands).toBeUndefined()
    expect(last['workers.worker0']?.value).toBe('working')
    expect(conclusion).toBe('stopped after 1 of 2 steps; the verdict was not asked for')
  })
})

describe('a random walk', () => {
  it('finds what the search finds, and shrinks to the shortest run', () => {
    const judge = new Judge(new Product(instantiate(unsafe)))
    const property = fc.property(
      fc.array(fc.nat(3), { maxLength: 50 }),
      (choices) => walk(judge, choices).violation === undefined,
    )
    const { counterexample } = fc.check(property, { seed: 1 })
    expect(walk(judge, counterexample![0]).violation).toMatchObject({
      kind: 'invariant',
      claim: 'oneAtATime',
      events: [0, 1],
    })
  })

  it('reports a stuck state, a refusing observer and a machine that throws', () => {
    const kinds = [stuck, watched, throwing].map(
      (system) =>
        walk(
          new Judge(new Product(instantiate(system))),
          Array.from({ length: 20 }, () => 0),
        ).violation?.kind,
    )
    expect(kinds).toEqual(['stuck', 'observer', 'error'])
  })
})

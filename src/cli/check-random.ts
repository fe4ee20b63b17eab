/** The claims of one system, by the random driver: walks made of fast-check's numbers, which shrink. */
import fc from 'fast-check'
import { Judge } from '../checker/judge.ts'
import { Product, type Vector } from '../checker/product.ts'
import { printBounds } from '../checker/trace-file.ts'
import { walk } from '../checker/walk.ts'
import { instantiate } from '../model/instance.ts'
import type { Bounds } from '../model/system.ts'
import type { CheckContext } from './context.ts'
import type { Target } from './load.ts'
import type { ClaimsReport, Failure } from './report.ts'
import { number } from './style.ts'
import { violationFailure } from './violation.ts'

/** Steps of the longest walk. */
const STEPS_MAX = 400

/** Notes which witnesses some state of some walk has shown. */
class Witnesses {
  readonly total: number
  #open: Judge['product']['instance']['claims']
  readonly #judge: Judge

  constructor(judge: Judge) {
    this.#judge = judge
    this.#open = judge.product.instance.claims.filter(({ claim }) => claim.kind === 'sometimes')
    this.total = this.#open.length
  }

  get reached(): number {
    return this.total - this.#open.length
  }

  readonly visit = (vector: Vector): void => {
    if (this.#open.length === 0) return
    this.#open = this.#open.filter((claim) => !this.#judge.asks(claim, 'holds', vector))
  }
}

/** Walks at random. Safety claims and deadlock are asked; progress is beyond a finite walk. */
export function checkRandom(
  target: Target,
  set: Bounds,
  { random = 0, seed, bar }: CheckContext,
): { report: ClaimsReport; failures: Failure[] } {
  const started = performance.now()
  const instance = instantiate(target.system, set)
  const product = new Product(instance)
  const judge = new Judge(product)
  const witnesses = new Witnesses(judge)
  bar.start(`${target.system.name}, random walks`)
  const choices = fc.array(fc.nat({ max: Math.max(1, instance.events.length - 1) }), {
    maxLength: STEPS_MAX,
    size: 'max',
  })
  let transitions = 0
  let depth = 0
  const details = fc.check(
    fc.property(choices, (numbers) => {
      const { steps, violation } = walk(judge, numbers, witnesses.visit)
      transitions += steps
      depth = Math.max(depth, steps)
      return violation === undefined
    }),
    { numRuns: random, seed },
  )
  bar.stop()
  const violation =
    details.counterexample === null ? undefined : walk(judge, details.counterexample[0]).violation
  const safety = instance.claims.filter(({ claim }) => claim.kind === 'always' || claim.kind === 'neverStuck')
  const where = printBounds(instance.bounds)
  const report: ClaimsReport = {
    bounds: instance.bounds,
    covered: `${number(details.numRuns)} walks of at most ${STEPS_MAX} steps at ${where}, seed ${seed}`,
    outcome: violation === undefined ? 'holds' : 'violated',
    states: 0,
    transitions,
    depth,
    seconds: (performance.now() - started) / 1000,
    bytes: 0,
    claims: [...new Set(safety.map(({ name }) => name))],
    witnesses: { reached: witnesses.reached, total: witnesses.total },
    coverage: undefined,
  }
  return {
    report,
    failures: violation === undefined ? [] : [violationFailure(target, { instance, product, violation })],
  }
}

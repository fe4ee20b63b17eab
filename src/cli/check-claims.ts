/** The claims of one system, by the exhaustive driver: every interleaving at the bounds. */
import { check } from '../checker/explore.ts'
import type { Result } from '../checker/result.ts'
import { printBounds } from '../checker/trace-file.ts'
import { instantiate } from '../model/instance.ts'
import { type Bounds, type System } from '../model/system.ts'
import { type CheckContext, argumentOf, setOptions } from './context.ts'
import { exitCode } from './exit-code.ts'
import type { Target } from './load.ts'
import type { ClaimsReport, Failure } from './report.ts'
import { number } from './style.ts'
import { violationFailure } from './violation.ts'

const sameBounds = (one: Bounds, other: Bounds): boolean =>
  Object.keys({ ...one, ...other }).every((name) => one[name] === other[name])

/** The cheapest detector there is of a specification changed by accident. */
export function pinFailure(
  system: System,
  { instance, states, transitions }: Pick<Result, 'instance' | 'states' | 'transitions'>,
  command: string,
): Failure[] {
  const pin = system.pinned.find(({ bounds }) => sameBounds(bounds, instance.bounds))
  if (pin === undefined || (pin.states === states && pin.transitions === transitions)) return []
  const found = `${number(states)} states and ${number(transitions)} transitions`
  const pinned = `${number(pin.states)} states and ${number(pin.transitions)} transitions`
  const where = printBounds(instance.bounds)
  return [
    {
      code: exitCode.violated,
      headline: `${system.name}: the state space at ${where} is not the pinned one`,
      lines: [`  found ${found}, pinned are ${pinned}`],
      command,
    },
  ]
}

/** The witnesses that no state shows, as a failure. */
export function unreachedFailure(
  { instance, unreached }: Pick<Result, 'instance' | 'unreached'>,
  command: string,
): Failure[] {
  if (unreached.length === 0) return []
  const names = [...new Set(unreached.map((label) => label.replace(/\(.*/, '')))]
  const sentences = names.map(
    (name) => `  ${name}: ${instance.claims.find((claim) => claim.name === name)?.claim.sentence}`,
  )
  return [
    {
      code: exitCode.survived,
      headline: `${instance.system.name}: no state shows ${unreached.join(', ')}, at ${printBounds(instance.bounds)}`,
      lines: sentences,
      command,
    },
  ]
}

// What made the search smaller, and of which claims that is true.
function reductionText({ reduction, isReduced }: Result): string {
  if (reduction === undefined) return ''
  const { symmetry, order, partialOrder, states } = reduction
  const ways = [
    ...(symmetry.length === 0 ? [] : [`up to renaming of ${symmetry.join(' and ')} (${order} ways)`]),
    ...(partialOrder ? ['with partial order reduction'] : []),
  ].join(', ')
  return isReduced ? `, ${ways}` : `, safety ${ways} (${number(states)} states)`
}

function reportOf(result: Result): ClaimsReport {
  const { instance, bound, unreached, claimsChecked } = result
  const witnesses = instance.claims.filter(({ claim }) => claim.kind === 'sometimes')
  const names = new Set(witnesses.map(({ name }) => name))
  const isWhole = result.outcome === 'holds' || result.outcome === 'unreached'
  const where = printBounds(instance.bounds)
  const stopped =
    bound === undefined ? `stopped at the violation, at ${where}` : `bound reached at ${where}: ${bound}`
  return {
    bounds: instance.bounds,
    covered: `${isWhole ? `exhaustive at ${where}` : stopped}${reductionText(result)}`,
    outcome: result.outcome,
    states: result.states,
    transitions: result.transitions,
    depth: result.depth,
    seconds: result.seconds,
    bytes: result.bytes,
    claims: claimsChecked.filter((name) => !names.has(name)),
    witnesses: { reached: isWhole ? witnesses.length - unreached.length : 0, total: witnesses.length },
    coverage: result.coverage,
  }
}

/** Checks the claims and the pinned counts. Throws IllFormedError, UsageError. */
export function checkClaims(
  target: Target,
  set: Bounds,
  context: CheckContext,
): { report: ClaimsReport; failures: Failure[] } {
  const { system } = target
  const instance = instantiate(system, set)
  context.bar.start(system.name)
  const result = check(instance, {
    limits: context.limits,
    onProgress: context.bar.update,
    ...context.search,
  })
  context.bar.stop()
  const { violation, product } = result
  const command = `npx lockstep check ${argumentOf(target)} --only claims${setOptions(set)}`
  const failures: Failure[] =
    violation !== undefined
      ? [violationFailure(target, { instance, product, violation })]
      : result.bound !== undefined
        ? []
        : [
            ...unreachedFailure(result, command),
            ...(result.isReduced ? [] : pinFailure(system, result, command)),
          ]
  return { report: reportOf(result), failures }
}

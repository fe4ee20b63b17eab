/**
 * One case against its peers: ours and SPIN in several modes, on the same system in the same minutes, the
 * repetitions interleaved so that a change of load meets all of them. Medians are what is reported.
 */
import { type Case, macrosOf } from './cases.ts'
import type { Comparison, Cost } from './cost.ts'
import type { OurMode, SpinMode } from './modes.ts'
import { measureOurs } from './ours.ts'
import { SpinVerifier } from './spin.ts'

type Contender = { readonly run: () => Cost; readonly dispose: () => void }

function spinContender(subject: Case, { contender, options }: SpinMode): Contender {
  const { promela, bounds, states: statesExpected } = subject
  const verifier = new SpinVerifier(promela, { ...options, defines: macrosOf(bounds), statesExpected })
  const run = (): Cost => {
    const { errors, states, transitions, depth, secondsCompile, ...rest } = verifier.search()
    if (errors > 0) throw new Error(`${contender} finds an error where there must be none`)
    const { secondsSearch, cpuSeconds: cpuSecondsSearch, storeBytes, peakBytes } = rest
    return {
      contender,
      side: 'SPIN',
      states,
      transitions: transitions - 1,
      depth,
      secondsBefore: secondsCompile,
      secondsSearch,
      cpuSecondsSearch,
      storeBytes,
      peakBytes,
      exact: !options.reduction,
    }
  }
  return { run, dispose: () => verifier.dispose() }
}

/** The run in the middle, by search time. */
function median(runs: readonly Cost[]): Cost {
  const sorted = runs.toSorted((a, b) => a.secondsSearch - b.secondsSearch)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}

/** Runs all contenders `repeats` times in turn and gives the median run of each, ours first. */
export function compare(
  subject: Case,
  repeats: number,
  ours: readonly OurMode[],
  spin: readonly SpinMode[],
): Comparison {
  const contenders = ours.map((mode): Contender => ({
    run: () => measureOurs(subject, mode),
    dispose: () => undefined,
  }))
  try {
    for (const mode of spin) contenders.push(spinContender(subject, mode))
    const rounds = Array.from({ length: repeats }, () => contenders.map(({ run }) => run()))
    return { subject, costs: contenders.map((_, index) => median(rounds.map((round) => round[index]!))) }
  } finally {
    for (const { dispose } of contenders) dispose()
  }
}

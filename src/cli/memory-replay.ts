/** A trace of threads over shared memory run again on production code, and whether its verdict still stands. */
import { canonical } from '../checker/local-state.ts'
import type { MemoryReplay } from '../interleave/memory/replay-memory.ts'
import { replayMemory } from '../interleave/memory/replay-memory.ts'
import type { MemorySubject } from './memory-programs.ts'
import { type MemoryTrace, variablesOf } from './memory-trace.ts'

export type ReplayedTrace = {
  readonly replay: MemoryReplay
  readonly stands: boolean
  readonly conclusion: string
  /** The first state that is not the recorded one. */
  readonly difference: string | undefined
}

/** Runs a trace's schedule on a program, which need not be the one it was recorded on. */
export function replayTrace(trace: MemoryTrace, subject: MemorySubject): ReplayedTrace {
  const replay = replayMemory(subject.program, trace.schedule)
  const { failure, unfollowed, run } = replay
  const { kind, claim } = trace.verdict
  const stands = unfollowed === undefined && failure?.kind === kind && failure.claim === claim
  const recorded = claim ?? kind
  const conclusion = stands
    ? `the recorded verdict still stands: ${failure.kind}: ${failure.text}`
    : `the recorded verdict (${recorded}) does not stand: ${unfollowed ?? otherwise(failure)}`
  return { replay, stands, conclusion, difference: differenceOf(trace, run, subject) }
}

const otherwise = (failure: MemoryReplay['failure']): string =>
  failure === undefined ? 'nothing is wrong at its end' : `${failure.kind}: ${failure.text}`

function differenceOf(
  trace: MemoryTrace,
  run: MemoryReplay['run'],
  subject: MemorySubject,
): string | undefined {
  const { states } = variablesOf(run, subject)
  for (const [index, recorded] of trace.states.entries()) {
    const now = states[index]
    if (now === undefined) return undefined
    for (const name of trace.vars) {
      if (canonical(recorded[name]) === canonical(now[name] ?? null)) continue
      const was = JSON.stringify(recorded[name])
      return `after step ${index}, ${name} was ${was} and is ${JSON.stringify(now[name])}`
    }
  }
  return undefined
}

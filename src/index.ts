/**
 * What a system in a user's own file imports from 'lockstep': the language for systems of xstate machines,
 * and the checker as a function for those who want it in a test.
 */
export { claimsOn } from './model/claim.ts'
export type { Claim } from './model/claim.ts'
export { component, each, observer } from './model/component.ts'
export type { Components, FamilyView, View } from './model/component.ts'
export { ids, printEvent } from './model/event.ts'
export type { GroundEvent } from './model/event.ts'
export { instantiate } from './model/instance.ts'
export type { Instance } from './model/instance.ts'
export { defineSystem, strong, weak } from './model/system.ts'
export type { Bounds, StateOf, System } from './model/system.ts'
export { check } from './checker/explore.ts'
export type { Options, Result, Violation } from './checker/result.ts'
export { replay } from './checker/replay.ts'
export { readTrace, writeTrace } from './checker/trace-file.ts'
export { AtomicsMemory } from './interleave/memory/atomics-memory.ts'
export { exploreMemory } from './interleave/memory/explore-memory.ts'
export type { MemoryLimits } from './interleave/memory/explore-memory.ts'
export type {
  MemoryExploration,
  MemoryFailure,
  MemoryFailureKind,
  RecordedStep,
} from './interleave/memory/memory-failure.ts'
export { memoryThread } from './interleave/memory/memory-program.ts'
export type {
  MemoryClaim,
  MemoryJudge,
  MemoryMutant,
  MemoryOptions,
  MemoryProgram,
  MemoryThread,
  MemoryView,
} from './interleave/memory/memory-program.ts'
export type { MemoryAccess, MemoryStep } from './interleave/memory/memory-step.ts'
export { printMemoryFailure } from './interleave/memory/print-memory.ts'
export { replayMemory } from './interleave/memory/replay-memory.ts'
export type { MemoryReplay } from './interleave/memory/replay-memory.ts'
export type { SharedMemory, WaitOutcome } from './interleave/memory/shared-memory.ts'
export { walkMemory } from './interleave/memory/walk-memory.ts'
export type { MemoryWalk } from './interleave/memory/walk-memory.ts'

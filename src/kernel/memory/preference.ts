/**
 * Which of several equally right steps a kernel takes: the free frame it hands out, the CPU it tells next. The
 * mechanism offers them; whoever decides (a policy, a recorded trace) prefers one.
 */
import type { Step } from '../../interleave/thread.ts'

/** One of the candidates, or undefined where there is none. It reads and changes nothing else. */
export type Preference = <E extends Step['event']>(candidates: readonly E[]) => E | undefined

/** The frame freed last, the CPU with the lowest number. */
export const first: Preference = (candidates) => candidates[0]

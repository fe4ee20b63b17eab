/**
 * Kernel threads are generators: a thread announces its next atomic step in the specification's own words,
 * and does it when it is resumed. `yield` is the only preemption point, as a label is in PlusCal. This file
 * is the whole contract between code under test and whatever resumes it.
 */
import type { GroundEvent } from '../model/event.ts'

/** What a thread will do next. `when` reads shared state and changes nothing; absent, the step may be taken at once. */
export type Step<E extends GroundEvent = GroundEvent> = { readonly event: E; readonly when?: () => boolean }

/**
 * A running thread. Everything between two `yield`s is one atomic step, so where to yield is itself a claim
 * about the hardware. What stands before the first `yield` runs before any scheduling: it must not change
 * shared state, and lockstep asserts that the abstraction does not see it do so.
 */
export type Thread<E extends GroundEvent = GroundEvent> = Generator<Step<E>, void, void>

export type NamedThread<E extends GroundEvent = GroundEvent> = {
  /** Unique among the threads of a kernel; failures cite it. */
  readonly name: string
  /** Hardware, such as a page walker, that may act whenever its guard allows and need never finish. */
  readonly daemon?: boolean
  readonly run: () => Thread<E>
}

/** A step that an enabled thread offers to take. */
export type Offer = { readonly thread: string; readonly event: GroundEvent }

/** What one thread is about: the event it announces, and whether its guard holds. A finished thread has no event. */
export type Announcement = {
  readonly thread: string
  readonly daemon: boolean
  readonly event: GroundEvent | undefined
  readonly enabled: boolean
}

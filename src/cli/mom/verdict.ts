/** The accounts at the end of the demonstration: everything accepted was received once and in order, or it was not. */
import type { SharedMemory } from '../../interleave/memory/shared-memory.ts'
import { CONSUMER_NOTE, NOTE, ORDERS, WORK, consumerNotes } from './wiring.ts'
import type { Reading } from './readings.ts'

export type Accounts = {
  /** Orders that the channel has accepted, and those that were shared out and taken. */
  readonly accepted: number
  readonly forwarded: number
  readonly received: number
  /** Left in a channel. */
  readonly unread: number
  /** Orders that did not follow on the one before. */
  readonly wrong: number
  /** Shown to a killed consumer, and again to its successor, for it had not taken them. */
  readonly repeated: number
  readonly upgrades: number
}

/** The accounts, from the channels and the notes of the threads; all threads have ended. */
export function accountsOf(readings: readonly Reading[], notes: SharedMemory): Accounts {
  const of = (name: string): Reading => readings.find(({ channel }) => channel === name)!
  const work = WORK.map(of)
  const forwarded = work.reduce((sum, { published }) => (sum + published) >>> 0, 0)
  const unread = work.reduce((sum, { depth }) => sum + depth, of(ORDERS).depth)
  const consumers = WORK.map((_, consumer) => consumerNotes(consumer))
  const sum = (word: number): number => consumers.reduce((total, base) => total + notes.load(base + word), 0)
  const upgrades = notes.load(NOTE.upgrades)
  return {
    // Each upgrade has put a fence into the channel, that is no order.
    accepted: (of(ORDERS).published - upgrades) >>> 0,
    forwarded,
    received: (forwarded - work.reduce((total, { depth }) => total + depth, 0)) >>> 0,
    unread,
    wrong: notes.load(NOTE.wrongOrders) + sum(CONSUMER_NOTE.wrong),
    repeated: sum(CONSUMER_NOTE.repeated),
    upgrades,
  }
}

/** What is wrong with the accounts, a sentence each; `kills`: consumers that were killed. */
export function faultsIn(
  { accepted, forwarded, received, unread, wrong, repeated }: Accounts,
  kills: number,
): string[] {
  return [
    ...(accepted === 0 ? ['nothing was sent'] : []),
    ...(forwarded === accepted ? [] : [`${accepted} orders were accepted, and ${forwarded} shared out`]),
    ...(received === forwarded ? [] : [`${forwarded} orders were shared out, and ${received} received`]),
    ...(unread === 0 ? [] : [`${unread} orders were left in a channel`]),
    ...(wrong === 0 ? [] : [`${wrong} orders did not follow on the one before`]),
    ...(repeated <= kills ? [] : [`${repeated} orders were seen again after ${kills} kills`]),
  ]
}

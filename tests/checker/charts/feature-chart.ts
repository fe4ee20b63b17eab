/**
 * One feature of xstate, shown by one small chart. Charts write what they do, in order, to a short log in
 * their context, so that an action out of place is a different state.
 */
import { type AnyStateMachine, assign, setup } from 'xstate'
import type { EventFields } from '../system-of.ts'

export type FeatureChart = {
  readonly feature: string
  readonly machine: AnyStateMachine
  readonly events: EventFields
  readonly input?: unknown
}

export type Log = { readonly log: readonly string[] }

/** Labels a log keeps: enough to see the order of one step, few enough to keep the states finite and few. */
const LOG_MAX = 4

/** Machines whose action `note` appends its parameter to the log. */
export const logged = setup({
  types: { context: {} as Log, events: {} as { type: string } },
  actions: {
    note: assign(({ context }, label: string) => ({ log: [...context.log, label].slice(-LOG_MAX) })),
    forget: assign({ log: [] }),
  },
  guards: {
    isForgotten: ({ context }) => context.log.length === 0,
    hasNoted: ({ context }, label: string) => context.log.includes(label),
  },
})

/** The action that notes a label. */
export const note = (label: string) => ({ type: 'note', params: label }) as const

/** Event types without fields. */
export const bare = (...types: string[]): EventFields => Object.fromEntries(types.map((type) => [type, {}]))

/**
 * Conjunction of named guards with params. xstate's `and` does the work; its types do not follow guards
 * whose params come from the event, so the names are checked when the machine first runs.
 */
import { and } from 'xstate'

type Named = string | { readonly type: string; readonly params: (args: never) => unknown }

export const allOf = (...guards: readonly Named[]): never => and(guards as never) as never

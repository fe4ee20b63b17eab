/** A counter that goes round: the machine of most toys, whose state spaces have closed forms. */
import { type AnyStateMachine, assign, setup } from 'xstate'

type Options = {
  /** The values it takes: 0 to `size - 1`, and 0 again. */
  readonly size: number
  /** The event that counts. */
  readonly event: string
  /** Runs whenever it counts, on the value before. */
  readonly onCount?: (value: number) => void
  /** Stays at its last value instead of going round. */
  readonly stops?: boolean
}

export function counter({ size, event, onCount = () => undefined, stops = false }: Options): AnyStateMachine {
  return setup({
    types: { context: {} as { value: number }, events: {} as { type: string } },
    guards: { mayCount: ({ context }) => !stops || context.value < size - 1 },
    actions: {
      count: assign(({ context }) => {
        onCount(context.value)
        return { value: (context.value + 1) % size }
      }),
    },
  }).createMachine({
    id: `counter of ${event}`,
    context: { value: 0 },
    on: { [event]: { guard: 'mayCount', actions: 'count' } },
  })
}

/** The value of a counter in a state that claims see. */
export const valueIn = (state: object, name: string): number =>
  (state as Record<string, { context: { value: number } }>)[name]!.context.value

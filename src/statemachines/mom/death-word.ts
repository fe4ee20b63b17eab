/**
 * The word by which the host says that an owner is dead. It is stored once, when the owner can no longer
 * access the memory, so who reads it knows that nothing more is published.
 */
import { setup } from 'xstate'

/** What a reader of the word is told. */
export type Verdict = 'alive' | 'dead'

export type Event = { type: 'death.announce' } | { type: 'death.read'; verdict: Verdict }

const verdict = ({ event }: { event: { verdict: Verdict } }) => ({ verdict: event.verdict })

export const deathWord = setup({
  types: { events: {} as Event },
  guards: {
    saysAlive: (_, params: { verdict: Verdict }) => params.verdict === 'alive',
    saysDead: (_, params: { verdict: Verdict }) => params.verdict === 'dead',
  },
}).createMachine({
  id: 'death-word',
  initial: 'alive',
  states: {
    alive: {
      on: {
        'death.announce': 'dead',
        'death.read': { guard: { type: 'saysAlive', params: verdict } },
      },
    },
    dead: {
      on: {
        'death.read': { guard: { type: 'saysDead', params: verdict } },
      },
    },
  },
})

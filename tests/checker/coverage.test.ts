/** What coverage reports of a chart, and that it reports nothing of one that is fully used. */
import { describe, expect, it } from 'vitest'
import { type AnyStateMachine, setup } from 'xstate'
import { type Coverage } from '../../src/checker/coverage.ts'
import { check } from '../../src/checker/explore.ts'
import { instantiate } from '../../src/model/instance.ts'
import { type EventFields, plain, systemOf } from './system-of.ts'

const guarded = setup({
  types: { events: {} as { type: string } },
  guards: {
    isOn: () => true,
    isOff: () => false,
    isKey: ({ event }) => 'key' in event && event.key === 'right',
  },
})

const coverage = (machine: AnyStateMachine, events: EventFields): Coverage =>
  check(instantiate(systemOf({ components: { one: plain(machine), two: plain(machine) }, events }))).coverage

describe('coverage', () => {
  it('names what was never used', () => {
    const machine = guarded.createMachine({
      id: 'door',
      initial: 'shut',
      states: {
        shut: {
          on: {
            open: [{ guard: 'isOn', target: 'wide' }, { target: 'broken' }],
            kick: { guard: 'isOff', target: 'broken' },
          },
        },
        wide: { on: { open: 'shut', kick: {} }, always: { guard: 'isOff', target: '#attic' } },
        broken: {
          initial: 'badly',
          states: { badly: { on: { mend: '#door.shut' } }, attic: { id: 'attic' } },
        },
      },
    })
    expect(coverage(machine, { open: {}, kick: {}, mend: {} })).toEqual({
      charts: [
        {
          machine: 'door',
          components: ['one', 'two'],
          transitions: 7,
          transitionsNeverTaken: [
            'door.shut: open -> broken',
            'door.shut: kick [isOff] -> broken',
            'door.wide: always [isOff] -> attic',
            'door.broken.badly: mend -> shut',
          ],
          states: 6,
          statesNeverEntered: ['door.broken', 'door.broken.badly', 'attic'],
          guardsNeverTrue: ['isOff', 'isKey'],
          guardsNeverFalse: ['isOn', 'isKey'],
        },
      ],
      eventsNeverTaken: ['mend'],
    })
  })

  it('says nothing of a chart that is fully used', () => {
    const machine = setup({
      types: { events: {} as { type: 'turn'; key: string } | { type: 'shut' } },
      guards: { fits: ({ event }) => event.type === 'turn' && event.key === 'right' },
    }).createMachine({
      id: 'lock',
      initial: 'shut',
      states: {
        shut: { on: { turn: [{ guard: 'fits', target: 'open' }, { actions: [] }] } },
        open: { on: { shut: 'shut' } },
      },
    })
    const { charts, eventsNeverTaken } = coverage(machine, { turn: { key: ['right', 'wrong'] }, shut: {} })
    expect(eventsNeverTaken).toEqual([])
    expect(charts[0]).toMatchObject({
      transitionsNeverTaken: [],
      statesNeverEntered: [],
      guardsNeverTrue: [],
      guardsNeverFalse: [],
    })
  })

  it('counts states that are only passed through, at the start too', () => {
    const machine = guarded.createMachine({
      id: 'passing',
      initial: 'start',
      states: {
        start: { initial: 'inner', states: { inner: { always: '#passing.rest' } } },
        rest: { on: { go: 'through' } },
        through: { always: 'rest' },
      },
    })
    expect(coverage(machine, { go: {} }).charts[0]).toMatchObject({
      statesNeverEntered: [],
      transitionsNeverTaken: [],
    })
  })
})

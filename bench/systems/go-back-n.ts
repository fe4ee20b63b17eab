/**
 * Go-back-N over channels that lose: the benchmark's second system, state for state that of
 * promela/go-back-n.pml. Sequence numbers are taken modulo window + 1; an acknowledgement carries the
 * number of the last frame received in order.
 */
import { assign, setup } from 'xstate'
import { claimsOn } from '../../src/model/claim.ts'
import { component, observer } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem } from '../../src/model/system.ts'
import {
  type Frame,
  type FrameEvent,
  type Payload,
  acknowledgementMachine,
  dataMachine,
} from './lossy-channel.ts'

type Endpoint = { readonly window: number }

const frame = <Name extends string>(type: Name) => ({ type, params: ({ event }: { event: Frame }) => event })

const numberAfter = ({ base, sent, window }: Endpoint & { base: number; sent: readonly Payload[] }) =>
  (base + sent.length) % (window + 1)

/** Keeps what was sent and not acknowledged; `base` is the sequence number of the oldest of it. */
export const senderMachine = setup({
  types: {
    context: {} as Endpoint & { base: number; sent: readonly Payload[] },
    input: {} as Endpoint,
    events: {} as Extract<FrameEvent, { type: 'frame.send' | 'frame.resend' | 'acknowledgement.deliver' }>,
  },
  guards: {
    isNext: ({ context }, { sequence }: Frame) =>
      context.sent.length < context.window && sequence === numberAfter(context),
    isSent: ({ context }, { sequence, payload }: Frame) => {
      const modulus = context.window + 1
      return context.sent[(sequence + modulus - context.base) % modulus] === payload
    },
  },
  actions: {
    keep: assign({ sent: ({ context }, { payload }: Frame) => [...context.sent, payload] }),
    // A stale acknowledgement names a frame that is not outstanding, and changes nothing.
    release: assign(({ context }, { acknowledgement }: { acknowledgement: number }) => {
      const modulus = context.window + 1
      const next = (acknowledgement + 1) % modulus
      const count = (next + modulus - context.base) % modulus
      return count > context.sent.length ? {} : { base: next, sent: context.sent.slice(count) }
    }),
  },
}).createMachine({
  id: 'sender',
  context: ({ input }) => ({ ...input, base: 0, sent: [] }),
  on: {
    'frame.send': { guard: frame('isNext'), actions: frame('keep') },
    'frame.resend': { guard: frame('isSent') },
    'acknowledgement.deliver': { actions: { type: 'release', params: ({ event }) => event } },
  },
})

/** Accepts the next frame in order and acknowledges every frame with the last one accepted. */
export const receiverMachine = setup({
  types: {
    context: {} as Endpoint & { last: number },
    input: {} as Endpoint,
    events: {} as Extract<FrameEvent, { type: 'frame.accept' | 'frame.reject' }>,
  },
  guards: {
    isExpected: ({ context }, { sequence }: { sequence: number }) =>
      sequence === (context.last + 1) % (context.window + 1),
    isRefused: ({ context }, { sequence, acknowledgement }: { sequence: number; acknowledgement: number }) =>
      sequence !== (context.last + 1) % (context.window + 1) && acknowledgement === context.last,
  },
  actions: { advance: assign({ last: (_, { sequence }: Frame) => sequence }) },
}).createMachine({
  id: 'receiver',
  context: ({ input }) => ({ ...input, last: input.window }),
  on: {
    'frame.accept': { guard: frame('isExpected'), actions: frame('advance') },
    'frame.reject': { guard: { type: 'isRefused', params: ({ event }) => event } },
  },
})

/** The claim as a chart: payloads are accepted in the order they were sent, none twice, none left out. */
export const orderMachine = setup({
  types: {
    context: {} as { undelivered: readonly Payload[] },
    events: {} as Extract<FrameEvent, { type: 'frame.send' | 'frame.accept' }>,
  },
  guards: { isOldest: ({ context }, { payload }: Frame) => context.undelivered[0] === payload },
  actions: {
    note: assign({ undelivered: ({ context }, { payload }: Frame) => [...context.undelivered, payload] }),
    strike: assign({ undelivered: ({ context }) => context.undelivered.slice(1) }),
  },
}).createMachine({
  id: 'order',
  context: { undelivered: [] },
  on: {
    'frame.send': { actions: frame('note') },
    'frame.accept': { guard: frame('isOldest'), actions: 'strike' },
  },
})

type Bounds = { window: number; payloads: number; dataCapacity: number; acknowledgementCapacity: number }

const domains = ({ window, payloads }: Bounds) => ({
  sequence: Array.from({ length: window + 1 }, (_, index) => index),
  payload: ids('payload', payloads),
})

const components = (
  _: ReturnType<typeof domains>,
  { window, dataCapacity, acknowledgementCapacity }: Bounds,
) => ({
  sender: component(senderMachine, { input: { window } }),
  receiver: component(receiverMachine, { input: { window } }),
  data: component(dataMachine, { input: { capacity: dataCapacity } }),
  acknowledgements: component(acknowledgementMachine, { input: { capacity: acknowledgementCapacity } }),
  order: observer(orderMachine),
})

const { sometimes } = claimsOn<StateOf<typeof components>, ReturnType<typeof domains>>()

const bounds = (window: number, dataCapacity: number, acknowledgementCapacity: number) => ({
  window,
  payloads: 2,
  dataCapacity,
  acknowledgementCapacity,
})

export const goBackN = defineSystem({
  name: 'go-back-n',
  title: 'Go-back-N over lossy channels',
  bounds: bounds(2, 2, 2),
  domains,
  components,
  events: {
    'frame.send': { sequence: 'sequence', payload: 'payload' },
    'frame.resend': { sequence: 'sequence', payload: 'payload' },
    'frame.lose': {},
    'frame.accept': { sequence: 'sequence', payload: 'payload' },
    'frame.reject': { sequence: 'sequence', acknowledgement: 'sequence' },
    'acknowledgement.deliver': { acknowledgement: 'sequence' },
    'acknowledgement.lose': {},
  },
  symmetric: ['payload'],
  claims: {
    everyNumberUsed: sometimes(
      'the receiver has accepted a frame of each sequence number',
      ['sequence'],
      (state, { sequence }) =>
        state.receiver.context.last === sequence && state.sender.context.sent.length > 0,
    ),
    windowFull: sometimes(
      'the window is full',
      [],
      ({ sender }) => sender.context.sent.length === sender.context.window,
    ),
  },
  mutants: {
    acceptsAnyFrame: {
      sentence: 'The receiver takes every frame for the one it expects.',
      replace: { receiver: receiverMachine.provide({ guards: { isExpected: () => true } }) },
      killedBy: 'order',
    },
    windowOfModulus: {
      sentence:
        'The window is as large as the sequence numbers are many, so an old frame passes for a new one.',
      replace: {
        sender: senderMachine.provide({
          guards: {
            isNext: ({ context }, { sequence }) =>
              context.sent.length <= context.window && sequence === numberAfter(context),
          },
        }),
      },
      killedBy: 'order',
    },
  },
  pinned: [
    { bounds: bounds(3, 3, 4), states: 127_412, transitions: 550_464 },
    { bounds: bounds(3, 5, 5), states: 2_865_520, transitions: 12_701_032 },
    { bounds: bounds(4, 4, 6), states: 12_269_205, transitions: 55_273_010 },
  ],
})

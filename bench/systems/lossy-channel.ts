/**
 * The two channels of go-back-N, first in first out with a capacity: frames one way, acknowledgements the
 * other. Each may lose the item at its head at any time.
 */
import { assign, setup } from 'xstate'

export type Payload = `payload${number}`

export type Frame = { readonly sequence: number; readonly payload: Payload }

export type FrameEvent =
  | ({ type: 'frame.send' } & Frame)
  | ({ type: 'frame.resend' } & Frame)
  | ({ type: 'frame.accept' } & Frame)
  | { type: 'frame.lose' }
  | { type: 'acknowledgement.lose' }
  | { type: 'frame.reject'; sequence: number; acknowledgement: number }
  | { type: 'acknowledgement.deliver'; acknowledgement: number }

type Capacity = { readonly capacity: number }

const frame = <Name extends string>(type: Name) => ({ type, params: ({ event }: { event: Frame }) => event })

/** Frames from the sender to the receiver. */
export const dataMachine = setup({
  types: {
    context: {} as Capacity & { frames: readonly Frame[] },
    input: {} as Capacity,
    events: {} as Exclude<FrameEvent, { type: 'acknowledgement.lose' | 'acknowledgement.deliver' }>,
  },
  guards: {
    hasRoom: ({ context }) => context.frames.length < context.capacity,
    holdsFrame: ({ context }) => context.frames.length > 0,
    isHead: ({ context }, { sequence, payload }: Frame) => {
      const head = context.frames[0]
      return head?.sequence === sequence && head.payload === payload
    },
    isHeadNumber: ({ context }, { sequence }: { sequence: number }) =>
      context.frames[0]?.sequence === sequence,
  },
  actions: {
    append: assign({
      frames: ({ context }, { sequence, payload }: Frame) => [...context.frames, { sequence, payload }],
    }),
    dropHead: assign({ frames: ({ context }) => context.frames.slice(1) }),
  },
}).createMachine({
  id: 'data',
  context: ({ input }) => ({ ...input, frames: [] }),
  on: {
    'frame.send': { guard: 'hasRoom', actions: frame('append') },
    'frame.resend': { guard: 'hasRoom', actions: frame('append') },
    'frame.lose': { guard: 'holdsFrame', actions: 'dropHead' },
    'frame.accept': { guard: frame('isHead'), actions: 'dropHead' },
    'frame.reject': { guard: { type: 'isHeadNumber', params: ({ event }) => event }, actions: 'dropHead' },
  },
})

/** Acknowledgements from the receiver to the sender: each the number of the last frame accepted. */
export const acknowledgementMachine = setup({
  types: {
    context: {} as Capacity & { numbers: readonly number[] },
    input: {} as Capacity,
    events: {} as Exclude<FrameEvent, { type: 'frame.send' | 'frame.resend' | 'frame.lose' }>,
  },
  guards: {
    hasRoom: ({ context }) => context.numbers.length < context.capacity,
    holdsNumber: ({ context }) => context.numbers.length > 0,
    isHead: ({ context }, { acknowledgement }: { acknowledgement: number }) =>
      context.numbers[0] === acknowledgement,
  },
  actions: {
    append: assign({ numbers: ({ context }, number: number) => [...context.numbers, number] }),
    dropHead: assign({ numbers: ({ context }) => context.numbers.slice(1) }),
  },
}).createMachine({
  id: 'acknowledgements',
  context: ({ input }) => ({ ...input, numbers: [] }),
  on: {
    'frame.accept': { guard: 'hasRoom', actions: { type: 'append', params: ({ event }) => event.sequence } },
    'frame.reject': {
      guard: 'hasRoom',
      actions: { type: 'append', params: ({ event }) => event.acknowledgement },
    },
    'acknowledgement.deliver': {
      guard: { type: 'isHead', params: ({ event }) => event },
      actions: 'dropHead',
    },
    'acknowledgement.lose': { guard: 'holdsNumber', actions: 'dropHead' },
  },
})

/** What is measured: every kind of transport, by the size of its messages and of its batches, as plain data. */

/** How the two sides of a measurement are built, in their own threads or processes. */
export type Transport =
  | 'C'
  | 'ring'
  | 'ring, direct'
  | 'ring, typed'
  | 'channel'
  | 'channel of several senders'
  | 'MessagePort'
  | 'Unix socket'
  | 'ringbuf.js'

/**
 * - rate: how many messages a second go one way
 * - trip: how long one message there and one back take
 * - cpu: processor time of a message, both ends in one thread
 */
export type Kind = 'rate' | 'trip' | 'cpu'

/** What a side does while it waits: looks again, looks 2,000 times and then parks, or parks at once. */
export type Waiting = 'spinning' | 'spinning with pause' | 'spinning, then parked' | 'parked'

export type Subject = {
  readonly kind: Kind
  readonly transport: Transport
  /** 4 or 16, of four bytes each. */
  readonly words: number
  /** Messages of one publish, write or post. */
  readonly batch: number
  readonly waiting?: Waiting
  readonly where: 'threads' | 'processes'
  /** How a batch is posted through a MessagePort. */
  readonly posts?: 'objects' | 'one typed array'
  /** Default: 1. */
  readonly senders?: number
}

/** Messages of a batch, where there are batches: as many as C's ring and its anchors are measured with. */
export const BATCH = 64

export const WORDS = [4, 16] as const

/** A line of the tables. */
export function nameOf({ transport, kind, waiting, where, posts, senders, batch }: Subject): string {
  const parts: (string | undefined)[] = [
    transport,
    waiting === undefined || (transport !== 'C' && kind === 'rate') ? undefined : waiting,
    posts,
    senders === undefined ? undefined : `${senders} ${senders === 1 ? 'sender' : 'senders'}`,
    kind === 'trip' ? undefined : batch === 1 ? 'one by one' : `batches of ${batch}`,
    where === 'processes' ? 'two processes' : undefined,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

/** All that send messages of so many words one way. */
export function ratesOf(words: number): Subject[] {
  const rate = (transport: Transport, batch: number, rest: Partial<Subject> = {}): Subject => ({
    kind: 'rate',
    transport,
    words,
    batch,
    where: 'threads',
    ...rest,
  })
  const both = (transport: Transport, rest: Partial<Subject> = {}): Subject[] => [
    rate(transport, BATCH, rest),
    rate(transport, 1, rest),
  ]
  return [
    ...both('C', { waiting: 'spinning' }),
    ...both('C', { waiting: 'spinning with pause' }),
    ...both('ring'),
    ...both('ring, direct'),
    ...both('ring, typed'),
    ...both('channel'),
    ...both('ring', { where: 'processes' }),
    ...both('channel', { where: 'processes' }),
    rate('channel of several senders', 1, { senders: 1 }),
    rate('channel of several senders', 1, { senders: 2 }),
    ...both('ringbuf.js'),
    ...both('Unix socket'),
    rate('MessagePort', 1, { posts: 'objects' }),
    rate('MessagePort', BATCH, { posts: 'objects' }),
    rate('MessagePort', BATCH, { posts: 'one typed array' }),
  ]
}

/** All that send a message of 16 bytes there and one back. */
export function trips(): Subject[] {
  const trip = (transport: Transport, rest: Partial<Subject> = {}): Subject => ({
    kind: 'trip',
    transport,
    words: 4,
    batch: 1,
    where: 'threads',
    ...rest,
  })
  const waits = ['spinning, then parked', 'parked'] as const
  return [
    trip('C', { waiting: 'spinning' }),
    trip('C', { waiting: 'spinning with pause' }),
    ...waits.map((waiting) => trip('C', { waiting })),
    trip('ring', { waiting: 'spinning' }),
    ...waits.map((waiting) => trip('channel', { waiting })),
    trip('ring', { waiting: 'spinning', where: 'processes' }),
    ...waits.map((waiting) => trip('channel', { waiting, where: 'processes' })),
    trip('ringbuf.js', { waiting: 'spinning' }),
    trip('Unix socket'),
    trip('MessagePort', { posts: 'objects' }),
  ]
}

/** What a message costs the processor, at both sizes. */
export function costs(): Subject[] {
  const transports = ['C', 'ring', 'ring, direct', 'ring, typed', 'channel'] as const
  return WORDS.flatMap((words) =>
    transports.flatMap((transport) =>
      [BATCH, 1].map((batch): Subject => ({ kind: 'cpu', transport, words, batch, where: 'threads' })),
    ),
  )
}

/**
 * How a thread or process comes by the ends of channels: by name, from the broker, whatever lies between. It never
 * learns where the other end runs.
 */
import type { Answer, Grant } from '../mom/broker.ts'
import type { EndName } from '../mom/broker-request.ts'
import type { ChannelShape, EndOptions } from '../mom/channel-shape.ts'
import type { Standing } from '../mom/channel-upgrade.ts'
import { SharedCounters } from '../mom/metrics.ts'
import type { RingSize } from '../mom/spsc-ring.ts'
import { AsyncReceiver, AsyncSender } from './async-end.ts'
import { AsyncUpgradableReceiver, AsyncUpgradableSender } from './async-upgradable.ts'
import type { AwaitableMemory, AwaitableReceiver, AwaitableSender, MemoryPlace } from './awaitable.ts'

/** Options of an end; those that a transport has no use for are left aside. */
export type ConnectOptions = Pick<EndOptions, 'patience' | 'epoch'> & {
  /** Where the last owner of this end of an upgradable channel stood. */
  readonly standing?: Standing
}

export type Connection = {
  /** The broker's name for whoever holds this connection. */
  readonly owner: string
  /**
   * Opens a channel, or finds that there is one of that name and size; with several sizes, one that can be upgraded
   * from one transport to another. Rejects with RefusedError.
   */
  open(name: string, size: RingSize | readonly RingSize[]): Promise<void>
  /**
   * Takes an end for its new owner: an AsyncUpgradableSender where the channel has several transports. Rejects with
   * RefusedError where another holds the end or no such channel is.
   */
  sender(name: string, options?: ConnectOptions): Promise<AwaitableSender>
  receiver(name: string, options?: ConnectOptions): Promise<AwaitableReceiver>
  /** Closes every end taken here, and leaves the broker. */
  close(): void
}

/** The broker says no, and why. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
}

/** Puts a request to the broker. */
export type Ask = (request: object) => Promise<Answer>

/** Throws RefusedError. */
export function openedIn(answer: Answer): void {
  if ('refused' in answer) throw new RefusedError(answer.refused)
}

/** What was granted. Throws RefusedError. */
export function grantIn(answer: Answer): Grant {
  if ('granted' in answer) return answer.granted
  throw new RefusedError('refused' in answer ? answer.refused : 'the broker granted nothing')
}

type Ends<End> = {
  readonly plain: new (memory: AwaitableMemory, shape: ChannelShape, options: EndOptions) => End
  readonly upgradable: new (
    memory: AwaitableMemory,
    transports: readonly ChannelShape[],
    options: EndOptions,
    standing?: Standing,
  ) => End
}

const SENDERS: Ends<AwaitableSender> = { plain: AsyncSender, upgradable: AsyncUpgradableSender }
const RECEIVERS: Ends<AwaitableReceiver> = { plain: AsyncReceiver, upgradable: AsyncUpgradableReceiver }

function make<End>(
  { plain: Plain, upgradable: Upgradable }: Ends<End>,
  memory: AwaitableMemory,
  { transports, counters }: Grant,
  { standing, ...options }: ConnectOptions,
): End {
  const own: EndOptions = { ...options, counters: new SharedCounters(memory, counters) }
  return transports.length === 1
    ? new Plain(memory, transports[0]!, own)
    : new Upgradable(memory, transports, own, standing)
}

/** Takes up a sending end that was granted, in the memory it is in. Throws EndTakenError, PeerFault. */
export const senderOf = (
  memory: AwaitableMemory,
  grant: Grant,
  options: ConnectOptions = {},
): AwaitableSender => make(SENDERS, memory, grant, options)

/** Takes up a receiving end. Throws EndTakenError, PeerFault. */
export const receiverOf = (
  memory: AwaitableMemory,
  grant: Grant,
  options: ConnectOptions = {},
): AwaitableReceiver => make(RECEIVERS, memory, grant, options)

/** The connection of who shares the broker's memory: its ends are in that memory, nothing else is between. */
export class MemoryConnection implements Connection {
  readonly owner: string
  readonly #memory: AwaitableMemory
  readonly #ask: Ask
  readonly #leave: () => void
  readonly #ends: { close(): void }[] = []

  constructor(owner: string, memory: AwaitableMemory, ask: Ask, leave: () => void = () => {}) {
    this.owner = owner
    this.#memory = memory
    this.#ask = ask
    this.#leave = leave
  }

  async open(name: string, size: RingSize | readonly RingSize[]): Promise<void> {
    openedIn(await this.#ask({ open: name, transports: [size].flat() }))
  }

  async sender(name: string, options: ConnectOptions = {}): Promise<AwaitableSender> {
    return this.#keep(senderOf(this.#memory, await this.#take(name, 'sender'), options))
  }

  async receiver(name: string, options: ConnectOptions = {}): Promise<AwaitableReceiver> {
    return this.#keep(receiverOf(this.#memory, await this.#take(name, 'receiver'), options))
  }

  close(): void {
    for (const end of this.#ends) end.close()
    this.#leave()
  }

  async #take(name: string, end: EndName): Promise<Grant> {
    return grantIn(await this.#ask({ take: name, end }))
  }

  #keep<End extends { close(): void }>(end: End): End {
    this.#ends.push(end)
    return end
  }
}

/** Attaches to a memory wherever it is. Code for memory between processes is loaded only where it is asked for. */
export async function memoryAt(place: MemoryPlace): Promise<AwaitableMemory> {
  if ('buffer' in place) return new (await import('./thread-memory.ts')).ThreadMemory(place.buffer)
  return (await import('./mapped-memory.ts')).MappedMemory.open(place.path, place.words)
}

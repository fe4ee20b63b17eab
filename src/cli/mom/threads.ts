/**
 * The threads of the demonstration: a producer, a broker that shares its orders out among two consumers, and the
 * consumers, which check that each order follows on the one they were given before.
 */
import type { SharedMemory } from '../../interleave/memory/shared-memory.ts'
import { AsyncUpgradableReceiver, AsyncUpgradableSender } from '../../live/async-upgradable.ts'
import type { AwaitableSender } from '../../live/awaitable.ts'
import type { Connection } from '../../live/connection.ts'
import { ThreadMemory } from '../../live/thread-memory.ts'
import type { Standing } from '../../mom/channel-upgrade.ts'
import type { Decodable } from '../../mom/fifo.ts'
import {
  COMMANDS,
  CONSUMER_NOTE,
  Command,
  NOTE,
  NOTHING,
  ORDERS,
  ORDER_SIZES,
  Order,
  WORK,
  Work,
} from './wiring.ts'
import { consumerNotes } from './wiring.ts'

/** Orders between two looks at what the producer is told. */
const LOOK = 64
/** A wait after which a thread looks around; milliseconds. */
const WAIT_MS = 20

export type ProducerData = { readonly first: number; readonly standing: Standing }

/** Sends orders as fast as they are taken, until told to stop. */
export async function producer(connection: Connection, { first, standing }: ProducerData): Promise<void> {
  const orders = await connection.sender(ORDERS, { standing })
  const commands = await connection.receiver(COMMANDS)
  if (!(orders instanceof AsyncUpgradableSender)) throw new Error('the orders have one transport only')
  const order = Order.create()
  const command = Command.create()
  for (order.sequence = first; ;) {
    for (let turn = 0; turn < LOOK; turn++) {
      const outcome = orders.send(0, order, WAIT_MS)
      if (outcome === 'full') break
      if (outcome !== 'sent') throw new Error(`the broker is gone: ${outcome}`)
      order.sequence = (order.sequence + 1) | 0
    }
    if (commands.tryReceive([command]) !== 'received') continue
    if (command.what === 'stop') return
    const outcome = orders.upgrade((orders.standing.transport + 1) % ORDER_SIZES.length)
    if (outcome !== 'sent') throw new Error(`the orders could not be upgraded: ${outcome}`)
  }
}

/** Takes orders and gives each to one consumer that has room, until the producer has left. */
export async function broker(connection: Connection, notesBuffer: SharedArrayBuffer): Promise<void> {
  const notes = new ThreadMemory(notesBuffer)
  const orders = await connection.receiver(ORDERS)
  if (!(orders instanceof AsyncUpgradableReceiver)) throw new Error('the orders have one transport only')
  const outlets: Outlet[] = []
  for (const name of WORK) outlets.push(new Outlet(await connection.sender(name)))
  const order = Order.create()
  let next = 0
  let isLost = false
  for (;;) {
    const outcome = orders.receive([order], WAIT_MS)
    notes.store(NOTE.upgrades, orders.standing.epoch)
    if (outcome === 'received') {
      isLost = false
      if (order.sequence !== next) notes.add(NOTE.wrongOrders, 1)
      next = (order.sequence + 1) | 0
      shareOut(order.sequence, outlets)
    } else if (outcome === 'dead') {
      if (!isLost) noteLost(notes, next, orders.standing)
      isLost = true
      pause()
    } else if (outcome !== 'empty') break
  }
  if (orders.fault !== undefined) throw orders.fault
}

const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
const pause = (): void => void Atomics.wait(sleeper, 0, 0, 1)

// All that the dead one sent has been taken, so its place in the channel is where the receiver is.
function noteLost(notes: SharedMemory, next: number, { transport, epoch }: Standing): void {
  notes.store(NOTE.nextSequence, next)
  notes.store(NOTE.transport, transport)
  notes.store(NOTE.epoch, epoch)
  notes.add(NOTE.lostProducers, 1)
}

/** The way to one consumer. */
class Outlet {
  readonly sender: AwaitableSender
  readonly #work = Work.create()

  constructor(sender: AwaitableSender) {
    this.sender = sender
    this.#work.previous = NOTHING
  }

  /** Whether the order is the consumer's now. One that has died has a successor soon. */
  offer(sequence: number, timeoutMs: number): boolean {
    this.#work.sequence = sequence
    const outcome =
      timeoutMs === 0 ? this.sender.trySend(0, this.#work) : this.sender.send(0, this.#work, timeoutMs)
    if (outcome === 'sent') this.#work.previous = sequence
    else if (outcome === 'faulty' || outcome === 'closed') throw new Error(`a consumer is gone: ${outcome}`)
    else if (outcome === 'dead' && timeoutMs > 0) pause()
    return outcome === 'sent'
  }
}

// By turns, and where one has no room to another; where none has, whoever has first.
function shareOut(sequence: number, outlets: readonly Outlet[]): void {
  for (let attempt = 0; ; attempt++) {
    const outlet = outlets[(sequence + attempt) & (outlets.length - 1)]!
    if (outlet.offer(sequence, attempt < outlets.length ? 0 : 1)) return
  }
}

/** An order as a consumer sees it: checked and noted before its slot is given back. */
class CheckedWork implements Decodable {
  readonly #work = Work.create()
  readonly #notes: SharedMemory
  readonly #base: number
  #isFirst = true

  constructor(notes: SharedMemory, base: number) {
    this.#notes = notes
    this.#base = base
  }

  decode(memory: SharedMemory, at: number): void {
    this.#work.decode(memory, at)
    const last = this.#notes.load(this.#base + CONSUMER_NOTE.last)
    if (this.#isFirst && this.#work.sequence === last) this.#count(CONSUMER_NOTE.repeated)
    else if (this.#work.previous !== last) this.#count(CONSUMER_NOTE.wrong)
    this.#isFirst = false
    this.#notes.store(this.#base + CONSUMER_NOTE.last, this.#work.sequence)
  }

  #count(word: number): void {
    this.#notes.add(this.#base + word, 1)
  }
}

export type ConsumerData = { readonly consumer: number; readonly notes: SharedArrayBuffer }

/** Takes its orders until there will be none. */
export async function consumer(
  connection: Connection,
  { consumer: index, notes }: ConsumerData,
): Promise<void> {
  const work = await connection.receiver(WORK[index]!)
  const inbox = [new CheckedWork(new ThreadMemory(notes), consumerNotes(index))]
  let outcome = work.receive(inbox)
  while (outcome === 'received') outcome = work.receive(inbox)
  if (outcome !== 'closed') throw new Error(`the broker is gone: ${outcome}`)
}

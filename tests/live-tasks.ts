/** What the threads and processes of the tests of src/live run. */
import { AsyncUpgradableSender } from '../src/live/async-upgradable.ts'
import type { MemoryPlace } from '../src/live/awaitable.ts'
import { type Connection, memoryAt } from '../src/live/connection.ts'
import type { ChannelShape } from '../src/mom/channel-shape.ts'
import { messageType } from '../src/mom/message.ts'

export const Item = messageType({ number: 'int', square: 'double' })
/** Kind 1 of the same channel: how the one that reports came to its end. */
export const Report = messageType({
  count: 'int',
  wrong: 'int',
  outcome: ['received', 'empty', 'closed', 'dead', 'faulty'],
})

type Item = ReturnType<typeof Item.create>

export function fill(item: Item, number: number): Item {
  item.number = number
  item.square = number * number
  return item
}

export const isRight = ({ number, square }: Item, expected: number): boolean =>
  number === expected && square === number * number

/** Where a task that may be killed at any time says what it has done. */
export type Note = { readonly place: MemoryPlace; readonly word: number }

type Production = { readonly name: string; readonly count?: number; readonly note?: Note }

/** Sends `count` items, or for ever, and notes how many were accepted. */
export async function produce(connection: Connection, { name, count = Infinity, note }: Production) {
  const noted = note === undefined ? undefined : await memoryAt(note.place)
  const sender = await connection.sender(name)
  const item = Item.create()
  for (let number = 0; number < count; number++) {
    const outcome = sender.send(0, fill(item, number))
    if (outcome !== 'sent') throw new Error(`item ${number} was not sent: ${outcome}`)
    noted?.store(note!.word, number + 1)
  }
}

/** Sends `count` items and goes on in the other transport after every hundredth. */
export async function produceUpgrading(
  connection: Connection,
  { name, count }: { name: string; count: number },
) {
  const sender = await connection.sender(name)
  if (!(sender instanceof AsyncUpgradableSender)) throw new Error(`${name} has one transport only`)
  const item = Item.create()
  for (let number = 0; number < count; number++) {
    if (number % 100 === 99) sender.upgrade(1 - sender.standing.transport)
    sender.send(0, fill(item, number))
  }
}

/** Receives until nothing comes any more, and says on `report` how many there were and how many were wrong. */
export async function consume(connection: Connection, { name, report }: { name: string; report: string }) {
  const receiver = await connection.receiver(name)
  const sender = await connection.sender(report)
  const item = Item.create()
  const said = Report.create()
  said.outcome = receiver.receive([item])
  while (said.outcome === 'received') {
    if (!isRight(item, said.count)) said.wrong++
    said.count++
    said.outcome = receiver.receive([item])
  }
  sender.send(1, said)
}

// Not for ever, for its test may be ended before it ends this.
const HANG_MS = 60_000
const hang = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANG_MS)

/** Receives `count` items, then lingers where it is without ever leaving. */
export async function takeAndHang(connection: Connection, { name, count }: { name: string; count: number }) {
  const receiver = await connection.receiver(name)
  const item = Item.create()
  for (let taken = 0; taken < count; taken++) receiver.receive([item])
  hang()
}

/** Sends back what comes. */
export async function echo(connection: Connection) {
  const receiver = await connection.receiver('ping')
  const sender = await connection.sender('pong')
  const item = Item.create()
  while (receiver.receive([item]) === 'received') sender.send(0, item)
}

/** As `echo`, for a thread whose event loop goes on. */
export async function echoAsync(connection: Connection) {
  const receiver = await connection.receiver('ping')
  const sender = await connection.sender('pong')
  const item = Item.create()
  while ((await receiver.receiveAsync([item])) === 'received') await sender.sendAsync(0, item)
}

/** Takes the end of a sender, and dies before anything is sent. */
export async function throws(connection: Connection, { name }: { name: string }) {
  await connection.sender(name)
  throw new Error('thrown by a task')
}

/** Takes an end in order, then writes into the shared words what no end writes. */
export async function lie(connection: Connection, { name, end, place, shape, what }: Lie) {
  await connection[end](name)
  const memory = await memoryAt(place)
  const { tail, head, slots } = shape.ring
  if (what === 'index') memory.store(end === 'sender' ? tail : head, 1_234_567)
  else {
    memory.set(slots, what === 'header' ? -1 : 0)
    memory.set(slots + 1, what === 'number' ? 99 : 0)
    memory.store(tail, 1)
  }
  memory.notify(end === 'sender' ? shape.receiverBell : shape.senderBell)
  hang()
}

export type Lie = {
  readonly name: string
  readonly end: 'sender' | 'receiver'
  readonly place: MemoryPlace
  readonly shape: ChannelShape
  readonly what: 'index' | 'header' | 'number'
}

/** Adds one so often, in small steps, to a word that others add to. */
export async function add(
  _: Connection,
  { place, word, count }: { place: MemoryPlace; word: number; count: number },
) {
  const memory = await memoryAt(place)
  for (let added = 0; added < count; added++) memory.add(word, 1)
}

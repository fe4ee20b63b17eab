/** The ring alone: messages built and checked in place, through the injected memory, through Atomics, or typed. */
import type { SharedMemory } from '../../src/interleave/memory/shared-memory.ts'
import { messageType } from '../../src/mom/message.ts'
import { RingConsumer, RingProducer } from '../../src/mom/spsc-ring.ts'
import { loadDirectRing } from './direct-ring.ts'
import { type End, type Part, RECEIVER, placesOf } from './end.ts'
import {
  type WordsCode,
  WrongMessageError,
  arrayWords,
  fieldNames,
  memoryWords,
  objectFields,
} from './straight-line.ts'

/** What the code below needs of a memory; `Memory` is what its words are put into. */
type Access<Memory> = {
  readonly memory: Memory
  readonly code: WordsCode<Memory>
  readonly pause: () => void
}

class RingSender<Memory> {
  readonly #access: Access<Memory>
  readonly #producer: RingProducer
  #next = 0

  constructor(access: Access<Memory>, producer: RingProducer) {
    this.#access = access
    this.#producer = producer
  }

  /** Sends as many as there is room for, at most `most`; how many. */
  send(most: number): number {
    const producer = this.#producer
    const { memory, code } = this.#access
    const first = this.#next
    const count = producer.reserve(most)
    if (count === 0) return 0
    for (let ahead = 0; ahead < count; ahead++) code.put(memory, producer.slot(ahead), (first + ahead) | 0)
    producer.publish(count)
    this.#next = (first + count) | 0
    return count
  }

  sendAll(count: number, batch: number): void {
    for (let left = count; left > 0;) {
      const sent = this.send(Math.min(left, batch))
      if (sent === 0) this.#access.pause()
      left -= sent
    }
  }
}

class RingReceiver<Memory> {
  readonly #access: Access<Memory>
  readonly #consumer: RingConsumer
  #next = 0

  constructor(access: Access<Memory>, consumer: RingConsumer) {
    this.#access = access
    this.#consumer = consumer
  }

  /** Receives as many as are there, at most `most`; how many. */
  receive(most: number): number {
    const consumer = this.#consumer
    const { memory, code } = this.#access
    const first = this.#next
    const count = consumer.available(most)
    if (count === 0) return 0
    for (let ahead = 0; ahead < count; ahead++) {
      if (!code.isRight(memory, consumer.slot(ahead), (first + ahead) | 0))
        throw new WrongMessageError(first + ahead)
    }
    consumer.release(count)
    this.#next = (first + count) | 0
    return count
  }

  receiveAll(count: number, batch: number): void {
    for (let left = count; left > 0;) {
      const received = this.receive(Math.min(left, batch))
      if (received === 0) this.#access.pause()
      left -= received
    }
  }
}

type Ends<Memory> = { readonly sender: RingSender<Memory>; readonly receiver: RingReceiver<Memory> }

function endOf<Memory>({ subject: { kind, batch }, role }: Part, { sender, receiver }: Ends<Memory>): End {
  const takeTurns = (count: number): void => {
    for (let left = count; left > 0; left -= batch) {
      sender.send(Math.min(left, batch))
      receiver.receive(Math.min(left, batch))
    }
  }
  const ask = (count: number): void => {
    for (let trip = 0; trip < count; trip++) {
      sender.sendAll(1, 1)
      receiver.receiveAll(1, 1)
    }
  }
  const answer = (count: number): void => {
    for (let trip = 0; trip < count; trip++) {
      receiver.receiveAll(1, 1)
      sender.sendAll(1, 1)
    }
  }
  if (kind === 'cpu') return { run: takeTurns }
  if (kind === 'trip') return { run: role === RECEIVER ? answer : ask }
  return {
    run: (count) => (role === RECEIVER ? receiver.receiveAll(count, batch) : sender.sendAll(count, batch)),
  }
}

/** A message object of the declared type beside the words. */
function typedWords(words: number): WordsCode<SharedMemory> {
  const names = fieldNames(words)
  const message = messageType(Object.fromEntries(names.map((name) => [name, 'int' as const]))).create()
  const fields = objectFields(words)
  return {
    put(memory, at, number) {
      fields.put(message, number)
      message.encode(memory, at)
    },
    isRight(memory, at, number) {
      message.decode(memory, at)
      return fields.isRight(message, number)
    },
  }
}

export async function ringEnd(part: Part): Promise<End> {
  const { subject, role, memory } = part
  const { transport, kind, words } = subject
  const { there, back } = placesOf(subject)
  const isAnswering = kind === 'trip' && role === RECEIVER
  const sending = (isAnswering ? back : there).ring
  const receiving = (kind === 'trip' && !isAnswering ? back : there).ring
  if (transport === 'ring, direct') {
    const direct = await loadDirectRing()
    const array = memory.words
    const access = {
      memory: array,
      code: arrayWords<Int32Array>(words),
      pause: () => void Atomics.load(array, 0),
    }
    const sender = new RingSender(access, new direct.RingProducer(array, sending))
    return endOf(part, {
      sender,
      receiver: new RingReceiver(access, new direct.RingConsumer(array, receiving)),
    })
  }
  const code = transport === 'ring' ? memoryWords<SharedMemory>(words) : typedWords(words)
  const access = { memory, code, pause: () => memory.pause() }
  const sender = new RingSender<SharedMemory>(access, new RingProducer(memory, sending))
  return endOf(part, { sender, receiver: new RingReceiver(access, new RingConsumer(memory, receiving)) })
}

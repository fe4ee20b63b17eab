/**
 * One side of a measurement in its thread or process: builds its end, and at every word of the leader comes to the
 * start, runs, and says when it began and ended, by the clock that all sides share.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { AtomicsMemory } from '../../src/interleave/memory/atomics-memory.ts'
import type { AwaitableMemory, MemoryPlace } from '../../src/live/awaitable.ts'
import { MappedMemory } from '../../src/live/mapped-memory.ts'
import { ThreadMemory } from '../../src/live/thread-memory.ts'
import { channelEnd, severalSendersEnd } from './channel-end.ts'
import { type End, type Part, placesOf } from './end.ts'
import { portEnd, ringbufEnd, socketEnd } from './peer-end.ts'
import { ringEnd } from './ring-end.ts'
import type { Subject } from './subjects.ts'

/** What a member is given at its birth: by a thread's workerData, or as a process's first message. */
export type Enlistment = {
  readonly subject: Subject
  readonly role: number
  readonly place: MemoryPlace
  readonly path: string
  readonly port?: MessagePort
  readonly buffers?: readonly SharedArrayBuffer[]
}

export type Order = { readonly round: number; readonly count: number } | { readonly leave: true }

/** Nanoseconds; a process cannot send a bigint. */
export type Answer =
  | { readonly ready: true }
  | { readonly began: string; readonly ended: string; readonly cpuNanoseconds: number }
  | { readonly failed: string }

function tell(answer: Answer): void {
  if (parentPort === null) process.send?.(answer)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  else parentPort.postMessage(answer)
}

function attach(place: MemoryPlace): AtomicsMemory & AwaitableMemory {
  return 'buffer' in place ? new ThreadMemory(place.buffer) : MappedMemory.open(place.path, place.words)
}

async function build(part: Part, buffers: readonly SharedArrayBuffer[] = []): Promise<End> {
  switch (part.subject.transport) {
    case 'ring':
    case 'ring, direct':
    case 'ring, typed':
      return ringEnd(part)
    case 'channel':
      return channelEnd(part)
    case 'channel of several senders':
      return severalSendersEnd(part)
    case 'MessagePort':
      return portEnd(part)
    case 'Unix socket':
      return socketEnd(part)
    case 'ringbuf.js':
      return ringbufEnd(part, buffers)
    case 'C':
      throw new Error('C has threads of its own')
  }
}

/** Waits for the others, spinning, so that all begin together. */
function arrive({ subject, memory }: Part, round: number): void {
  const { senders = 1, kind } = subject
  const sides = kind === 'cpu' ? 1 : senders + 1
  const { arrived } = placesOf(subject)
  memory.add(arrived, 1)
  while (memory.load(arrived) < sides * round) memory.pause()
}

async function run(part: Part, end: End, round: number, count: number): Promise<void> {
  arrive(part, round)
  const cpu = process.cpuUsage()
  const began = process.hrtime.bigint()
  await end.run(count)
  const ended = process.hrtime.bigint()
  const { user, system } = process.cpuUsage(cpu)
  tell({ began: String(began), ended: String(ended), cpuNanoseconds: 1000 * (user + system) })
}

async function serve(
  enlistment: Enlistment,
  listen: (onOrder: (order: Order) => void) => void,
): Promise<void> {
  const { subject, role, place, path, port } = enlistment
  const part: Part = { subject, role, memory: attach(place), port, path }
  const end = await build(part, enlistment.buffers)
  listen((order) => {
    if ('leave' in order) {
      end.close?.()
      if (parentPort === null) process.disconnect()
      else parentPort.close()
      return
    }
    run(part, end, order.round, order.count).catch(fail)
  })
  tell({ ready: true })
}

const fail = (error: unknown): void =>
  tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })

if (parentPort === null) {
  process.once('message', (enlistment: Enlistment) => {
    serve(enlistment, (onOrder) => process.on('message', onOrder)).catch(fail)
  })
} else {
  const port = parentPort
  serve(workerData as Enlistment, (onOrder) => port.on('message', onOrder)).catch(fail)
}

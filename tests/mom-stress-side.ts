/** A thread or process of the stress tests: runs one side of a channel, by its name, and tells its result. */
import { inspect } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import type { AtomicsMemory } from '../src/interleave/memory/atomics-memory.ts'
import type { MemoryPlace } from '../src/live/awaitable.ts'
import { MappedMemory } from '../src/live/mapped-memory.ts'
import { ThreadMemory } from '../src/live/thread-memory.ts'
import { litmusThread } from './litmus-threads.ts'
import { services } from './mom-stress-services.ts'
import { sides } from './mom-stress-sides.ts'

export type SideStart = { readonly name: string; readonly place: MemoryPlace; readonly data: unknown }

/** `threw`: what went wrong, with its stack. */
export type SideEnd = { readonly result: unknown } | { readonly threw: string }

const known: typeof services = { ...sides, ...services, litmus: litmusThread }

const attach = (place: MemoryPlace): AtomicsMemory =>
  'buffer' in place ? new ThreadMemory(place.buffer) : MappedMemory.open(place.path, place.words)

function run({ name, place, data }: SideStart): SideEnd {
  const side = known[name]
  if (side === undefined) return { threw: `there is no side named ${name}` }
  try {
    return { result: side(attach(place), data as never) }
  } catch (error) {
    return { threw: error instanceof Error ? `${error.stack}\n${inspect(error.cause)}` : String(error) }
  }
}

if (parentPort === null)
  process.once('message', (start: SideStart) => process.send!(run(start), () => process.exit()))
else {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  parentPort.postMessage(run(workerData as SideStart))
}

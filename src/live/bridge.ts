/**
 * Carries the messages of one channel from an end to another where the two are not of one transport: from a
 * socket into the shared memory, or out of it. What ends one side ends the other in the same way.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import type { AwaitableReceiver, AwaitableSender } from './awaitable.ts'

const KINDS = 256

/** A message of any type as the words of its slot. */
class RawMessage {
  readonly words: number
  readonly content: Int32Array

  constructor(words: number) {
    this.words = words
    this.content = new Int32Array(words)
  }

  encode(memory: SharedMemory, at: number): void {
    for (let word = 0; word < this.words; word++) memory.set(at + word, this.content[word]!)
  }

  decode(memory: SharedMemory, at: number): void {
    for (let word = 0; word < this.words; word++) this.content[word] = memory.get(at + word)
  }
}

/** Carries until one side is over. `words`: those of a message, without its header. */
export async function bridge(from: AwaitableReceiver, to: AwaitableSender, words: number): Promise<void> {
  const message = new RawMessage(words)
  const inbox = Array.from({ length: KINDS }, () => message)
  for (;;) {
    const received = await from.receiveAsync(inbox)
    const outcome = received === 'received' ? await to.sendAsync(from.kind, message) : received
    if (outcome === 'sent') continue
    const ends = [from, to]
    for (const end of ends) {
      if (outcome === 'closed') end.close()
      else end.abandon()
    }
    return
  }
}

/**
 * A thread that expands states for a search: it takes tasks from the ring in shared memory, in the order of
 * their states, until the search is over. What xstate must be asked is left to the main thread.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'

const { memory, ring, task, state } = workerData
const words = new Int32Array(memory.buffer)
const { OVER, GENERATION, WAKE, SHIFT, IDLE, SLOTS, SLOT_WORDS, slots } = ring
/** Looks for a task before the thread sleeps. */
const SPINS = 20_000
const { READY, CLAIMED, DONE } = state

let generation = 0
let exports
/** Where the stuck states of the task at hand are noted, and how many there are. */
let stuckAt = 0
let stuckCount = 0
let signal = 0

/** Instantiates the code the main thread has sent for a generation. */
function load(wanted) {
  for (;;) {
    const received = receiveMessageOnPort(parentPort)
    if (received === undefined || received.message.generation < wanted) continue
    const { module, signalAt } = received.message
    signal = signalAt / 4
    const host = {
      memory,
      // The state is left to the main thread, and those after it.
      miss: () => {
        words[signal] = 1
        return -1
      },
      stuck: (index) => {
        if (words[signal] === 0) words[stuckAt / 4 + stuckCount++] = index
      },
    }
    exports = new WebAssembly.Instance(module, { host }).exports
    generation = received.message.generation
    return
  }
}

/** The claimed task that has the least states, or undefined. */
function claim() {
  for (;;) {
    let best
    for (let slot = 0; slot < slots; slot++) {
      const at = SLOTS + slot * SLOT_WORDS
      if (Atomics.load(words, at + task.STATE) !== READY) continue
      if (best === undefined || words[at + task.FROM] < words[best + task.FROM]) best = at
    }
    if (best === undefined) return undefined
    if (Atomics.compareExchange(words, best + task.STATE, READY, CLAIMED) === READY) return best
  }
}

function run(at) {
  stuckAt = words[at + task.STUCK_AT] >>> 0
  stuckCount = 0
  words[signal] = 0
  exports.set(0, words[SHIFT], 0, words[at + task.ENTRIES], signal * 4, words[at + task.LIMIT])
  words[at + task.REACHED] = exports.expand(words[at + task.FROM], words[at + task.END])
  words[at + task.SUCCESSORS] = exports.batchSize()
  words[at + task.SIZE] = exports.filter()
  words[at + task.STUCK] = stuckCount
  Atomics.store(words, at + task.STATE, DONE)
  // The main thread may be asleep.
  Atomics.notify(words, at + task.STATE)
}

/** Until something has changed since `wake`. */
function rest(wake) {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, WAKE) !== wake) return
  Atomics.add(words, IDLE, 1)
  Atomics.wait(words, WAKE, wake)
  Atomics.sub(words, IDLE, 1)
}

for (;;) {
  const wake = Atomics.load(words, WAKE)
  const wanted = Atomics.load(words, GENERATION)
  if (wanted === OVER) break
  if (wanted > generation) load(wanted)
  const at = generation === 0 ? undefined : claim()
  if (at === undefined) rest(wake)
  else run(at)
}

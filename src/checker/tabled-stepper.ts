/**
 * The stepper that searches begin with: plain loops over the tables, compiled by V8 once for all systems. It
 * must do exactly what the compiled one does, in the same order; a test holds the two together.
 */
import { REFUSED } from './component-table.ts'
import { widthFor } from './layout.ts'
import { BATCH, OVERFLOWED, type Stepper, type Workings } from './stepper.ts'
import { hash } from './store.ts'

/** The events in flat arrays: participants of event `e` are those from `starts[e]` up to `starts[e + 1]`. */
type Participants = {
  readonly starts: Int32Array
  readonly components: Int32Array
  readonly positions: Int32Array
}

export class TabledStepper implements Stepper {
  readonly #workings: Workings
  readonly #participants: Participants
  /** For each word of the event sets, the components that may refuse one of its events. */
  readonly #blocking: readonly Int32Array[]
  readonly #lastWord: number
  readonly #words: Int32Array
  readonly #shifts: Int32Array
  readonly #masks: Int32Array
  readonly #rowLengths: Int32Array
  readonly #ids: Int32Array
  readonly #vectors: Int32Array
  readonly #slots: Int32Array
  #next: readonly Int32Array[] = []
  #accepts: readonly Int32Array[] = []
  #size = 0

  constructor(workings: Workings) {
    const { product, layout, batch } = workings
    const { events } = product.instance
    this.#workings = workings
    this.#participants = {
      starts: Int32Array.from([0, ...events.map(({ participants }) => participants.length)]),
      components: Int32Array.from(events.flatMap(({ participants }) => participants)),
      positions: Int32Array.from(product.positions.flat()),
    }
    const { starts } = this.#participants
    for (let event = 0; event < events.length; event++) starts[event + 1]! += starts[event]!
    this.#blocking = Array.from({ length: Math.ceil(events.length / 32) }, (_, word) =>
      Int32Array.from(
        product.tables.flatMap(({ component, alphabet }, index) =>
          !component.observer && alphabet.some((event) => event >>> 5 === word) ? [index] : [],
        ),
      ),
    )
    this.#lastWord = events.length % 32 === 0 ? -1 : 2 ** (events.length % 32) - 1
    this.#words = Int32Array.from(layout.fields, ({ word }) => word)
    this.#shifts = Int32Array.from(layout.fields, ({ shift }) => shift)
    this.#masks = Int32Array.from(layout.fields, ({ width }) => (width === 32 ? -1 : 2 ** width - 1))
    this.#rowLengths = Int32Array.from(product.tables, ({ alphabet }) => alphabet.length)
    this.#ids = new Int32Array(product.tables.length)
    this.#vectors = new Int32Array(batch.events.length * layout.words)
    this.#slots = new Int32Array(batch.events.length)
  }

  #bind(): void {
    this.#next = this.#workings.product.tables.map(({ next }) => next)
    this.#accepts = this.#workings.product.tables.map(({ accepts }) => accepts)
  }

  fits(component: number, size: number): boolean {
    return widthFor(size) <= this.#workings.layout.fields[component]!.width
  }

  reset(): void {
    this.#size = 0
  }

  size(): number {
    return this.#size
  }

  expand(from: number, end: number): number {
    const { signals, callbacks } = this.#workings
    this.#bind()
    let index = from
    for (; index < end && this.#size < BATCH; index++) {
      const mark = this.#size
      this.#load(index)
      for (let word = 0; word < this.#blocking.length; word++) {
        const enabled = this.#enabled(word)
        for (let bits = enabled; bits !== 0; bits &= bits - 1) {
          this.#take(word * 32 + 31 - Math.clz32(bits & -bits), index)
        }
      }
      if (this.#size === mark) callbacks.stuck(index)
      if (signals[OVERFLOWED] === 0) continue
      this.#size = mark
      break
    }
    return index
  }

  #load(index: number): void {
    const { store } = this.#workings
    const offset = index * store.stride
    for (let component = 0; component < this.#ids.length; component++) {
      const word = store.records[offset + this.#words[component]!]!
      this.#ids[component] = (word >>> this.#shifts[component]!) & this.#masks[component]!
    }
  }

  // The events of one word that no component that knows them is known to refuse.
  #enabled(word: number): number {
    const stride = this.#blocking.length
    const blocking = this.#blocking[word]!
    let bits = word === stride - 1 ? this.#lastWord : -1
    for (let slot = 0; slot < blocking.length && bits !== 0; slot++) {
      const component = blocking[slot]!
      bits &= this.#accepts[component]![this.#ids[component]! * stride + word]!
    }
    return bits
  }

  // Appends the successor by one event to the batch, unless a participant turns out to refuse it.
  #take(event: number, index: number): void {
    const { store, batch, callbacks } = this.#workings
    const { starts, components, positions } = this.#participants
    const offset = this.#size * store.words
    for (let word = 0; word < store.words; word++) {
      this.#vectors[offset + word] = store.records[index * store.stride + word]!
    }
    for (let slot = starts[event]!; slot < starts[event + 1]!; slot++) {
      const component = components[slot]!
      const id = this.#ids[component]!
      const entry = id * this.#rowLengths[component]! + positions[slot]!
      const known = this.#next[component]![entry]!
      if (known < 0 && !callbacks.permits(event, this.#ids, index)) return
      const next = known >= 0 ? known : this.#ask(component, id, positions[slot]!, index, event)
      this.#vectors[offset + this.#words[component]!]! ^= (id ^ next) << this.#shifts[component]!
    }
    batch.events[this.#size] = event
    batch.sources[this.#size] = index
    this.#size++
  }

  #ask(component: number, id: number, position: number, index: number, event: number): number {
    const { callbacks } = this.#workings
    const next = callbacks.tabulate(component, id, position, index, event)
    // Arrays that grow are replaced.
    if (this.#workings.product.tables[component]!.next !== this.#next[component]) this.#bind()
    if (next !== REFUSED) return next
    callbacks.refused(index, event, component)
    return id
  }

  commit(): boolean {
    const { store, batch } = this.#workings
    store.reserve(this.#size)
    const { slots, words } = store
    const shift = Math.clz32(slots.length - 1)
    for (let k = 0; k < this.#size; k++) this.#slots[k] = hash(this.#vectors, k * words, words) >>> shift
    for (let k = 0; k < this.#size; k++) store.warm ^= slots[this.#slots[k]!]!
    const before = store.count
    for (let k = 0; k < this.#size; k++) {
      const target = store.findOrAdd(this.#vectors, k * words, this.#slots[k]!)
      if (target === store.count) {
        batch.fresh[target - before] = batch.events[k]!
        store.records[target * store.stride + words] = batch.sources[k]!
        store.count++
      }
      batch.targets[k] = target
    }
    return true
  }
}

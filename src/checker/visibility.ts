/**
 * Which local steps can change what a claim says. A predicate is shown snapshots through proxies that note each
 * value it looks at; a step that leaves all values ever looked at as they were is invisible to it. What has
 * been looked at grows while the search runs.
 */
import type { AnyMachineSnapshot } from 'xstate'
import type { Lens } from './view.ts'

/** Something a predicate has looked at in a snapshot of one component. */
type Look = (snapshot: AnyMachineSnapshot) => unknown
/** Looks by a name that says what is looked at, and the proxies handed out: an object is always the same one. */
class Looks {
  readonly byName = new Map<string, Look>()
  readonly #proxies = new Map<string, WeakMap<object, object>>()
  readonly #grown: () => void

  constructor(grown: () => void) {
    this.#grown = grown
  }

  note(name: string, look: Look): void {
    if (this.byName.has(name)) return
    this.byName.set(name, look)
    this.#grown()
  }

  /** The proxy that stands for an object found under a name. */
  proxy<T extends object>(name: string, target: T, create: () => T): T {
    const known = this.#proxies.get(name) ?? new WeakMap<object, object>()
    this.#proxies.set(name, known)
    const proxy = (known.get(target) as T | undefined) ?? create()
    known.set(target, proxy)
    return proxy
  }
}

/** Stands for a whole snapshot: every local state is another one. */
const WHOLE = '*'

/** Values as they tell local states apart; of objects only that they are there, their parts are looks of their own. */
const plain = (value: unknown): unknown => (typeof value === 'object' && value !== null ? 'object' : value)

const keysOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? Reflect.ownKeys(value).map(String).join() : ''

/**
 * Notes what the predicates still asked have looked at. Use `lens` in the Reader of the search, with the
 * predicate as the asker.
 *
 * Sound with the looks of the visited states alone. Suppose a state that is not visited violates an
 * invariant. The stubborn sets lead from a visited state to it by steps, and to a visited state by those and
 * further steps that are invisible. A predicate is deterministic: in the visited state it looks at something,
 * sees what it would see in the other state, looks on accordingly, and says the same. So what counts are the
 * looks at the end of the search: a step taken for invisible that has become visible means it must be run again.
 */
export class Visibility {
  /** Changes whenever a step that was invisible may have become visible. */
  growth = 0
  readonly #looks = new Map<object, Looks[]>()
  readonly #growthOf: number[] = []
  #pending: ReadonlySet<object> | undefined

  /** What a predicate is shown in place of a snapshot. */
  readonly lens: Lens = (snapshot, component, asker) => {
    const looks = this.#looksOf(asker, component)
    return looks.proxy(WHOLE, snapshot, () => shown(snapshot, looks))
  }

  /** Only these askers still matter: a witness that was reached may change as it likes. Never adds one. */
  retain(pending: Iterable<object>): void {
    this.#pending = new Set(pending)
    this.growth++
    this.#growthOf.forEach((_, component) => (this.#growthOf[component] = this.growth))
  }

  /** Changes when the labels of a component may tell more local states apart than before. */
  growthOf(component: number): number {
    return this.#growthOf[component] ?? 0
  }

  /** A text for what the predicates see of a local state, given the number that is its own. */
  label(component: number, snapshot: AnyMachineSnapshot, state: number): string {
    const askers = this.#pending ?? this.#looks.keys()
    const seen = [...askers].flatMap((asker) => {
      const looks = this.#looks.get(asker)?.[component]?.byName ?? []
      return [...looks].map(([name, look]) => (name === WHOLE ? state : textOf(look(snapshot))))
    })
    return seen.join('\n')
  }

  #looksOf(asker: object, component: number): Looks {
    const known = this.#looks.get(asker)
    const all = known ?? []
    if (known === undefined) this.#looks.set(asker, all)
    return (all[component] ??= new Looks(() => (this.#growthOf[component] = ++this.growth)))
  }
}

const textOf = (value: unknown): string => `${typeof value} ${JSON.stringify(String(value))}`

// Proxies have a stand-in for their target: contexts are frozen, and of a frozen object a proxy may not show
// other values than its own.
function shown(snapshot: AnyMachineSnapshot, looks: Looks): AnyMachineSnapshot {
  const noteWhole = () => looks.note(WHOLE, () => undefined)
  return new Proxy({} as AnyMachineSnapshot, {
    get: (_, key) => {
      if (key === 'value' || key === 'context') {
        return shownValue(snapshot[key], key, (seen) => seen[key] as unknown, looks)
      }
      if (key === 'status') looks.note(key, (seen) => seen.status)
      else if (key === 'matches' || key === 'hasTag') {
        return (asked: never) => {
          looks.note(`${key} ${JSON.stringify(asked)}`, (seen) => seen[key](asked))
          return snapshot[key](asked)
        }
      } else noteWhole()
      return Reflect.get(snapshot, key) as unknown
    },
    has: (_, key) => {
      noteWhole()
      return key in snapshot
    },
    ownKeys: () => {
      noteWhole()
      return Reflect.ownKeys(snapshot)
    },
    getOwnPropertyDescriptor: (_, key) => {
      noteWhole()
      const found = Reflect.getOwnPropertyDescriptor(snapshot, key)
      return found && { ...found, configurable: true }
    },
  })
}

function shownValue(value: unknown, name: string, look: Look, looks: Looks): unknown {
  looks.note(name, (snapshot) => plain(look(snapshot)))
  if (typeof value !== 'object' || value === null) return value
  return looks.proxy(name, value, () => shownObject(value, name, look, looks))
}

function shownObject(value: object, name: string, look: Look, looks: Looks): object {
  const noteKeys = () => looks.note(`${name} keys`, (snapshot) => keysOf(look(snapshot)))
  const part = (key: string) =>
    shownValue(
      Reflect.get(value, key),
      `${name}.${JSON.stringify(key)}`,
      (snapshot) => (look(snapshot) as Record<string, unknown> | null | undefined)?.[key],
      looks,
    )
  return new Proxy(Array.isArray(value) ? [] : {}, {
    get: (_, key) => {
      const found: unknown = Reflect.get(value, key)
      if (key === 'includes' && Array.isArray(value)) return includesOf(value, name, look, looks)
      return typeof key === 'symbol' || typeof found === 'function' ? found : part(key)
    },
    has: (_, key) => {
      noteKeys()
      return key in value
    },
    ownKeys: () => {
      noteKeys()
      return Reflect.ownKeys(value)
    },
    getOwnPropertyDescriptor: (_, key) => {
      noteKeys()
      const found = Reflect.getOwnPropertyDescriptor(value, key)
      if (found === undefined || typeof key === 'symbol') return found
      const isLength = Array.isArray(value) && key === 'length'
      return {
        value: part(key),
        writable: true,
        enumerable: found.enumerable === true,
        configurable: !isLength,
      }
    },
  })
}

// Whether a list has an item is less than what its items are.
function includesOf(list: readonly unknown[], name: string, look: Look, looks: Looks) {
  return function (this: readonly unknown[], ...asked: [unknown, number?]): boolean {
    const [item] = asked
    if (asked.length > 1 || typeof item === 'object') return Array.prototype.includes.apply(this, asked)
    looks.note(`${name} includes ${textOf(item)}`, (snapshot) => {
      const seen = look(snapshot)
      return Array.isArray(seen) && seen.includes(item)
    })
    return list.includes(item)
  }
}

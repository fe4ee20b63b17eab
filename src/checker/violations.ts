/**
 * What a search has met, as a violation with a run of the system itself. In a reduced search a state stands
 * for its renamings: the run may end in another of them, and the violation is named as it shows there.
 */
import assert from 'node:assert/strict'
import { type ClaimInstance, IllFormedError } from '../model/instance.ts'
import { type ClaimWatch, labelOf } from './claims.ts'
import { MemoPredicate } from './predicate.ts'
import type { Violation } from './result.ts'
import { runTo } from './run-along.ts'
import type { SearchError } from './search-error.ts'
import type { Search } from './search.ts'
import { Reader } from './view.ts'

/** The claim that forbids deadlock where the system names none: stuck is allowed where every chart is done. */
export const NEVER_STUCK = 'neverStuck'

/** The states without successors that are forbidden. */
export class StuckStates {
  readonly #search: Search
  readonly #name: string
  readonly #finals: readonly MemoPredicate[]

  constructor(search: Search, watch: ClaimWatch) {
    this.#search = search
    const { claims } = search.product.instance
    const named = claims.filter(({ claim }) => claim.kind === 'neverStuck')
    this.#name = named[0]?.name ?? NEVER_STUCK
    this.#finals = named.flatMap(({ claim, name, ids }) =>
      claim.kind === 'neverStuck' ? [new MemoPredicate(name, claim.final, ids, watch.reader)] : [],
    )
  }

  /** The first of the states found stuck since the last call that no claim allows. */
  find(): Violation | undefined {
    const index = this.#search.stuck.splice(0).find((candidate) => !this.#allows(candidate))
    if (index === undefined) return undefined
    const { events } = runTo(this.#search, index)
    return { kind: 'stuck', claim: this.#name, label: this.#name, events }
  }

  #allows(index: number): boolean {
    if (this.#finals.length > 0) return this.#finals.every((final) => this.#search.asks(final, index))
    return this.#search.product.tables.every(
      (table, component) => table.snapshots[this.#search.idAt(index, component)]!.status !== 'active',
    )
  }
}

/** State `index` violates an invariant. */
export function invariantViolated(search: Search, violated: ClaimInstance, index: number): Violation {
  const { events, last } = runTo(search, index)
  const { claims } = search.product.instance
  const reader = new Reader(search.product.instance, search.product.tables)
  const fails = ({ claim, name, ids }: ClaimInstance): boolean =>
    claim.kind === 'always' &&
    !new MemoPredicate(name, claim.holds, ids, reader).holds((component) => last[component]!)
  // Where nothing was renamed it is the very claim.
  const shown = [violated, ...claims.filter(({ name }) => name === violated.name)].find(fails)
  assert(shown !== undefined, `claim ${violated.name} is violated where its run ends`)
  return { kind: 'invariant', claim: shown.name, label: labelOf(shown), events }
}

/** An observer refused an event. */
export function refused(search: Search): Violation {
  const { product } = search
  const { index, event, component } = search.refusal!
  const { events, last } = runTo(search, index)
  const { family } = product.instance.components[component]!
  const refuser = (one: number): string | undefined =>
    product.instance.events[one]!.participants.map((part) => product.tables[part]!).find(
      (table, slot) =>
        table.component.family === family &&
        table.component.observer &&
        !table.accepted(last[product.instance.events[one]!.participants[slot]!]!, one),
    )?.component.name
  // Where nothing was renamed it is the very event.
  const enabled = product.enabled(last)
  const refusing = [event, ...enabled].find((one) => enabled.includes(one) && refuser(one) !== undefined)
  assert(refusing !== undefined, `an observer ${family} refuses an event where its run ends`)
  return { kind: 'observer', claim: family, label: refuser(refusing)!, events: [...events, refusing] }
}

/** A machine or claim threw. */
export function thrown(search: Search, error: SearchError): Violation {
  const { product } = search
  const { events, last } = runTo(search, error.index)
  const throws = (event: number): boolean => {
    try {
      if (product.accepts(last, event)) product.step(last, event)
      return false
    } catch {
      return true
    }
  }
  const { event } = error
  const all = product.instance.events.map((_, one) => one)
  const culprit = event === undefined ? undefined : [event, ...all].find(throws)
  return {
    kind: 'error',
    claim: error.cause instanceof IllFormedError ? 'ill-formed' : 'error',
    label: error.message,
    events: culprit === undefined ? events : [...events, culprit],
  }
}

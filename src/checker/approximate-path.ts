/**
 * Proves a violation before it is told: its events are executed anew from the initial state, and what they
 * lead to is judged as replay would. What symmetry folded is unfolded first.
 */
import assert from 'node:assert/strict'
import type { Instance } from '../model/instance.ts'
import { labelOf } from './claims.ts'
import { Judge } from './judge.ts'
import { Product, type Vector } from './product.ts'
import type { Violation } from './result.ts'

/** Executes a violation on tables of its own. Throws AssertionError where it is not one: a bug of the search. */
export function confirm(instance: Instance, violation: Violation): void {
  const judge = new Judge(new Product(instance))
  const { product } = judge
  const { kind, events, label } = violation
  let vector = product.initial()
  let refusers: readonly string[] = []
  const throwing = events.findIndex((event) => {
    const { isTaken, step } = attempted(() => {
      assert(product.accepts(vector, event), `the path to ${label} takes an event that is not enabled`)
      refusers = product.refusers(vector, event)
      return product.step(vector, event)
    })
    if (!isTaken) return true
    vector = step.vector
    return false
  })
  const isWhole = throwing < 0
  assert(isWhole || (kind === 'error' && throwing === events.length - 1), `the path to ${label} throws`)
  const stands: Readonly<Record<Violation['kind'], () => boolean>> = {
    invariant: () => {
      const claim = judge.claimLabelled(label)
      return claim !== undefined && !judge.asks(claim, 'holds', vector)
    },
    observer: () => refusers.includes(label),
    stuck: () => judge.isStuck(vector),
    error: () => !isWhole || throws(judge, vector),
    progress: () => false,
  }
  assert(stands[kind](), `the path to ${label} does not lead to it`)
}

type Attempt = { isTaken: true; step: ReturnType<Product['step']> } | { isTaken: false; step: undefined }

function attempted(take: () => ReturnType<Product['step']>): Attempt {
  try {
    return { isTaken: true, step: take() }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    return { isTaken: false, step: undefined }
  }
}

// A claim or a guard throws in a state.
function throws(judge: Judge, vector: Vector): boolean {
  try {
    for (const claim of judge.product.instance.claims) judge.asksAll(claim, vector)
    judge.product.enabled(vector)
    return false
  } catch {
    return true
  }
}

/**
 * The violation on real states, of one found on the states that stand for symmetric ones: at each step an event
 * is taken whose successor is symmetric to the one on the path. The claim may then fail for other identifiers.
 */
export function unfolded(
  product: Product,
  violation: Violation,
  canonicalise: (ids: Int32Array) => void,
): Violation {
  const canonical = (vector: Vector): string => {
    const ids = Int32Array.from(vector)
    canonicalise(ids)
    return ids.join()
  }
  const judge = new Judge(product)
  const familyOf = (name: string) => product.instance.components.find((one) => one.name === name)!.family
  const refuser = (from: Vector, event: number): string | undefined =>
    product.refusers(from, event).find((name) => familyOf(name) === violation.claim)
  const events: number[] = []
  let folded = Int32Array.from(product.initial())
  canonicalise(folded)
  let vector = product.initial()
  const last = violation.events.length - 1
  for (const [index, event] of violation.events.entries()) {
    if (violation.kind === 'error' && index === last) {
      const throwing = product
        .enabled(vector)
        .find((one) => !attempted(() => product.step(vector, one)).isTaken)
      if (throwing !== undefined) return { ...violation, events: [...events, throwing] }
    }
    folded = Int32Array.from(product.step([...folded], event).vector)
    canonicalise(folded)
    const wanted = folded.join()
    const isRefusal = violation.kind === 'observer' && index === last
    const taken = product.enabled(vector).find((one) => {
      if (isRefusal) return refuser(vector, one) !== undefined
      return canonical(product.step(vector, one).vector) === wanted
    })
    assert(taken !== undefined, `the path to ${violation.label} has no symmetric one`)
    events.push(taken)
    if (isRefusal) return { ...violation, label: refuser(vector, taken)!, events }
    vector = product.step(vector, taken).vector
  }
  const violated = violation.kind === 'invariant' ? judge.violatedInvariant(vector) : undefined
  return violated === undefined
    ? { ...violation, events }
    : { ...violation, claim: violated.name, label: labelOf(violated), events }
}

/**
 * Which events a machine mentions, and which ground events a component therefore knows. Inert transitions
 * (`on: { stop: {} }`) count: to accept an event without moving is different from not knowing it.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import type { Component, Pattern } from './component.ts'
import type { GroundEvent } from './event.ts'

const AFTER = 'xstate.after.'

/** A state node and all below it, in document order. */
export function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap((child) => nodesOf(child as AnyStateNode))]
}

/** Event descriptors a machine mentions, inert ones and wildcards included, `after` and internal ones not. */
export function descriptorsOf(machine: AnyStateMachine): string[] {
  const all = nodesOf(machine.root).flatMap((node) => [...node.transitions.keys()])
  return [...new Set(all)].filter((descriptor) => descriptor !== '' && !descriptor.startsWith('xstate.'))
}

/** The `after` events of a machine, in document order. */
export function delaysOf(machine: AnyStateMachine): { type: string; delay: string; state: string }[] {
  return nodesOf(machine.root).flatMap((node) =>
    [...node.transitions.keys()]
      .filter((type) => type.startsWith(AFTER))
      .map((type) => ({ type, state: node.id, delay: type.slice(AFTER.length, -(node.id.length + 1)) })),
  )
}

const describes = (descriptor: string, type: string) =>
  descriptor === type ||
  descriptor === '*' ||
  (descriptor.endsWith('.*') &&
    (type === descriptor.slice(0, -2) || type.startsWith(descriptor.slice(0, -1))))

const matches = (event: GroundEvent, pattern: Pattern, whereItHas: boolean) =>
  Object.entries(pattern).every(
    ([field, value]) => (whereItHas && !(field in event)) || event[field] === value,
  )

/** Whether a component takes part in a ground event; `descriptors` are those of its machine. */
export function knows(component: Component, descriptors: readonly string[], event: GroundEvent): boolean {
  if (component.alphabet !== undefined) {
    const patterns = component.alphabet[event.type] ?? []
    return patterns.some(
      (pattern) =>
        matches(event, pattern, false) && matches(event, without(component.identity, pattern), true),
    )
  }
  return (
    descriptors.some((descriptor) => describes(descriptor, event.type)) &&
    matches(event, component.identity, true)
  )
}

// A pattern that names an identity's value under another field (`target: 'cpu0'`) replaces that identity.
function without(identity: Pattern, pattern: Pattern): Pattern {
  const values = new Set(Object.values(pattern))
  return Object.fromEntries(
    Object.entries(identity).filter(([field, value]) => !(field in pattern) && !values.has(value)),
  )
}

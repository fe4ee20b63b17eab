/**
 * Charts as Mermaid `stateDiagram-v2` text, and traces as sequence diagrams. Mermaid crashes on or loses
 * some edges our charts have (to a composite inside a parallel state, out of a region, from a composite to
 * itself); those are written as notes, and self loops of one state share one edge.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { printEvent } from '../model/event.ts'
import type { Instance } from '../model/instance.ts'
import type { Trace } from './trace.ts'

const childrenOf = (node: AnyStateNode): AnyStateNode[] => Object.values(node.states) as AnyStateNode[]
const nodesOf = (node: AnyStateNode): AnyStateNode[] => [node, ...childrenOf(node).flatMap(nodesOf)]
const isComposite = (node: AnyStateNode): boolean => childrenOf(node).length > 0
const idOf = (node: AnyStateNode): string => `s_${node.id.replaceAll(/[^A-Za-z0-9]/g, '_')}`
// A colon or semicolon would end the label; `#` starts an entity.
const quote = (text: string): string => text.replaceAll(/[:;#"\n]/g, ' ')

function ancestorsOf(node: AnyStateNode): AnyStateNode[] {
  return node.parent === undefined
    ? []
    : [node.parent as AnyStateNode, ...ancestorsOf(node.parent as AnyStateNode)]
}

const guardName = (guard: unknown): string => {
  if (typeof guard === 'string') return guard
  if (typeof guard === 'object' && guard !== null && 'type' in guard) return String(guard.type)
  return typeof guard === 'function' && guard.name !== '' && guard.name !== 'guard'
    ? guard.name
    : 'a condition'
}

function labelOf({ eventType, guard }: AnyTransitionDefinition): string {
  const after = /^xstate\.after\.([^.]+)\./.exec(eventType)
  const event = eventType === '' ? 'always' : after ? `after ${after[1]}` : eventType
  return quote(guard === undefined ? event : `${event} [${guardName(guard)}]`)
}

/** A path from one state to another that Mermaid can draw. */
function isDrawable(source: AnyStateNode, target: AnyStateNode): boolean {
  if (source === target) return !isComposite(source)
  const regionOf = (node: AnyStateNode) =>
    [node, ...ancestorsOf(node)].find(({ parent }) => parent?.type === 'parallel')
  const region = regionOf(source)
  if (region !== regionOf(target)) return false
  return region === undefined || !isComposite(target)
}

type Edges = { readonly drawn: Map<string, string[]>; readonly notes: Map<AnyStateNode, string[]> }

function edgesOf(root: AnyStateNode): Edges {
  const edges: Edges = { drawn: new Map(), notes: new Map() }
  const add = <K>(map: Map<K, string[]>, key: K, label: string) =>
    map.set(key, [...(map.get(key) ?? []), label])
  for (const source of nodesOf(root)) {
    const transitions = [
      ...[...source.transitions.values()].flat(),
      ...(source.always ?? []),
    ] as AnyTransitionDefinition[]
    for (const transition of transitions) {
      for (const target of (transition.target ?? [source]) as AnyStateNode[]) {
        const isDrawn = source !== root || !isComposite(root) ? isDrawable(source, target) : false
        if (isDrawn) add(edges.drawn, `${idOf(source)} --> ${idOf(target)}`, labelOf(transition))
        else
          add(edges.notes, source, `${labelOf(transition)}${target === source ? '' : `, to ${target.key}`}`)
      }
    }
  }
  return edges
}

function linesOf(node: AnyStateNode, indent: string): string[] {
  const name = `${indent}state "${quote(node.key)}" as ${idOf(node)}`
  if (!isComposite(node)) return [name, ...(node.type === 'final' ? [`${indent}${idOf(node)} --> [*]`] : [])]
  const inner = `${indent}  `
  const blocks = childrenOf(node).map((child) => linesOf(child, inner))
  const separator = node.type === 'parallel' ? [`${inner}--`] : []
  const body = blocks.flatMap((block, index) => (index === 0 ? block : [...separator, ...block]))
  const initial =
    node.type === 'parallel'
      ? []
      : node.initial.target.map((target: AnyStateNode) => `${inner}[*] --> ${idOf(target)}`)
  return [`${name} {`, ...body, ...initial, `${indent}}`]
}

/** One chart as a `stateDiagram-v2`. */
export function mermaidOfMachine(machine: AnyStateMachine): string {
  const root = machine.root as AnyStateNode
  const { drawn, notes } = edgesOf(root)
  return [
    'stateDiagram-v2',
    ...linesOf(root, '  '),
    ...[...drawn].map(([edge, labels]) => `  ${edge} : ${labels.join(' / ')}`),
    ...[...notes].flatMap(([node, labels]) => [
      `  note right of ${idOf(node)}`,
      ...[...new Set(labels)].map((label) => `    ${label}`),
      '  end note',
    ]),
    '',
  ].join('\n')
}

/** Every chart of an instance, one diagram each, under a comment that names the components it is. */
export function exportMermaid(instance: Instance, only?: string): string {
  const families = new Map<string, AnyStateMachine>()
  for (const { family, machine } of instance.components)
    if (!families.has(family)) families.set(family, machine)
  return [...families]
    .filter(([family]) => only === undefined || family === only)
    .map(([family, machine]) => `%% ${family}\n${mermaidOfMachine(machine)}`)
    .join('\n')
}

/** A trace as a sequence diagram: an event between two components is an arrow, any other a note over all of them. */
export function mermaidOfTrace(trace: Trace, instance: Instance): string {
  const names = instance.components.map(({ name }) => name)
  const alias = (index: number) => `c${index}`
  const steps = trace.states.flatMap(({ event }) => {
    if (event === undefined) return []
    const label = printEvent(event)
    const { participants } = instance.events.find((candidate) => candidate.label === label)!
    const [first, second] = participants
    if (participants.length === 2) return [`  ${alias(first!)}->>${alias(second!)}: ${quote(label)}`]
    const over = participants.length === 1 ? alias(first!) : `${alias(first!)},${alias(participants.at(-1)!)}`
    const who = participants.map((index) => names[index]).join(', ')
    return [`  Note over ${over}: ${quote(participants.length > 2 ? `${label} of ${who}` : label)}`]
  })
  const verdict = quote(`${trace.verdict.kind} ${trace.verdict.label}`)
  const end = `  Note over ${alias(0)},${alias(names.length - 1)}: ${verdict}`
  return [
    'sequenceDiagram',
    ...names.map((name, index) => `  participant ${alias(index)} as ${name}`),
    ...steps,
    end,
    '',
  ].join('\n')
}

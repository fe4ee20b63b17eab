/**
 * Unmapping a page while other CPUs may hold its translation, with lazy TLB and generations as in Linux.
 * README.md has the protocol in words.
 */
import { component, each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { interruptController } from '../../src/statemachines/hw/interrupt-controller.ts'
import { pageTableEntry } from '../../src/statemachines/hw/page-table-entry.ts'
import { tlb } from '../../src/statemachines/hw/tlb.ts'
import { frame } from '../../src/statemachines/kernel/frame.ts'
import { loadedSpace } from '../../src/statemachines/kernel/loaded-space.ts'
import { shootdownHandler } from '../../src/statemachines/kernel/shootdown-handler.ts'
import { shootdown } from '../../src/statemachines/kernel/shootdown.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

export type TlbShootdownBounds = { cpus: number; pages: number; tables: number; frames: number }

export const domains = (bounds: TlbShootdownBounds) => ({
  cpu: ids('cpu', bounds.cpus),
  page: [...ids('page', bounds.pages), ...ids('table', bounds.tables)],
  frame: ids('frame', bounds.frames),
  rights: ['write' as const],
})

export type TlbShootdownDomains = ReturnType<typeof domains>

export const components = ({ cpu, page, frame: frames }: TlbShootdownDomains) => ({
  entry: each(page, (id) => component(pageTableEntry, { input: { page: id }, identity: { page: id } })),
  frame: each(frames, (id) => component(frame, { identity: { frame: id } })),
  tlb: each(cpu, (id) =>
    component(tlb, {
      alphabet: {
        'tlb.fill': { cpu: id },
        'tlb.evict': { cpu: id },
        'generation.increment': { cpu: id },
        'tlb.invalidate': { target: id },
        'tlb.flush': { target: id },
        'space.refresh': { cpu: id },
      },
    }),
  ),
  space: each(cpu, (id) =>
    component(loadedSpace, {
      input: { cpu: id },
      alphabet: {
        'lazy.enter': { cpu: id },
        'lazy.leave': { cpu: id },
        'space.leave': { cpu: id },
        'space.join': { cpu: id },
        'space.resume': { cpu: id },
        'space.refresh': { cpu: id },
        'tlb.fill': { cpu: id },
        'page.clear': { cpu: id },
        'generation.increment': {},
        'ipi.send': { target: id },
        'ipi.skip': { target: id },
        'tlb.invalidate': { target: id },
        'tlb.flush': { target: id },
        'flush.skip': { target: id },
        'space.drop': { target: id },
      },
    }),
  ),
  shootdown: each(cpu, (id) =>
    component(shootdown, {
      input: { cpu: id, cpus: cpu },
      alphabet: {
        'page.clear': { cpu: id },
        'generation.increment': {},
        'ipi.send': { source: id },
        'ipi.skip': { source: id },
        'ipi.take': { target: id },
        'tlb.invalidate': { source: id },
        'ipi.acknowledge': { source: id },
        'frame.free': { cpu: id },
        'lazy.enter': { cpu: id },
        'space.leave': { cpu: id },
      },
    }),
  ),
  controller: each(cpu, (id) => component(interruptController, { identity: { target: id } })),
  handler: each(cpu, (id) => component(shootdownHandler, { identity: { target: id } })),
})

export type TlbShootdownState = StateOf<typeof components>

const CPU = { cpu: 'cpu' } as const
const PAIR = { source: 'cpu', target: 'cpu' } as const

export const tlbShootdown = defineSystem({
  name: 'tlb-shootdown',
  title: 'Unmapping a page that other CPUs may have cached',
  bounds: { cpus: 2, pages: 1, tables: 1, frames: 2 },
  boundsMin: { tables: 0 },
  domains,
  components,
  events: {
    'page.map': { page: 'page', frame: 'frame' },
    'tlb.fill': { cpu: 'cpu', page: 'page', frame: 'frame', rights: 'rights' },
    'tlb.evict': { cpu: 'cpu', page: 'page' },
    'page.clear': { cpu: 'cpu', page: 'page', frame: 'frame' },
    'generation.increment': { cpu: 'cpu', page: 'page' },
    'ipi.send': { ...PAIR, page: 'page' },
    'ipi.skip': { ...PAIR, page: 'page' },
    'ipi.take': PAIR,
    'tlb.invalidate': { ...PAIR, page: 'page' },
    'tlb.flush': PAIR,
    'flush.skip': PAIR,
    'space.drop': PAIR,
    'ipi.acknowledge': PAIR,
    'frame.free': { cpu: 'cpu', frame: 'frame' },
    'lazy.enter': CPU,
    'lazy.leave': CPU,
    'space.leave': CPU,
    'space.join': CPU,
    'space.resume': CPU,
    'space.refresh': CPU,
  },
  symmetric: ['cpu', 'frame'],
  fairness: [
    weak(['generation.increment'], ['cpu']),
    weak(['ipi.send', 'ipi.skip'], ['source', 'target']),
    weak(['ipi.take'], ['source', 'target']),
    weak(['tlb.invalidate', 'tlb.flush', 'flush.skip', 'space.drop'], ['source', 'target']),
    weak(['ipi.acknowledge'], ['source', 'target']),
    weak(['frame.free'], ['cpu']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { cpus: 2, pages: 1, tables: 1, frames: 2 }, states: 23268, transitions: 114000 },
    { bounds: { cpus: 3, pages: 1, tables: 0, frames: 1 }, states: 25740, transitions: 132880 },
  ],
})

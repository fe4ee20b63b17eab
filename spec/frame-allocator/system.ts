/**
 * Frames with reference counts: allocate, share, break copy-on-write, pin, release, and use again only when
 * no core can reach the old content. README.md has the protocol in words.
 */
import { component, each } from '../../src/model/component.ts'
import { ids } from '../../src/model/event.ts'
import { type StateOf, defineSystem, weak } from '../../src/model/system.ts'
import { interruptController } from '../../src/statemachines/hw/interrupt-controller.ts'
import { pageTableEntry } from '../../src/statemachines/hw/page-table-entry.ts'
import { tlb } from '../../src/statemachines/hw/tlb.ts'
import { countedFrame } from '../../src/statemachines/kernel/counted-frame.ts'
import { memoryOperation } from '../../src/statemachines/kernel/memory-operation.ts'
import { shootdownHandler } from '../../src/statemachines/kernel/shootdown-handler.ts'
import { claims } from './claims.ts'
import { mutants } from './mutants.ts'

export type FrameAllocatorBounds = { cpus: number; pages: number; frames: number }

export const domains = (bounds: FrameAllocatorBounds) => ({
  cpu: ids('cpu', bounds.cpus),
  page: ids('page', bounds.pages),
  frame: ids('frame', bounds.frames),
  rights: ['read' as const, 'write' as const],
})

export type FrameAllocatorDomains = ReturnType<typeof domains>

export const components = ({ cpu, page, frame }: FrameAllocatorDomains) => ({
  entry: each(page, (id) =>
    component(pageTableEntry, {
      input: { page: id },
      alphabet: {
        'page.map': { page: id },
        'page.clear': { page: id },
        'page.protect': { page: id },
        'page.share': [{ page: id }, { other: id }],
        'page.copy': { page: id },
        'page.reuse': { page: id },
        'page.install': { page: id },
        'frame.pin': { page: id },
        'tlb.fill': { page: id },
      },
    }),
  ),
  frame: each(frame, (id) =>
    component(countedFrame, {
      input: { frame: id },
      alphabet: {
        'page.map': { frame: id },
        'page.share': { frame: id },
        'page.copy': [{ frame: id }, { copy: id }],
        'page.reuse': { frame: id },
        'frame.pin': { frame: id },
        'frame.unpin': { frame: id },
        'frame.release': { frame: id },
      },
    }),
  ),
  tlb: each(cpu, (id) =>
    component(tlb, {
      alphabet: {
        'tlb.fill': { cpu: id },
        'tlb.evict': { cpu: id },
        'page.clear': { cpu: id },
        'page.protect': { cpu: id },
        'page.copy': { cpu: id },
        'tlb.invalidate': { target: id },
      },
    }),
  ),
  operation: each(cpu, (id) =>
    component(memoryOperation, {
      input: { cpu: id, cpus: cpu },
      alphabet: {
        'page.map': {},
        'page.clear': {},
        'page.protect': {},
        'page.copy': {},
        'page.share': {},
        'page.reuse': {},
        'ipi.send': { source: id },
        'tlb.invalidate': { source: id },
        'ipi.acknowledge': { source: id },
        'protection.end': { cpu: id },
        'page.install': { cpu: id },
        'frame.release': { cpu: id },
      },
    }),
  ),
  controller: each(cpu, (id) => component(interruptController, { identity: { target: id } })),
  handler: each(cpu, (id) =>
    component(shootdownHandler, {
      identity: { target: id },
      alphabet: ['ipi.take', 'tlb.invalidate', 'ipi.acknowledge'],
    }),
  ),
})

export type FrameAllocatorState = StateOf<typeof components>

const PAIR = { source: 'cpu', target: 'cpu' } as const
const ON_PAGE = { cpu: 'cpu', page: 'page', frame: 'frame' } as const

export const frameAllocator = defineSystem({
  name: 'frame-allocator',
  title: 'Frames that are shared, copied on write, pinned and used again',
  bounds: { cpus: 2, pages: 2, frames: 2 },
  domains,
  components,
  events: {
    'page.map': { page: 'page', frame: 'frame' },
    'page.clear': ON_PAGE,
    'page.protect': ON_PAGE,
    'protection.end': { cpu: 'cpu', page: 'page' },
    'page.share': { ...ON_PAGE, other: 'page' },
    'page.copy': { ...ON_PAGE, copy: 'frame' },
    'page.install': ON_PAGE,
    'page.reuse': ON_PAGE,
    'frame.pin': { page: 'page', frame: 'frame' },
    'frame.unpin': { frame: 'frame' },
    'frame.release': { cpu: 'cpu', frame: 'frame' },
    'tlb.fill': { cpu: 'cpu', page: 'page', frame: 'frame', rights: 'rights' },
    'tlb.evict': { cpu: 'cpu', page: 'page' },
    'ipi.send': { ...PAIR, page: 'page' },
    'ipi.take': PAIR,
    'tlb.invalidate': { ...PAIR, page: 'page' },
    'ipi.acknowledge': PAIR,
  },
  symmetric: ['cpu', 'page', 'frame'],
  fairness: [
    weak(['ipi.send'], ['source', 'target']),
    weak(['ipi.take'], ['source', 'target']),
    weak(['tlb.invalidate'], ['source', 'target']),
    weak(['ipi.acknowledge'], ['source', 'target']),
    weak(['protection.end'], ['cpu']),
    weak(['page.install'], ['cpu']),
    weak(['frame.release'], ['cpu']),
  ],
  claims,
  mutants,
  pinned: [
    { bounds: { cpus: 2, pages: 2, frames: 2 }, states: 60057, transitions: 421984 },
    { bounds: { cpus: 2, pages: 3, frames: 1 }, states: 13382, transitions: 85578 },
  ],
})

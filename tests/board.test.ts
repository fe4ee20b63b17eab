/** The simulated hardware on its own: translations go stale, accesses fault, sets and stacks keep their members. */
import { describe, expect, test } from 'vitest'
import { BitSets } from '../src/hw/bit-sets.ts'
import { Board } from '../src/hw/board.ts'
import { decide } from '../src/hw/decide.ts'
import { Numbering } from '../src/hw/numbering.ts'
import { FreeList } from '../src/kernel/memory/free-list.ts'

const board = () =>
  new Board({ cpus: ['cpu0', 'cpu1'], pages: ['page0', 'page1'], frames: ['frame0', 'frame1', 'frame2'] })

describe('the memory management unit', () => {
  test('walks on a miss, and keeps what it found after the entry has gone', () => {
    const { table, memory, ...parts } = mapped('write')
    expect(parts.mmu('cpu0').write('page0', 2, 7)).toBeUndefined()
    table.clear('page0')
    expect([...memory.bytesOf('frame2')]).toEqual([0, 0, 7, 0])
    expect(parts.mmu('cpu0').read('page0', 2)).toBe(7)
    expect(parts.mmu('cpu1').read('page0', 2)).toEqual({ fault: 'absent' })
    parts.tlb('cpu0').invalidate('page0')
    expect(parts.mmu('cpu0').read('page0', 2)).toEqual({ fault: 'absent' })
  })

  test('lets a stale writable translation through, and faults on a read-only one', () => {
    const { table, mmu } = mapped('write')
    expect(mmu('cpu0').read('page0', 0)).toBe(0)
    table.write('page0', { frame: 'frame2', rights: 'read' })
    expect(mmu('cpu0').write('page0', 0, 1)).toBeUndefined()
    expect(mmu('cpu1').write('page0', 0, 2)).toEqual({ fault: 'protected' })
    expect(mmu('cpu1').read('page0', 0)).toBe(1)
  })

  test('does not walk while another space is loaded, but keeps its entries', () => {
    const { mmu } = mapped('read')
    expect(mmu('cpu0').translate('page0', 'read')).toEqual({ frame: 'frame2', rights: 'read' })
    mmu('cpu0').unload()
    mmu('cpu1').unload()
    expect(mmu('cpu0').translate('page0', 'read')).toEqual({ frame: 'frame2', rights: 'read' })
    expect(mmu('cpu1').translate('page0', 'read')).toEqual({ fault: 'absent' })
    mmu('cpu1').load()
    expect(mmu('cpu1').walk('page0')).toEqual({ frame: 'frame2', rights: 'read' })
  })

  test('flushes every slot, and uses a slot again', () => {
    const { table, tlb, mmu } = mapped('read')
    table.write('page1', { frame: 'frame0', rights: 'write' })
    for (const page of ['page0', 'page1'] as const) mmu('cpu0').translate(page, 'read')
    tlb('cpu0').flush()
    expect([tlb('cpu0').lookUp('page0'), tlb('cpu0').lookUp('page1')]).toEqual([undefined, undefined])
    mmu('cpu0').translate('page1', 'write')
    expect(tlb('cpu0').lookUp('page1')).toEqual({ frame: 'frame0', rights: 'write' })
  })

  function mapped(rights: 'read' | 'write') {
    const one = board()
    one.table.write('page0', { frame: 'frame2', rights })
    const { table, memory } = one
    return { table, memory, mmu: one.mmu.bind(one), tlb: one.tlb.bind(one) }
  }
})

test('a frame is copied whole, and zeroed whole, and neither touches its neighbours', () => {
  const { memory } = board()
  memory.bytesOf('frame1').set([1, 2, 3, 4])
  memory.copy('frame1', 'frame2')
  memory.zero('frame1')
  expect(['frame0', 'frame1', 'frame2'].map((frame) => [...memory.bytesOf(frame as 'frame0')])).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [1, 2, 3, 4],
  ])
})

test('interrupts of several CPUs wait side by side', () => {
  const { controller } = board()
  controller.send('cpu1', 'cpu0')
  controller.send('cpu0', 'cpu0')
  controller.send('cpu1', 'cpu0')
  expect(controller.pendingAt('cpu0')).toEqual(['cpu0', 'cpu1'])
  controller.take('cpu1', 'cpu0')
  expect([controller.pendingAt('cpu0'), controller.pendingAt('cpu1')]).toEqual([['cpu0'], []])
})

test('bit sets use the highest bit too, and refuse what does not fit', () => {
  const numbering = (count: number) =>
    new Numbering(Array.from({ length: count }, (_, index) => `cpu${index}`))
  const sets = new BitSets(new Numbering(['a']), numbering(32))
  sets.add('a', 'cpu31')
  expect([sets.has('a', 'cpu31'), sets.has('a', 'cpu0'), sets.of('a')]).toEqual([true, false, ['cpu31']])
  sets.delete('a', 'cpu31')
  expect(sets.isEmpty('a')).toBe(true)
  expect(() => new BitSets(new Numbering(['a']), numbering(33))).toThrow('too few for 33 members')
  expect(() => new Numbering(['a', 'a'])).toThrow('are the same')
  expect(() => new Numbering(['a']).named('b')).toThrow('b is none of a')
})

test('the free list gives back what came last, and notices a frame freed twice', () => {
  const free = new FreeList(board().frames)
  expect(free.frames).toEqual(['frame0', 'frame1', 'frame2'])
  free.take('frame1')
  free.take('frame0')
  free.give('frame1')
  expect(free.frames).toEqual(['frame1', 'frame2'])
  expect(() => free.give('frame1')).toThrow('frame1 is given back twice')
  expect(() => free.take('frame0')).toThrow('frame0 is taken though it is not free')
})

test('a step is decided when it is taken', () => {
  let page: string | undefined
  const thread = decide({ type: 'page.map' }, () =>
    page === undefined ? undefined : { type: 'page.map', page },
  )
  const step = thread.next().value
  if (!('event' in step)) throw new Error('it yields no step')
  expect([step.when?.(), step.event]).toEqual([false, { type: 'page.map' }])
  page = 'page0'
  expect([step.when?.(), step.event]).toEqual([true, { type: 'page.map', page: 'page0' }])
  const { event } = step
  page = 'page1'
  expect([step.when?.(), step.event]).toEqual([true, { type: 'page.map', page: 'page1' }])
  page = 'page0'
  expect(step.when?.()).toBe(true)
  expect(step.event).toEqual(event)
  expect(thread.next()).toEqual({ done: true, value: { type: 'page.map', page: 'page0' } })
})

/**
 * Frames that pages share until one of them writes: allocate, share write-protected, copy or write in place,
 * pin, release. What a core may still reach through its TLB is flushed before anybody relies on it being gone.
 * Each method that decides something is one decision of the protocol.
 */
import type { Board } from '../../hw/board.ts'
import { decide } from '../../hw/decide.ts'
import type { NamedThread, Thread } from '../../interleave/thread.ts'
import type { Event as EntryEvent } from '../../statemachines/hw/page-table-entry.ts'
import type { Cpu, Frame, Page, Rights } from '../../statemachines/identifiers.ts'
import type { Event as FrameEvent } from '../../statemachines/kernel/counted-frame.ts'
import type { Event as OperationEvent } from '../../statemachines/kernel/memory-operation.ts'
import { type Answer, FlushProtocol } from './flush-protocol.ts'
import { FramePool } from './frame-pool.ts'
import { MemoryOperations } from './memory-operations.ts'
import { type Preference, first } from './preference.ts'

type Event = EntryEvent | FrameEvent | OperationEvent
type Writing = Extract<FrameEvent, { type: 'page.copy' | 'page.reuse' }>

export class FrameAllocator extends FlushProtocol<MemoryOperations> {
  readonly pool: FramePool

  constructor(board: Board, prefer: Preference = first) {
    super(board, new MemoryOperations(board), prefer)
    this.pool = new FramePool(board)
  }

  /** A page fault on an empty entry: a new frame, cleared of what its last owner left. */
  *map(page: Page): Thread {
    const { frame } = yield* decide({ type: 'page.map', page }, () =>
      this.board.table.read(page) === undefined && !this.requests.concern(page)
        ? this.prefer(
            this.pool.free.frames.map((found) => ({ type: 'page.map', page, frame: found }) as const),
          )
        : undefined,
    )
    this.pool.take(frame)
    this.clean(frame)
    this.board.table.write(page, { frame, rights: 'write' })
  }

  clean(frame: Frame): void {
    this.board.memory.zero(frame)
  }

  *unmap(cpu: Cpu, page: Page): Thread {
    const { frame } = yield* decide({ type: 'page.clear', cpu, page }, () => {
      const found = this.frameAt(page, ['read', 'write'])
      const may = found !== undefined && this.mayBegin(cpu, page)
      return may ? ({ type: 'page.clear', cpu, page, frame: found } as const) : undefined
    })
    this.board.table.clear(page)
    this.board.tlb(cpu).invalidate(page)
    this.requests.start(cpu, 'releasing', page, frame)
    yield* this.tellOthers(cpu, page)
    yield* this.release(cpu, frame)
  }

  /** Write-protects a page; when it is done, every core knows. */
  *protect(cpu: Cpu, page: Page): Thread {
    const { frame } = yield* decide({ type: 'page.protect', cpu, page }, () => {
      const found = this.frameAt(page, ['write'])
      const may = found !== undefined && this.mayBegin(cpu, page)
      return may ? ({ type: 'page.protect', cpu, page, frame: found } as const) : undefined
    })
    this.board.table.write(page, { frame, rights: 'read' })
    this.board.tlb(cpu).invalidate(page)
    this.requests.start(cpu, 'protecting', page, frame)
    yield* this.tellOthers(cpu, page)
    const event = { type: 'protection.end', cpu, page } satisfies Event
    yield { event, when: () => this.mayEndProtection(cpu) }
    this.requests.end(cpu)
  }

  /** The page as a child gets it at fork: write-protected first, then mapped once more. */
  *fork(cpu: Cpu, page: Page, other: Page): Thread {
    if (this.mustProtect(page)) yield* this.protect(cpu, page)
    yield* this.share(cpu, page, other)
  }

  mustProtect(page: Page): boolean {
    return this.board.table.read(page)?.rights === 'write'
  }

  *share(cpu: Cpu, page: Page, other: Page): Thread {
    const { frame } = yield* decide({ type: 'page.share', cpu, page, other }, () => {
      const found = this.shareable(page)
      const isFree = this.board.table.read(other) === undefined && this.mayBegin(cpu, other)
      const may = found !== undefined && isFree && this.mayBegin(cpu, page)
      return may ? ({ type: 'page.share', cpu, page, other, frame: found } as const) : undefined
    })
    this.count(frame)
    this.board.table.write(other, { frame, rights: 'read' })
  }

  shareable(page: Page): Frame | undefined {
    return this.frameAt(page, ['read'])
  }

  count(frame: Frame): void {
    this.pool.refer(frame)
  }

  /** A write fault on a read-only page: in place where nobody else has the frame, else on a private copy. */
  *breakSharing(cpu: Cpu, page: Page): Thread {
    const event = yield* decide({ type: 'page.copy', cpu, page }, () => this.writing(cpu, page))
    const { frame } = event
    if (event.type === 'page.reuse') {
      this.board.table.write(page, { frame, rights: 'write' })
      return
    }
    this.board.table.clear(page)
    this.board.tlb(cpu).invalidate(page)
    this.pool.take(event.copy)
    this.requests.start(cpu, 'copying', page, frame, event.copy)
    yield* this.tellOthers(cpu, page)
    yield* this.install(cpu, page, frame, event.copy)
    yield* this.release(cpu, frame)
  }

  writing(cpu: Cpu, page: Page): Writing | undefined {
    const frame = this.frameAt(page, ['read'])
    if (frame === undefined || !this.mayBegin(cpu, page)) return undefined
    if (this.isExclusive(frame)) return { type: 'page.reuse', cpu, page, frame }
    const copies = this.pool.free.frames
    return this.prefer(copies.map((copy) => ({ type: 'page.copy', cpu, page, frame, copy }) as const))
  }

  /** By references, not by mappings: a pin reads the frame too. */
  isExclusive(frame: Frame): boolean {
    return this.pool.referencesTo(frame) === 1
  }

  *install(cpu: Cpu, page: Page, frame: Frame, copy: Frame): Thread {
    const event = { type: 'page.install', cpu, page, frame: copy } satisfies Event
    yield { event, when: () => this.mayInstall(cpu) }
    this.fillCopy(frame, copy)
    this.board.table.write(page, { frame: copy, rights: 'write' })
    this.requests.handOver(cpu)
  }

  /** Before the copy is installed: from then on the page is read and written. */
  fillCopy(frame: Frame, copy: Frame): void {
    this.board.memory.copy(frame, copy)
  }

  *release(cpu: Cpu, frame: Frame): Thread {
    yield { event: { type: 'frame.release', cpu, frame } satisfies Event, when: () => this.mayRelease(cpu) }
    this.requests.end(cpu)
    this.pool.release(frame)
  }

  /** A reader outside the page tables, such as a device, takes hold of the frame. */
  *pin(page: Page): Thread {
    const { frame } = yield* decide({ type: 'frame.pin', page }, () => {
      const found = this.frameAt(page, ['read', 'write'])
      const may = found !== undefined && this.pool.pinnedBy(found) === undefined
      return may ? ({ type: 'frame.pin', page, frame: found } as const) : undefined
    })
    this.pool.pin(frame, page)
  }

  /** The devices that read pinned frames: each is done sooner or later, every time. */
  devices(): NamedThread[] {
    return this.board.frames.ids.map((frame) => ({
      name: `device on ${frame}`,
      daemon: true,
      run: () => this.readPinned(frame),
    }))
  }

  *readPinned(frame: Frame): Thread {
    for (;;) {
      const event = { type: 'frame.unpin', frame } satisfies Event
      yield { event, when: () => this.pool.pinnedBy(frame) !== undefined }
      this.pool.unpin(frame)
    }
  }

  frameAt(page: Page, rights: readonly Rights[]): Frame | undefined {
    const found = this.board.table.read(page)
    return found !== undefined && rights.includes(found.rights) ? found.frame : undefined
  }

  /** One operation a CPU, and one a page. */
  mayBegin(cpu: Cpu, page: Page): boolean {
    return this.requests.isIdle(cpu) && !this.requests.concern(page)
  }

  mayRelease(cpu: Cpu): boolean {
    return this.requests.isAnswered(cpu)
  }

  mayInstall(cpu: Cpu): boolean {
    return this.requests.isAnswered(cpu)
  }

  mayEndProtection(cpu: Cpu): boolean {
    return this.requests.isAnswered(cpu)
  }

  answer(source: Cpu, target: Cpu): Answer {
    return { type: 'tlb.invalidate', source, target, page: this.requestedPage(source) }
  }

  obey(answer: Answer): void {
    if (answer.type === 'tlb.invalidate') this.board.tlb(answer.target).invalidate(answer.page)
  }
}

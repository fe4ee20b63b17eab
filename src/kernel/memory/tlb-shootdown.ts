/**
 * Unmapping a page that other CPUs may have cached, with lazy TLB as in Linux: withdraw the translation,
 * publish a new generation, look at each other CPU, wait for the answers, and only then free the frame.
 * Each method that decides something is one decision of the protocol.
 */
import type { Board } from '../../hw/board.ts'
import { decide } from '../../hw/decide.ts'
import type { Step, Thread } from '../../interleave/thread.ts'
import type { Cpu, Frame, Page } from '../../statemachines/identifiers.ts'
import type { Event as FrameEvent } from '../../statemachines/kernel/frame.ts'
import type { Event as ShootdownEvent } from '../../statemachines/kernel/shootdown.ts'
import { AddressSpace } from './address-space.ts'
import { type Answer, FlushProtocol, type Telling } from './flush-protocol.ts'
import { FlushRequests } from './flush-requests.ts'
import { FreeList } from './free-list.ts'
import { type Preference, first } from './preference.ts'
import { SpaceSwitch } from './space-switch.ts'

type Event = FrameEvent | ShootdownEvent

/** The generation of a request whose change is not published yet. */
const UNPUBLISHED = 0

export class TlbShootdown extends FlushProtocol<FlushRequests> {
  readonly space: AddressSpace
  readonly free: FreeList
  readonly switch: SpaceSwitch
  readonly #generations: Uint32Array

  constructor(board: Board, prefer: Preference = first, Switch = SpaceSwitch) {
    super(board, new FlushRequests(board), prefer)
    this.space = new AddressSpace(board.cpus)
    this.free = new FreeList(board.frames)
    this.switch = new Switch(board, this.space, this.requests)
    this.#generations = new Uint32Array(board.cpus.size)
  }

  /** The generation that the CPU's request published, or undefined before it has. */
  generationOf(cpu: Cpu): number | undefined {
    const generation = this.#generations[this.board.cpus.indexOf(cpu)]!
    return generation === UNPUBLISHED ? undefined : generation
  }

  /**
   * A page fault on an empty entry: a new frame, cleared of what its last owner left. The frame the page had
   * before may still be on its way out; generations keep the two apart.
   */
  *map(page: Page): Thread {
    const { frame } = yield* decide({ type: 'page.map', page }, () =>
      this.board.table.read(page) === undefined
        ? this.prefer(this.free.frames.map((found) => ({ type: 'page.map', page, frame: found }) as const))
        : undefined,
    )
    this.free.take(frame)
    this.clean(frame)
    this.board.table.write(page, { frame, rights: 'write' })
  }

  clean(frame: Frame): void {
    this.board.memory.zero(frame)
  }

  *unmap(cpu: Cpu, page: Page): Thread {
    const frame = yield* this.withdraw(cpu, page)
    yield* this.publish(cpu, page)
    yield* this.tellOthers(cpu, page)
    yield* this.release(cpu, frame)
  }

  *withdraw(cpu: Cpu, page: Page): Generator<Step, Frame, void> {
    const { frame } = yield* decide({ type: 'page.clear', cpu, page }, () => {
      const found = this.board.table.read(page)
      const may = found !== undefined && this.mayBegin(cpu)
      return may ? ({ type: 'page.clear', cpu, page, frame: found.frame } as const) : undefined
    })
    this.board.table.clear(page)
    this.requests.begin(cpu, page, frame)
    return frame
  }

  /** Only a thread of the space unmaps, and a CPU is not preempted in the middle of a shootdown. */
  mayBegin(cpu: Cpu): boolean {
    return this.space.modeOf(cpu) === 'active' && this.requests.isIdle(cpu)
  }

  *publish(cpu: Cpu, page: Page): Thread {
    yield { event: { type: 'generation.increment', cpu, page } satisfies Event }
    const wasCurrent = this.space.generationSeenBy(cpu) === this.space.generation
    this.#generations[this.board.cpus.indexOf(cpu)] = this.space.advance()
    this.board.tlb(cpu).invalidate(page)
    if (wasCurrent) this.space.catchUp(cpu)
  }

  override telling(source: Cpu, target: Cpu, page: Page): Telling {
    return { type: this.mustTell(target, page) ? 'ipi.send' : 'ipi.skip', source, target, page }
  }

  /** A lazy CPU uses no page of the space, but its walker still reads the page tables. */
  mustTell(target: Cpu, page: Page): boolean {
    const mode = this.space.modeOf(target)
    return mode === 'lazy' ? page.startsWith('table') : mode !== 'absent'
  }

  *release(cpu: Cpu, frame: Frame): Thread {
    yield { event: { type: 'frame.free', cpu, frame } satisfies Event, when: () => this.mayFree(cpu) }
    this.#generations[this.board.cpus.indexOf(cpu)] = UNPUBLISHED
    this.requests.end(cpu)
    this.free.give(frame)
  }

  /** The frame must outlive every translation to it. */
  mayFree(cpu: Cpu): boolean {
    return this.requests.isAnswered(cpu)
  }

  /** What a target owes a request: the decision of flush_tlb_func, on the generations of this moment. */
  answer(source: Cpu, target: Cpu): Answer {
    const mode = this.space.modeOf(target)
    if (mode === 'lazy') return { type: 'space.drop', source, target }
    if (mode === 'absent' || this.isCurrent(target)) return { type: 'flush.skip', source, target }
    if (!this.isOneBehind(source, target)) return { type: 'tlb.flush', source, target }
    return { type: 'tlb.invalidate', source, target, page: this.requestedPage(source) }
  }

  isCurrent(cpu: Cpu): boolean {
    return this.space.generationSeenBy(cpu) === this.space.generation
  }

  /** Exactly the change of this request is missing: nothing before it, and nothing after. */
  isOneBehind(source: Cpu, target: Cpu): boolean {
    const requested = this.generationOf(source)
    return requested === this.space.generationSeenBy(target) + 1 && requested === this.space.generation
  }

  obey(answer: Answer): void {
    const { target } = answer
    if (answer.type === 'tlb.invalidate') this.board.tlb(target).invalidate(answer.page)
    if (answer.type === 'tlb.flush') this.board.tlb(target).flush()
    if (answer.type === 'tlb.invalidate' || answer.type === 'tlb.flush') this.space.catchUp(target)
    if (answer.type === 'space.drop') this.switch.unload(target)
  }
}

/**
 * A CPU that stops using an address space and comes back: lazily, with the space still loaded, or for another
 * space. It was not told of what changed meanwhile, so coming back it compares generations; it marks itself
 * as a user first, so that no change can slip between the comparison and the mark.
 */
import type { Board } from '../../hw/board.ts'
import { decide } from '../../hw/decide.ts'
import type { Thread } from '../../interleave/thread.ts'
import type { Cpu } from '../../statemachines/identifiers.ts'
import type { Event } from '../../statemachines/kernel/loaded-space.ts'
import type { AddressSpace } from './address-space.ts'
import type { FlushRequests } from './flush-requests.ts'

type Joining = Extract<Event, { type: 'lazy.leave' | 'space.join' }>
type Synchronising = Extract<Event, { type: 'space.resume' | 'space.refresh' }>

export class SpaceSwitch {
  readonly board: Board
  readonly space: AddressSpace
  readonly requests: FlushRequests

  constructor(board: Board, space: AddressSpace, requests: FlushRequests) {
    this.board = board
    this.space = space
    this.requests = requests
  }

  *enterLazy(cpu: Cpu): Thread {
    yield { event: { type: 'lazy.enter', cpu } satisfies Event, when: () => this.mayStop(cpu) }
    this.space.setMode(cpu, 'lazy')
  }

  *leave(cpu: Cpu): Thread {
    yield { event: { type: 'space.leave', cpu } satisfies Event, when: () => this.mayStop(cpu) }
    this.unload(cpu)
  }

  /** A CPU is not preempted in the middle of a shootdown. */
  mayStop(cpu: Cpu): boolean {
    return this.space.modeOf(cpu) === 'active' && this.requests.isIdle(cpu)
  }

  /** Another space is loaded. The TLB keeps its entries, tagged. */
  unload(cpu: Cpu): void {
    this.board.mmu(cpu).unload()
    this.space.setMode(cpu, 'absent')
  }

  *rejoin(cpu: Cpu): Thread {
    yield* decide({ type: 'space.join', cpu }, () => this.joining(cpu))
    this.board.mmu(cpu).load()
    this.space.setMode(cpu, 'joining')
    const { type } = yield* decide({ type: 'space.resume', cpu }, () => this.synchronising(cpu))
    if (type === 'space.refresh') this.board.tlb(cpu).flush()
    if (type === 'space.refresh') this.space.catchUp(cpu)
    this.space.setMode(cpu, 'active')
  }

  /** A handler may have dropped the space while this CPU was lazy. */
  joining(cpu: Cpu): Joining | undefined {
    const mode = this.space.modeOf(cpu)
    if (mode === 'lazy') return { type: 'lazy.leave', cpu }
    return mode === 'absent' ? { type: 'space.join', cpu } : undefined
  }

  synchronising(cpu: Cpu): Synchronising {
    const isCurrent = this.space.generationSeenBy(cpu) === this.space.generation
    return { type: isCurrent ? 'space.resume' : 'space.refresh', cpu }
  }
}

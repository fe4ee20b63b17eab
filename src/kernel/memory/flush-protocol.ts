/**
 * How a CPU gets a translation out of the TLBs of others: it interrupts them, each acts on its own TLB and
 * only then acknowledges, and the initiator waits for all. What is flushed, and what for, is left to others.
 */
import assert from 'node:assert/strict'
import { BitSets } from '../../hw/bit-sets.ts'
import type { Board } from '../../hw/board.ts'
import { decide } from '../../hw/decide.ts'
import type { NamedThread, Thread } from '../../interleave/thread.ts'
import type { Cpu, Page } from '../../statemachines/identifiers.ts'
import type { Event as SpaceEvent } from '../../statemachines/kernel/loaded-space.ts'
import type { Event as HandlerEvent } from '../../statemachines/kernel/shootdown-handler.ts'
import type { FlushRequests } from './flush-requests.ts'
import type { Preference } from './preference.ts'

/** What an initiator does about one other CPU: interrupt it, or find that it need not know. */
export type Telling = Extract<SpaceEvent, { type: 'ipi.send' | 'ipi.skip' }>
/** What a target does about one request. */
export type Answer = Extract<HandlerEvent, { type: `${'tlb' | 'flush' | 'space'}.${string}` }>

export abstract class FlushProtocol<Requests extends FlushRequests> {
  readonly board: Board
  readonly requests: Requests
  readonly prefer: Preference
  /** By target: requests taken and not acted on, then acted on and not acknowledged. */
  readonly taken: BitSets<Cpu, Cpu>
  readonly served: BitSets<Cpu, Cpu>

  constructor(board: Board, requests: Requests, prefer: Preference) {
    this.board = board
    this.requests = requests
    this.prefer = prefer
    this.taken = new BitSets(board.cpus, board.cpus)
    this.served = new BitSets(board.cpus, board.cpus)
  }

  /** What the target owes the request at this moment. */
  abstract answer(source: Cpu, target: Cpu): Answer

  /** Does what was answered to the target's own TLB. */
  abstract obey(answer: Answer): void

  *tellOthers(cpu: Cpu, page: Page): Thread {
    while (!this.requests.untold.isEmpty(cpu)) {
      const event = yield* decide({ type: 'ipi.send', source: cpu, page }, () =>
        this.prefer(this.requests.untold.of(cpu).map((target) => this.telling(cpu, target, page))),
      )
      this.requests.untold.delete(cpu, event.target)
      if (event.type === 'ipi.send') this.interrupt(cpu, event.target)
    }
  }

  telling(source: Cpu, target: Cpu, page: Page): Telling {
    return { type: 'ipi.send', source, target, page }
  }

  interrupt(source: Cpu, target: Cpu): void {
    this.requests.unacknowledged.add(source, target)
    this.board.controller.send(source, target)
  }

  /** The interrupt contexts of all CPUs. */
  handlers(): NamedThread[] {
    return this.board.cpus.ids.map((cpu) => ({
      name: `${cpu}'s handler`,
      daemon: true,
      run: () => this.handle(cpu),
    }))
  }

  /** For ever: takes a request, acts on the own TLB, and only then acknowledges. */
  *handle(target: Cpu): Thread {
    for (;;) {
      const { source } = yield* decide({ type: 'ipi.take', target }, () => this.taking(target))
      this.board.controller.take(source, target)
      this.taken.add(target, source)
      yield* this.serve(source, target)
    }
  }

  taking(target: Cpu): Extract<HandlerEvent, { type: 'ipi.take' }> | undefined {
    const sources = this.mayInterrupt(target) ? this.board.controller.pendingAt(target) : []
    return this.prefer(sources.map((source) => ({ type: 'ipi.take', source, target }) as const))
  }

  /** Also while this CPU waits for others, or two initiators would wait for each other for ever. */
  mayInterrupt(_target: Cpu): boolean {
    return true
  }

  *serve(source: Cpu, target: Cpu): Thread {
    yield* this.act(source, target)
    yield* this.acknowledge(source, target)
  }

  *act(source: Cpu, target: Cpu): Thread {
    this.obey(yield* decide({ type: 'tlb.flush', source, target }, () => this.answer(source, target)))
    this.taken.delete(target, source)
    this.served.add(target, source)
  }

  *acknowledge(source: Cpu, target: Cpu): Thread {
    yield { event: { type: 'ipi.acknowledge', source, target } satisfies HandlerEvent }
    this.served.delete(target, source)
    this.requests.unacknowledged.delete(source, target)
  }

  /** The page that a request being served is about. */
  requestedPage(source: Cpu): Page {
    const page = this.requests.pageOf(source)
    assert(page !== undefined, `a request of ${source} is served, and it has none`)
    return page
  }
}

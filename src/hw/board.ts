/** The board: memory, one page table, an interrupt controller, and CPUs each with its own TLB, wired together. */
import type { NamedThread } from '../interleave/thread.ts'
import type { Cpu, Frame, Page } from '../statemachines/identifiers.ts'
import { InterruptController } from './interrupt-controller.ts'
import { Memory } from './memory.ts'
import { Mmu } from './mmu.ts'
import { Numbering } from './numbering.ts'
import { PageTable } from './page-table.ts'
import { walkPage } from './page-walker.ts'
import { Tlb } from './tlb.ts'

export type BoardSize = {
  readonly cpus: readonly Cpu[]
  readonly pages: readonly Page[]
  readonly frames: readonly Frame[]
}

export class Board {
  readonly cpus: Numbering<Cpu>
  readonly pages: Numbering<Page>
  readonly frames: Numbering<Frame>
  readonly memory: Memory
  readonly table: PageTable
  readonly controller: InterruptController
  readonly #mmus: readonly Mmu[]

  constructor({ cpus, pages, frames }: BoardSize) {
    this.cpus = new Numbering(cpus)
    this.pages = new Numbering(pages)
    this.frames = new Numbering(frames)
    this.memory = new Memory(this.frames)
    this.table = new PageTable(this.pages, this.frames)
    this.controller = new InterruptController(this.cpus)
    this.#mmus = cpus.map(() => new Mmu(new Tlb(this.pages, this.frames), this.table, this.memory))
  }

  mmu(cpu: Cpu): Mmu {
    return this.#mmus[this.cpus.indexOf(cpu)]!
  }

  tlb(cpu: Cpu): Tlb {
    return this.mmu(cpu).tlb
  }

  /** The hardware's own threads: a walker for each CPU and page, since any of them may act next. */
  walkers(): NamedThread[] {
    return this.cpus.ids.flatMap((cpu) =>
      this.pages.ids.map((page) => ({
        name: `${cpu}'s walker on ${page}`,
        daemon: true,
        run: () => walkPage(cpu, page, this.mmu(cpu)),
      })),
    )
  }
}

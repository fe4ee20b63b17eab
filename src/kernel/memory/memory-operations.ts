/**
 * What each CPU is doing to one page while it withdraws a translation: the flush request, what follows it,
 * and the frame that is to take the page.
 */
import type { Board } from '../../hw/board.ts'
import type { Cpu, Frame, Page } from '../../statemachines/identifiers.ts'
import { FlushRequests } from './flush-requests.ts'

/** What follows the flush: the frame is let go, the page may be shared, or a private copy takes the page. */
export type Purpose = (typeof PURPOSES)[number]

const PURPOSES = ['releasing', 'protecting', 'copying'] as const
const NONE = -1

export class MemoryOperations extends FlushRequests {
  readonly #cpus: Board['cpus']
  readonly #frames: Board['frames']
  readonly #purposes: Uint8Array
  readonly #copies: Int32Array

  constructor(board: Board) {
    super(board)
    this.#cpus = board.cpus
    this.#frames = board.frames
    this.#purposes = new Uint8Array(board.cpus.size)
    this.#copies = new Int32Array(board.cpus.size).fill(NONE)
  }

  start(cpu: Cpu, purpose: Purpose, page: Page, frame: Frame, copy?: Frame): void {
    this.begin(cpu, page, frame)
    this.#purposes[this.#cpus.indexOf(cpu)] = PURPOSES.indexOf(purpose)
    this.#copies[this.#cpus.indexOf(cpu)] = copy === undefined ? NONE : this.#frames.indexOf(copy)
  }

  /** The copy belongs to the page from now on; the original is let go next. */
  handOver(cpu: Cpu): void {
    this.#purposes[this.#cpus.indexOf(cpu)] = PURPOSES.indexOf('releasing')
    this.#copies[this.#cpus.indexOf(cpu)] = NONE
  }

  purposeOf(cpu: Cpu): Purpose | undefined {
    return this.isIdle(cpu) ? undefined : PURPOSES[this.#purposes[this.#cpus.indexOf(cpu)]!]
  }

  /** The frame that replaces the one withdrawn, until it is installed. */
  copyOf(cpu: Cpu): Frame | undefined {
    const copy = this.#copies[this.#cpus.indexOf(cpu)]!
    return copy === NONE ? undefined : this.#frames.at(copy)
  }
}

/**
 * What each CPU asks of the others while it withdraws a translation: one request a CPU, with the CPUs that
 * are still to be told and those that have not acknowledged. It belongs to its initiator until it ends.
 */
import assert from 'node:assert/strict'
import { BitSets } from '../../hw/bit-sets.ts'
import type { Board } from '../../hw/board.ts'
import type { Cpu, Frame, Page } from '../../statemachines/identifiers.ts'

const NONE = -1

export class FlushRequests {
  /** By initiator: CPUs not looked at yet. */
  readonly untold: BitSets<Cpu, Cpu>
  /** By initiator: CPUs interrupted, whose answer is awaited. */
  readonly unacknowledged: BitSets<Cpu, Cpu>
  readonly #board: Board
  readonly #pages: Int32Array
  readonly #frames: Int32Array

  constructor(board: Board) {
    this.#board = board
    this.untold = new BitSets(board.cpus, board.cpus)
    this.unacknowledged = new BitSets(board.cpus, board.cpus)
    this.#pages = new Int32Array(board.cpus.size).fill(NONE)
    this.#frames = new Int32Array(board.cpus.size).fill(NONE)
  }

  begin(cpu: Cpu, page: Page, frame: Frame): void {
    const place = this.#board.cpus.indexOf(cpu)
    assert(this.#pages[place] === NONE, `${cpu} begins a second request before its first has ended`)
    this.#pages[place] = this.#board.pages.indexOf(page)
    this.#frames[place] = this.#board.frames.indexOf(frame)
    for (const target of this.#board.cpus.ids) if (target !== cpu) this.untold.add(cpu, target)
  }

  end(cpu: Cpu): void {
    const place = this.#board.cpus.indexOf(cpu)
    this.#pages[place] = NONE
    this.#frames[place] = NONE
  }

  pageOf(cpu: Cpu): Page | undefined {
    const page = this.#pages[this.#board.cpus.indexOf(cpu)]!
    return page === NONE ? undefined : this.#board.pages.at(page)
  }

  /** The frame whose translation is withdrawn. */
  frameOf(cpu: Cpu): Frame | undefined {
    const frame = this.#frames[this.#board.cpus.indexOf(cpu)]!
    return frame === NONE ? undefined : this.#board.frames.at(frame)
  }

  isIdle(cpu: Cpu): boolean {
    return this.pageOf(cpu) === undefined
  }

  /** Whether some CPU withdraws a translation of the page. */
  concern(page: Page): boolean {
    return this.#board.cpus.ids.some((cpu) => this.pageOf(cpu) === page)
  }

  /** Whether every other CPU was looked at, and those that were told have acknowledged. */
  isAnswered(cpu: Cpu): boolean {
    return this.untold.isEmpty(cpu) && this.unacknowledged.isEmpty(cpu)
  }

  /** What keeps each busy CPU from going on, in words. */
  obstacles(): string[] {
    return this.#board.cpus.ids.flatMap((cpu) => [
      ...this.untold.of(cpu).map((target) => `${cpu} has not looked at ${target} yet`),
      ...this.unacknowledged.of(cpu).map((target) => `${target} has not acknowledged to ${cpu} yet`),
    ])
  }
}

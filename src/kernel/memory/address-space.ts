/**
 * What the kernel remembers of an address space to keep TLBs honest, as Linux does: a generation that counts
 * its changes, and for each CPU the generation its TLB is known to have caught up with.
 */
import type { Numbering } from '../../hw/numbering.ts'
import type { Cpu } from '../../statemachines/identifiers.ts'

/**
 * - active: a thread of the space runs
 * - joining: marked as a user of the space, but the generation is not compared yet
 * - lazy: a kernel thread runs and the space stays loaded
 * - absent: another space is loaded
 */
export type Mode = (typeof MODES)[number]

const MODES = ['active', 'joining', 'lazy', 'absent'] as const

/** The generation of a space that was never changed, seen by every CPU; 0 is no generation. */
const FIRST_GENERATION = 1

export class AddressSpace {
  readonly #cpus: Numbering<Cpu>
  readonly #current = new Uint32Array([FIRST_GENERATION])
  readonly #seen: Uint32Array
  readonly #modes: Uint8Array

  constructor(cpus: Numbering<Cpu>) {
    this.#cpus = cpus
    this.#seen = new Uint32Array(cpus.size).fill(FIRST_GENERATION)
    this.#modes = new Uint8Array(cpus.size)
  }

  get generation(): number {
    return this.#current[0]!
  }

  /** Makes a change known, and returns the generation it belongs to. */
  advance(): number {
    this.#current[0] = this.generation + 1
    return this.generation
  }

  generationSeenBy(cpu: Cpu): number {
    return this.#seen[this.#cpus.indexOf(cpu)]!
  }

  /** The CPU's TLB has no translation older than the current generation. */
  catchUp(cpu: Cpu): void {
    this.#seen[this.#cpus.indexOf(cpu)] = this.generation
  }

  modeOf(cpu: Cpu): Mode {
    return MODES[this.#modes[this.#cpus.indexOf(cpu)]!]!
  }

  setMode(cpu: Cpu, mode: Mode): void {
    this.#modes[this.#cpus.indexOf(cpu)] = MODES.indexOf(mode)
  }
}

/** Inter-processor interrupts in flight: for each CPU, whose interrupts are latched and not yet taken. */
import type { Cpu } from '../statemachines/identifiers.ts'
import { BitSets } from './bit-sets.ts'
import type { Numbering } from './numbering.ts'

export class InterruptController {
  readonly #pending: BitSets<Cpu, Cpu>

  constructor(cpus: Numbering<Cpu>) {
    this.#pending = new BitSets(cpus, cpus)
  }

  send(source: Cpu, target: Cpu): void {
    this.#pending.add(target, source)
  }

  /** The sources of interrupts that the target has not taken. */
  pendingAt(target: Cpu): Cpu[] {
    return this.#pending.of(target)
  }

  take(source: Cpu, target: Cpu): void {
    this.#pending.delete(target, source)
  }
}

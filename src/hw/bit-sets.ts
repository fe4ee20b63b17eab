/**
 * A set of identifiers for each of several owners, one word each: interrupts pending at each CPU, CPUs that
 * each initiator still waits for.
 */
import assert from 'node:assert/strict'
import type { Numbering } from './numbering.ts'

const BITS = 32

export class BitSets<Owner extends string, Member extends string> {
  readonly #owners: Numbering<Owner>
  readonly #members: Numbering<Member>
  readonly #words: Uint32Array

  constructor(owners: Numbering<Owner>, members: Numbering<Member>) {
    assert(members.size <= BITS, `a set is one word of ${BITS} bits, too few for ${members.size} members`)
    this.#owners = owners
    this.#members = members
    this.#words = new Uint32Array(owners.size)
  }

  add(owner: Owner, member: Member): void {
    this.#words[this.#owners.indexOf(owner)]! |= this.#bit(member)
  }

  delete(owner: Owner, member: Member): void {
    this.#words[this.#owners.indexOf(owner)]! &= ~this.#bit(member)
  }

  has(owner: Owner, member: Member): boolean {
    return (this.#word(owner) & this.#bit(member)) !== 0
  }

  isEmpty(owner: Owner): boolean {
    return this.#word(owner) === 0
  }

  /** In the order of the members' numbers. */
  of(owner: Owner): Member[] {
    const word = this.#word(owner)
    return word === 0 ? [] : this.#members.ids.filter((_, place) => (word & (1 << place)) !== 0)
  }

  #word(owner: Owner): number {
    return this.#words[this.#owners.indexOf(owner)]!
  }

  #bit(member: Member): number {
    return 1 << this.#members.indexOf(member)
  }
}

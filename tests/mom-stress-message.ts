/** Messages that say which they are in every field, and numbers that look random and are the same in every run. */
import { messageType } from '../src/mom/message.ts'

const COLOURS = ['red', 'green', 'blue'] as const

export const stressType = messageType({
  number: 'uint',
  mixed: 'int',
  third: 'double',
  even: 'flag',
  colour: COLOURS,
})

export type StressMessage = ReturnType<typeof stressType.create>

const mix = (number: number): number => Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) ^ (number << 7)

export function fill(message: StressMessage, number: number): void {
  message.number = number
  message.mixed = mix(number)
  message.third = number / 3
  message.even = number % 2 === 0
  message.colour = COLOURS[number % 3]!
}

/** Throws where the message is not this one in every field. */
export function check(message: StressMessage, number: number): void {
  const { number: told, mixed, third, even, colour } = message
  if (
    told !== number ||
    mixed !== mix(number) ||
    third !== number / 3 ||
    even !== (number % 2 === 0) ||
    colour !== COLOURS[number % 3]
  )
    throw new Error(`message ${number} was due, and ${JSON.stringify(message)} came`)
}

/** Marsaglia's xorshift of 32 bits. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 1
  }

  /** From 0 to limit - 1. */
  roll(limit: number): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    this.#state ^= this.#state << 5
    return (this.#state >>> 0) % limit
  }
}

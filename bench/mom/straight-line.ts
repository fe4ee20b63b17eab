/**
 * Messages whose every word follows from their number, in straight-line code: what gcc makes of the loops in
 * spsc-ring.c. Word i of message n is n + i; every word is read, and their sum checked.
 */

/** For words in a memory, or in an Int32Array. */
export type WordsCode<Memory> = {
  put(memory: Memory, at: number, message: number): void
  isRight(memory: Memory, at: number, message: number): boolean
}

/** For objects with the fields word0, word1, ... */
export type FieldsCode = {
  put(target: object, message: number): void
  isRight(source: object, message: number): boolean
}

export const fieldNames = (words: number): string[] =>
  Array.from({ length: words }, (_, index) => `word${index}`)

function compile<Code>(
  words: number,
  parameters: string,
  put: (index: number) => string,
  get: (index: number) => string,
): Code {
  const indices = Array.from({ length: words }, (_, index) => index)
  const sum = indices.map(get).join(' + ')
  const due = `Math.imul(message, ${words}) + ${(words * (words - 1)) / 2}`
  // Nothing goes in but numbers and the texts of this file.
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function(
    `return {
      put(${parameters}, message) { ${indices.map(put).join('; ')} },
      isRight(${parameters}, message) { return ((${sum}) | 0) === ((${due}) | 0) },
    }`,
  ) as () => Code
  return make()
}

/** Through `set` and `get` of a SharedMemory. */
export const memoryWords = <Memory>(words: number): WordsCode<Memory> =>
  compile(
    words,
    'memory, at',
    (index) => `memory.set(at + ${index}, (message + ${index}) | 0)`,
    (index) => `memory.get(at + ${index})`,
  )

/** Into the array itself. */
export const arrayWords = <Memory>(words: number): WordsCode<Memory> =>
  compile(
    words,
    'memory, at',
    (index) => `memory[at + ${index}] = (message + ${index}) | 0`,
    (index) => `memory[at + ${index}]`,
  )

export const objectFields = (words: number): FieldsCode =>
  compile(
    words,
    'object',
    (index) => `object.word${index} = (message + ${index}) | 0`,
    (index) => `object.word${index}`,
  )

/** A message that is not the one that was due: the transport is broken, and its figures mean nothing. */
export class WrongMessageError extends Error {
  override readonly name = 'WrongMessageError'

  constructor(due: number) {
    super(`message ${due} was due, and another came`)
  }
}

/**
 * Typed messages: a schema declared once, from which straight-line code is made that puts the fields of one
 * reused object into a slot and takes them out, without allocation. What a peer wrote is read once, then checked.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { PeerFault } from './peer-fault.ts'

/** `int` and `uint`: 32 bits; `flag`: a boolean; `double`: 64 bits in two words; a list: one of its texts. */
export type FieldType = 'int' | 'uint' | 'flag' | 'double' | readonly string[]

export type Fields = { readonly [name: string]: FieldType }

type ValueOf<T extends FieldType> = T extends 'flag'
  ? boolean
  : T extends readonly (infer Text)[]
    ? Text
    : number

/** One message outside the ring. An end keeps one of each type and uses it again and again. */
export type Message<F extends Fields> = { -readonly [Name in keyof F]: ValueOf<F[Name]> } & {
  /** Words that the message takes. */
  readonly words: number
  /** Writes the fields into the words from `at` on. */
  encode(memory: SharedMemory, at: number): void
  /**
   * Reads the fields, each word once, so that a peer that goes on writing changes nothing that was checked.
   * Throws PeerFault where a text's number is none of its list.
   */
  decode(memory: SharedMemory, at: number): void
}

export type MessageType<F extends Fields = Fields> = {
  readonly fields: F
  /** Words that a message takes. */
  readonly words: number
  /** A new message: zero, false, and the first text of each list. */
  create(): Message<F>
}

// The bits of a double go through these two words; a thread has its own.
const halves = new Int32Array(2)
const double = new Float64Array(halves.buffer)

function textOf(name: string, texts: readonly string[], index: number): string {
  const text = texts[index]
  if (text !== undefined) return text
  throw new PeerFault(`field ${name} holds ${index}, and has ${texts.length} values`)
}

function indexOf(name: string, texts: readonly string[], text: string): number {
  const index = texts.indexOf(text)
  if (index >= 0) return index
  throw new RangeError(`field ${name} is one of ${texts.join(', ')}, not ${text}`)
}

type Code = {
  readonly words: number
  readonly initial: string
  readonly encode: string
  readonly decode: string
}

function codeOf(name: string, type: FieldType, offset: number): Code {
  const field = `this.${name}`
  const read = `memory.get(at + ${offset})`
  const write = (value: string): string => `memory.set(at + ${offset}, ${value})`
  const list = `texts.${name}`
  const one = (initial: string, encode: string, decode: string): Code => ({
    words: 1,
    initial: `${field} = ${initial}`,
    encode,
    decode: `${field} = ${decode}`,
  })
  if (type === 'int') return one('0', write(field), read)
  if (type === 'uint') return one('0', write(`${field} | 0`), `${read} >>> 0`)
  if (type === 'flag') return one('false', write(`${field} ? 1 : 0`), `${read} !== 0`)
  if (type !== 'double') {
    const encode = write(`indexOf('${name}', ${list}, ${field})`)
    return one(`${list}[0]`, encode, `textOf('${name}', ${list}, ${read})`)
  }
  const high = `memory.get(at + ${offset + 1})`
  return {
    words: 2,
    // A number that is no small integer from the start keeps the field unboxed.
    initial: `${field} = 0.5; ${field} = 0`,
    encode: `double[0] = ${field}; ${write('halves[0]')}; memory.set(at + ${offset + 1}, halves[1])`,
    decode: `halves[0] = ${read}; halves[1] = ${high}; ${field} = double[0]`,
  }
}

const RESERVED = new Set(['encode', 'decode', 'words', 'constructor'])

function codesOf(fields: Fields): Code[] {
  let offset = 0
  return Object.entries(fields).map(([name, type]) => {
    if (!/^[a-z]\w*$/i.test(name) || RESERVED.has(name))
      throw new RangeError(`a field of a message cannot be named '${name}'`)
    const code = codeOf(name, type, offset)
    offset += code.words
    return code
  })
}

/** Declares a type of message. Fields lie in the order they are named in. Throws RangeError for a bad name. */
export function messageType<const F extends Fields>(fields: F): MessageType<F> {
  const codes = codesOf(fields)
  const size = codes.reduce((sum, { words }) => sum + words, 0)
  const body = (part: 'initial' | 'encode' | 'decode'): string => codes.map((code) => code[part]).join('; ')
  // Loops over the fields, or accessors one by one, are several times slower: the compiler's budget for
  // inlining ends within one message. The names are identifiers, checked above; nothing else goes in.
  // oxlint-disable-next-line typescript/no-implied-eval
  const make = new Function(
    'texts, textOf, indexOf, halves, double',
    `return class Message {
      constructor() { ${body('initial')} }
      get words() { return ${size} }
      encode(memory, at) { ${body('encode')} }
      decode(memory, at) { ${body('decode')} }
    }`,
  ) as (...parts: unknown[]) => new () => Message<F>
  const Class = make(fields, textOf, indexOf, halves, double)
  return { fields, words: size, create: () => new Class() }
}

/**
 * A small assembler for WebAssembly: expressions and statements are runs of bytes, functions have named
 * locals. Only what the search's inner loop needs, all on 32-bit integers.
 */

/** Encoded instructions, nested as they were put together. An expression leaves one value, a statement none. */
export type Code = readonly (number | Code)[]

const CONTINUE = 0x80

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < CONTINUE) return [...bytes, rest]
    bytes.push((rest & 0x7f) | CONTINUE)
  }
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    const byte = rest & 0x7f
    if (rest >> 6 === 0 || rest >> 6 === -1) return [...bytes, byte]
    bytes.push(byte | CONTINUE)
  }
}

const EMPTY = 0x40
const I32 = 0x7f
const END = 0x0b
const ATOMIC = 0xfe

const binary =
  (opcode: number) =>
  (left: Code, right: Code): Code => [left, right, opcode]
const unary =
  (opcode: number) =>
  (operand: Code): Code => [operand, opcode]
/** Alignment 4 and an offset added to the address. */
const access = (offset: number): Code => [2, ...unsigned(offset)]

/** Instructions on 32-bit integers; names are those of the WebAssembly text format. */
export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  eqz: unary(0x45),
  eq: binary(0x46),
  ne: binary(0x47),
  ltS: binary(0x48),
  ltU: binary(0x49),
  geU: binary(0x4f),
  ctz: unary(0x68),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  divU: binary(0x6e),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shl: binary(0x74),
  shrU: binary(0x76),
  load: (address: Code, offset = 0): Code => [address, 0x28, access(offset)],
  load8: (address: Code, offset = 0): Code => [address, 0x2d, 0, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [address, value, 0x36, access(offset)],
  atomicLoad: (address: Code): Code => [address, ATOMIC, 0x10, access(0)],
  atomicStore: (address: Code, value: Code): Code => [address, value, ATOMIC, 0x17, access(0)],
  atomicAdd: (address: Code, value: Code): Code => [address, value, ATOMIC, 0x1e, access(0)],
  /** Leaves what was there; it was replaced if that equals `expected`. */
  compareExchange: (address: Code, expected: Code, replacement: Code): Code => [
    address,
    expected,
    replacement,
    ATOMIC,
    0x48,
    access(0),
  ],
}

/** Statements. Labels are counted outwards from 0, the innermost block or loop. */
export const block = (...body: readonly Code[]): Code => [0x02, EMPTY, body, END]
export const loop = (...body: readonly Code[]): Code => [0x03, EMPTY, body, END]
export const when = (condition: Code, ...body: readonly Code[]): Code => [condition, 0x04, EMPTY, body, END]
export const branch = (label: number): Code => [0x0c, ...unsigned(label)]
export const branchIf = (condition: Code, label: number): Code => [condition, 0x0d, ...unsigned(label)]
/** Branches to `labels[index]`, to the last one where the index is too large. */
export const branchTable = (index: Code, labels: readonly number[]): Code => [
  index,
  0x0e,
  ...unsigned(labels.length - 1),
  ...labels.flatMap(unsigned),
]
export const give = (value: Code): Code => [value, 0x0f]
export const drop = (value: Code): Code => [value, 0x1a]
export const call = (callee: number, ...operands: readonly Code[]): Code => [
  operands,
  0x10,
  ...unsigned(callee),
]
export const getGlobal = (index: number): Code => [0x23, ...unsigned(index)]
export const setGlobal = (index: number, value: Code): Code => [value, 0x24, ...unsigned(index)]

/** The locals of a function by name, parameters first; a name is a local from when it is first mentioned. */
export class Locals {
  readonly #parameters: number
  readonly #names: string[]

  constructor(...parameters: readonly string[]) {
    this.#parameters = parameters.length
    this.#names = [...parameters]
  }

  #index(name: string): number {
    const known = this.#names.indexOf(name)
    return known >= 0 ? known : this.#names.push(name) - 1
  }

  get parameters(): number {
    return this.#parameters
  }

  /** How many locals there are besides the parameters. */
  get others(): number {
    return this.#names.length - this.#parameters
  }

  readonly get = (name: string): Code => [0x20, ...unsigned(this.#index(name))]
  readonly set = (name: string, value: Code): Code => [value, 0x21, ...unsigned(this.#index(name))]
  /** Sets and leaves the value. */
  readonly tee = (name: string, value: Code): Code => [value, 0x22, ...unsigned(this.#index(name))]
}

/** A function of 32-bit parameters; `exported` is the name the host calls it by. */
export type Routine = {
  readonly locals: Locals
  readonly body: Code
  readonly results: 0 | 1
  readonly exported?: string
}

/** What a module takes from the host: functions, then constants, and one shared memory. */
export type Imports = {
  readonly functions: readonly {
    readonly name: string
    readonly parameters: number
    readonly results: 0 | 1
  }[]
  readonly globals: readonly string[]
  /** Pages of 64 KiB. */
  readonly memory: { readonly initial: number; readonly maximum: number }
}

/** The bytes of nested code, once, at the end: copying as it is put together would take quadratic time. */
function flatten(code: Code, bytes: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') bytes.push(part)
    else flatten(part, bytes)
  }
  return bytes
}

const vector = (items: readonly Code[]): Code => [...unsigned(items.length), items]
const sized = (code: Code): Code => {
  const bytes = flatten(code)
  return [...unsigned(bytes.length), bytes]
}
const section = (id: number, items: readonly Code[]): Code => [id, sized(vector(items))]
const text = (value: string): Code => {
  const bytes = [...new TextEncoder().encode(value)]
  return [...unsigned(bytes.length), ...bytes]
}
const signature = (parameters: number, results: number): Code => [
  0x60,
  vector(Array.from({ length: parameters }, () => [I32])),
  vector(Array.from({ length: results }, () => [I32])),
]

const HOST = text('host')
const FUNCTION = 0x00
const MEMORY = 0x02
const GLOBAL = 0x03
const SHARED = 0x03

/**
 * The binary module. Imported functions are numbered first, then the routines in order; all are imported
 * from `host`. Globals are the imported constants, then `variables` mutable ones that begin at 0.
 */
export function assemble(imports: Imports, routines: readonly Routine[], variables: number): Uint8Array {
  const types = [
    ...imports.functions.map(({ parameters, results }) => signature(parameters, results)),
    ...routines.map(({ locals, results }) => signature(locals.parameters, results)),
  ]
  const { functions, globals, memory } = imports
  const limits = [SHARED, ...unsigned(memory.initial), ...unsigned(memory.maximum)]
  const imported = [
    [HOST, text('memory'), MEMORY, limits],
    ...functions.map(({ name }, type) => [HOST, text(name), FUNCTION, ...unsigned(type)]),
    ...globals.map((name) => [HOST, text(name), GLOBAL, I32, 0]),
  ]
  const bodies = routines.map(({ locals, body }) => {
    const declared = locals.others === 0 ? [] : [[...unsigned(locals.others), I32]]
    return sized([vector(declared), body, END])
  })
  const exported = routines.flatMap(({ exported: name }, index) =>
    name === undefined ? [] : [[text(name), FUNCTION, ...unsigned(functions.length + index)]],
  )
  const code: Code = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, types),
    section(2, imported),
    section(
      3,
      routines.map((_, index) => unsigned(functions.length + index)),
    ),
    section(
      6,
      Array.from({ length: variables }, () => [I32, 1, i32.const(0), END]),
    ),
    section(7, exported),
    section(10, bodies),
  ]
  return Uint8Array.from(flatten(code))
}

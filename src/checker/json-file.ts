/**
 * JSON from outside, with positions: a file that is not what was expected is refused with one sentence that
 * names the file, the line, what was expected there and what was found.
 */
import {
  type Node,
  type ParseError,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser'
import * as v from 'valibot'

/** Bad input data: the message is one sentence, `FILE:LINE: expected ..., found ...`. */
export class BadInputError extends Error {
  override readonly name = 'BadInputError'
}

/** Keys and indices from the top of a file to a value in it. */
export type Path = readonly (string | number)[]

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a JSON value',
  InvalidNumberFormat: 'a number',
  PropertyNameExpected: 'a property name',
  ValueExpected: 'a JSON value',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma',
  CloseBraceExpected: 'a closing brace',
  CloseBracketExpected: 'a closing bracket',
  EndOfFileExpected: 'the end of the file',
  InvalidCommentToken: 'a JSON value',
  UnexpectedEndOfString: 'a closing quote',
  UnexpectedEndOfNumber: 'a digit',
}

const FOUND_MAX = 60

/** A value in at most one short line, as messages quote it. */
export function brief(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > FOUND_MAX ? `${text.slice(0, FOUND_MAX)}...` : text
}

export class JsonFile {
  readonly path: string
  readonly value: unknown
  readonly #text: string
  readonly #root: Node

  /** Throws BadInputError where the text is not JSON. */
  constructor(text: string, path: string) {
    this.path = path
    this.#text = text
    const errors: ParseError[] = []
    const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
    const [first] = errors
    if (first !== undefined) {
      const found = text.slice(first.offset, first.offset + first.length)
      const expected = EXPECTED[printParseErrorCode(first.error)] ?? 'JSON'
      throw this.#error(first.offset, expected, found === '' ? 'the end of the file' : brief(found))
    }
    if (root === undefined) throw this.#error(0, 'a JSON value', 'an empty file')
    this.#root = root
    this.value = getNodeValue(root)
  }

  /** The 1-based line of the value at `path`, or of the nearest value around it. */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node = findNodeAtLocation(this.#root, path.slice(0, length))
      if (node !== undefined)
        return this.#lineAt(node.parent?.type === 'property' ? node.parent.offset : node.offset)
    }
    return this.#lineAt(this.#root.offset)
  }

  /** The error to throw for the value at `path`. */
  refusal(path: Path, expected: string, found: string): BadInputError {
    return new BadInputError(`${this.path}:${this.lineOf(path)}: expected ${expected}, found ${found}`)
  }

  /** The value as the schema has it; the schema's messages are noun phrases, `a whole number`. Throws BadInputError. */
  as<Schema extends v.GenericSchema>(
    schema: Schema,
    value: unknown = this.value,
    at: Path = [],
  ): v.InferOutput<Schema> {
    const result = v.safeParse(schema, value)
    if (result.success) return result.output
    const [issue] = result.issues
    const path = [...at, ...(issue.path ?? []).map(({ key }) => key as string | number)]
    const where = path.length === 0 ? '' : ` as ${path.map(String).join('.')}`
    const isOfKey = issue.type === 'strict_object' || issue.type === 'loose_object'
    if (isOfKey && issue.expected === 'never')
      throw this.refusal(path, `only known fields${inside(path)}`, brief(path.at(-1)))
    if (isOfKey && issue.received === 'undefined' && issue.expected?.startsWith('"')) {
      throw this.refusal(path, `the field ${issue.expected}${inside(path)}`, 'none')
    }
    throw this.refusal(path, `${issue.message}${where}`, brief(issue.input))
  }

  #lineAt(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length
  }

  #error(offset: number, expected: string, found: string): BadInputError {
    const end = this.#text.trimEnd().length
    return new BadInputError(
      `${this.path}:${this.#lineAt(Math.min(offset, end))}: expected ${expected}, found ${found}`,
    )
  }
}

const inside = (path: Path): string => (path.length < 2 ? '' : ` in ${path.slice(0, -1).join('.')}`)

/**
 * Reads what a SPIN verifier prints and writes: its counts, and the trails of its errors. A count that is missing
 * or not exact is an error: whoever compares counts must not guess them.
 */

export type Verdict = {
  readonly states: number
  readonly transitions: number
  readonly errors: number
  readonly depth: number
  /** What SPIN allocated, its whole depth-first stack included. */
  readonly allocatedBytes: number
  /** Why the search did not see everything, or undefined where it did. */
  readonly truncation: string | undefined
}

/** The truncation that more memory for the stack may cure. */
export const STACK_TOO_SMALL = 'the depth-first stack is too small'

const TRUNCATIONS = [
  { pattern: /max search depth too small/, reason: STACK_TOO_SMALL },
  { pattern: /out of memory|memory limit|pan: reached -DMEMLIM/, reason: 'out of memory' },
  { pattern: /VECTORSZ( is)? too small/, reason: 'a state does not fit; raise the bytes it may take' },
  { pattern: /Search not completed/, reason: 'the search was not completed' },
]

function numberIn(text: string, pattern: RegExp, what: string): number {
  const value = pattern.exec(text)?.[1]
  if (value === undefined) throw new Error(`SPIN's report does not say ${what}`)
  return Number(value)
}

// SPIN prints eight digits: a larger count loses its last ones.
function countIn(text: string, pattern: RegExp, what: string): number {
  const count = numberIn(text, pattern, what)
  if (!Number.isSafeInteger(count) || count >= 1e8)
    throw new Error(`SPIN does not print ${what} exactly: ${count}`)
  return count
}

/** Reads a report. Throws where a figure is missing or was printed with too few digits. */
export function parseVerdict(text: string): Verdict {
  return {
    states: countIn(text, /^\s*([\d.e+]+) states, stored/m, 'how many states it stored'),
    transitions: countIn(text, /^\s*([\d.e+]+) transitions/m, 'how many transitions it took'),
    errors: numberIn(text, /errors: (\d+)/, 'how many errors it found'),
    depth: numberIn(text, /depth reached (\d+)/, 'how deep it went'),
    allocatedBytes:
      numberIn(text, /([\d.]+)\s+total actual memory usage/, 'how much memory it took') * 2 ** 20,
    truncation: TRUNCATIONS.find(({ pattern }) => pattern.test(text))?.reason,
  }
}

/** The steps of an error trail, as lines of the Promela text; steps on no line of interest are left out. */
export type Trail = {
  readonly lines: readonly number[]
  /** Where the cycle starts, as an index into `lines`; undefined for a trail that just ends. */
  readonly loopStart: number | undefined
}

/** The line of each d_step by the number that trails have for it; from what `pan -d` prints. */
export function lineByStep(text: string): ReadonlyMap<number, number> {
  const steps = text.matchAll(/\[id\s+(\d+) tp.*=> D_STEP(\d+)/g)
  return new Map([...steps].map(([, step, line]) => [Number(step), Number(line)]))
}

/** Reads a trail: `DEPTH:PROCESS:STEP` a line; a line of -1 starts the cycle, other negative ones are settings. */
export function parseTrail(text: string, lineOf: ReadonlyMap<number, number>): Trail {
  const lines: number[] = []
  let loopStart: number | undefined
  for (const [, depth, step] of text.matchAll(/^(-?\d+):-?\d+:(-?\d+)$/gm)) {
    if (depth === '-1') loopStart = lines.length
    const line = lineOf.get(Number(step))
    if (line !== undefined) lines.push(line)
  }
  return { lines, loopStart }
}

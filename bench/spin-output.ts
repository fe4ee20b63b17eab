/**
 * Reads the report a SPIN verifier prints. What is missing or not exact is an error: a benchmark that
 * compares counts must not guess them.
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

const TRUNCATIONS = [
  { pattern: /max search depth too small/, reason: 'the depth-first stack is too small' },
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

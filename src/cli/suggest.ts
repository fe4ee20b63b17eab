/** Names close to one that does not exist, for "did you mean". */

// Edits (insert, delete, replace a character) that turn one word into the other.
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)
      next[j] = Math.min(replaced, row[j]! + 1, next[j - 1]! + 1)
    }
    row = next
  }
  return row[other.length]!
}

/** ` (did you mean 'tlb-shootdown'?)`, or nothing where no name is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, edits: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) => edits <= Math.max(2, candidate.length / 3) || candidate.startsWith(name),
    )
    .sort((a, b) => a.edits - b.edits)[0]
  return near === undefined ? '' : ` (did you mean '${near.candidate}'?)`
}

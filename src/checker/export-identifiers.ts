/** Names of components, claims and states as identifiers that C, Promela and TLA+ take: letters, digits, `_`. */

/** The name with every other character replaced; it starts with a letter, has no `__`, and is no WF_ or SF_ of TLA+. */
export function identifier(name: string): string {
  const text = name.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
  return /^(?![WS]F_)[A-Za-z]/.test(text) ? text : `x_${text}`
}

/** An identifier for each name, all different and none of `taken`. */
export function identifiers(names: readonly string[], taken: readonly string[] = []): readonly string[] {
  const used = new Set(taken)
  return names.map((name) => {
    const base = identifier(name)
    let candidate = base
    for (let count = 2; used.has(candidate); count++) candidate = `${base}_${count}`
    used.add(candidate)
    return candidate
  })
}

/** Names that a module of TLA+ has already: the language's own, and what every export defines. */
export const TLA_WORDS: readonly string[] = [
  'ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS DOMAIN ELSE ENABLED EXCEPT EXTENDS FALSE',
  'HAVE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OTHER PROOF STRING SUBSET TAKE THEN THEOREM TRUE',
  'UNCHANGED UNION USE VARIABLE VARIABLES WITH vars Init Next Spec TypeOK NeverStuck Final Fairness',
].flatMap((line) => line.split(' '))

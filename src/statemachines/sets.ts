/** Sets in a chart's context: sorted arrays without duplicates, so that equal sets are equal states. */

export const including = <T extends string>(set: readonly T[], member: T): T[] =>
  [...without(set, member), member].sort()

export const without = <T extends string>(set: readonly T[], member: T): T[] =>
  set.filter((other) => other !== member)

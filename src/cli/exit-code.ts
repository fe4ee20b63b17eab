/**
 * Exit codes, one for each kind of end, so that scripts and CI can tell a violated claim from a wrong flag.
 * "ok" is only ever said of what was explored whole.
 */
export const exitCode = {
  holds: 0,
  /** A claim is violated, or a recorded verdict does not stand. */
  violated: 1,
  /** Deadlock, or no progress. */
  stuck: 2,
  /** A mutant survived, or a witness was not reached. */
  survived: 3,
  /** A limit ended the search: nothing is said of the rest. */
  bound: 4,
  usage: 64,
  input: 65,
  internal: 70,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

const BY_WEIGHT: readonly ExitCode[] = [70, 65, 64, 1, 2, 3, 4, 0]

/** The code of a run with several ends: the one that most needs attention. */
export const worst = (codes: readonly ExitCode[]): ExitCode =>
  BY_WEIGHT.find((code) => codes.includes(code)) ?? exitCode.holds

/**
 * What a machine or claim throws during a search, with the state and step it was asked in.
 */

/** A machine or claim threw; `event` is the step that was being taken from state `index`, where there was one. */
export class SearchError extends Error {
  override readonly name = 'SearchError'
  readonly index: number
  readonly event: number | undefined
  constructor(cause: Error, index: number, event: number | undefined) {
    super(cause.message, { cause })
    this.index = index
    this.event = event
  }
}

/** What a machine or claim throws is laid to the state it was asked in, and to the step being taken, if any. */
export function attempt<T>(from: number, event: number | undefined, ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    throw error instanceof Error ? new SearchError(error, from, event) : error
  }
}

/** Identifiers of the simulated machine. They say what they are, so that a trace reads aloud. */

export type Cpu = `cpu${number}`
export type Frame = `frame${number}`
/** A virtual page, or a page of page tables, which the walker reads on its own. */
export type Page = `page${number}` | `table${number}`
/** What a translation allows; `write` includes reading. */
export type Rights = 'read' | 'write'

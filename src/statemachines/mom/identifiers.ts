/** Identifiers of the middleware's charts. They say what they are, so that a trace reads aloud. */

export type Message = `message${number}`
export type Slot = `slot${number}`
export type Producer = `producer${number}`
export type Consumer = `consumer${number}`
export type Client = `client${number}`
export type Request = `request${number}`
/** The lanes of a channel with priorities. */
export type Lane = 'control' | 'normal' | 'bulk'
/** What half a slot holds: a part of a message, or nothing yet. */
export type Content = Message | 'none'
/** A payload takes two accesses to write or read. */
export type Half = 'first' | 'second'
/** The published positions of a ring: the producer's and the consumer's. */
export type Index = 'tail' | 'head'
/** The two sides of a ring. */
export type End = 'producer' | 'consumer'

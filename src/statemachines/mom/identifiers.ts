/** Identifiers of the middleware's charts. They say what they are, so that a trace reads aloud. */

export type Message = `message${number}`
export type Slot = `slot${number}`
export type Producer = `producer${number}`
export type Consumer = `consumer${number}`
export type Ring = `ring${number}`
/** What a channel can be moved to or lose: a transport, or an owner of one of its ends. */
export type Party = Ring | Producer | Consumer
export type Client = `client${number}`
export type Request = `request${number}`
/** What travels between a client and a server, each kind in a channel of its own: the first two to the server. */
export type CallKind = 'request' | 'withdrawal' | 'answer'
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
export type Subscriber = `subscriber${number}`
/** A buffer of a pool, for payloads too large for a slot. */
export type Buffer = `buffer${number}`
/** What brings credit back: the control lane, or the header of a message the other way. */
export type Carrier = `carrier${number}`

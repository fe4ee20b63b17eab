/**
 * What a program that uses the middleware imports from 'lockstep/mom': typed messages, the broker that starts threads
 * and processes and hands out ends, and the ends themselves for those who lay channels by hand.
 */
export { type AwaitableReceiver, type AwaitableSender } from './live/awaitable.ts'
export type { Connection } from './live/connection.ts'
export { LiveBroker } from './live/live-broker.ts'
export { MappedMemory } from './live/mapped-memory.ts'
export type { Peer } from './live/peer.ts'
export { connect } from './live/socket-connection.ts'
export { ThreadMemory } from './live/thread-memory.ts'
export { ChannelReceiver } from './mom/channel-receiver.ts'
export { ChannelSender } from './mom/channel-sender.ts'
export { EndTakenError, layChannel } from './mom/channel-shape.ts'
export type { ChannelShape, EndOptions } from './mom/channel-shape.ts'
export { UpgradableSender, layUpgradable } from './mom/channel-upgrade.ts'
export type {
  Decodable,
  Encodable,
  Inbox,
  ReceiveOutcome,
  Receiver,
  SendOutcome,
  Sender,
} from './mom/fifo.ts'
export { Layout } from './mom/layout.ts'
export { messageType } from './mom/message.ts'
export type { Message, MessageType } from './mom/message.ts'
export { PeerFault } from './mom/peer-fault.ts'
export { UpgradableReceiver } from './mom/upgradable-receiver.ts'

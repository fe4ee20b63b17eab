/** The sides of channels under stress. They check every message, and return what they counted. */
import type { SharedMemory } from '../src/interleave/memory/shared-memory.ts'
import { ChannelReceiver } from '../src/mom/channel-receiver.ts'
import { ChannelSender } from '../src/mom/channel-sender.ts'
import type { ChannelShape, EndOptions } from '../src/mom/channel-shape.ts'
import { UpgradableSender } from '../src/mom/channel-upgrade.ts'
import { NO_PATIENCE, PATIENCE } from '../src/mom/doorbell.ts'
import type { Inbox, ReceiveOutcome, Receiver, SendOutcome, Sender } from '../src/mom/fifo.ts'
import { SharedCounters } from '../src/mom/metrics.ts'
import { MpscReceiver } from '../src/mom/mpsc-receiver.ts'
import { MpscSender } from '../src/mom/mpsc-sender.ts'
import type { MpscShape } from '../src/mom/mpsc-shape.ts'
import { UpgradableReceiver } from '../src/mom/upgradable-receiver.ts'
import { Dice, check, fill, stressType } from './mom-stress-message.ts'

export type SideData = {
  readonly count: number
  readonly seed: number
  /** The number of the first message that a receiver gets. Default: 0. */
  readonly first?: number
  /** Messages of a batch, at most; 1: one by one. */
  readonly batchMax?: number
  /** How long a side idles between batches, at most, in looks at the memory. */
  readonly idleMax?: number
  /** Never spins. */
  readonly parks?: boolean
  readonly counters?: number
}

export type ChannelData = SideData & { readonly shape: ChannelShape }
export type MpscData = SideData & {
  readonly shape: MpscShape
  readonly id?: number
  readonly senders?: number
}
export type UpgradeData = SideData & {
  readonly transports: readonly ChannelShape[]
  /** How often the channel changes its transport. */
  readonly upgrades?: number
}

export type SideResult = {
  readonly count: number
  readonly outcome: SendOutcome | ReceiveOutcome
  readonly stalls: number
  readonly parks: number
  readonly wakes: number
  readonly fault?: string | undefined
}

class Side {
  readonly memory: SharedMemory
  readonly dice: Dice
  readonly options: EndOptions
  readonly batchMax: number
  readonly #idleMax: number
  readonly #counters: SharedCounters | undefined

  constructor(memory: SharedMemory, { seed, batchMax = 1, idleMax = 0, parks = false, counters }: SideData) {
    this.memory = memory
    this.dice = new Dice(seed)
    this.batchMax = batchMax
    this.#idleMax = idleMax
    this.#counters = counters === undefined ? undefined : new SharedCounters(memory, counters)
    this.options = {
      patience: parks ? NO_PATIENCE : PATIENCE,
      ...(this.#counters === undefined ? {} : { counters: this.#counters }),
    }
  }

  /** So that either side is sometimes the one that waits. */
  idle(): void {
    if (this.#idleMax === 0) return
    for (let left = this.dice.roll(this.#idleMax); left > 0; left--) this.memory.pause()
  }

  result(count: number, outcome: SideResult['outcome'], fault?: Error): SideResult {
    const { stalls, parks, wakes } = this.#counters?.read() ?? { stalls: 0, parks: 0, wakes: 0 }
    return { count, outcome, stalls, parks, wakes, fault: fault?.message }
  }
}

type Staging = Sender & Pick<ChannelSender, 'stage' | 'flush'>

/** Sends batches of any size; the first that finds no room is sent by waiting. How many were accepted. */
function sendAll(side: Side, sender: Staging, count: number, between: (sent: number) => void): SideResult {
  const message = stressType.create()
  let outcome: SendOutcome = 'sent'
  let sent = 0
  while (sent < count && outcome === 'sent') {
    between(sent)
    side.idle()
    const most = Math.min(1 + side.dice.roll(side.batchMax), count - sent)
    let staged = 0
    while (staged < most) {
      fill(message, sent + staged)
      outcome = sender.stage(0, message)
      if (outcome !== 'sent') break
      staged++
    }
    sender.flush()
    sent += staged
    if (outcome !== 'full') continue
    fill(message, sent)
    outcome = sender.send(0, message)
    if (outcome === 'sent') sent++
  }
  return side.result(sent, outcome, sender.fault)
}

function sendOneByOne(side: Side, sender: Sender, count: number): SideResult {
  const message = stressType.create()
  let outcome: SendOutcome = 'sent'
  let sent = 0
  while (sent < count) {
    side.idle()
    fill(message, sent)
    outcome = sender.send(0, message)
    if (outcome !== 'sent') break
    sent++
  }
  return side.result(sent, outcome, sender.fault)
}

/** Receives until there is nothing more, and checks that message n is number n. */
function receiveAll(
  side: Side,
  receiver: Receiver & Partial<Pick<ChannelReceiver, 'drain'>>,
  first = 0,
): SideResult {
  const message = stressType.create()
  const inbox: Inbox = [message]
  let received = 0
  const onMessage = (): void => {
    check(message, first + received)
    received++
  }
  for (;;) {
    side.idle()
    const most = 1 + side.dice.roll(side.batchMax)
    if (side.batchMax > 1 && (receiver.drain?.(inbox, most, onMessage) ?? 0) > 0) continue
    const outcome = receiver.receive(inbox)
    if (outcome !== 'received') return side.result(received, outcome, receiver.fault)
    onMessage()
  }
}

function send(memory: SharedMemory, data: ChannelData): SideResult {
  const side = new Side(memory, data)
  const sender = new ChannelSender(memory, data.shape, side.options)
  const { batchMax = 1, count } = data
  const result = batchMax > 1 ? sendAll(side, sender, count, () => {}) : sendOneByOne(side, sender, count)
  sender.close()
  return result
}

function receive(memory: SharedMemory, data: ChannelData): SideResult {
  const side = new Side(memory, data)
  return receiveAll(side, new ChannelReceiver(memory, data.shape, side.options), data.first)
}

/** Message n of sender s is numbered n * 16 + s. */
const SENDERS_MAX = 16

function sendAsOneOf(memory: SharedMemory, data: MpscData): SideResult {
  const side = new Side(memory, data)
  const { id = 0, count, shape } = data
  const sender = new MpscSender(memory, shape, id, side.options)
  const message = stressType.create()
  let outcome: SendOutcome = 'sent'
  let sent = 0
  while (sent < count) {
    side.idle()
    fill(message, sent * SENDERS_MAX + id)
    outcome = sender.send(0, message)
    if (outcome !== 'sent') break
    sent++
  }
  sender.close()
  return side.result(sent, outcome, sender.fault)
}

function receiveOfSeveral(memory: SharedMemory, data: MpscData): SideResult & { readonly counts: number[] } {
  const side = new Side(memory, data)
  const receiver = new MpscReceiver(memory, data.shape, side.options)
  const message = stressType.create()
  const counts = data.shape.senderBells.map(() => 0)
  const onMessage = (): void => {
    const { sender } = receiver
    check(message, counts[sender]! * SENDERS_MAX + sender)
    counts[sender]!++
  }
  for (;;) {
    side.idle()
    if (receiver.drain([message], 1 + side.dice.roll(side.batchMax), onMessage) > 0) continue
    const outcome = receiver.receive([message])
    if (outcome === 'received') onMessage()
    else
      return {
        ...side.result(
          counts.reduce((sum, count) => sum + count, 0),
          outcome,
          receiver.fault,
        ),
        counts,
      }
  }
}

/** Goes to the next transport at equal distances, while messages flow. */
function sendAndUpgrade(memory: SharedMemory, data: UpgradeData): SideResult & { readonly upgrades: number } {
  const side = new Side(memory, data)
  const { count, transports, upgrades = 0 } = data
  const sender = new UpgradableSender(memory, transports, side.options)
  let done = 0
  const result = sendAll(side, sender, count, (sent) => {
    while (done < upgrades && sent >= Math.floor(((done + 1) * count) / (upgrades + 1))) {
      done++
      const outcome = sender.upgrade(done % transports.length)
      if (outcome !== 'sent')
        throw new Error(`upgrade ${done} ends with '${outcome}'`, { cause: sender.fault })
    }
  })
  sender.close()
  return { ...result, upgrades: done }
}

function receiveAndFollow(memory: SharedMemory, data: UpgradeData): SideResult & { readonly epoch: number } {
  const side = new Side(memory, data)
  const receiver = new UpgradableReceiver(memory, data.transports, side.options)
  const result = receiveAll(side, receiver)
  return { ...result, epoch: receiver.standing.epoch }
}

export const sides: { readonly [name: string]: (memory: SharedMemory, data: never) => unknown } = {
  send,
  receive,
  sendAsOneOf,
  receiveOfSeveral,
  sendAndUpgrade,
  receiveAndFollow,
}

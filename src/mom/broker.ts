/**
 * Who may use which channel: lays channels by name in one shared memory, hands each end to one owner at a time,
 * and when an owner dies says so at every end it held. How requests reach it, its host knows.
 */
import type { SharedMemory } from '../interleave/memory/shared-memory.ts'
import { type EndName, type Refusal, requestIn } from './broker-request.ts'
import { type ChannelShape, layChannel } from './channel-shape.ts'
import { layUpgradable } from './channel-upgrade.ts'
import { Doorbell } from './doorbell.ts'
import { Layout } from './layout.ts'
import { layCounters } from './metrics.ts'
import { Presence } from './peer-crash.ts'
import type { RingSize } from './spsc-ring.ts'

/** What the owner of an end must know, as plain data. */
export type Grant = {
  readonly name: string
  readonly end: EndName
  /** One, or several of one channel that can be upgraded (channel-upgrade.ts). */
  readonly transports: readonly ChannelShape[]
  /** The first word of this end's counters (metrics.ts). */
  readonly counters: number
}

/** The answer to a request: what was granted, or why not in one sentence. */
export type Answer = { readonly opened: string } | { readonly granted: Grant } | Refusal

/** A channel as those see it who watch. */
export type ChannelRecord = {
  readonly name: string
  readonly transports: readonly ChannelShape[]
  readonly counters: { readonly [End in EndName]: number }
  readonly owners: { readonly [End in EndName]?: string }
}

type Holding = {
  readonly owner: string
  /** Owners the end has had before this one. */
  readonly before: number
}

type Entry = {
  readonly transports: readonly ChannelShape[]
  readonly counters: { readonly [End in EndName]: number }
  readonly holdings: { [End in EndName]?: Holding }
}

const refuse = (refused: string): Refusal => ({ refused })

/**
 * The registry of one shared memory, which it lays alone. Owners are named by their host, which calls `bury` once
 * nothing of an owner can run any more. Channels stay for as long as the memory does.
 */
export class Broker {
  protected readonly memory: SharedMemory
  protected readonly lineWords: number | undefined
  protected readonly layout: Layout
  protected readonly entries = new Map<string, Entry>()

  /** `lineWords` as Layout takes it. */
  constructor(memory: SharedMemory, { lineWords }: { readonly lineWords?: number } = {}) {
    this.memory = memory
    this.lineWords = lineWords
    this.layout = this.emptyLayout()
  }

  /** Answers what a peer asks, which may be anything. One that asks wrongly is refused, and nothing changes. */
  answer(owner: string, asked: unknown): Answer {
    const request = requestIn(asked)
    if ('refused' in request) return request
    if ('open' in request) return this.lay(request.open, request.transports)
    return this.take(owner, request.take, request.end)
  }

  /** Lays a channel; one of that name and size is as good. */
  open(name: string, sizes: RingSize | readonly RingSize[]): Answer {
    return this.answer('', { open: name, transports: [sizes].flat() })
  }

  /** Gives an end to an owner. Refused while another owner holds it, until that one has left or died. */
  take(owner: string, name: string, end: EndName): Answer {
    const entry = this.entries.get(name)
    if (entry === undefined) return refuse(`no channel is named ${name}`)
    const holder = this.holder(entry, end)
    if (holder !== undefined) return refuse(`the ${end} of ${name} belongs to ${holder}`)
    // The last owner may have left, and died before it woke its peer; of that its death will not tell any more.
    if (entry.holdings[end] !== undefined) this.peerBell(entry, end).wake()
    entry.holdings[end] = { owner, before: this.presence(entry, end).incarnation() }
    const { transports, counters } = entry
    return { granted: { name, end, transports, counters: counters[end] } }
  }

  /**
   * The owner is dead, and nothing of it runs any more: its peers learn of it at every end that it held and had
   * not closed, also where it died before it used the end. The names of those channels.
   */
  bury(owner: string): string[] {
    const names: string[] = []
    for (const [name, entry] of this.entries) {
      for (const end of ['sender', 'receiver'] as const) {
        const holding = entry.holdings[end]
        if (holding?.owner === owner && this.buryAt(entry, end, holding)) names.push(name)
      }
    }
    return names
  }

  /** All channels, in the order they were opened. */
  channels(): ChannelRecord[] {
    return [...this.entries].map(([name, entry]) => {
      const { transports, counters } = entry
      const sender = this.holder(entry, 'sender')
      const receiver = this.holder(entry, 'receiver')
      const owners = {
        ...(sender === undefined ? {} : { sender }),
        ...(receiver === undefined ? {} : { receiver }),
      }
      return { name, transports, counters, owners }
    })
  }

  protected lay(name: string, sizes: readonly RingSize[]): Answer {
    const known = this.entries.get(name)
    if (known !== undefined) {
      const isSame =
        known.transports.length === sizes.length &&
        known.transports.every(
          ({ ring }, at) => ring.capacity === sizes[at]!.capacity && ring.slotWords === sizes[at]!.slotWords,
        )
      return isSame ? { opened: name } : refuse(`${name} is open, and of another size`)
    }
    // Measured first, for what does not fit must not be laid.
    const measure = this.emptyLayout()
    measure.block(this.layout.length, () => 'laid')
    this.layEntry(measure, name, sizes)
    const { length } = this.memory
    if (measure.length > length)
      return refuse(`${name} would end at word ${measure.length} of a memory of ${length}`)
    this.entries.set(name, this.layEntry(this.layout, name, sizes))
    return { opened: name }
  }

  protected layEntry(layout: Layout, name: string, sizes: readonly RingSize[]): Entry {
    const [size, ...others] = sizes
    const transports =
      others.length === 0 ? [layChannel(layout, name, size!)] : layUpgradable(layout, name, sizes)
    const counters = {
      sender: layCounters(layout, `${name}.sender`),
      receiver: layCounters(layout, `${name}.receiver`),
    }
    return { transports, counters, holdings: {} }
  }

  /** Who holds an end now: its last owner has neither left nor died. */
  protected holder(entry: Entry, end: EndName): string | undefined {
    const holding = entry.holdings[end]
    return holding !== undefined && !this.isOver(entry, end, holding) ? holding.owner : undefined
  }

  /** Whether the owner has taken up the end and is gone from it. */
  protected isOver(entry: Entry, end: EndName, { before }: Holding): boolean {
    const presence = this.presence(entry, end)
    return presence.incarnation() !== before && presence.state() !== 'attached'
  }

  /** Whether the owner had the end still. */
  protected buryAt(entry: Entry, end: EndName, holding: Holding): boolean {
    const presence = this.presence(entry, end)
    const isOver = this.isOver(entry, end, holding)
    delete entry.holdings[end]
    // It may have died before it took up the end: then it is taken up in its place, for its peer waits for it.
    const taken = isOver ? undefined : presence.attach()
    return presence.declareDead(taken ?? presence.incarnation(), [this.peerBell(entry, end)])
  }

  protected peerBell({ transports }: Entry, end: EndName): Doorbell {
    const { senderBell, receiverBell } = transports[0]!
    return new Doorbell(this.memory, end === 'sender' ? receiverBell : senderBell)
  }

  // Transports of one channel share bells and presence.
  protected presence({ transports }: Entry, end: EndName): Presence {
    const { senderPresence, receiverPresence } = transports[0]!
    return new Presence(this.memory, end === 'sender' ? senderPresence : receiverPresence)
  }

  protected emptyLayout(): Layout {
    return new Layout(this.lineWords === undefined ? {} : { lineWords: this.lineWords })
  }
}

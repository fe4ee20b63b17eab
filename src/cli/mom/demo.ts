/** `lockstep mom demo`: orders flow between real threads while some of them are killed and a channel is upgraded. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AwaitableSender } from '../../live/awaitable.ts'
import { LiveBroker } from '../../live/live-broker.ts'
import type { Peer, PeerEnd } from '../../live/peer.ts'
import { ThreadMemory } from '../../live/thread-memory.ts'
import { START, type Standing } from '../../mom/channel-upgrade.ts'
import { type Reading, readChannel } from './readings.ts'
import type { ConsumerData, ProducerData } from './threads.ts'
import { type Accounts, accountsOf } from './verdict.ts'
import { COMMANDS, COMMAND_SIZE, CONSUMER_NOTE, Command, NOTE, NOTE_WORDS, NOTHING } from './wiring.ts'
import { ORDERS, ORDER_SIZES, WORK, WORK_SIZE, consumerNotes } from './wiring.ts'

export const VICTIMS = ['producer', 'consumer1', 'consumer2'] as const
export type Victim = (typeof VICTIMS)[number]

const threads = new URL('threads.ts', import.meta.url)
const LOOK_MS = 2

/** The threads, and what can be done to them while they run. */
export class Demo {
  /** Kills so far, by victim. */
  readonly kills: { [Name in Victim]: number } = { producer: 0, consumer1: 0, consumer2: 0 }
  /** Settles when a thread has died that nobody killed: with what is known of it. */
  readonly failure: Promise<string>
  readonly #broker = new LiveBroker()
  readonly #notes = ThreadMemory.create(NOTE_WORDS)
  readonly #running = new Map<string, Peer>()
  #fail!: (why: string) => void
  #hasFailed = false
  #commands: AwaitableSender | undefined

  constructor() {
    this.failure = new Promise((resolve) => {
      this.#fail = (why) => {
        this.#hasFailed = true
        resolve(why)
      }
    })
    for (const consumer of WORK.keys())
      this.#notes.store(consumerNotes(consumer) + CONSUMER_NOTE.last, NOTHING)
  }

  async start(): Promise<void> {
    this.#broker.open(ORDERS, ORDER_SIZES)
    this.#broker.open(COMMANDS, COMMAND_SIZE)
    for (const name of WORK) this.#broker.open(name, WORK_SIZE)
    this.#commands = await this.#broker.connect().sender(COMMANDS)
    for (const consumer of WORK.keys()) this.#startConsumer(consumer)
    this.#startThread('broker', 'broker', this.#buffer)
    this.#startProducer(0, START)
    await this.#wired()
  }

  /** Kills a thread in whatever it is doing, and starts its successor, which goes on where it was. */
  async kill(victim: Victim): Promise<void> {
    const peer = this.#running.get(victim)
    if (peer === undefined || !(await this.#wired())) return
    this.#running.delete(victim)
    this.kills[victim]++
    peer.kill()
    await peer.ended
    if (victim === 'producer') await this.#succeedProducer()
    else this.#startConsumer(victim === 'consumer1' ? 0 : 1)
  }

  /** Takes the orders to the other of their two rings while they flow. */
  async upgrade(): Promise<void> {
    await this.#command('upgrade')
  }

  /** Has the producer leave, and waits until all others have taken what there was. */
  async stop(): Promise<Accounts> {
    await this.#wired()
    const ends = [...this.#running.values()].map(({ ended }) => ended)
    await this.#command('stop')
    await Promise.all(ends)
    return accountsOf(this.read(), this.#notes)
  }

  /** What the channels are doing; the commands' is left out. */
  read(): Reading[] {
    return this.#broker.registry
      .channels()
      .filter(({ name }) => name !== COMMANDS)
      .map((channel) => readChannel(this.#broker.memory, channel))
  }

  /** Ends whatever still runs. */
  async close(): Promise<void> {
    this.#running.clear()
    await this.#broker.close()
  }

  get #buffer(): SharedArrayBuffer {
    if ('buffer' in this.#notes.place) return this.#notes.place.buffer
    throw new Error('the notes are no memory of threads')
  }

  // Threads take their time to start. False where one has died instead.
  async #wired(): Promise<boolean> {
    while (!this.#hasFailed) {
      if (this.#broker.registry.channels().every(({ owners }) => owners.sender && owners.receiver))
        return true
      await sleep(LOOK_MS)
    }
    return false
  }

  // A producer that died left the command to its successor, with the slot; one without a producer waits there.
  async #command(what: 'upgrade' | 'stop'): Promise<void> {
    const command = Command.create()
    command.what = what
    let outcome = await this.#commands!.sendAsync(0, command)
    for (; outcome === 'dead'; outcome = await this.#commands!.sendAsync(0, command)) await sleep(LOOK_MS)
    if (outcome !== 'sent') this.#fail(`the producer takes no commands: ${outcome}`)
  }

  // The broker says where the dead one stood, once it has taken everything that was sent.
  async #succeedProducer(): Promise<void> {
    const lost = this.kills.producer
    while (this.#notes.load(NOTE.lostProducers) < lost && this.#running.has('broker')) await sleep(LOOK_MS)
    const [first, transport, epoch] = [NOTE.nextSequence, NOTE.transport, NOTE.epoch].map((word) =>
      this.#notes.load(word),
    )
    this.#startProducer(first!, { transport: transport!, epoch: epoch! })
  }

  #startProducer(first: number, standing: Standing): void {
    this.#startThread('producer', 'producer', { first, standing } satisfies ProducerData)
  }

  #startConsumer(consumer: number): void {
    const data: ConsumerData = { consumer, notes: this.#buffer }
    this.#startThread(`consumer${consumer + 1}`, 'consumer', data)
  }

  #startThread(name: string, task: string, data: unknown): void {
    const peer = this.#broker.startThread(threads, task, data)
    this.#running.set(name, peer)
    void peer.ended.then((end: PeerEnd) => {
      if (this.#running.get(name) !== peer) return
      this.#running.delete(name)
      if (end.outcome === 'died') this.#fail(`the ${name} died: ${end.why}`)
    })
  }
}

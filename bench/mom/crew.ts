/** The sides of one measurement in their threads or processes, led round by round. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import type { AwaitableMemory } from '../../src/live/awaitable.ts'
import { MappedMemory } from '../../src/live/mapped-memory.ts'
import { ThreadMemory } from '../../src/live/thread-memory.ts'
import { RECEIVER, placesOf } from './end.ts'
import type { Answer, Enlistment, Order } from './member.ts'
import { ringbufBytes } from './peer-end.ts'
import type { Subject } from './subjects.ts'

const ENTRY = new URL('member-entry.mjs', import.meta.url)

/** A thread or process that answers each order once. */
class Member {
  readonly #host: Worker | ChildProcess
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  #early: Answer | Error | undefined

  constructor(enlistment: Enlistment) {
    const { where, kind } = enlistment.subject
    // Processor time is counted for a whole process.
    if (where === 'processes' || kind === 'cpu') {
      const process = fork(fileURLToPath(ENTRY), { serialization: 'advanced' })
      process.send(enlistment)
      this.#host = process
    } else {
      const transferList = enlistment.port === undefined ? [] : [enlistment.port]
      this.#host = new Worker(ENTRY, { workerData: enlistment, transferList })
    }
    const events: NodeJS.EventEmitter = this.#host
    events.on('message', (answer: Answer) =>
      this.#take('failed' in answer ? new Error(answer.failed) : answer),
    )
    events.on('error', (error: Error) => this.#take(error))
    events.on('exit', (code: number) => this.#take(new Error(`a side ended with exit code ${code}`)))
  }

  #take(answer: Answer | Error): void {
    const settle = this.#settle
    this.#settle = undefined
    if (settle === undefined) this.#early ??= answer
    else if (answer instanceof Error) settle.reject(answer)
    else settle.resolve(answer)
  }

  answer(): Promise<Answer> {
    const early = this.#early
    this.#early = undefined
    if (early instanceof Error) return Promise.reject(early)
    if (early !== undefined) return Promise.resolve(early)
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  order(order: Order): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    if (this.#host instanceof Worker) this.#host.postMessage(order)
    else this.#host.send(order)
  }

  /** For sides that may be in an endless loop. */
  async end(): Promise<void> {
    this.#host.removeAllListeners()
    if (this.#host instanceof Worker) await this.#host.terminate()
    else this.#host.kill('SIGKILL')
  }
}

export class Crew {
  readonly #members: readonly Member[]
  readonly #isCpu: boolean
  readonly #folder: string
  /** Kept, for the path of a mapped memory leads through the process that made it. */
  readonly #memory: AwaitableMemory
  #round = 0

  private constructor(subject: Subject) {
    const { kind, senders = 1, where, words, transport } = subject
    this.#isCpu = kind === 'cpu'
    this.#folder = mkdtempSync(join(tmpdir(), 'lockstep-crew-'))
    const isMapped = where === 'processes' || this.#isCpu
    this.#memory = (isMapped ? MappedMemory : ThreadMemory).create(placesOf(subject).words)
    const path = join(this.#folder, 'socket')
    const channel = new MessageChannel()
    const buffers = [0, 1].map(() => new SharedArrayBuffer(ringbufBytes(words)))
    const roles = this.#isCpu ? [RECEIVER] : Array.from({ length: senders + 1 }, (_, role) => role)
    this.#members = roles.map((role) => {
      const port = role === RECEIVER ? channel.port1 : channel.port2
      const ports = transport === 'MessagePort' ? { port } : {}
      const rings = transport === 'ringbuf.js' ? { buffers } : {}
      return new Member({ subject, role, place: this.#memory.place, path, ...ports, ...rings })
    })
    if (transport === 'MessagePort') return
    channel.port1.close()
    channel.port2.close()
  }

  /** Resolves when all sides are ready. */
  static async gather(subject: Subject): Promise<Crew> {
    const crew = new Crew(subject)
    try {
      await Promise.all(crew.#members.map((member) => member.answer()))
      return crew
    } catch (error) {
      await crew.dismiss()
      throw error
    }
  }

  /** Nanoseconds of so many messages or trips: from when all were there until the last had arrived. */
  async measure({ kind }: Subject, count: number): Promise<number> {
    const round = ++this.#round
    for (const member of this.#members) member.order({ round, count })
    const answers = await Promise.all(this.#members.map((member) => member.answer()))
    const runs = answers.filter((answer) => 'began' in answer)
    // A trip ends where it began, a message where it is received.
    const last = runs[kind === 'trip' ? 1 : RECEIVER]!
    if (this.#isCpu) return last.cpuNanoseconds
    const began = runs.map((run) => BigInt(run.began)).reduce((a, b) => (a > b ? a : b))
    return Number(BigInt(last.ended) - began)
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

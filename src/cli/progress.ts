/**
 * The progress bar of long searches, on standard error and only on a terminal. The bar is the share of the
 * states found so far that have been expanded: how many there will be, nobody knows.
 */
import { isatty } from 'node:tty'
import { SingleBar } from 'cli-progress'
import type { Progress } from '../checker/result.ts'
import { number } from './style.ts'

const STANDARD_ERROR = 2
const MEBIBYTE = 2 ** 20

export class ProgressBar {
  readonly #enabled: boolean
  #bar: SingleBar | undefined

  constructor(enabled: boolean) {
    this.#enabled = enabled && isatty(STANDARD_ERROR)
  }

  start(label: string): void {
    if (!this.#enabled) return
    this.stop()
    // Without its own signal handler, which a synchronous search would never let run.
    const options = { stream: process.stderr, clearOnComplete: true, gracefulExit: false, barsize: 24 }
    const format = '{label} [{bar}] {states} states, {rate}/s, depth {depth}, queue {queue}, {memory} MiB'
    this.#bar = new SingleBar({ ...options, format })
    this.#bar.start(1, 0, { label, states: 0, rate: 0, depth: 0, queue: 0, memory: 0 })
  }

  readonly update = (progress: Progress): void => {
    if (this.#bar === undefined) return
    const { states, depth, queue, seconds, bytes } = progress
    this.#bar.setTotal(states)
    this.#bar.update(states - queue, {
      states: number(states),
      rate: number(Math.round(states / Math.max(seconds, 0.001))),
      depth,
      queue: number(queue),
      memory: Math.round(bytes / MEBIBYTE),
    })
  }

  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }
}

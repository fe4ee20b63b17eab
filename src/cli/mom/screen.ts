/** What the demonstration shows while it runs: a table that stays in its place on a terminal, else a line a second. */
import { clearScreenDown, moveCursor } from 'node:readline'
import { bareTable } from '../bare-table.ts'
import { colours, number, print } from '../style.ts'
import { type Reading, rateBetween } from './readings.ts'

const HEAD = ['channel', 'messages/s', 'depth', 'slots', 'wake-ups', 'stalls', 'parks']
const KEYS = 'k: kill the next thread   u: upgrade the orders   q: end'

/** The rate of each channel, and what else it says of itself. */
type Row = Reading & { readonly rate: number }

export class Screen {
  readonly #isLive: boolean
  readonly #started = performance.now()
  #before: readonly Reading[] = []
  #beforeAt = this.#started
  #lines = 0
  #news: string[] = []

  constructor(isLive: boolean) {
    this.#isLive = isLive
  }

  /** Says what has been done; on a terminal the last few stay in sight below the table. */
  tell(news: string): void {
    const text = `${this.#elapsed()}  ${news}`
    if (this.#isLive) this.#news = [...this.#news, text].slice(-5)
    else print(text)
  }

  show(readings: readonly Reading[]): void {
    const now = performance.now()
    const seconds = (now - this.#beforeAt) / 1000
    const rows = readings.map((reading, index) => ({
      ...reading,
      rate: Math.round(rateBetween(this.#before[index], reading, seconds)),
    }))
    this.#before = readings
    this.#beforeAt = now
    if (this.#isLive) this.#draw(rows)
    else print(`${this.#elapsed()}  ${rows.map(lineOf).join('   ')}`)
  }

  #elapsed(): string {
    return `${((performance.now() - this.#started) / 1000).toFixed(1).padStart(5)} s`
  }

  #draw(rows: readonly Row[]): void {
    const table = bareTable(
      HEAD,
      rows.map(({ channel, rate, depth, capacity, wakes, stalls, parks }) => [
        channel,
        ...[rate, depth, capacity, wakes, stalls, parks].map(number),
      ]),
    )
    const lines = [...table, '', ...this.#news, colours.dim(KEYS)]
    moveCursor(process.stdout, 0, -this.#lines)
    clearScreenDown(process.stdout)
    print(...lines)
    this.#lines = lines.length
  }
}

const lineOf = ({ channel, rate, depth, wakes, stalls, parks }: Row): string =>
  `${channel} ${number(rate)}/s, depth ${number(depth)}, ` +
  `${number(wakes)} wake-ups, ${number(stalls)} stalls, ${number(parks)} parks`

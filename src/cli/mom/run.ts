/** Runs the demonstration as the options and the keys say, and closes the accounts. */
import { isatty } from 'node:tty'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { colours, number, plural, print, printJson } from '../style.ts'
import { Demo, VICTIMS, type Victim } from './demo.ts'
import { Screen } from './screen.ts'
import { type Action, scriptIn } from './script.ts'
import { type Accounts, faultsIn } from './verdict.ts'

export type DemoOptions = {
  readonly seconds?: number
  readonly kill: readonly string[]
  readonly upgrade: readonly string[]
  readonly json?: boolean
}

const [STANDARD_INPUT, STANDARD_OUTPUT] = [0, 1]
/** Where nobody is there to press a key. */
const SECONDS = 5
const LIVE_MS = 250
const LINE_MS = 1000

/** One run: what is done to the demonstration is done one after the other. */
class Run {
  readonly #demo: Demo
  readonly #screen: Screen | undefined
  readonly #over: AbortController
  #doing: Promise<void> = Promise.resolve()
  #next = 0

  constructor(demo: Demo, screen: Screen | undefined, over: AbortController) {
    this.#demo = demo
    this.#screen = screen
    this.#over = over
  }

  do(action: Pick<Action, 'what'> & { readonly victim?: Victim }): void {
    const { what, victim } = action
    this.#doing = this.#doing.then(async () => {
      if (what === 'upgrade') await this.#demo.upgrade()
      else if (victim !== undefined) await this.#demo.kill(victim)
      const news =
        what === 'upgrade' ? 'the orders go on in their other ring' : `${victim} killed, and succeeded`
      this.#screen?.tell(news)
    })
    // An error of ours ends the run, and is thrown by whoever waits for it to be done.
    this.#doing.catch(() => this.#over.abort())
  }

  press(key: string): void {
    if (key === 'u') this.do({ what: 'upgrade' })
    if (key === 'k') this.do({ what: 'kill', victim: VICTIMS[this.#next++ % VICTIMS.length]! })
    if (key === 'q' || key === '\u0003') this.#over.abort()
  }

  async settled(): Promise<void> {
    await this.#doing
  }
}

/** Hands the keys on while the terminal is in raw mode; what it returns ends that. */
function onKeys(press: (key: string) => void): () => void {
  const { stdin } = process
  const listen = (bytes: Buffer): void => {
    for (const key of bytes.toString()) press(key)
  }
  stdin.setRawMode(true)
  stdin.on('data', listen).resume()
  return () => {
    stdin.setRawMode(false)
    stdin.off('data', listen).pause()
  }
}

async function follow(
  run: Run,
  script: readonly Action[],
  seconds: number,
  over: AbortController,
): Promise<void> {
  const timers = script.map((action) => setTimeout(() => run.do(action), action.seconds * 1000))
  try {
    await sleep(Number.isFinite(seconds) ? seconds * 1000 : 2 ** 31 - 1, undefined, { signal: over.signal })
  } catch (error) {
    if (!over.signal.aborted) throw error
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
  await run.settled()
}

function report(accounts: Accounts, faults: readonly string[]): void {
  const { accepted, forwarded, received, repeated, upgrades } = accounts
  print(
    `${plural(accepted, 'order')} accepted, ${number(forwarded)} shared out, ${number(received)} received; ` +
      `${plural(upgrades, 'upgrade')}; ${number(repeated)} seen again after a kill`,
    faults.length === 0
      ? colours.green('everything accepted was received once and in order')
      : colours.red(faults.join('; ')),
  )
}

/** Throws UsageError for times or names that are none. */
export async function runDemo({ seconds, kill, upgrade, json = false }: DemoOptions): Promise<ExitCode> {
  const hasKeys = !json && isatty(STANDARD_INPUT) && isatty(STANDARD_OUTPUT)
  const length = seconds ?? (hasKeys ? Infinity : SECONDS)
  const script = scriptIn(kill, upgrade, length)
  const over = new AbortController()
  const demo = new Demo()
  let failure: string | undefined
  void demo.failure.then((why) => {
    failure = why
    over.abort()
  })
  await demo.start()
  const screen = json ? undefined : new Screen(hasKeys)
  const run = new Run(demo, screen, over)
  const release = hasKeys ? onKeys((key) => run.press(key)) : () => {}
  const timer = setInterval(() => screen?.show(demo.read()), hasKeys ? LIVE_MS : LINE_MS)
  try {
    await follow(run, script, length, over)
    clearInterval(timer)
    const accounts = failure === undefined ? await Promise.race([demo.stop(), demo.failure]) : failure
    const kills = demo.kills.consumer1 + demo.kills.consumer2
    const faults = typeof accounts === 'string' ? [accounts] : faultsIn(accounts, kills)
    if (json)
      printJson({ ok: faults.length === 0, faults, kills: demo.kills, accounts, channels: demo.read() })
    else if (typeof accounts === 'string') print(colours.red(accounts))
    else report(accounts, faults)
    return faults.length === 0 ? exitCode.holds : exitCode.violated
  } finally {
    clearInterval(timer)
    release()
    await demo.close()
  }
}

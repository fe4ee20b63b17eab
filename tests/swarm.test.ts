/**
 * The swarm on a queue, as on several machines: a Redis and three worker processes, one of which is killed in the
 * middle of a job, one told to leave. No job is lost or counted twice, and what a mutant's swarm finds replays.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { fixture, folder, lockstep } from './cli-fixtures/run.ts'

const TIMEOUT = 240_000
const missing =
  spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'redis-server is not installed'
if (missing !== undefined) console.log(`the swarm on a queue is skipped: ${missing}`)

const bin = join(import.meta.dirname, '../bin/lockstep.mjs')
const cwd = folder()
/** Everything started here, to be killed in the end whatever happens. */
const started: ChildProcess[] = []
const killAll = () => started.forEach((child) => child.kill('SIGKILL'))
process.on('exit', killAll)

function start(command: string, args: readonly string[]): ChildProcess & { text: () => string } {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  let text = ''
  child.stdout.on('data', (data) => (text += String(data)))
  child.stderr.on('data', (data) => (text += String(data)))
  return Object.assign(child, { text: () => text })
}

/** Asks again and again; only the test's own time limit ends it. */
async function until<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(20)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('a server has an address')
  return address.port
}

let url = ''
let redis: Redis
let queue: Queue

// Of a test that failed, workers may be left.
afterEach(() =>
  started.filter(({ spawnargs }) => spawnargs.includes('work')).forEach((child) => child.kill('SIGKILL')),
)

const worker = () => start(process.execPath, [bin, 'swarm', 'work', '--redis', url, '--lock-seconds', '3'])

/** Tells a worker to leave; the result is the code it ends with. */
async function leave(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<unknown> {
  const ended = once(child, 'exit')
  child.kill(signal)
  return ((await ended) as unknown[])[0]
}

/** The job that the worker of this process is at, if it is at one. */
async function jobOf({ pid }: ChildProcess): Promise<Job | undefined> {
  const active = await queue.getActive()
  return active.find(({ processedBy }) => processedBy?.endsWith(`/${pid}`))
}

async function submit(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await lockstep(['swarm', 'submit', ...args, '--redis', url, '--json'])
  expect([code, stderr]).toEqual([0, ''])
  return (JSON.parse(stdout) as { swarm: string }).swarm
}

const watch = (id: string, ...args: string[]) =>
  lockstep(['swarm', 'watch', id, '--redis', url, ...args], cwd)

type Report = { done: number; failures: unknown[]; states: number; violating: number; violations: unknown[] }

describe.skipIf(missing !== undefined)(`a queue ${missing ?? ''}`, { timeout: TIMEOUT }, () => {
  beforeAll(async () => {
    const port = await freePort()
    const options = ['--save', '', '--appendonly', 'no', '--dir', cwd]
    start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...options])
    url = `redis://127.0.0.1:${port}`
    redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 })
    redis.on('error', () => undefined)
    await redis.ping()
    queue = new Queue('swarm', { connection: redis, prefix: 'lockstep' })
  }, TIMEOUT)

  afterAll(async () => {
    await queue.close()
    redis.disconnect()
    killAll()
    rmSync(cwd, { recursive: true, force: true })
  })

  it('loses nothing when one of three workers is killed in the middle of a job', async () => {
    const options = ['--set', 'cpus=3', '--max-states', '60000', '--max-memory', '8']
    const id = await submit('tlb-shootdown', ...options, '--jobs', '9')
    const [victim, ...others] = [worker(), worker(), worker()] as const

    // Stopped, it cannot finish the job it is at: what is seen to be active then is active when it is killed.
    const lost = await until(async () => {
      if ((await jobOf(victim)) === undefined) return undefined
      victim.kill('SIGSTOP')
      const held = await jobOf(victim)
      if (held === undefined) victim.kill('SIGCONT')
      return held
    })
    victim.kill('SIGKILL')
    const { code: end, stdout } = await watch(id, '--json')
    expect(end).toBe(4)
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({ done: 9, failures: [], violating: 0, violations: [] })

    const jobs = await Promise.all(Array.from({ length: 9 }, (_, index) => queue.getJob(`${id}.${index}`)))
    expect(await queue.getCompletedCount()).toBe(9)
    const results = jobs.map((job) => (job!.returnvalue as { states: number }).states)
    expect(report.states).toBe(results.reduce((sum, states) => sum + states, 0))
    const again = jobs.find((job) => job!.id === lost.id)!
    expect(again.stalledCounter).toBeGreaterThanOrEqual(1)
    expect(again.attemptsStarted).toBeGreaterThanOrEqual(2)
    expect(again.processedBy).not.toBe(lost.processedBy)
    expect(await Promise.all(others.map((child) => leave(child)))).toEqual([0, 0])
  })

  it('gets back the job of a worker that leaves', async () => {
    const endless = ['--set', 'cpus=4', '--max-seconds', '3600', '--max-memory', '4000', '--jobs', '1']
    const id = await submit('tlb-shootdown', ...endless)
    const leaver = worker()
    await until(() => jobOf(leaver))
    expect(await leave(leaver)).toBe(0)
    expect(leaver.text()).toContain(`${id}.0: handed back\n`)
    const job = (await queue.getJob(`${id}.0`))!
    expect([await job.getState(), job.attemptsStarted, job.stalledCounter]).toEqual(['waiting', 1, 0])
    await job.remove()
  })

  it('finds, folds, shortens and stores the violation of a mutant, and it replays', async () => {
    const id = await submit('tlb-shootdown', '--mutant', 'acknowledgesBeforeFlushing', '--jobs', '6')
    const workers = [worker(), worker()]
    const { code, stdout, stderr, last } = await watch(id, '--output', 'found.itf.json')
    expect(code).toBe(1)
    expect(stderr).toContain('6 of 6 jobs done, 0 active, 0 waiting, 2 workers')
    expect(stdout).toMatch(/6 of 6 jobs done, .*; 6 found a violation/)
    expect(stdout).toMatch(/mutant acknowledgesBeforeFlushing: [1-6] distinct violations?\n/)
    expect(last).toBe('npx lockstep replay found.itf.json')
    const { states } = JSON.parse(readFileSync(join(cwd, 'found.itf.json'), 'utf8')) as { states: unknown[] }
    const stored = new URL('../traces/tlb-shootdown/acknowledges-before-flushing.itf.json', import.meta.url)
    const shortest = JSON.parse(readFileSync(stored, 'utf8')) as { states: unknown[] }
    expect(states).toHaveLength(shortest.states.length)
    const replayed = await lockstep(['replay', 'found.itf.json'], cwd)
    expect([replayed.code, replayed.last]).toEqual([
      0,
      expect.stringMatching(/^the recorded verdict still stands/),
    ])
    expect(await Promise.all(workers.map((child) => leave(child, 'SIGINT')))).toEqual([0, 0])
  })

  it('a malformed job is refused once, with a sentence, and the worker goes on', async () => {
    const id = await submit(fixture('sound'), '--jobs', '3')
    await queue.pause()
    const broken = await queue.getJob(`${id}.1`)
    await broken!.updateData({ ...(broken!.data as object), bounds: { workers: 'two' } })
    const foreign = await queue.add('search', { what: 'is this' }, { jobId: 'foreign' })
    await queue.resume()
    const child = worker()
    const { code, stdout } = await watch(id)
    const sentence = `${id}.1: expected a whole number of at least 0 as bounds.workers, found "two"`
    expect(stdout).toContain(`2 of 3 jobs done`)
    expect(stdout).toContain(`  refused: ${sentence}\n`)
    expect(stdout).toContain('holds; the exact search was exhaustive')
    expect(code).toBe(0)
    await until(async () => ((await foreign.isFailed()) ? true : undefined))
    const failed = await queue.getJob('foreign')
    expect(failed!.failedReason).toBe('foreign: expected the field format, found none')
    expect(failed!.attemptsStarted).toBe(1)
    expect(child.exitCode).toBe(null)
    child.kill('SIGKILL')
  })

  it('a swarm that does not exist is told in one sentence', async () => {
    expect(await watch('nosuch-1')).toMatchObject({
      code: 64,
      stderr: "error: this Redis has no swarm 'nosuch-1'; they are kept for thirty days\n",
    })
  })
})

describe.concurrent('without a queue', { timeout: TIMEOUT }, () => {
  const commands = ['submit tlb-shootdown', 'work', 'watch tlb-shootdown-1']
  it.each(commands)('%s says what to do', async (command) => {
    const down = `redis://user:secret@127.0.0.1:${await freePort()}`
    const refused = await lockstep(['swarm', ...command.split(' '), '--redis', down])
    expect(refused.stderr).toMatch(
      /^error: no Redis answers at redis:\/\/127\.0\.0\.1:\d+ \(connect ECONNREFUSED [^)]*\); start one with [^\n]*\n$/,
    )
    expect(refused.code).toBe(64)
  })

  it('says what an address is', async () => {
    const { code, stderr } = await lockstep(['swarm', 'work', '--redis', 'http://here'])
    expect(stderr).toBe("error: --redis takes an address such as redis://127.0.0.1:6379, not 'http://here'\n")
    expect(code).toBe(64)
  })
})

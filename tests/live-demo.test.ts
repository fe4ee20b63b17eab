/** `lockstep mom demo`: threads killed and a channel upgraded in mid-stream, and accounts that can fail. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { type Accounts, faultsIn } from '../src/cli/mom/verdict.ts'

const demo = (...options: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('node', ['bin/lockstep.mjs', 'mom', 'demo', ...options], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('lockstep mom demo', () => {
  it('loses nothing when threads are killed and the orders are upgraded', () => {
    const kills = ['producer@0.2s', 'consumer1@0.3s', 'consumer2@0.5s', 'producer@0.7s']
    const upgrades = ['@0.1s', '@0.6s', '@0.8s']
    const { status, stdout } = demo(
      '--seconds',
      '1',
      '--json',
      ...kills.flatMap((kill) => ['--kill', kill]),
      ...upgrades.flatMap((upgrade) => ['--upgrade', upgrade]),
    )
    const said = JSON.parse(stdout) as { accounts: Accounts }
    expect(said).toMatchObject({ ok: true, faults: [], kills: { producer: 2, consumer1: 1, consumer2: 1 } })
    expect(said.accounts.accepted).toBeGreaterThan(0)
    expect(said.accounts.received).toBe(said.accounts.accepted)
    // A producer killed between a command and its upgrade has done none.
    expect(said.accounts.upgrades).toBeGreaterThan(0)
    expect(status).toBe(0)
  })

  it('prints what the channels do where no terminal is, and what it was told to do', () => {
    const { status, stdout } = demo('--seconds', '2', '--kill', 'consumer2@0.5s')
    expect(stdout).toMatch(/orders [\d,]+\/s, depth [\d,]+/)
    expect(stdout).toContain('consumer2 killed, and succeeded')
    expect(stdout).toContain('everything accepted was received once and in order')
    expect(status).toBe(0)
  })

  it('says what is wrong with what it is told', () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['--kill', 'broker@1s'], 'it is one of producer, consumer1, consumer2 that can be killed'],
      [['--kill', 'consumer1'], 'the time is given as @2s'],
      [['--upgrade', 'orders@1s'], 'only the orders can be upgraded, as @1s'],
      [['--upgrade', '@9s', '--seconds', '2'], 'what is done at 9 s would be after the end, at 2 s'],
    ]
    for (const [options, sentence] of wrong) {
      const { status, stderr } = demo(...options)
      expect(stderr).toContain(sentence)
      expect(status).toBe(64)
    }
  })
})

describe('the accounts', () => {
  const sound: Accounts = {
    accepted: 10,
    forwarded: 10,
    received: 10,
    unread: 0,
    wrong: 0,
    repeated: 1,
    upgrades: 1,
  }
  it('are sound where everything accepted was received, and an order shown twice after a kill', () => {
    expect(faultsIn(sound, 1)).toEqual([])
  })

  const unsound: readonly (readonly [Partial<Accounts>, string])[] = [
    [{ accepted: 0, forwarded: 0, received: 0 }, 'nothing was sent'],
    [{ accepted: 11 }, '11 orders were accepted, and 10 shared out'],
    [{ received: 9 }, '10 orders were shared out, and 9 received'],
    [{ unread: 1 }, '1 orders were left in a channel'],
    [{ wrong: 2 }, '2 orders did not follow on the one before'],
    [{ repeated: 2 }, '2 orders were seen again after 1 kills'],
  ]
  for (const [part, fault] of unsound) {
    it(`are not: ${fault}`, () => {
      expect(faultsIn({ ...sound, ...part }, 1)).toEqual([fault])
    })
  }
})

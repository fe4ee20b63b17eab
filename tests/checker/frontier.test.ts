/**
 * The frontier and the log of a breadth-first search on disk: the same states in the same order and the same
 * paths as in memory, whatever the size of the chunks; files that leave nothing behind; disks that fail.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { sweep } from '../../src/checker/approximate.ts'
import { breadthFirst } from '../../src/checker/approximate-breadth.ts'
import type { FrontierOptions, SweepPlan } from '../../src/checker/approximate-result.ts'
import { SweepRun } from '../../src/checker/approximate-run.ts'
import { ChunkFile, type Disk } from '../../src/checker/frontier-file.ts'
import { FrontierLog } from '../../src/checker/frontier-log.ts'
import { Frontier } from '../../src/checker/frontier.ts'
import { instantiate } from '../../src/model/instance.ts'
import { tlbShootdown } from '../../spec/tlb-shootdown/system.ts'

const root = mkdtempSync(join(tmpdir(), 'frontier-test-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Chunks so small that nearly everything goes to the file. */
const tiny = (chunkBytes = 64): FrontierOptions => ({ folder: root, memoryBytes: 2 * chunkBytes, chunkBytes })
const plan: SweepPlan = { visited: 'compact', memoryBytes: 2 ** 20 }

/** Pushes that grow, and how many states to take after each. */
const script = (width: number) =>
  fc.array(
    fc.record({
      ids: fc.array(fc.nat({ max: 2 ** 20 }), { minLength: width, maxLength: width }),
      bits: fc.integer({ min: 1, max: 20 }),
      copies: fc.integer({ min: 1, max: 40 }),
      takes: fc.nat({ max: 40 }),
    }),
    { maxLength: 60 },
  )

describe('the frontier', () => {
  it.each([1, 3, 9])('is a queue, in memory and on disk, for %i components', (width) => {
    let spilled = 0
    fc.assert(
      fc.property(script(width), fc.constantFrom(4, 64, 4096), (turns, chunkBytes) => {
        const queue: number[][] = []
        const frontiers = [new Frontier(width, tiny(chunkBytes)), new Frontier(width)]
        const out = new Int32Array(width + 2)
        const take = () => {
          const expected = queue.shift()!
          for (const frontier of frontiers) {
            frontier.shift(out, 2)
            expect([...out.subarray(2)]).toEqual(expected)
          }
        }
        for (const { ids, bits, copies, takes } of turns) {
          for (let copy = 0; copy < copies; copy++) {
            const state = ids.map((id) => (id + copy) % 2 ** bits)
            queue.push(state)
            for (const frontier of frontiers) frontier.push(Int32Array.from([7, ...state]), 1)
          }
          for (let taken = 0; taken < takes && queue.length > 0; taken++) take()
          expect(frontiers.map(({ size }) => size)).toEqual([queue.length, queue.length])
        }
        while (queue.length > 0) take()
        spilled += frontiers[0]!.spilledBytes
        expect(frontiers[1]!.spilledBytes).toBe(0)
        for (const frontier of frontiers) frontier.close()
      }),
      { seed: 11, numRuns: 60 },
    )
    expect(spilled).toBeGreaterThan(5000)
    expect(readdirSync(root)).toEqual([])
  })

  it('uses places of the file again', () => {
    const ids = new Int32Array([2 ** 30])
    let longest = 0
    const seen: Disk = {
      write: (descriptor, bytes, position) => {
        longest = Math.max(longest, position)
        return writeSync(descriptor, bytes, 0, bytes.length, position)
      },
      read: (descriptor, bytes, position) => readSync(descriptor, bytes, 0, bytes.length, position),
    }
    const watched = new Frontier(1, tiny(), seen)
    for (let turn = 0; turn < 200; turn++) watched.push(ids, 0)
    const peak = longest
    for (let turn = 0; turn < 10_000; turn++) {
      watched.push(ids, 0)
      watched.shift(ids, 0)
    }
    expect(longest).toBeLessThanOrEqual(peak + 4 * 64)
    expect(watched.spilledBytes).toBeGreaterThan(10 * longest)
    watched.close()
  })
})

describe('the log', () => {
  it('tells the way to each state as parents in memory do', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 600 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(4, 24, 800),
        (steps, where, chunkBytes) => {
          // Parents never decrease, as in a search.
          const parents = [0]
          for (const step of steps) parents.push(Math.min(parents.length - 1, parents.at(-1)! + (step % 3)))
          const log = new FrontierLog(tiny(chunkBytes))
          parents.forEach((parent, state) => log.append(parent, state === 0 ? -1 : state % 17))
          const target = Math.floor(where * (parents.length - 1))
          const path: number[] = []
          for (let state = target; state > 0; state = parents[state]!) path.unshift(state % 17)
          expect(log.pathTo(target)).toEqual(path)
          log.close()
        },
      ),
      { seed: 12, numRuns: 150 },
    )
    expect(readdirSync(root)).toEqual([])
  })
})

describe('a search on disk', () => {
  it.each([16, 64, 4096])('is the same as one in memory, in chunks of %i bytes', (chunkBytes) => {
    const instance = instantiate(tlbShootdown, { cpus: 2, pages: 1, tables: 1, frames: 1 })
    const inMemory = sweep(instance, plan)
    const onDisk = sweep(instance, { ...plan, frontier: tiny(chunkBytes) })
    const told = ({ states, transitions, depth, reached }: typeof onDisk) => [
      states,
      transitions,
      depth,
      reached,
    ]
    expect(told(onDisk)).toEqual(told(inMemory))
    expect(inMemory.spilledBytes).toBe(0)
    expect(onDisk.spilledBytes).toBeGreaterThan(8 * (onDisk.states - 1) - 4 * chunkBytes)
  })

  it('finds every mutant by the same path', () => {
    let violated = 0
    for (const [name, { bounds }] of Object.entries(tlbShootdown.mutants)) {
      const instance = instantiate(tlbShootdown, bounds, name)
      const inMemory = sweep(instance, plan)
      const onDisk = sweep(instance, { ...plan, frontier: tiny() })
      expect(onDisk.violation).toEqual(inMemory.violation)
      if (onDisk.violation !== undefined) violated++
    }
    expect(violated).toBeGreaterThan(3)
    expect(readdirSync(root)).toEqual([])
  })

  it('that loses a chunk is noticed', () => {
    class Forgetful extends Frontier {
      override push(ids: Int32Array, offset: number): void {
        super.push(ids, offset)
        if (this.size === 100) while (this.size > 50) this.shift(new Int32Array(ids.length), 0)
      }
    }
    const instance = instantiate(tlbShootdown)
    const run = new SweepRun(instance, plan)
    expect(() => breadthFirst(run, new Forgetful(run.width, tiny()))).toThrow(/frontier/)
  })
})

describe('a disk that fails', () => {
  const instance = instantiate(tlbShootdown)
  const failure = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })
  const sound: Disk = {
    write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
    read: (descriptor, bytes, position) => readSync(descriptor, bytes, 0, bytes.length, position),
  }
  const endOf = (faulty: Partial<Disk>) => {
    const run = new SweepRun(instance, plan)
    breadthFirst(run, new Frontier(run.width, tiny(), { ...sound, ...faulty }))
    return run.result()
  }

  it('ends the search with a bound when it is full', () => {
    let room = 100
    const { outcome, ended, states } = endOf({
      write: (descriptor, bytes, position) => {
        if (room-- === 0) throw failure('ENOSPC')
        return sound.write(descriptor, bytes, position)
      },
    })
    expect(outcome).toBe('no violation found')
    expect(ended).toBe(`the frontier cannot be written in ${root}: no space is left there`)
    expect(states).toBeGreaterThan(100)
  })

  it('may take a write or a read in pieces', () => {
    const pieces: Disk = {
      write: (descriptor, bytes, position) => sound.write(descriptor, bytes.subarray(0, 24), position),
      read: (descriptor, bytes, position) => sound.read(descriptor, bytes.subarray(0, 24), position),
    }
    const { states, ended } = endOf(pieces)
    expect([states, ended]).toEqual([23_268, undefined])
  })

  it('is told when it has lost what was written', () => {
    expect(endOf({ read: () => 0 }).ended).toBe(`the frontier in ${root} is cut short`)
    const unreadable = () => {
      throw failure('EIO')
    }
    expect(endOf({ read: unreadable }).ended).toBe(`the frontier cannot be read back in ${root}: EIO`)
  })

  it('is told when a violation was found and the way to it is lost', () => {
    const run = new SweepRun(instantiate(tlbShootdown, {}, 'freesBeforeAcknowledgements'), plan)
    breadthFirst(run, new Frontier(run.width), new FrontierLog(tiny(), { ...sound, read: () => 0 }))
    const { outcome, ended } = run.result()
    expect(outcome).toBe('no violation found')
    expect(ended).toMatch(
      /^\w+\(?.* is violated, but the way to it is lost: the frontier in .* is cut short$/,
    )
  })

  it('is refused in one sentence where no file can be made', () => {
    const missing = join(root, 'missing')
    const spilling = (folder: string) => () => sweep(instance, { ...plan, frontier: { ...tiny(), folder } })
    expect(spilling(missing)).toThrow(`the frontier cannot be kept in ${missing}: there is no such folder`)
    const file = join(root, 'file')
    writeFileSync(file, '')
    expect(spilling(file)).toThrow(`the frontier cannot be kept in ${file}: it is not a folder`)
    rmSync(file)
  })

  it.skipIf(process.getuid?.() === 0)('is refused where it may not write (root may write anywhere)', () => {
    const closed = mkdtempSync(join(root, 'closed-'))
    chmodSync(closed, 0o500)
    const chunk = new Int32Array(16)
    expect(() => new ChunkFile(closed, 64).write(chunk)).toThrow(`kept in ${closed}: permission denied`)
    rmSync(closed, { recursive: true })
  })
})

describe('a process that is killed', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('by %s leaves no file behind', async (signal) => {
    const folder = mkdtempSync(join(root, 'killed-'))
    const script = join(folder, 'search.mts')
    const from = (path: string) => JSON.stringify(resolve(import.meta.dirname, '../..', path))
    writeFileSync(
      script,
      `import { Frontier } from ${from('src/checker/frontier.ts')}
       const frontier = new Frontier(1, { folder: ${JSON.stringify(folder)}, memoryBytes: 0, chunkBytes: 64 })
       for (let turn = 0; turn < 1000; turn++) frontier.push(new Int32Array([turn]), 0)
       process.stdout.write('spilled ' + frontier.spilledBytes)
       for (;;);`,
    )
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: resolve(import.meta.dirname, '../..'),
    })
    const said = await new Promise<string>((done) => child.stdout.once('data', (data) => done(String(data))))
    expect(said).toMatch(/^spilled [1-9]/)
    const ended = new Promise((done) => child.once('exit', (_, by) => done(by)))
    child.kill(signal)
    expect(await ended).toBe(signal)
    expect(readdirSync(folder)).toEqual(['search.mts'])
  })
})

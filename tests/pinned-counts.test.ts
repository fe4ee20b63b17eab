/**
 * Pinned counts are exact: our own search finds as many states and transitions, and so does SPIN on a text of
 * the same system written by hand. Where a decision is wrong in both, the errors are equally far away.
 */
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { macrosOf, promelaOf } from '../bench/cases.ts'
import { runSpin } from '../bench/spin.ts'
import { systems } from '../spec/index.ts'
import { frameAllocator } from '../spec/frame-allocator/system.ts'
import { tlbShootdown } from '../spec/tlb-shootdown/system.ts'
import { check } from '../src/checker/explore.ts'
import { spinMissing } from '../src/checker/spin.ts'
import { instantiate } from '../src/model/instance.ts'
import type { Bounds, PinnedCount, System } from '../src/model/system.ts'

const TIMEOUT_MS = 120_000

const missing = spinMissing()
if (missing !== undefined) console.warn(`pinned counts are not compared with SPIN: ${missing}`)
for (const system of systems) {
  if (!existsSync(promelaOf(system))) {
    console.warn(`pinned counts of ${system.name} are not compared with SPIN: it has no Promela text`)
  }
}

type Case = { name: string; bounds: string; system: System; pinned: PinnedCount }

const printBounds = (bounds: Bounds) =>
  Object.entries(bounds)
    .map(([bound, value]) => `${bound}=${value}`)
    .join(' ')

const cases = systems.flatMap((system): Case[] =>
  system.pinned.map((pinned) => ({
    name: system.name,
    bounds: printBounds(pinned.bounds),
    system,
    pinned,
  })),
)

/** Mutants whose decision the Promela text replaces too, at the smallest bounds where they show. */
const mutants: readonly { system: System; mutant: string; overrides: Bounds }[] = [
  { system: tlbShootdown, mutant: 'freesBeforeAcknowledgements', overrides: { tables: 0, frames: 1 } },
  { system: tlbShootdown, mutant: 'joinsWithoutComparing', overrides: { tables: 0, frames: 1 } },
  { system: tlbShootdown, mutant: 'skipsLazyCoresForTables', overrides: { frames: 1 } },
  { system: frameAllocator, mutant: 'releasesBeforeFlushing', overrides: { pages: 1, frames: 1 } },
  { system: frameAllocator, mutant: 'endsProtectionBeforeFlushing', overrides: { frames: 1 } },
  { system: frameAllocator, mutant: 'reusesShared', overrides: { cpus: 1, frames: 1 } },
  { system: frameAllocator, mutant: 'forgetsTheReference', overrides: { cpus: 1, frames: 1 } },
]

const spinOn = (system: System, defines: { readonly [macro: string]: number | true }) =>
  runSpin(promelaOf(system), { defines, reduction: false, breadthFirst: true })

const macroOf = (mutant: string): string =>
  `MUTANT_${mutant.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

type Count = { states: number; transitions: number; depth: number }
const counted = new Map<PinnedCount, Count>()

// Every claim is left out: the size of the state space is all that is asked.
function count({ system, pinned }: Case): Count {
  const known = counted.get(pinned)
  if (known !== undefined) return known
  const { outcome, states, transitions, depth } = check(instantiate(system, pinned.bounds), {
    only: [],
    reduction: false,
  })
  expect(outcome).toBe('holds')
  const found = { states, transitions, depth }
  counted.set(pinned, found)
  return found
}

test('both systems pin two bounds', () => {
  expect(tlbShootdown.pinned.length).toBeGreaterThanOrEqual(2)
  expect(frameAllocator.pinned.length).toBeGreaterThanOrEqual(2)
})

test.each(cases)(
  'we count what $name pins at $bounds',
  (pinnedCase) => {
    const { states, transitions } = pinnedCase.pinned
    expect(count(pinnedCase)).toMatchObject({ states, transitions })
  },
  TIMEOUT_MS,
)

describe.skipIf(missing !== undefined)('SPIN', () => {
  test.each(cases.filter(({ system }) => existsSync(promelaOf(system))))(
    'counts what $name pins at $bounds',
    (pinnedCase) => {
      const { bounds, states, transitions } = pinnedCase.pinned
      const spin = spinOn(pinnedCase.system, macrosOf(bounds))
      expect(spin.errors).toBe(0)
      // SPIN counts one transition into the initial state.
      expect({ states: spin.states, transitions: spin.transitions - 1 }).toEqual({ states, transitions })
      expect(spin.depth).toBe(count(pinnedCase).depth)
    },
    TIMEOUT_MS,
  )

  test.each(mutants)(
    'finds the error of $system.name as near as we do: $mutant',
    ({ system, mutant, overrides }) => {
      const { killedBy } = system.mutants[mutant]!
      const instance = instantiate(system, overrides, mutant)
      const ours = check(instance, { only: [killedBy] })
      const spin = spinOn(system, { ...macrosOf(instance.bounds), [macroOf(mutant)]: true })
      expect(ours.violation?.claim).toBe(killedBy)
      expect(spin.errors).toBe(1)
      // SPIN stops within the step that breaks the claim, before it counts its depth.
      expect(spin.depth + 1).toBe(ours.violation?.events.length)
    },
    TIMEOUT_MS,
  )
})

/**
 * What is measured: systems at bounds of about 10^5, 10^6 and 10^7 states, each with the Promela text of the
 * same system, and small ones by themselves. A bound `dataCapacity` is the macro DATA_CAPACITY there.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Bounds, PinnedCount, System } from '../src/model/system.ts'
import { goBackN } from './systems/go-back-n.ts'
import { peterson } from './systems/peterson.ts'

export type Size = 'quick' | 'default' | 'full'

export type Case = PinnedCount & { readonly system: System; readonly promela: string }

/** The most states a case of each size has. */
const STATES_MAX: Readonly<Record<Size, number>> = { quick: 200_000, default: 6_000_000, full: 100_000_000 }
/** Below this, start-up is all there is to measure. */
const STATES_MIN = 50_000

const own: readonly System[] = [peterson, goBackN]

/** Bounds of registered systems that are too large to count in every test run; SPIN agreed on each. */
const LARGER: Readonly<Record<string, readonly PinnedCount[]>> = {
  'tlb-shootdown': [
    { bounds: { cpus: 2, pages: 2, tables: 1, frames: 2 }, states: 90_366, transitions: 517_680 },
    { bounds: { cpus: 2, pages: 2, tables: 1, frames: 3 }, states: 1_280_734, transitions: 8_762_944 },
    { bounds: { cpus: 2, pages: 3, tables: 1, frames: 3 }, states: 8_198_368, transitions: 65_966_692 },
    { bounds: { cpus: 3, pages: 1, tables: 1, frames: 1 }, states: 91_376, transitions: 529_064 },
    { bounds: { cpus: 3, pages: 1, tables: 0, frames: 2 }, states: 971_072, transitions: 6_035_600 },
    { bounds: { cpus: 4, pages: 1, tables: 0, frames: 1 }, states: 1_620_064, transitions: 11_519_936 },
    { bounds: { cpus: 3, pages: 1, tables: 1, frames: 2 }, states: 7_798_052, transitions: 54_997_062 },
  ],
  'frame-allocator': [
    { bounds: { cpus: 3, pages: 2, frames: 1 }, states: 89_187, transitions: 532_244 },
    { bounds: { cpus: 2, pages: 3, frames: 2 }, states: 932_808, transitions: 7_471_380 },
  ],
}

/** Bounds at which a system has less than 10^4 states: there the time to a verdict is what the tables take. */
const SMALLER: Readonly<Record<string, readonly Bounds[]>> = {
  peterson: [{ processes: 3 }, { processes: 4 }],
  'go-back-n': [{ window: 1 }, { window: 2 }],
  'tlb-shootdown': [
    { tables: 0, frames: 1 },
    { tables: 1, frames: 1 },
    { tables: 0, frames: 2 },
  ],
  'frame-allocator': [
    { cpus: 2, pages: 1, frames: 1 },
    { cpus: 2, pages: 2, frames: 1 },
    { cpus: 3, pages: 1, frames: 1 },
  ],
}

/** The macro of a bound or mutant: `dataCapacity` is DATA_CAPACITY. */
export const macroOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** The macros of the Promela text for these bounds. */
export const macrosOf = (bounds: Bounds): Record<string, number> =>
  Object.fromEntries(Object.entries(bounds).map(([name, value]) => [macroOf(name), value]))

/** The Promela text of a system, whether or not there is one. */
export const promelaOf = ({ name }: System): string =>
  fileURLToPath(new URL(`promela/${name}.pml`, import.meta.url))

/** The benchmark's own systems, and those of the registry that have a Promela text. */
export async function systemsWithPromela(): Promise<readonly System[]> {
  const registry = new URL('../spec/index.ts', import.meta.url)
  if (!existsSync(registry)) return own
  const { systems } = (await import(registry.href)) as { readonly systems: readonly System[] }
  return [...own, ...systems.filter((system) => existsSync(promelaOf(system)))]
}

/** The cases of a size, by system, smallest first: a system's pinned counts say where to measure it. */
export async function casesOf(size: Size): Promise<readonly Case[]> {
  const systems = await systemsWithPromela()
  return systems.flatMap((system) =>
    [...system.pinned, ...(LARGER[system.name] ?? [])]
      .filter(({ states }) => states >= STATES_MIN && states <= STATES_MAX[size])
      .map((pinned) => ({ ...pinned, system, promela: promelaOf(system) })),
  )
}

/** The small systems, by system. */
export async function smallCases(): Promise<readonly Pick<Case, 'system' | 'bounds'>[]> {
  const systems = await systemsWithPromela()
  return systems.flatMap((system) =>
    (SMALLER[system.name] ?? []).map((bounds) => ({ system, bounds: { ...system.bounds, ...bounds } })),
  )
}

/** The system of that name. Throws where there is none. */
export async function systemNamed(name: string): Promise<System> {
  const systems = await systemsWithPromela()
  const system = systems.find((candidate) => candidate.name === name)
  if (system === undefined)
    throw new Error(`no system is called ${name}; there are ${systems.map((known) => known.name).join(', ')}`)
  return system
}

/**
 * The modes each side is measured in. Ours differ by the options of a check; one that the checker does not
 * know yet is found out by asking it, and modes that would then be the same run are left out.
 */
import { check } from '../src/checker/explore.ts'
import type { Options } from '../src/checker/result.ts'
import { instantiate } from '../src/model/instance.ts'
import type { SpinOptions } from './spin.ts'
import { peterson } from './systems/peterson.ts'

/** Options of a check by which modes differ; what the checker does not know has no effect. */
export type Setting = Pick<Options, 'reduction'> & { readonly workers?: number }

export type OurMode = {
  readonly contender: string
  readonly setting: Setting
  /** Whether every state is visited, so that the counts must be those of every other full search. */
  readonly full: boolean
}

export type SpinMode = {
  readonly contender: string
  readonly options: Pick<SpinOptions, 'reduction' | 'breadthFirst' | 'collapse'>
}

/** The reference of rates: all states, one core. */
const FULL: OurMode = {
  contender: 'ours, full search',
  setting: { reduction: false, workers: 1 },
  full: true,
}
const OTHERS: readonly OurMode[] = [
  { contender: 'ours, full search, 2 workers', setting: { reduction: false, workers: 2 }, full: true },
  {
    contender: 'ours, symmetry only',
    setting: { reduction: { symmetry: true, partialOrder: false }, workers: 1 },
    full: false,
  },
  { contender: 'ours', setting: {}, full: false },
]

export const SPIN_MODES: readonly SpinMode[] = [
  { contender: 'SPIN', options: { reduction: false } },
  { contender: 'SPIN breadth first', options: { reduction: false, breadthFirst: true } },
  { contender: 'SPIN COLLAPSE', options: { reduction: false, collapse: true } },
  { contender: 'SPIN reduction', options: { reduction: true } },
  { contender: 'SPIN reduction, COLLAPSE', options: { reduction: true, collapse: true } },
]

/** Which settings a check looks at, told by what it reads of its options. */
export function settingsReadBy(run: (options: Options) => void): ReadonlySet<keyof Setting> {
  const read = new Set<PropertyKey>()
  const own: Required<Setting> = { reduction: false, workers: 1 }
  const options: Options = new Proxy(own, {
    get: (target, name) => {
      read.add(name)
      return Reflect.get(target, name) as unknown
    },
  })
  run(options)
  return new Set((Object.keys(own) as (keyof Setting)[]).filter((name) => read.has(name)))
}

/** The settings our checker knows. */
export const knownSettings = (): ReadonlySet<keyof Setting> =>
  settingsReadBy((options) => void check(instantiate(peterson, { processes: 3 }), options))

/** Our modes that differ, given what the checker knows: the full search on one core first. */
export function ourModes(known: ReadonlySet<keyof Setting>): readonly OurMode[] {
  const effective = ({ setting: { reduction = {}, workers = 1 } }: OurMode): string =>
    JSON.stringify([known.has('reduction') ? reduction : '', known.has('workers') ? workers : ''])
  const seen = new Set<string>()
  return [FULL, ...OTHERS].filter((mode) => {
    const key = effective(mode)
    return !seen.has(key) && seen.add(key)
  })
}

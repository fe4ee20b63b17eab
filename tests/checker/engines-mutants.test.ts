/**
 * Bugs in the reductions themselves, one at a time: the comparison of engines that finds nothing wrong with the
 * right ones must find each of them.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Canonicaliser } from '../../src/checker/canonicaliser.ts'
import { Independence } from '../../src/checker/independence.ts'
import { ReducedStepper } from '../../src/checker/reduced-stepper.ts'
import { Visibility } from '../../src/checker/visibility.ts'
import { type Fault, faultsOf } from './engines-comparison.ts'
import { SEED, SYSTEMS, samples } from './engines-samples.ts'
import { type Check, exact, partialOrder, symmetry } from './engines-table.ts'

const all = samples(SEED, SYSTEMS)

type Parts = { readonly [name: string]: unknown }

/** `check` with another class in the place of one of its own. */
async function checkWith(file: string, parts: Parts): Promise<Check> {
  vi.resetModules()
  vi.doMock(file, async (original) => ({ ...(await original<object>()), ...parts }))
  const { check } = await import('../../src/checker/explore.ts')
  return check
}

/** Leaves events out for ever. */
class ForgetsTheProviso extends ReducedStepper {
  protected override isClosed(): boolean {
    return false
  }
}

/** Forgets what conflicts with an event at one component. */
class ForgetsADependency extends Independence {
  override conflicting(...asked: Parameters<Independence['conflicting']>): Uint8Array {
    const found = super.conflicting(...asked)
    return this.table.component.name === 'c0' ? found.fill(0) : found
  }
}

/** Believes that what is refused stays so. */
class ForgetsWhatEnables extends Independence {
  override enabling(...asked: Parameters<Independence['enabling']>): Uint8Array {
    return super.enabling(...asked).fill(0)
  }
}

/** Takes every event for one that no claim can see. */
class Blind extends Visibility {
  override label(): string {
    return ''
  }
}

/** Not idempotent: a representative is replaced by another. */
class Restless extends Canonicaliser {
  override canonicalise(ids: Int32Array): void {
    const before = ids.join()
    super.canonicalise(ids)
    if (ids.join() === before) ids.set(this.symmetry.image(0, ids))
  }
}

/** Not canonical: identifiers that look alike are taken for interchangeable. */
class Hasty extends Canonicaliser {
  protected override settle(): void {}
}

/** Returns what is no renaming. */
class Straying extends Canonicaliser {
  override canonicalise(ids: Int32Array): void {
    super.canonicalise(ids)
    ids[0] = 0
  }
}

const CHECKER = '../../src/checker'
const stepper = `${CHECKER}/reduced-stepper.ts`
const independence = `${CHECKER}/independence.ts`
const visibility = `${CHECKER}/visibility.ts`
const canonicaliser = `${CHECKER}/canonicaliser.ts`

const mutants: readonly { name: string; file: string; parts: Parts; about: Fault['about'] }[] = [
  { name: 'the proviso', file: stepper, parts: { ReducedStepper: ForgetsTheProviso }, about: 'verdict' },
  { name: 'a dependency', file: independence, parts: { Independence: ForgetsADependency }, about: 'verdict' },
  { name: 'what enables', file: independence, parts: { Independence: ForgetsWhatEnables }, about: 'verdict' },
  { name: 'what claims see', file: visibility, parts: { Visibility: Blind }, about: 'verdict' },
  { name: 'to be idempotent', file: canonicaliser, parts: { Canonicaliser: Restless }, about: 'count' },
  { name: 'to be canonical', file: canonicaliser, parts: { Canonicaliser: Hasty }, about: 'count' },
  { name: 'to stay in the orbit', file: canonicaliser, parts: { Canonicaliser: Straying }, about: 'count' },
]

/** Whether any system shows a fault, of a reduction with parts of its own replaced. */
async function isCaught(file: string, parts: Parts, isWanted: (fault: Fault) => boolean): Promise<boolean> {
  const using = await checkWith(file, parts)
  const engine =
    file === canonicaliser
      ? exact('mutant', 'orbits', { reduction: symmetry }, using)
      : exact('mutant', 'fewer states', { reduction: partialOrder }, using)
  for (const sample of all) if ((await faultsOf(sample, engine)).some(isWanted)) return true
  return false
}

afterEach(() => {
  for (const { file } of mutants) vi.doUnmock(file)
  vi.resetModules()
})

describe('a reduction that forgets', () => {
  it.each(mutants)('$name is caught', async ({ file, parts, about }) => {
    expect(await isCaught(file, parts, (fault) => fault.about === about)).toBe(true)
  })

  it.each([stepper, canonicaliser])('nothing is not: %s', async (file) => {
    expect(await isCaught(file, {}, () => true)).toBe(false)
  })
})

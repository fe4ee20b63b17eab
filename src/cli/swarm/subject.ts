/** What a swarm searches: a system by slug or from a user's own file, with its bounds and mutant resolved. */
import { BadInputError } from '../../checker/json-file.ts'
import { instantiate } from '../../model/instance.ts'
import type { Bounds } from '../../model/system.ts'
import type { Subject } from '../../swarm/job.ts'
import { boundsFor } from '../bounds-option.ts'
import { type Target, loadFile, loadTarget, registry, shown } from '../load.ts'

/** The subject a command line names. Throws UsageError, BadInputError, IllFormedError. */
export async function subjectOf(
  name: string,
  set: Bounds,
  mutant: string | undefined,
): Promise<{ target: Target; subject: Subject }> {
  const target = await loadTarget(name)
  const { system, file } = target
  const own =
    mutant !== undefined && Object.hasOwn(system.mutants, mutant) ? system.mutants[mutant]?.bounds : {}
  const { bounds } = instantiate(system, { ...boundsFor(target, [target], set), ...own }, mutant)
  const subject = {
    system: system.name,
    ...(file === undefined ? {} : { file }),
    bounds,
    ...(mutant === undefined ? {} : { mutant }),
  }
  return { target, subject }
}

/** The system a job is about. Throws BadInputError where this machine does not have it. */
export async function loadSubject({ system, file }: Subject): Promise<Target> {
  const targets = file === undefined ? await registry() : await loadFile(file)
  const target = targets.find((one) => one.system.name === system)
  if (target !== undefined) return target
  throw new BadInputError(
    `${file === undefined ? 'the registry' : shown(file)} has no system called '${system}'`,
  )
}

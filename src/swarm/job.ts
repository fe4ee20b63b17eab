/**
 * One job of a swarm, and what comes of it: plain JSON that crosses processes and machines. Whoever reads one
 * looks at it first, and refuses with one sentence what is not a job.
 */
import * as v from 'valibot'
import { BadInputError, brief } from '../checker/json-file.ts'

/** Counts changes that workers of another version would misread. */
export const JOB_FORMAT = 1

const text = v.string('a text')
const whole = (least: number) => {
  const message = `a whole number of at least ${least}`
  return v.pipe(v.number(message), v.safeInteger(message), v.minValue(least, message))
}
const seconds = v.pipe(v.number('a number above 0'), v.gtValue(0, 'a number above 0'))

const limits = {
  /** Bytes of the visited set; a breadth-first sweep keeps as much again in memory of what it has yet to expand. */
  memoryBytes: whole(1),
  secondsMax: seconds,
  statesMax: v.exactOptional(whole(1)),
}

const searchSchema = v.variant(
  'kind',
  [
    v.strictObject({ kind: v.literal('exact'), ...limits }, 'an exact search'),
    v.strictObject(
      {
        kind: v.literal('sweep'),
        ...limits,
        visited: v.picklist(['bitstate', 'compact'], 'bitstate or compact'),
        hashes: v.exactOptional(whole(1)),
        order: v.picklist(['breadth', 'depth'], 'breadth or depth'),
        seed: whole(0),
        depthMax: v.exactOptional(whole(1)),
        /** Visits one state for all that differ by interchangeable identifiers, where the system has any. */
        symmetry: v.boolean('true or false'),
      },
      'a sweep',
    ),
  ],
  'an exact search or a sweep',
)

const targetEntries = {
  /** The system's name; a slug of the registry where there is no file. */
  system: text,
  /** The user's own file that exports the system: the same path on every machine. A worker imports it. */
  file: v.exactOptional(text),
  /** Every bound of the system. */
  bounds: v.record(text, whole(0), 'an object of bounds'),
  mutant: v.exactOptional(text),
}

const jobSchema = v.strictObject(
  {
    format: v.literal(JOB_FORMAT, `job format ${JOB_FORMAT}`),
    swarm: text,
    /** 0 for the first of the swarm's jobs. */
    index: whole(0),
    ...targetEntries,
    search: searchSchema,
  },
  'a job',
)

const violationSchema = v.strictObject(
  {
    kind: v.picklist(['invariant', 'observer', 'stuck', 'progress', 'error'], 'a kind of violation'),
    claim: text,
    label: text,
    /** Labels of events, `tlb.fill(cpu0, page1, frame0)`: they mean the same in every process. */
    events: v.array(text, 'a list of events'),
    loopStart: v.exactOptional(whole(0)),
    /** A digest of the state at the end: see `violationKey`. */
    end: text,
  },
  'a violation',
)

const outcomeSchema = v.strictObject(
  {
    /** `bound` where nothing was found and nothing is claimed; `holds` and `unreached` of exact searches alone. */
    verdict: v.picklist(['holds', 'violated', 'unreached', 'bound'], 'a verdict'),
    violation: v.exactOptional(violationSchema),
    /** Labels of witnesses that no state shows, where that is known. */
    unreached: v.array(text, 'a list of witnesses'),
    states: whole(0),
    transitions: whole(0),
    depth: whole(0),
    seconds: v.number('a number'),
    /** The limit that ended the search. */
    ended: v.exactOptional(text),
    /** The probability that a state arrived at was taken for another: of sweeps. */
    omission: v.exactOptional(v.number('a probability')),
  },
  "a job's outcome",
)

const descriptionSchema = v.strictObject(
  {
    ...targetEntries,
    jobs: whole(1),
    seed: whole(0),
    ...limits,
  },
  'the description of a swarm',
)

/** How one job searches. */
export type Search = v.InferOutput<typeof searchSchema>
export type SweepSearch = Extract<Search, { kind: 'sweep' }>
export type Job = v.InferOutput<typeof jobSchema>
export type FoundViolation = v.InferOutput<typeof violationSchema>
export type Outcome = v.InferOutput<typeof outcomeSchema>
/** What a swarm is made from; limits are those of each job. */
export type Description = v.InferOutput<typeof descriptionSchema>
/** What is searched, apart from how. */
export type Subject = Pick<Job, 'system' | 'file' | 'bounds' | 'mutant'>

function read<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  name: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = (issue.path ?? []).map(({ key }) => String(key)).join('.')
  const where = path === '' ? '' : ` as ${path}`
  const isOfKey = issue.type === 'strict_object'
  if (isOfKey && issue.expected === 'never')
    throw new BadInputError(`${name}: expected only known fields, found ${path}`)
  if (isOfKey && issue.received === 'undefined' && issue.expected?.startsWith('"'))
    throw new BadInputError(`${name}: expected the field ${path}, found none`)
  throw new BadInputError(`${name}: expected ${issue.message}${where}, found ${brief(issue.input)}`)
}

/** A job; `name` is how messages call it. Throws BadInputError. */
export const readJob = (value: unknown, name: string): Job => read(jobSchema, value, name)

/** A job's outcome. Throws BadInputError. */
export const readOutcome = (value: unknown, name: string): Outcome => read(outcomeSchema, value, name)

/** A swarm's description. Throws BadInputError. */
export const readDescription = (value: unknown, name: string): Description =>
  read(descriptionSchema, value, name)

/** `depth first, seed 123, 16 MiB bitstate`: how a search goes about it, in a line. */
export function printSearch(search: Search): string {
  const memory = `${+(search.memoryBytes / 2 ** 20).toPrecision(3)} MiB`
  if (search.kind === 'exact') return `exact, breadth first, ${memory}`
  const { order, depthMax, seed, visited, symmetry } = search
  const depth = depthMax === undefined ? '' : ` to depth ${depthMax}`
  return `${order} first${depth}, seed ${seed}, ${memory} ${visited}${symmetry ? ', by symmetry' : ''}`
}

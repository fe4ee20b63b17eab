/**
 * Makes the jobs of a swarm: searches of one system that differ in whatever decides which part of a state space
 * too large for them they see. G. Holzmann, R. Joshi and A. Groce, "Swarm verification techniques" (TSE 2011).
 */
import { generator } from '../checker/diversity.ts'
import { type Description, JOB_FORMAT, type Job, type Search } from './job.ts'

/** Bounds on the depth of depth-first sweeps: a shallow one turns back sooner, and so sees more branches. */
const DEPTHS = [100, 1_000, 10_000, 100_000]
/** Visited sets are halved up to so many times: a small one is full soon, and its search ends elsewhere. */
const HALVINGS = 3
const MEMORY_MIN = 2 ** 16
const HASHES_MAX = 4
/** Every so many sweeps one keeps fingerprints, which omit almost nothing, instead of bits. */
const COMPACT_EVERY = 4

// Orders alternate, so that every swarm has both; the rest is drawn, each job from a stream of its own.
function sweepOf(index: number, description: Description): Search {
  const { memoryBytes, secondsMax, statesMax, seed } = description
  const draw = generator(seed, index)
  const below = (count: number) => (draw() >>> 0) % count
  const order = index % 2 === 1 ? 'depth' : 'breadth'
  const visited = index % COMPACT_EVERY === 0 ? 'compact' : 'bitstate'
  const depthMax = DEPTHS[below(DEPTHS.length)]!
  const hashes = 1 + below(HASHES_MAX)
  const symmetry = below(2) === 1
  const halved = Math.floor(memoryBytes / 2 ** below(HALVINGS + 1))
  return {
    kind: 'sweep',
    visited,
    order,
    // 0 would be the order in which the system has its events: the exact search takes that one.
    seed: 1 + below(2 ** 31),
    memoryBytes: visited === 'compact' ? memoryBytes : Math.max(Math.min(MEMORY_MIN, memoryBytes), halved),
    secondsMax,
    symmetry,
    ...(visited === 'bitstate' ? { hashes } : {}),
    ...(order === 'depth' ? { depthMax } : {}),
    ...(statesMax === undefined ? {} : { statesMax }),
  }
}

/**
 * The jobs of a swarm: the first is the exact search, which decides where the memory suffices, the others are
 * sweeps. The same description gives the same jobs, and a longer swarm begins with those of a shorter one.
 */
export function diversify(swarm: string, description: Description): Job[] {
  const { system, file, bounds, mutant, memoryBytes, secondsMax, statesMax } = description
  const exact: Search = {
    kind: 'exact',
    memoryBytes,
    secondsMax,
    ...(statesMax === undefined ? {} : { statesMax }),
  }
  return Array.from({ length: description.jobs }, (_, index) => ({
    format: JOB_FORMAT,
    swarm,
    index,
    system,
    ...(file === undefined ? {} : { file }),
    bounds,
    ...(mutant === undefined ? {} : { mutant }),
    search: index === 0 ? exact : sweepOf(index, description),
  }))
}

/** Where the processes and threads of a swarm begin: modules that Node runs without TypeScript. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../load.ts'

/** The module of a thread that searches. */
export const threadEntry = pathToFileURL(join(root, 'bin/search-thread.mjs'))

/** The command of a local process that is sent jobs. */
export const serveCommand = [join(root, 'bin/lockstep.mjs'), 'swarm', 'serve'] as const

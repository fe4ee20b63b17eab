/** The thread in which a worker of a swarm searches: lets it load TypeScript, as bin/lockstep.mjs does. */
import { register as registerHook } from 'node:module'
import { register as registerTypeScript } from 'tsx/esm/api'

registerTypeScript()
registerHook('./user-files.mjs', import.meta.url)
await import('../src/cli/swarm/thread.ts')

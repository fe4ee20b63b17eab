/** A thread or process of the stress tests: lets it load TypeScript, as bin/lockstep.mjs does. */
import { register } from 'tsx/esm/api'

register()
await import('./mom-stress-side.ts')

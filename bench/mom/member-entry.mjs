/** A thread or process of the benchmark: lets it load TypeScript, as bin/lockstep.mjs does. */
import { register } from 'tsx/esm/api'

register()
await import('./member.ts')

/** Where a thread that a broker started begins: hooks that load TypeScript are not inherited, so it has its own. */
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
const { runThread } = await import('./guest.ts')
await runThread(workerData)

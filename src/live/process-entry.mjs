/** Where a process that a broker started begins: lets Node load TypeScript, then runs the task it was given. */
import { register } from 'tsx/esm/api'

register()
const { runProcess } = await import('./guest.ts')
await runProcess(JSON.parse(process.argv[2]))

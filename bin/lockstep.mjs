#!/usr/bin/env node
/** The command `lockstep`: lets Node load TypeScript, ours and the user's, then hands over. */
import { register as registerHook } from 'node:module'
import { register as registerTypeScript } from 'tsx/esm/api'

registerTypeScript()
registerHook('./user-files.mjs', import.meta.url)
await import('../src/cli/main.ts')

/**
 * How a user's own file is loaded, wherever it lies: `lockstep` and `xstate` are this package's (two copies of
 * xstate would not know each other's machines), and TypeScript is always an ES module, whatever the nearest
 * package.json says. A module hook of Node, after that of tsx.
 */
const lockstep = new URL('../src/index.ts', import.meta.url).href

const isOurs = (specifier) => specifier === 'xstate' || specifier.startsWith('xstate/')
const isModule = (url) => url.startsWith('file:') && /\.ts(\?|$)/.test(url) && !url.includes('/node_modules/')

/** Node's `resolve` hook. */
export async function resolve(specifier, context, nextResolve) {
  if (specifier === 'lockstep') return nextResolve(lockstep, context)
  const from = isOurs(specifier) ? { ...context, parentURL: import.meta.url } : context
  const found = await nextResolve(specifier, from)
  return isModule(found.url) ? { ...found, format: 'module' } : found
}

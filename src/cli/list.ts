/** `lockstep list`: the systems of the registry, a line each. */
import { printBounds } from '../checker/trace-file.ts'
import { registry } from './load.ts'
import { colours, print, printJson } from './style.ts'

/** Prints slug, title, default bounds and numbers of claims and mutants. */
export async function runList({ json = false }: { readonly json?: boolean }): Promise<void> {
  const rows = (await registry()).map(({ system }) => ({
    system: system.name,
    title: system.title,
    bounds: system.bounds,
    claims: Object.keys(system.claims).length,
    mutants: Object.keys(system.mutants).length,
  }))
  if (json) return printJson(rows)
  const width = Math.max(0, ...rows.map(({ system }) => system.length))
  for (const { system, title, bounds, claims, mutants } of rows) {
    print(
      `${colours.bold(system.padEnd(width))}  ${title} (${printBounds(bounds)}; ${claims} claims, ${mutants} mutants)`,
    )
  }
}

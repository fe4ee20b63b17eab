/**
 * The ring of src/mom/spsc-ring.ts with Atomics in the place of the memory: made from its text, so that the two
 * differ in nothing else, today and later.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RingConsumer, RingProducer, RingShape } from '../../src/mom/spsc-ring.ts'

export type DirectRing = {
  readonly RingProducer: new (words: Int32Array, shape: RingShape) => RingProducer
  readonly RingConsumer: new (words: Int32Array, shape: RingShape) => RingConsumer
}

const SOURCE = new URL('../../src/mom/spsc-ring.ts', import.meta.url)

/** The text with every access of the memory written out. Throws where one is left. */
export function directText(source: string): string {
  const text = source
    .replaceAll(/\b((?:this\.)?memory)\.(load|store)\(/g, 'Atomics.$2($1, ')
    .replaceAll(/ from '(\.[^']+)'/g, (_, path: string) => ` from '${new URL(path, SOURCE).href}'`)
  const left = /\bmemory\.(?!ts\b)\w+/.exec(text)
  if (left !== null) throw new Error(`the ring's ${left[0]} is not written out`)
  return text
}

export async function loadDirectRing(): Promise<DirectRing> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-direct-'))
  try {
    const file = join(folder, 'direct-ring.mts')
    writeFileSync(file, directText(readFileSync(SOURCE, 'utf8')))
    return (await import(pathToFileURL(file).href)) as DirectRing
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

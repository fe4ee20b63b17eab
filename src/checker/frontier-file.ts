/**
 * A file that takes chunks of a search that do not fit in memory: chunks of one size, in places that are used
 * again. Its name is removed as soon as it is open, so that nothing is left behind however the process ends.
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../model/instance.ts'

/** The disk failed a search that was under way; the message says how. */
export class SpillError extends Error {
  override readonly name = 'SpillError'
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is not a folder',
  EROFS: 'it is read-only',
  ENOSPC: 'no space is left there',
  EDQUOT: 'the quota is used up',
  EFBIG: 'the file would be too large',
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error))
}

/** Reads and writes as much as is asked for, unless the disk has no more; tests put a failing disk in its place. */
export type Disk = {
  readonly write: (descriptor: number, bytes: Uint8Array, position: number) => number
  readonly read: (descriptor: number, bytes: Uint8Array, position: number) => number
}

const disk: Disk = {
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  read: (descriptor, bytes, position) => readSync(descriptor, bytes, 0, bytes.length, position),
}

export class ChunkFile {
  readonly folder: string
  /** Bytes written so far. */
  written = 0
  readonly #chunkBytes: number
  readonly #disk: Disk
  readonly #free: number[] = []
  #places = 0
  #descriptor: number | undefined
  #name: string | undefined

  /** A file in `folder`, opened when the first chunk is written. */
  constructor(folder: string | undefined, chunkBytes: number, through: Disk = disk) {
    this.folder = folder ?? tmpdir()
    this.#chunkBytes = chunkBytes
    this.#disk = through
  }

  /** Writes a chunk and returns its place. Throws UsageError where no file can be made, SpillError. */
  write(chunk: Int32Array): number {
    const descriptor = (this.#descriptor ??= this.#open())
    const place = this.#free.pop() ?? this.#places++
    this.#move('write', descriptor, chunk, place)
    this.written += chunk.byteLength
    return place
  }

  /** Reads the chunk at a place, which may then be written again. Throws SpillError. */
  read(place: number, chunk: Int32Array): void {
    this.#move('read', this.#descriptor!, chunk, place)
    this.#free.push(place)
  }

  close(): void {
    if (this.#descriptor === undefined) return
    ftruncateSync(this.#descriptor)
    closeSync(this.#descriptor)
    this.#descriptor = undefined
    if (this.#name !== undefined) rmSync(this.#name, { recursive: true, force: true })
  }

  #move(how: 'read' | 'write', descriptor: number, chunk: Int32Array, place: number): void {
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let done = 0; done < bytes.length;) {
      let moved: number
      try {
        moved = this.#disk[how](descriptor, bytes.subarray(done), place * this.#chunkBytes + done)
      } catch (error) {
        const what = how === 'write' ? 'written' : 'read back'
        throw new SpillError(`the frontier cannot be ${what} in ${this.folder}: ${reasonOf(error)}`, {
          cause: error,
        })
      }
      if (moved === 0) throw new SpillError(`the frontier in ${this.folder} is cut short`)
      done += moved
    }
  }

  #open(): number {
    let made: string | undefined
    try {
      made = mkdtempSync(join(this.folder, 'lockstep-'))
      const descriptor = openSync(join(made, 'chunks'), 'wx+', 0o600)
      this.#removeName(made)
      return descriptor
    } catch (error) {
      if (made !== undefined) rmSync(made, { recursive: true, force: true })
      throw new UsageError(`the frontier cannot be kept in ${this.folder}: ${reasonOf(error)}`, {
        cause: error,
      })
    }
  }

  // Where an open file cannot be removed (Windows), it is removed when it is closed.
  #removeName(made: string): void {
    try {
      rmSync(made, { recursive: true, force: true })
    } catch {
      this.#name = made
    }
  }
}

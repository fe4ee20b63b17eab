/**
 * The calls of Linux that shared memory between processes needs and Node does not have: mmap, sealed memory
 * files and futexes, through koffi. Loaded when first used, for threads alone do without.
 */
import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'

/** What a machine without these calls says; a host then uses sockets. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError'
}

type Futex = {
  (
    call: number,
    address: number,
    operation: number,
    value: number,
    timeout: BigInt64Array | null,
    unused: number,
    mask: number,
  ): number
  async(
    call: number,
    address: number,
    operation: number,
    value: number,
    timeout: BigInt64Array | null,
    unused: number,
    mask: number,
    callback: (error: unknown) => void,
  ): void
}

type Linux = {
  readonly koffi: typeof Koffi
  readonly futexCall: number
  readonly futex: Futex
  readonly mmap: (
    at: number,
    bytes: number,
    access: number,
    flags: number,
    file: number,
    offset: number,
  ) => bigint
  readonly memoryFile: (name: string, flags: number) => number
  readonly fileControl: (file: number, command: number, argument: number) => number
}

/** The number of the system call futex, by processor. */
const FUTEX_CALLS: Readonly<Record<string, number>> = { x64: 202, arm64: 98 }
const FUTEX_WAIT = 0
const FUTEX_WAKE = 1
const READ_WRITE = 1 | 2
const MAP_SHARED = 1
const MAP_FAILED = 2n ** 64n - 1n
const CLOSE_ON_EXEC = 1
const ALLOW_SEALING = 2
const ADD_SEALS = 1033
/** No seal may be added, and the file neither shrinks nor grows: a peer cannot take mapped pages away. */
const SEALS = 1 | 2 | 4
const NANOSECONDS = 1_000_000

let loaded: Linux | undefined

function load(): Linux {
  const { platform, arch } = process
  const futexCall = FUTEX_CALLS[arch]
  if (platform !== 'linux' || futexCall === undefined)
    throw new UnsupportedError(
      `memory between processes needs Linux on x64 or arm64, not ${platform} on ${arch}`,
    )
  let koffi: typeof Koffi
  try {
    koffi = createRequire(import.meta.url)('koffi') as typeof Koffi
  } catch (error) {
    throw new UnsupportedError('memory between processes needs koffi, which cannot be loaded', {
      cause: error,
    })
  }
  const library = koffi.load(null)
  return {
    koffi,
    futexCall,
    futex: library.func('long syscall(long, intptr_t, int, int, int64_t *, intptr_t, int)') as Futex,
    mmap: library.func('void *mmap(intptr_t, size_t, int, int, int, int64_t)'),
    memoryFile: library.func('int memfd_create(const char *, unsigned int)'),
    fileControl: library.func('int fcntl(int, int, int)'),
  }
}

const linux = (): Linux => (loaded ??= load())

function failure(call: string): Error {
  const { koffi } = linux()
  const code = koffi.errno()
  const name = Object.entries(koffi.os.errno).find(([, value]) => value === code)?.[0] ?? `error ${code}`
  return new Error(`${call} failed: ${name}`)
}

/** A file without a name, that lives in memory for as long as anyone has it open or mapped; its descriptor. */
export function createMemoryFile(name: string): number {
  const file = linux().memoryFile(name, CLOSE_ON_EXEC | ALLOW_SEALING)
  if (file < 0) throw failure('memfd_create')
  return file
}

/** From now on the size stays as it is. */
export function sealSize(file: number): void {
  if (linux().fileControl(file, ADD_SEALS, SEALS) < 0) throw failure('sealing a memory file')
}

/** Maps a file for as long as the process lives. */
export function map(file: number, bytes: number): { readonly buffer: ArrayBuffer; readonly address: number } {
  const { koffi, mmap } = linux()
  const address = mmap(0, bytes, READ_WRITE, MAP_SHARED, file, 0)
  if (address === MAP_FAILED) throw failure('mmap')
  return { buffer: koffi.view(address, bytes), address: Number(address) }
}

function timespec(timeoutMs: number): BigInt64Array {
  const whole = Math.floor(timeoutMs / 1000)
  return BigInt64Array.of(BigInt(whole), BigInt(Math.floor((timeoutMs - whole * 1000) * NANOSECONDS)))
}

/** Sleeps while the word holds `value`. A signal ends it too, as 'ok'. */
export function futexWait(
  address: number,
  value: number,
  timeoutMs: number,
): 'ok' | 'not-equal' | 'timed-out' {
  const { koffi, futex, futexCall } = linux()
  if (futex(futexCall, address, FUTEX_WAIT, value, timespec(timeoutMs), 0, 0) === 0) return 'ok'
  const { EAGAIN, EINTR, ETIMEDOUT } = koffi.os.errno
  const code = koffi.errno()
  if (code === EAGAIN) return 'not-equal'
  if (code === ETIMEDOUT) return 'timed-out'
  if (code === EINTR) return 'ok'
  throw failure('futex')
}

/** As `futexWait`, on a thread of libuv's pool; why it has ended is not told. */
export function futexWaitAsync(address: number, value: number, timeoutMs: number): Promise<void> {
  const { futex, futexCall } = linux()
  const time = timespec(timeoutMs)
  return new Promise((resolve) => {
    // The time is named once more, for it must outlive the call.
    futex.async(futexCall, address, FUTEX_WAIT, value, time, 0, 0, () => resolve(void time.length))
  })
}

/** Wakes at most `count` sleepers of all processes; how many there were. */
export function futexWake(address: number, count: number): number {
  const { futex, futexCall } = linux()
  const woken = futex(futexCall, address, FUTEX_WAKE, count, null, 0, 0)
  if (woken < 0) throw failure('futex')
  return woken
}

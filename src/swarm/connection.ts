/** Connections to Redis: an address that is none, or where nothing answers, is told in one sentence. */
import { Redis } from 'ioredis'
import { UsageError } from '../model/instance.ts'

const CONNECT_MILLISECONDS = 5_000

function parse(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && ['redis:', 'rediss:'].includes(parsed.protocol) && parsed.hostname !== '')
    return parsed
  throw new UsageError(`--redis takes an address such as redis://127.0.0.1:6379, not '${url}'`)
}

/** The address as messages name it: without user and password. Throws UsageError. */
export function printAddress(url: string): string {
  const { protocol, host, pathname } = parse(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

// Tried once and apart: the connections that are kept try for ever.
async function probe(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MILLISECONDS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  })
  let last: Error | undefined
  redis.on('error', (error: Error) => (last = error))
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    const reason = last ?? (error instanceof Error ? error : new Error(String(error)))
    throw new UsageError(
      `no Redis answers at ${printAddress(url)} (${reason.message}); start one with redis-server, ` +
        "or search in local processes with 'lockstep swarm local'",
      { cause: error },
    )
  } finally {
    redis.disconnect()
  }
}

/**
 * A connection for BullMQ, which tries again for ever where Redis goes away later; `onTrouble` hears of it.
 * Throws UsageError where nothing answers now.
 */
export async function connect(url: string, onTrouble: (sentence: string) => void): Promise<Redis> {
  const address = printAddress(url)
  await probe(url)
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  let isGone = false
  redis.on('error', (error: Error) => {
    if (!isGone) onTrouble(`Redis at ${address} is gone (${error.message}); trying again`)
    isGone = true
  })
  redis.on('ready', () => {
    if (isGone) onTrouble(`Redis at ${address} is back`)
    isGone = false
  })
  return redis
}

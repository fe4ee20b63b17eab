/** The registry of systems, one line each, by area. */
import type { System } from '../src/model/system.ts'
import { channelUpgrade } from './channel-upgrade/system.ts'
import { creditFlow } from './credit-flow/system.ts'
import { doorbell } from './doorbell/system.ts'
import { fifo } from './fifo/system.ts'
import { frameAllocator } from './frame-allocator/system.ts'
import { mpscRing } from './mpsc-ring/system.ts'
import { peerCrash } from './peer-crash/system.ts'
import { priority } from './priority/system.ts'
import { requestReply } from './request-reply/system.ts'
import { sequence } from './sequence/system.ts'
import { spscRing } from './spsc-ring/system.ts'
import { tlbShootdown } from './tlb-shootdown/system.ts'
import { topic } from './topic/system.ts'

export const memory: readonly System[] = [tlbShootdown, frameAllocator]

export const middleware: readonly System[] = [
  fifo,
  spscRing,
  mpscRing,
  doorbell,
  creditFlow,
  priority,
  requestReply,
  topic,
  sequence,
  peerCrash,
  channelUpgrade,
]

export const systems: readonly System[] = [...memory, ...middleware]

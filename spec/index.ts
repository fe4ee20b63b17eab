/** The registry of systems, one line each. */
import type { System } from '../src/model/system.ts'
import { frameAllocator } from './frame-allocator/system.ts'
import { tlbShootdown } from './tlb-shootdown/system.ts'

export const systems: readonly System[] = [tlbShootdown, frameAllocator]

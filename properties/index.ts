/** The registry of implementations, one line each: what walks in lockstep with the systems of `spec`. */
import type { Implementation } from '../src/interleave/implementation.ts'
import { implementation as frameAllocator } from './frame-allocator.ts'
import { implementation as tlbShootdown } from './tlb-shootdown.ts'

export const implementations: readonly Implementation[] = [tlbShootdown, frameAllocator]

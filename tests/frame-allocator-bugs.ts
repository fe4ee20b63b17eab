/** Kernels of frame-allocator that get one decision wrong each, for the test that they are caught. */
import type { Thread } from '../src/interleave/thread.ts'
import { FrameAllocator } from '../src/kernel/memory/frame-allocator.ts'
import type { Cpu, Frame, Page } from '../src/statemachines/identifiers.ts'

export class ReleasesBeforeFlushing extends FrameAllocator {
  override mayRelease(): boolean {
    return true
  }
}

export class EndsProtectionBeforeFlushing extends FrameAllocator {
  override mayEndProtection(): boolean {
    return true
  }
}

export class InstallsBeforeFlushing extends FrameAllocator {
  override mayInstall(): boolean {
    return true
  }
}

export class SharesWritable extends FrameAllocator {
  override mustProtect(): boolean {
    return false
  }

  override shareable(page: Page): Frame | undefined {
    return this.frameAt(page, ['read', 'write'])
  }
}

export class ForgetsTheReference extends FrameAllocator {
  override count(): void {}
}

/** Looks at the mappings alone, as if the device that pinned the frame did not read it. */
export class ReusesByMappingCount extends FrameAllocator {
  override isExclusive(frame: Frame): boolean {
    const pins = this.pool.pinnedBy(frame) === undefined ? 0 : 1
    return this.pool.referencesTo(frame) - pins === 1
  }
}

export class AcknowledgesBeforeFlushing extends FrameAllocator {
  override *serve(source: Cpu, target: Cpu): Thread {
    yield* this.acknowledge(source, target)
    yield* this.act(source, target)
  }
}

export class ForgetsToInvalidate extends FrameAllocator {
  override obey(): void {}
}

/** The charts see nothing of this, nor of the next two. */
export class CopiesAfterInstalling extends FrameAllocator {
  override fillCopy(): void {}

  override *release(cpu: Cpu, frame: Frame): Thread {
    const page = this.requests.pageOf(cpu)
    yield* super.release(cpu, frame)
    const copy = page === undefined ? undefined : this.frameAt(page, ['write'])
    if (copy !== undefined) this.board.memory.copy(frame, copy)
  }
}

export class CopiesHalfTheFrame extends FrameAllocator {
  override fillCopy(frame: Frame, copy: Frame): void {
    const bytes = this.board.memory.bytesOf(frame)
    this.board.memory.bytesOf(copy).set(bytes.subarray(0, bytes.length / 2))
  }
}

export class HandsOutDirtyFrames extends FrameAllocator {
  override clean(): void {}
}

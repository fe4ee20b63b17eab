/**
 * Seeded bugs of frame-allocator: one named decision replaced in each. The seeds are bugs of real kernels
 * where one is known; README.md says which.
 */
import { assign } from 'xstate'
import { interruptController } from '../../src/statemachines/hw/interrupt-controller.ts'
import { pageTableEntry } from '../../src/statemachines/hw/page-table-entry.ts'
import { countedFrame } from '../../src/statemachines/kernel/counted-frame.ts'
import { memoryOperation } from '../../src/statemachines/kernel/memory-operation.ts'

export const mutants = {
  releasesBeforeFlushing: {
    sentence: 'gives the frame back before the flush is acknowledged, as Linux once could with page tables',
    replace: { operation: memoryOperation.provide({ guards: { mayRelease: () => true } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  endsProtectionBeforeFlushing: {
    sentence: 'shares a page while a core may still write to it through a stale translation',
    replace: { operation: memoryOperation.provide({ guards: { mayEndProtection: () => true } }) },
    killedBy: 'noCoreWritesSharedFrame',
  },
  installsBeforeFlushing: {
    sentence: 'puts the private copy in place while another core still reads the old frame',
    replace: { operation: memoryOperation.provide({ guards: { mayInstall: () => true } }) },
    killedBy: 'oneFramePerPage',
  },
  sharesWritable: {
    sentence:
      'shares a frame without write-protecting it first, so that a store of one side shows on the other',
    replace: {
      entry: pageTableEntry.provide({
        guards: {
          maySpread: ({ context }, { page, other, frame }) =>
            page === context.page && other !== page && frame === context.frame,
        },
      }),
    },
    killedBy: 'noFrameMappedTwice',
  },
  reusesByMappingCount: {
    sentence: 'writes in place because one page maps the frame, though a pin still reads it (CVE-2020-29374)',
    replace: {
      frame: countedFrame.provide({
        guards: {
          isExclusive: ({ context }) => context.references - (context.pinnedBy === 'none' ? 0 : 1) === 1,
        },
      }),
    },
    killedBy: 'noWriteBehindPin',
  },
  reusesShared: {
    sentence: 'writes in place although the frame is shared',
    replace: { frame: countedFrame.provide({ guards: { isExclusive: () => true } }) },
    killedBy: 'noFrameMappedTwice',
  },
  forgetsTheReference: {
    sentence: 'shares a frame without counting the new mapping',
    replace: { frame: countedFrame.provide({ actions: { share: assign({}) } }) },
    killedBy: 'referencesEqualMappings',
  },
  freesWhileShared: {
    sentence: 'frees the frame at the first release although others still map it',
    replace: { frame: countedFrame.provide({ guards: { isLast: () => true } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  losesTheInterrupt: {
    sentence: 'the controller forgets an interrupt that arrives, so that the operation waits for ever',
    replace: { controller: interruptController.provide({ actions: { latch: assign({}) } }) },
    killedBy: 'operationEnds',
  },
  allocatesHeldFrame: {
    sentence:
      'hands out a frame that is already mapped, as a delegated policy may if the kernel does not check',
    replace: { frame: countedFrame.provide({ guards: { mayBeTaken: () => true } }) },
    killedBy: 'noFrameMappedTwice',
  },
} as const

/**
 * Seeded bugs of tlb-shootdown: one named decision replaced in each. The seeds are bugs of real kernels
 * where one is known; README.md says which.
 */
import { assign } from 'xstate'
import { interruptController } from '../../src/statemachines/hw/interrupt-controller.ts'
import { pageTableEntry } from '../../src/statemachines/hw/page-table-entry.ts'
import { frame } from '../../src/statemachines/kernel/frame.ts'
import { loadedSpace } from '../../src/statemachines/kernel/loaded-space.ts'
import { shootdownHandler } from '../../src/statemachines/kernel/shootdown-handler.ts'
import { shootdown } from '../../src/statemachines/kernel/shootdown.ts'
import { without } from '../../src/statemachines/sets.ts'

export const mutants = {
  freesBeforeAcknowledgements: {
    sentence: 'frees the frame before the flush is acknowledged, as Linux once could with page tables',
    replace: { shootdown: shootdown.provide({ guards: { allAcknowledged: () => true } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  freesWithoutTelling: {
    sentence:
      'frees the frame before every CPU was told, as mremap did when it let go of its locks (CVE-2018-18281)',
    replace: { shootdown: shootdown.provide({ guards: { allTold: () => true } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  tellsBeforePublishing: {
    sentence:
      'looks for CPUs to tell before the new generation is published, so that one may leave lazy mode unseen',
    replace: { shootdown: shootdown.provide({ guards: { mayTell: () => true } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  acknowledgesBeforeFlushing: {
    sentence: 'acknowledges the interrupt before acting on it',
    replace: {
      handler: shootdownHandler.provide({
        guards: {
          isServed: ({ context }, { source }) => [...context.taken, ...context.served].includes(source),
        },
      }),
    },
    killedBy: 'noCoreReachesFreedFrame',
  },
  joinsWithoutComparing: {
    sentence:
      'runs in the space again without comparing generations, so that changes missed while lazy stay missed',
    replace: { space: loadedSpace.provide({ guards: { mayResume: () => true } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  invalidatesTheNewestOnly: {
    sentence: 'invalidates one page and calls itself up to date although it missed earlier changes too',
    replace: { space: loadedSpace.provide({ guards: { isOneBehind: ({ context }) => context.missed > 0 } }) },
    killedBy: 'noCoreReachesFreedFrame',
  },
  skipsLazyCoresForTables: {
    sentence: 'skips lazy CPUs also when page tables are freed, which their walkers still read',
    replace: { space: loadedSpace.provide({ guards: { mayStayUntold: () => true } }) },
    killedBy: 'noWalkerReachesFreedTable',
  },
  waitsWithInterruptsOff: {
    sentence:
      'waits for acknowledgements with interrupts off, so that two initiators wait for each other for ever',
    replace: {
      shootdown: shootdown.provide({ guards: { isInterruptible: ({ context }) => context.page === 'none' } }),
    },
    killedBy: 'unmapEndsInFree',
  },
  dropsWithoutAcknowledging: {
    sentence: 'a lazy target leaves the space without acknowledging',
    replace: {
      handler: shootdownHandler.provide({
        actions: {
          serveByLeaving: assign({ taken: ({ context }, { source }) => without(context.taken, source) }),
        },
      }),
    },
    killedBy: 'unmapEndsInFree',
  },
  mapsHeldFrame: {
    sentence:
      'hands out a frame that is already mapped, as a delegated policy may if the kernel does not check',
    replace: { frame: frame.provide({ guards: { mayBeTaken: () => true } }) },
    killedBy: 'noFrameMappedTwice',
  },
  leavesTheEntry: {
    sentence:
      'frees the frame though the page table entry still maps it: the store that clears it is forgotten',
    replace: { entry: pageTableEntry.provide({ actions: { clear: assign({}) } }) },
    killedBy: 'mappedFramesAreHeld',
  },
  losesAnInterrupt: {
    sentence: 'the controller forgets a pending interrupt when it latches another',
    replace: {
      controller: interruptController.provide({
        actions: { latch: assign({ pending: (_, { source }) => [source] }) },
      }),
    },
    bounds: { cpus: 3, tables: 0 },
    killedBy: 'awaitedMeansInFlight',
  },
} as const

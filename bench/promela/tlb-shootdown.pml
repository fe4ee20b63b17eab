/*
 * Unmapping a page that other CPUs may have cached, with lazy TLBs and generations as in Linux; the same
 * system as spec/tlb-shootdown, written from its protocol and not from its tables, for a second count of it.
 * Every ground event there is one d_step here, so states and transitions must be as many.
 */

/*
 * What is encoded otherwise than in the charts:
 * - A request has one stage for each pair of initiator and target. There, an initiator has two sets of
 *   targets, and a target three sets of initiators (its controller's and its handler's); that these never
 *   disagree is what an equal number of states shows.
 * - The steps of an initiator are one number, phase, where there two flags stand beside a page and a frame.
 * - Frames are numbered from 1, and 0 is none. Pages of page tables follow the other pages.
 * - Guards that always hold are left out: that a frame that is mapped, or is to be freed, is held.
 *
 * Processes are CPUs; one more maps pages. An assertion stands at each step that can break it.
 * -DMUTANT_FREES_BEFORE_ACKNOWLEDGEMENTS, -DMUTANT_JOINS_WITHOUT_COMPARING and
 * -DMUTANT_SKIPS_LAZY_CORES_FOR_TABLES are the mutants of those names.
 */
#ifndef CPUS
#define CPUS 2
#endif
#ifndef PAGES
#define PAGES 1
#endif
#ifndef TABLES
#define TABLES 1
#endif
#ifndef FRAMES
#define FRAMES 2
#endif

#define ENTRIES (PAGES + TABLES)

/* Promela has no loop that is an expression or a choice, so these unroll: do each, whether all. */
#if CPUS == 1
#define FOR_CPUS(DO)    DO(0)
#define EVERY_CPU(TEST) (TEST(0))
#elif CPUS == 2
#define FOR_CPUS(DO)    DO(0) DO(1)
#define EVERY_CPU(TEST) (TEST(0) && TEST(1))
#elif CPUS == 3
#define FOR_CPUS(DO)    DO(0) DO(1) DO(2)
#define EVERY_CPU(TEST) (TEST(0) && TEST(1) && TEST(2))
#elif CPUS == 4
#define FOR_CPUS(DO)    DO(0) DO(1) DO(2) DO(3)
#define EVERY_CPU(TEST) (TEST(0) && TEST(1) && TEST(2) && TEST(3))
#else
#error "CPUS must be 1 to 4"
#endif

#if ENTRIES == 1
#define FOR_ENTRIES(DO)       DO(0)
#define EVERY_ENTRY(TEST, of) (TEST(of, 0))
#elif ENTRIES == 2
#define FOR_ENTRIES(DO)       DO(0) DO(1)
#define EVERY_ENTRY(TEST, of) (TEST(of, 0) && TEST(of, 1))
#elif ENTRIES == 3
#define FOR_ENTRIES(DO)       DO(0) DO(1) DO(2)
#define EVERY_ENTRY(TEST, of) (TEST(of, 0) && TEST(of, 1) && TEST(of, 2))
#elif ENTRIES == 4
#define FOR_ENTRIES(DO)       DO(0) DO(1) DO(2) DO(3)
#define EVERY_ENTRY(TEST, of) (TEST(of, 0) && TEST(of, 1) && TEST(of, 2) && TEST(of, 3))
#else
#error "PAGES and TABLES must be 1 to 4 together"
#endif

#if FRAMES == 1
#define FOR_FRAMES(DO, entry) DO(entry, 1)
#elif FRAMES == 2
#define FOR_FRAMES(DO, entry) DO(entry, 1) DO(entry, 2)
#elif FRAMES == 3
#define FOR_FRAMES(DO, entry) DO(entry, 1) DO(entry, 2) DO(entry, 3)
#elif FRAMES == 4
#define FOR_FRAMES(DO, entry) DO(entry, 1) DO(entry, 2) DO(entry, 3) DO(entry, 4)
#else
#error "FRAMES must be 1 to 4"
#endif

#define NONE 0

/* What a CPU has to do with the space. It counts the changes it missed up to 2, which stands for more. */
#define ACTIVE  0
#define JOINING 1
#define LAZY    2
#define ABSENT  3

/* The initiator; a change that is PUBLISHED and followed by another is OVERTAKEN. */
#define IDLE      0
#define CLEARED   1
#define PUBLISHED 2
#define OVERTAKEN 3

/* The request of an initiator to a target; once acknowledged, or where none is needed, it is NONE. */
#define UNTOLD  1
#define PENDING 2
#define TAKEN   3
#define SERVED  4

byte mapped[ENTRIES];       /* the frame each page table entry maps */
bool held[FRAMES + 1];      /* held[0] is not used */
byte cached[CPUS * ENTRIES];
byte mode[CPUS];
byte missed[CPUS];
byte phase[CPUS];
byte page[CPUS];            /* of a shootdown that is not IDLE, as is the next */
byte frame[CPUS];
byte stage[CPUS * CPUS];

#define CACHED(cpu, entry)    cached[(cpu) * ENTRIES + (entry)]
#define STAGE(source, target) stage[(source) * CPUS + (target)]
#define IN_USE(cpu)           (mode[cpu] == ACTIVE || mode[cpu] == JOINING)
#define IS_TABLE(entry)       ((entry) >= PAGES)

#ifdef MUTANT_FREES_BEFORE_ACKNOWLEDGEMENTS
#define IS_SETTLED(target) (STAGE(_pid, target) != UNTOLD)
#else
#define IS_SETTLED(target) (STAGE(_pid, target) == NONE)
#endif
#ifdef MUTANT_JOINS_WITHOUT_COMPARING
#define MAY_RESUME true
#else
#define MAY_RESUME (missed[_pid] == 0)
#endif
#ifdef MUTANT_SKIPS_LAZY_CORES_FOR_TABLES
#define MUST_TELL(cpu) IN_USE(cpu)
#else
#define MUST_TELL(cpu) (IN_USE(cpu) || (mode[cpu] == LAZY && IS_TABLE(page[_pid])))
#endif

/* The claims noCoreReachesFreedFrame and noWalkerReachesFreedTable, and noFrameMappedTwice */
#define HOLDS_FREED(cpu, entry) (CACHED(cpu, entry) != NONE && !held[CACHED(cpu, entry)])
#define IS_READ(cpu, entry)     (mode[cpu] == ACTIVE || (mode[cpu] == LAZY && IS_TABLE(entry)))
#define IS_SAFE(cpu, entry)     !(HOLDS_FREED(cpu, entry) && IS_READ(cpu, entry))
#define IS_CPU_SAFE(cpu)        EVERY_ENTRY(IS_SAFE, cpu)
#define DIFFERS(entry, other)   (entry == other || mapped[entry] != mapped[other])
#define IS_MAPPED_ONCE(entry)   EVERY_ENTRY(DIFFERS, entry)

/* page.map */
#define MAP(entry, free)                       \
  :: d_step {                                  \
       mapped[entry] == NONE && !held[free] -> \
       mapped[entry] = free;                   \
       held[free] = true;                      \
       assert(IS_MAPPED_ONCE(entry))           \
     }
#define MAP_ENTRY(entry) FOR_FRAMES(MAP, entry)

/* tlb.fill, tlb.evict and page.clear by this CPU */
#define REQUEST(target)                             \
  if                                                \
  :: target != _pid -> STAGE(_pid, target) = UNTOLD \
  :: else                                           \
  fi;
#define ON_ENTRY(entry)                                                                \
  :: d_step {                                                                          \
       mapped[entry] != NONE && CACHED(_pid, entry) == NONE && mode[_pid] != ABSENT -> \
       CACHED(_pid, entry) = mapped[entry];                                            \
       assert(IS_SAFE(_pid, entry))                                                    \
     }                                                                                 \
  :: d_step { CACHED(_pid, entry) != NONE -> CACHED(_pid, entry) = NONE }              \
  :: d_step {                                                                          \
       mapped[entry] != NONE && mode[_pid] == ACTIVE && phase[_pid] == IDLE ->         \
       page[_pid] = entry;                                                             \
       frame[_pid] = mapped[entry];                                                    \
       mapped[entry] = NONE;                                                           \
       FOR_CPUS(REQUEST)                                                               \
       phase[_pid] = CLEARED                                                           \
     }

/* What generation.increment means to each CPU. A CPU that is up to date does not miss its own change. */
#define NOTICE(cpu)                                                       \
  if                                                                      \
  :: missed[cpu] < 2 && (cpu != _pid || missed[cpu] > 0) -> missed[cpu]++ \
  :: else                                                                 \
  fi;                                                                     \
  if                                                                      \
  :: cpu != _pid && phase[cpu] == PUBLISHED -> phase[cpu] = OVERTAKEN     \
  :: else                                                                 \
  fi;

/* ipi.send and ipi.skip by this CPU, and ipi.acknowledge to it */
#define MAY_TELL(target) (STAGE(_pid, target) == UNTOLD && phase[_pid] >= PUBLISHED)
#define TO_TARGET(target)                                                              \
  :: d_step { MAY_TELL(target) && MUST_TELL(target) -> STAGE(_pid, target) = PENDING } \
  :: d_step { MAY_TELL(target) && !MUST_TELL(target) -> STAGE(_pid, target) = NONE }   \
  :: d_step { STAGE(_pid, target) == SERVED -> STAGE(_pid, target) = NONE }

/* ipi.take, tlb.invalidate, tlb.flush, flush.skip and space.drop on this CPU */
#define MAY_SERVE(source) (STAGE(source, _pid) == TAKEN)
#define IS_ONLY_CHANGE(source) (missed[_pid] == 1 && phase[source] == PUBLISHED)
#define FROM_SOURCE(source)                                                                  \
  :: d_step { STAGE(source, _pid) == PENDING -> STAGE(source, _pid) = TAKEN }                \
  :: d_step {                                                                                \
       MAY_SERVE(source) && IN_USE(_pid) && IS_ONLY_CHANGE(source) ->                        \
       CACHED(_pid, page[source]) = NONE;                                                    \
       missed[_pid] = 0;                                                                     \
       STAGE(source, _pid) = SERVED                                                          \
     }                                                                                       \
  :: d_step {                                                                                \
       MAY_SERVE(source) && IN_USE(_pid) && missed[_pid] > 0 ->                              \
       FOR_ENTRIES(DROP)                                                                     \
       missed[_pid] = 0;                                                                     \
       STAGE(source, _pid) = SERVED                                                          \
     }                                                                                       \
  :: d_step {                                                                                \
       MAY_SERVE(source) && (mode[_pid] == ABSENT || (IN_USE(_pid) && missed[_pid] == 0)) -> \
       STAGE(source, _pid) = SERVED                                                          \
     }                                                                                       \
  :: d_step {                                                                                \
       MAY_SERVE(source) && mode[_pid] == LAZY ->                                            \
       mode[_pid] = ABSENT;                                                                  \
       STAGE(source, _pid) = SERVED                                                          \
     }

#define DROP(entry) CACHED(_pid, entry) = NONE;

active [CPUS] proctype Cpu() {
  do
  FOR_ENTRIES(ON_ENTRY)
  FOR_CPUS(TO_TARGET)
  FOR_CPUS(FROM_SOURCE)
  :: d_step { /* generation.increment */
       phase[_pid] == CLEARED ->
       phase[_pid] = PUBLISHED;
       CACHED(_pid, page[_pid]) = NONE;
       FOR_CPUS(NOTICE)
     }
  :: d_step { /* frame.free */
       phase[_pid] >= PUBLISHED && EVERY_CPU(IS_SETTLED) ->
       held[frame[_pid]] = false;
       phase[_pid] = IDLE;
       page[_pid] = 0;
       frame[_pid] = NONE;
       assert(EVERY_CPU(IS_CPU_SAFE))
     }
  /* lazy.enter, lazy.leave, space.leave, space.join, space.resume and space.refresh */
  :: d_step { mode[_pid] == ACTIVE && phase[_pid] == IDLE -> mode[_pid] = LAZY; assert(IS_CPU_SAFE(_pid)) }
  :: d_step { mode[_pid] == LAZY -> mode[_pid] = JOINING }
  :: d_step { mode[_pid] == ACTIVE && phase[_pid] == IDLE -> mode[_pid] = ABSENT }
  :: d_step { mode[_pid] == ABSENT -> mode[_pid] = JOINING }
  :: d_step { mode[_pid] == JOINING && MAY_RESUME -> mode[_pid] = ACTIVE; assert(IS_CPU_SAFE(_pid)) }
  :: d_step {
       mode[_pid] == JOINING && missed[_pid] > 0 ->
       FOR_ENTRIES(DROP)
       missed[_pid] = 0;
       mode[_pid] = ACTIVE
     }
  od
}

active proctype Mapper() {
  do
  FOR_ENTRIES(MAP_ENTRY)
  od
}

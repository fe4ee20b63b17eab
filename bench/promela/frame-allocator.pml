/*
 * Frames that are shared, copied on write, pinned and used again; the same system as spec/frame-allocator,
 * written from its protocol and not from its tables, for a second count of it. Every ground event there is
 * one d_step here, so states and transitions must be as many.
 */

/*
 * What is encoded otherwise than in the charts:
 * - A request has one stage for each pair of initiator and target. There, an initiator has two sets of
 *   targets, and a target three sets of initiators (its controller's and its handler's); that these never
 *   disagree is what an equal number of states shows.
 * - A frame is free where its references are 0; there, free and held are states beside the count.
 * - A CPU looks whether another operates on the page; there, each operation refuses events on its page.
 * - Frames and pages are numbered from 1, and 0 is none. A translation is one number: frame and rights.
 * - Guards that always hold are left out: that the entry a copy goes to is empty, that a frame that is mapped
 *   or released is held, that a CPU whose requests are under way is busy.
 *
 * Processes are CPUs; one more does what no CPU is named for: it maps, pins and unpins. An assertion stands
 * at each step that can break it. -DMUTANT_RELEASES_BEFORE_FLUSHING, -DMUTANT_REUSES_SHARED,
 * -DMUTANT_FORGETS_THE_REFERENCE and -DMUTANT_ENDS_PROTECTION_BEFORE_FLUSHING are the mutants of those names.
 */
#ifndef CPUS
#define CPUS 2
#endif
#ifndef PAGES
#define PAGES 2
#endif
#ifndef FRAMES
#define FRAMES 2
#endif

/*
 * Promela has no loop that is an expression or a choice, so these unroll: do each, whether all, how many.
 * What follows DO or TEST is handed on to it, before the number of the one it is done for.
 */
#if CPUS == 1
#define FOR_CPUS(DO, ...)     DO(__VA_ARGS__, 0)
#define EVERY_CPU(TEST, ...)  (TEST(__VA_ARGS__, 0))
#define COUNT_CPUS(TEST, ...) (TEST(__VA_ARGS__, 0))
#elif CPUS == 2
#define FOR_CPUS(DO, ...)     DO(__VA_ARGS__, 0) DO(__VA_ARGS__, 1)
#define EVERY_CPU(TEST, ...)  (TEST(__VA_ARGS__, 0) && TEST(__VA_ARGS__, 1))
#define COUNT_CPUS(TEST, ...) (TEST(__VA_ARGS__, 0) + TEST(__VA_ARGS__, 1))
#elif CPUS == 3
#define FOR_CPUS(DO, ...)     DO(__VA_ARGS__, 0) DO(__VA_ARGS__, 1) DO(__VA_ARGS__, 2)
#define EVERY_CPU(TEST, ...)  (TEST(__VA_ARGS__, 0) && TEST(__VA_ARGS__, 1) && TEST(__VA_ARGS__, 2))
#define COUNT_CPUS(TEST, ...) (TEST(__VA_ARGS__, 0) + TEST(__VA_ARGS__, 1) + TEST(__VA_ARGS__, 2))
#else
#error "CPUS must be 1 to 3"
#endif

#if PAGES == 1
#define FOR_PAGES(DO, ...)     DO(__VA_ARGS__, 1)
#define FOR_PAIRS(DO)
#define EVERY_PAGE(TEST, ...)  (TEST(__VA_ARGS__, 1))
#define COUNT_PAGES(TEST, ...) (TEST(__VA_ARGS__, 1))
#elif PAGES == 2
#define FOR_PAGES(DO, ...)     DO(__VA_ARGS__, 1) DO(__VA_ARGS__, 2)
#define FOR_PAIRS(DO)          DO(1, 2) DO(2, 1)
#define EVERY_PAGE(TEST, ...)  (TEST(__VA_ARGS__, 1) && TEST(__VA_ARGS__, 2))
#define COUNT_PAGES(TEST, ...) (TEST(__VA_ARGS__, 1) + TEST(__VA_ARGS__, 2))
#elif PAGES == 3
#define FOR_PAGES(DO, ...)     DO(__VA_ARGS__, 1) DO(__VA_ARGS__, 2) DO(__VA_ARGS__, 3)
#define FOR_PAIRS(DO)          DO(1, 2) DO(1, 3) DO(2, 1) DO(2, 3) DO(3, 1) DO(3, 2)
#define EVERY_PAGE(TEST, ...)  (TEST(__VA_ARGS__, 1) && TEST(__VA_ARGS__, 2) && TEST(__VA_ARGS__, 3))
#define COUNT_PAGES(TEST, ...) (TEST(__VA_ARGS__, 1) + TEST(__VA_ARGS__, 2) + TEST(__VA_ARGS__, 3))
#else
#error "PAGES must be 1 to 3"
#endif

#if FRAMES == 1
#define FOR_FRAMES(DO, ...) DO(__VA_ARGS__, 1)
#elif FRAMES == 2
#define FOR_FRAMES(DO, ...) DO(__VA_ARGS__, 1) DO(__VA_ARGS__, 2)
#elif FRAMES == 3
#define FOR_FRAMES(DO, ...) DO(__VA_ARGS__, 1) DO(__VA_ARGS__, 2) DO(__VA_ARGS__, 3)
#else
#error "FRAMES must be 1 to 3"
#endif

#define NONE 0

/* What a CPU does to a page. A copy ends in RELEASING, as an unmap does. */
#define IDLE       0
#define RELEASING  1
#define PROTECTING 2
#define COPYING    3

/* The request of an initiator to a target; once acknowledged, or where there is no operation, it is NONE. */
#define UNTOLD  1
#define PENDING 2
#define TAKEN   3
#define SERVED  4

byte mapped[PAGES + 1];      /* the translation in each entry; [0] is not used, nor in the next two */
byte references[FRAMES + 1];
byte pinned_by[FRAMES + 1];  /* a page */
byte cached[CPUS * PAGES];   /* translations */
byte operation[CPUS];
byte page[CPUS];             /* of an operation that is not IDLE, as is the next */
byte frame[CPUS];
byte copy[CPUS];             /* of an operation that is COPYING */
byte stage[CPUS * CPUS];

#define CACHED(cpu, entry)    cached[(cpu) * PAGES + (entry) - 1]
#define STAGE(source, target) stage[(source) * CPUS + (target)]
#define READABLE(number)      ((number) * 2)
#define WRITABLE(number)      ((number) * 2 + 1)
#define FRAME_OF(translation) ((translation) / 2)
#define MAPPED_FRAME(entry)   FRAME_OF(mapped[entry])
#define IS_WRITABLE(entry)    (mapped[entry] % 2 == 1)
#define IS_READ_ONLY(entry)   (mapped[entry] != NONE && !IS_WRITABLE(entry))

#define IS_SETTLED(source, target) (STAGE(source, target) == NONE)
#define IS_FLUSHED                 EVERY_CPU(IS_SETTLED, _pid)
#ifdef MUTANT_RELEASES_BEFORE_FLUSHING
#define MAY_RELEASE true
#else
#define MAY_RELEASE IS_FLUSHED
#endif
#ifdef MUTANT_ENDS_PROTECTION_BEFORE_FLUSHING
#define MAY_END_PROTECTION true
#else
#define MAY_END_PROTECTION IS_FLUSHED
#endif
#ifdef MUTANT_REUSES_SHARED
#define IS_EXCLUSIVE(number) true
#else
#define IS_EXCLUSIVE(number) (references[number] == 1)
#endif
#ifdef MUTANT_FORGETS_THE_REFERENCE
#define COUNT_MAPPING(number) skip
#else
#define COUNT_MAPPING(number) references[number]++
#endif

#define IS_ELSEWHERE(entry, cpu) (page[cpu] != entry)
#define IS_UNLOCKED(entry)       EVERY_CPU(IS_ELSEWHERE, entry)
#define MAY_CHANGE(entry)        (operation[_pid] == IDLE && IS_UNLOCKED(entry))

/* noCoreReachesFreedFrame: when a translation is cached, and when a frame may have been freed */
#define IS_HELD(number)                    (references[number] > 0)
#define TRANSLATES_NOT(number, cpu, entry) (FRAME_OF(CACHED(cpu, entry)) != number)
#define IS_NOT_REACHED_BY(number, cpu)     EVERY_PAGE(TRANSLATES_NOT, number, cpu)
#define IS_HELD_OR_UNREACHED(number)       (IS_HELD(number) || EVERY_CPU(IS_NOT_REACHED_BY, number))

/* noFrameMappedTwice */
#define MAPS(number, entry)           (MAPPED_FRAME(entry) == number)
#define WRITES_NOT(number, entry)     (mapped[entry] != WRITABLE(number))
#define IS_SHARED_READ_ONLY(number)   (COUNT_PAGES(MAPS, number) <= 1 || EVERY_PAGE(WRITES_NOT, number))

/* referencesEqualMappings; a write protection holds no reference, since its frame stays mapped. */
#define HOLDS(number, cpu)  (frame[cpu] == number && operation[cpu] != PROTECTING)
#define COPIES(number, cpu) (copy[cpu] == number)
#define REFERENCES_TO(number)                              \
  (COUNT_PAGES(MAPS, number) + COUNT_CPUS(HOLDS, number) + \
   COUNT_CPUS(COPIES, number) + (pinned_by[number] != NONE))
#define IS_COUNTED(number)  (references[number] == REFERENCES_TO(number))

/* noCoreWritesSharedFrame: when a translation is cached, and when an entry comes to map a frame */
#define WRITES_APART(cpu, entry, other) \
  (other == entry || CACHED(cpu, entry) != WRITABLE(MAPPED_FRAME(other)))
#define IS_UNWRITTEN(entry, cpu, other) WRITES_APART(cpu, other, entry)
#define NO_WRITER_ON(entry, cpu)        EVERY_PAGE(IS_UNWRITTEN, entry, cpu)
#define NO_WRITER_ELSEWHERE(entry)      EVERY_CPU(NO_WRITER_ON, entry)

#define CHECK_MAPPING(entry)                        \
  assert(IS_SHARED_READ_ONLY(MAPPED_FRAME(entry))); \
  assert(IS_COUNTED(MAPPED_FRAME(entry)));          \
  assert(NO_WRITER_ELSEWHERE(entry))

/* Withdraws a translation, drops the own copy of it, and has every other CPU to tell. */
#define REQUEST(source, target)                         \
  if                                                    \
  :: target != source -> STAGE(source, target) = UNTOLD \
  :: else                                               \
  fi;
#define BEGIN(kind, entry)           \
  operation[_pid] = kind;            \
  page[_pid] = entry;                \
  frame[_pid] = MAPPED_FRAME(entry); \
  CACHED(_pid, entry) = NONE;        \
  FOR_CPUS(REQUEST, _pid)

/* tlb.fill, tlb.evict, page.clear, page.protect, page.reuse and page.copy by this CPU */
#define ON_PAGE(cpu, entry)                                                             \
  :: d_step {                                                                           \
       mapped[entry] != NONE && CACHED(cpu, entry) == NONE ->                           \
       CACHED(cpu, entry) = mapped[entry];                                              \
       assert(IS_HELD(MAPPED_FRAME(entry)));                                            \
       assert(EVERY_PAGE(WRITES_APART, cpu, entry))                                     \
     }                                                                                  \
  :: d_step { CACHED(cpu, entry) != NONE -> CACHED(cpu, entry) = NONE }                 \
  :: d_step {                                                                           \
       mapped[entry] != NONE && MAY_CHANGE(entry) ->                                    \
       BEGIN(RELEASING, entry)                                                          \
       mapped[entry] = NONE;                                                            \
       assert(IS_COUNTED(frame[_pid]))                                                  \
     }                                                                                  \
  :: d_step {                                                                           \
       IS_WRITABLE(entry) && MAY_CHANGE(entry) ->                                       \
       BEGIN(PROTECTING, entry)                                                         \
       mapped[entry] = READABLE(frame[_pid])                                            \
     }                                                                                  \
  :: d_step {                                                                           \
       IS_READ_ONLY(entry) && IS_EXCLUSIVE(MAPPED_FRAME(entry)) && MAY_CHANGE(entry) -> \
       mapped[entry] = WRITABLE(MAPPED_FRAME(entry));                                   \
       assert(IS_SHARED_READ_ONLY(MAPPED_FRAME(entry)))                                 \
     }                                                                                  \
  FOR_FRAMES(COPY, entry)

#define COPY(entry, free)                                            \
  :: d_step {                                                        \
       IS_READ_ONLY(entry) && references[MAPPED_FRAME(entry)] > 1 && \
       references[free] == 0 && MAY_CHANGE(entry) ->                 \
       BEGIN(COPYING, entry)                                         \
       mapped[entry] = NONE;                                         \
       copy[_pid] = free;                                            \
       references[free] = 1;                                         \
       assert(IS_COUNTED(frame[_pid]));                              \
       assert(IS_COUNTED(free))                                      \
     }

/* page.share by this CPU */
#define SHARE(entry, other)                            \
  :: d_step {                                          \
       IS_READ_ONLY(entry) && mapped[other] == NONE && \
       MAY_CHANGE(entry) && IS_UNLOCKED(other) ->      \
       mapped[other] = mapped[entry];                  \
       COUNT_MAPPING(MAPPED_FRAME(entry));             \
       CHECK_MAPPING(other)                            \
     }

/* ipi.send by this CPU, and ipi.acknowledge to it */
#define TO_TARGET(source, target)                                                  \
  :: d_step { STAGE(source, target) == UNTOLD -> STAGE(source, target) = PENDING } \
  :: d_step { STAGE(source, target) == SERVED -> STAGE(source, target) = NONE }

/* ipi.take and tlb.invalidate on this CPU. Only mutants leave a request behind that has no page. */
#define FROM_SOURCE(target, source)                                               \
  :: d_step { STAGE(source, target) == PENDING -> STAGE(source, target) = TAKEN } \
  :: d_step {                                                                     \
       STAGE(source, target) == TAKEN && page[source] != NONE ->                  \
       CACHED(target, page[source]) = NONE;                                       \
       STAGE(source, target) = SERVED                                             \
     }

#define FORGET            \
  operation[_pid] = IDLE; \
  page[_pid] = NONE;      \
  frame[_pid] = NONE

active [CPUS] proctype Cpu() {
  byte released;
  do
  FOR_PAGES(ON_PAGE, _pid)
  FOR_PAIRS(SHARE)
  FOR_CPUS(TO_TARGET, _pid)
  FOR_CPUS(FROM_SOURCE, _pid)
  :: d_step { operation[_pid] == PROTECTING && MAY_END_PROTECTION -> FORGET } /* protection.end */
  :: d_step { /* page.install */
       operation[_pid] == COPYING && IS_FLUSHED ->
       mapped[page[_pid]] = WRITABLE(copy[_pid]);
       copy[_pid] = NONE;
       operation[_pid] = RELEASING;
       CHECK_MAPPING(page[_pid])
     }
  :: d_step { /* frame.release */
       operation[_pid] == RELEASING && MAY_RELEASE ->
       released = frame[_pid];
       references[released]--;
       FORGET;
       assert(IS_COUNTED(released));
       assert(IS_HELD_OR_UNREACHED(released));
       released = NONE
     }
  od
}

/* page.map; here and below, _ is nothing to hand on. */
#define MAP(entry, free)                                                       \
  :: d_step {                                                                  \
       mapped[entry] == NONE && references[free] == 0 && IS_UNLOCKED(entry) -> \
       mapped[entry] = WRITABLE(free);                                         \
       references[free] = 1;                                                   \
       CHECK_MAPPING(entry)                                                    \
     }

/* frame.pin */
#define MAP_OR_PIN(_, entry)                                              \
  FOR_FRAMES(MAP, entry)                                                  \
  :: d_step {                                                             \
       mapped[entry] != NONE && pinned_by[MAPPED_FRAME(entry)] == NONE -> \
       pinned_by[MAPPED_FRAME(entry)] = entry;                            \
       references[MAPPED_FRAME(entry)]++;                                 \
       assert(IS_COUNTED(MAPPED_FRAME(entry)))                            \
     }

/* frame.unpin */
#define UNPIN(_, number)                    \
  :: d_step {                               \
       pinned_by[number] != NONE ->         \
       pinned_by[number] = NONE;            \
       references[number]--;                \
       assert(IS_COUNTED(number));          \
       assert(IS_HELD_OR_UNREACHED(number)) \
     }

active proctype Kernel() {
  do
  FOR_PAGES(MAP_OR_PIN, _)
  FOR_FRAMES(UNPIN, _)
  od
}

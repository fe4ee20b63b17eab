/*
 * The ring of src/mom/spsc-ring.ts in C, between two pthreads, as the measure of ours: 64-byte slots, indices on
 * lines of their own, cached peer index, messages built and checked in place, a batch published by one store.
 * Usage: spsc-ring rate|cpu|trip WORDS BATCH COUNT [pause]; trip's BATCH is how often it spins before it parks,
 * -1 for ever. Prints the nanoseconds of the whole.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CAPACITY = 1024, SLOT_WORDS = 16, LINE = 128 };

typedef struct {
  _Alignas(LINE) _Atomic uint32_t tail;
  _Alignas(LINE) _Atomic uint32_t head;
  /* 1 while the one who waits for the tail sleeps, or is about to. */
  _Alignas(LINE) _Atomic uint32_t bell;
  _Alignas(LINE) uint32_t slots[CAPACITY][SLOT_WORDS];
} ring_t;

typedef struct {
  ring_t *ring;
  uint32_t own, seen, sequence;
} end_t;

static ring_t there, back;
static int words, batch;
static uint32_t count;
static bool pauses;
static _Atomic int arrived;
static uint64_t started, ended;

static void fail(const char *what) {
  fprintf(stderr, "spsc-ring: %s\n", what);
  exit(1);
}

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline void relax(void) {
#if defined(__x86_64__)
  if (pauses) __builtin_ia32_pause();
#endif
}

static inline uint32_t reserve(end_t *end, uint32_t want) {
  uint32_t free = CAPACITY - (end->own - end->seen);
  if (free == 0) {
    end->seen = atomic_load_explicit(&end->ring->head, memory_order_acquire);
    free = CAPACITY - (end->own - end->seen);
  }
  return free < want ? free : want;
}

static inline uint32_t available(end_t *end, uint32_t want) {
  uint32_t ready = end->seen - end->own;
  if (ready == 0) {
    end->seen = atomic_load_explicit(&end->ring->tail, memory_order_acquire);
    ready = end->seen - end->own;
  }
  return ready < want ? ready : want;
}

/* Inlined with a constant size, so that each size is straight-line code, as a C programmer would have it. */
static inline __attribute__((always_inline)) void fill(end_t *end, uint32_t ready, int size) {
  uint32_t sequence = end->sequence;
  for (uint32_t ahead = 0; ahead < ready; ahead++, sequence++) {
    uint32_t *slot = end->ring->slots[(end->own + ahead) & (CAPACITY - 1)];
    for (int word = 0; word < size; word++) slot[word] = sequence + (uint32_t)word;
  }
  end->sequence = sequence;
}

static inline __attribute__((always_inline)) void check(end_t *end, uint32_t ready, int size) {
  uint32_t sequence = end->sequence;
  for (uint32_t ahead = 0; ahead < ready; ahead++, sequence++) {
    const uint32_t *slot = end->ring->slots[(end->own + ahead) & (CAPACITY - 1)];
    uint32_t sum = 0;
    for (int word = 0; word < size; word++) sum += slot[word];
    uint32_t due = (uint32_t)size * sequence + (uint32_t)(size * (size - 1) / 2);
    if (sum != due) fail("a message is not the one that is due");
  }
  end->sequence = sequence;
}

static void publish(end_t *end, uint32_t ready, memory_order order) {
  if (words == 4) fill(end, ready, 4);
  else fill(end, ready, SLOT_WORDS);
  end->own += ready;
  atomic_store_explicit(&end->ring->tail, end->own, order);
}

static void consume(end_t *end, uint32_t ready) {
  if (words == 4) check(end, ready, 4);
  else check(end, ready, SLOT_WORDS);
  end->own += ready;
  atomic_store_explicit(&end->ring->head, end->own, memory_order_release);
}

/* All threads start together, and the last to arrive starts the clock. */
static void arrive(int threads) {
  if (atomic_fetch_add(&arrived, 1) + 1 == threads) started = now(CLOCK_MONOTONIC);
  while (atomic_load(&arrived) < threads) sched_yield();
}

static void *produce(void *unused) {
  end_t end = {&there, 0, 0, 0};
  arrive(2);
  while (end.sequence < count) {
    uint32_t left = count - end.sequence;
    uint32_t ready = reserve(&end, left < (uint32_t)batch ? left : (uint32_t)batch);
    if (ready > 0) publish(&end, ready, memory_order_release);
    else relax();
  }
  return unused;
}

static void *receive(void *unused) {
  end_t end = {&there, 0, 0, 0};
  arrive(2);
  while (end.sequence < count) {
    uint32_t ready = available(&end, (uint32_t)batch);
    if (ready > 0) consume(&end, ready);
    else relax();
  }
  ended = now(CLOCK_MONOTONIC);
  return unused;
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value) {
  return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

/* Publish, then look at the bell; where it is armed only the one that takes it down wakes. */
static void ring_bell(ring_t *ring) {
  uint32_t armed = 1;
  if (atomic_load(&ring->bell) != 1) return;
  if (atomic_compare_exchange_strong(&ring->bell, &armed, 0)) futex(&ring->bell, FUTEX_WAKE, 1);
}

/* Spins, then arms the bell, looks again, and parks. */
static void await_message(end_t *end, int spins) {
  for (int spin = 0; spins < 0 || spin < spins; spin++) {
    if (available(end, 1) > 0) return;
    relax();
  }
  for (;;) {
    atomic_store(&end->ring->bell, 1);
    end->seen = atomic_load(&end->ring->tail);
    if (end->seen != end->own) break;
    futex(&end->ring->bell, FUTEX_WAIT, 1);
    if (available(end, 1) > 0) break;
  }
  atomic_store(&end->ring->bell, 0);
}

static void pass(end_t *to, ring_t *ring) {
  if (reserve(to, 1) == 0) fail("a ring of one message is full");
  publish(to, 1, batch < 0 ? memory_order_release : memory_order_seq_cst);
  if (batch >= 0) ring_bell(ring);
}

static void *answer(void *unused) {
  end_t from = {&there, 0, 0, 0}, to = {&back, 0, 0, 0};
  arrive(2);
  for (uint32_t trip = 0; trip < count; trip++) {
    await_message(&from, batch);
    consume(&from, 1);
    pass(&to, &back);
  }
  return unused;
}

static void *ask(void *unused) {
  end_t to = {&there, 0, 0, 0}, from = {&back, 0, 0, 0};
  arrive(2);
  for (uint32_t trip = 0; trip < count; trip++) {
    pass(&to, &there);
    await_message(&from, batch);
    consume(&from, 1);
  }
  ended = now(CLOCK_MONOTONIC);
  return unused;
}

/* Both ends in one thread: what a message costs where no line moves between cores. */
static void take_turns(void) {
  end_t to = {&there, 0, 0, 0}, from = {&there, 0, 0, 0};
  started = now(CLOCK_THREAD_CPUTIME_ID);
  while (from.sequence < count) {
    publish(&to, reserve(&to, (uint32_t)batch), memory_order_seq_cst);
    consume(&from, available(&from, (uint32_t)batch));
  }
  ended = now(CLOCK_THREAD_CPUTIME_ID);
}

int main(int argc, char **argv) {
  if (argc < 5) fail("usage: spsc-ring rate|cpu|trip WORDS BATCH COUNT [pause]");
  words = atoi(argv[2]);
  batch = atoi(argv[3]);
  count = (uint32_t)strtoul(argv[4], NULL, 10);
  pauses = argc > 5 && strcmp(argv[5], "pause") == 0;
  if (words != 4 && words != SLOT_WORDS) fail("a message has 4 or 16 words");
  bool trip = strcmp(argv[1], "trip") == 0;
  if (strcmp(argv[1], "cpu") == 0) {
    take_turns();
  } else {
    pthread_t one, other;
    if (pthread_create(&one, NULL, trip ? answer : produce, NULL) != 0) fail("a thread cannot be made");
    if (pthread_create(&other, NULL, trip ? ask : receive, NULL) != 0) fail("a thread cannot be made");
    pthread_join(one, NULL);
    pthread_join(other, NULL);
  }
  printf("%llu\n", (unsigned long long)(ended - started));
  return 0;
}

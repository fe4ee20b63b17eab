/*
 * Peterson's filter lock for PROCESSES processes, one atomic step per rule; the same system as
 * ../systems/peterson.ts. -DIGNORES_OTHERS and -DOVERTAKES_ITSELF are its mutants. The assertion stands
 * where it can fail and nowhere else, and all state is global: the form in which SPIN is fastest.
 */
#ifndef PROCESSES
#define PROCESSES 4
#endif

#define TOP (PROCESSES - 1)

#define IDLE     0
#define ARRIVING 1
#define WAITING  2
#define CRITICAL 3

#define NOBODY PROCESSES

byte state[PROCESSES];
byte level[PROCESSES];
byte last[PROCESSES] = NOBODY; /* last[0] is not used */

#define IS_BELOW(other) (other == _pid || level[other] < level[_pid])

#if PROCESSES > 3
#define AND_BELOW_3 && IS_BELOW(3)
#define PLUS_CRITICAL_3 + (state[3] == CRITICAL)
#else
#define AND_BELOW_3
#define PLUS_CRITICAL_3
#endif
#if PROCESSES > 4
#define AND_BELOW_4 && IS_BELOW(4)
#define PLUS_CRITICAL_4 + (state[4] == CRITICAL)
#else
#define AND_BELOW_4
#define PLUS_CRITICAL_4
#endif
#if PROCESSES > 5
#define AND_BELOW_5 && IS_BELOW(5)
#define PLUS_CRITICAL_5 + (state[5] == CRITICAL)
#else
#define AND_BELOW_5
#define PLUS_CRITICAL_5
#endif
#if PROCESSES < 3 || PROCESSES > 6
#error "PROCESSES must be 3 to 6"
#endif

#ifdef IGNORES_OTHERS
#define ARE_BELOW true
#else
#define ARE_BELOW (IS_BELOW(0) && IS_BELOW(1) && IS_BELOW(2) AND_BELOW_3 AND_BELOW_4 AND_BELOW_5)
#endif

#ifdef OVERTAKES_ITSELF
#define IS_OVERTAKEN true
#else
#define IS_OVERTAKEN (last[level[_pid]] != _pid)
#endif

#define CRITICAL_COUNT                                                      \
  ((state[0] == CRITICAL) + (state[1] == CRITICAL) + (state[2] == CRITICAL) \
   PLUS_CRITICAL_3 PLUS_CRITICAL_4 PLUS_CRITICAL_5)

active [PROCESSES] proctype Process() {
  do
  :: d_step { state[_pid] == IDLE -> level[_pid] = 1; state[_pid] = ARRIVING }
  :: d_step { state[_pid] == ARRIVING -> last[level[_pid]] = _pid; state[_pid] = WAITING }
  :: d_step {
       state[_pid] == WAITING && (IS_OVERTAKEN || ARE_BELOW) ->
       if
       :: level[_pid] < TOP -> level[_pid] = level[_pid] + 1; state[_pid] = ARRIVING
       :: else -> state[_pid] = CRITICAL; assert(CRITICAL_COUNT == 1)
       fi
     }
  :: d_step { state[_pid] == CRITICAL -> level[_pid] = 0; state[_pid] = IDLE }
  od
}

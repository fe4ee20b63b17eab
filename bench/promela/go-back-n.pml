/*
 * Go-back-N over two lossy first-in-first-out channels, two payloads, one atomic step per rule; the same
 * system as ../systems/go-back-n.ts. Here an acknowledgement carries the next number expected, there the
 * last one accepted: the same states under another name. -DWINDOW_OF_MODULUS and -DACCEPTS_ANY_FRAME are mutants.
 */
#ifndef WINDOW
#define WINDOW 2
#endif
#ifndef DATA_CAPACITY
#define DATA_CAPACITY 2
#endif
#ifndef ACKNOWLEDGEMENT_CAPACITY
#define ACKNOWLEDGEMENT_CAPACITY 2
#endif
#ifndef PAYLOADS
#define PAYLOADS 2
#endif
#if PAYLOADS != 2 || WINDOW > 4
#error "this text is for two payloads and a window of at most 4"
#endif

#define MODULUS (WINDOW + 1)

#ifdef WINDOW_OF_MODULUS
#define SENT_MAX (WINDOW + 1)
#else
#define SENT_MAX WINDOW
#endif

chan data = [DATA_CAPACITY] of { byte, byte };
chan acknowledgements = [ACKNOWLEDGEMENT_CAPACITY] of { byte };

byte base;           /* the oldest number not acknowledged */
byte count;          /* frames sent and not acknowledged */
byte sent[SENT_MAX]; /* their payloads */
byte expected;       /* the receiver's next number */

#define SEND(payload)                                  \
  :: d_step {                                          \
       count < SENT_MAX && nfull(data) ->              \
       data!((base + count) % MODULUS), payload;       \
       sent[count] = payload; count++                  \
     }

#define RESEND(offset)                                 \
  :: d_step {                                          \
       offset < count && nfull(data) ->                \
       data!((base + offset) % MODULUS), sent[offset]  \
     }

active proctype Sender() {
  byte number, released;
  xs data;
  xr acknowledgements;
  do
  SEND(0)
  SEND(1)
  RESEND(0)
#if SENT_MAX > 1
  RESEND(1)
#endif
#if SENT_MAX > 2
  RESEND(2)
#endif
#if SENT_MAX > 3
  RESEND(3)
#endif
#if SENT_MAX > 4
  RESEND(4)
#endif
  :: d_step {
       nempty(acknowledgements) ->
       acknowledgements?number;
       released = (number + MODULUS - base) % MODULUS;
       if
       :: released <= count ->
          base = number;
          count = count - released;
          number = 0;
          do
          :: number < count -> sent[number] = sent[number + released]; number++
          :: else -> break
          od;
          do
          :: number < SENT_MAX && released > 0 -> sent[number] = 0; number++; released--
          :: else -> break
          od
       :: else
       fi;
       number = 0;
       released = 0
     }
  :: d_step { nempty(acknowledgements) -> acknowledgements?number; number = 0 } /* lost */
  od
}

#ifdef ACCEPTS_ANY_FRAME
#define IS_EXPECTED true
#else
#define IS_EXPECTED (number == expected)
#endif
#define OFFSET ((expected + MODULUS - base) % MODULUS)

active proctype Receiver() {
  byte number, payload;
  xr data;
  xs acknowledgements;
  do
  :: d_step {
       nempty(data) && nfull(acknowledgements) ->
       data?number, payload;
       if
       :: IS_EXPECTED ->
          assert(OFFSET < count && sent[OFFSET] == payload);
          expected = (number + 1) % MODULUS
       :: else
       fi;
       acknowledgements!expected;
       number = 0;
       payload = 0
     }
  :: d_step { nempty(data) -> data?number, payload; number = 0; payload = 0 } /* lost */
  od
}

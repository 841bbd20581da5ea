#ifndef ONEVISIT_TESTS_BENCH_TRICKLE_H
#define ONEVISIT_TESTS_BENCH_TRICKLE_H

#include <stdbool.h>
#include <stdint.h>

/* Connections that are never more than that: each sends the first bytes of a handshake one by one, and comes again when
 * it is thrown out. */
enum { TRICKLE_COUNT = 100 };

struct trickle {
    int port;
    int handles[TRICKLE_COUNT]; /* -1: none */
    uint32_t sent[TRICKLE_COUNT];
    uint32_t thrown_out;
    int64_t due_us;
};

/* `endpoint` as tcp://127.0.0.1:PORT. */
void trickle_begin(struct trickle *trickle, const char *endpoint);
void trickle_turn(struct trickle *trickle, int64_t now_us);
void trickle_end(struct trickle *trickle);

#endif

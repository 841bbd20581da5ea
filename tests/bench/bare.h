#ifndef ONEVISIT_TESTS_BENCH_BARE_H
#define ONEVISIT_TESTS_BENCH_BARE_H

#include <stdint.h>

/* The bare loop's messages: a head of fixed form, then the same payload that
 * OneVisit carries. */
struct bare_head {
    char kind; /* H hello, W welcome, S submit, R receipt, D deliver, A decision, E event */
    uint8_t spare[3];
    uint32_t from;  /* peer index of the sender */
    uint32_t to;    /* peer index of the receiver behind the broker */
    uint32_t index; /* of the case */
};

/* Serves at `endpoint` until SIGTERM; everything durable in `folder`. Exit status. */
int bare_serve(const char *endpoint, const char *secret_key, const char *folder);

#endif

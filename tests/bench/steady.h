#ifndef ONEVISIT_TESTS_BENCH_STEADY_H
#define ONEVISIT_TESTS_BENCH_STEADY_H

#include "tests/bench/crowd.h"
#include "tests/bench/histogram.h"

/* The load whose waits are measured while others disturb: the undisturbed branches hand in at a fixed rate, and a wait
 * counts from the moment a case was due, whether or not it could be handed in then. So a server that stands still for a
 * second shows every case that was due in that second (no coordinated omission). */
enum {
    STEADY_RATE = 200,
    STEADY_SECONDS_MAX = 120,
    STEADY_CASE_COUNT = STEADY_RATE * STEADY_SECONDS_MAX,
    STEADY_STEP_COUNT_MAX = 8,
};

struct steady_step {
    char name[64];
    bool is_judged;
    struct histogram stored;  /* due -> receipt */
    struct histogram decided; /* due -> decision */
};

/* The first STEADY_CASE_COUNT cases of the crowd are its own. */
struct steady {
    struct crowd *crowd;
    const struct dialect *dialect;
    int64_t start_us;
    int64_t beat_us;
    uint32_t sent;
    uint8_t step_of_case[STEADY_CASE_COUNT];
    struct steady_step steps[STEADY_STEP_COUNT_MAX];
    uint32_t step_count;
};

void steady_begin(struct steady *steady, struct crowd *crowd, const struct dialect *dialect);
/* What is due from now on belongs to this step. */
void steady_step(struct steady *steady, const char *name, bool is_judged);
/* Hands in what is due and reads what came, for at most about a millisecond. */
void steady_turn(struct steady *steady);
/* Waits for the last answers, then fills the steps; false when some never came. */
bool steady_end(struct steady *steady);

#endif

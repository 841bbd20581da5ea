#include "tests/bench/steady.h"

#include <stdio.h>
#include <string.h>

enum { BEAT_US = 1000000, LAST_SECONDS_MAX = 60 };

void steady_begin(struct steady *steady, struct crowd *crowd, const struct dialect *dialect)
{
    memset(steady, 0, sizeof *steady);
    steady->crowd = crowd;
    steady->dialect = dialect;
    steady->start_us = clock_now_us();
    crowd_begin(crowd);
}

void steady_step(struct steady *steady, const char *name, bool is_judged)
{
    if (steady->step_count == STEADY_STEP_COUNT_MAX)
        return;
    struct steady_step *step = &steady->steps[steady->step_count++];
    snprintf(step->name, sizeof step->name, "%s", name);
    step->is_judged = is_judged;
}

static int64_t due_us(const struct steady *steady, uint32_t index)
{
    return steady->start_us + (int64_t)index * 1000000 / STEADY_RATE;
}

void steady_turn(struct steady *steady)
{
    const int64_t now_us = clock_now_us();

    while (steady->sent < STEADY_CASE_COUNT && due_us(steady, steady->sent) <= now_us &&
           steady->crowd->trouble == NULL) {
        steady->step_of_case[steady->sent] = (uint8_t)(steady->step_count - 1);
        steady->crowd->cases[steady->sent].sent_us = due_us(steady, steady->sent);
        steady->dialect->submit(steady->crowd, steady->sent++);
    }
    if (now_us - steady->beat_us >= BEAT_US) {
        steady->beat_us = now_us;
        crowd_beat(steady->crowd, steady->dialect);
    }
    crowd_read(steady->crowd, steady->dialect, 1);
}

static bool is_finished(const struct steady *steady)
{
    return steady->crowd->decided == steady->sent;
}

bool steady_end(struct steady *steady)
{
    const int64_t end_us = clock_now_us() + LAST_SECONDS_MAX * 1000000LL;

    while (!is_finished(steady) && steady->crowd->trouble == NULL && clock_now_us() < end_us)
        crowd_read(steady->crowd, steady->dialect, 10);
    if (!is_finished(steady) && steady->crowd->trouble == NULL)
        steady->crowd->trouble = "some decisions never came";
    for (uint32_t i = 0; i < steady->sent && steady->crowd->trouble == NULL; i++) {
        const struct crowd_case *one = &steady->crowd->cases[i];
        struct steady_step *step = &steady->steps[steady->step_of_case[i]];
        histogram_add(&step->stored, one->stored_us - one->sent_us);
        histogram_add(&step->decided, one->decided_us - one->sent_us);
    }
    return steady->crowd->trouble == NULL;
}

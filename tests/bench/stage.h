#ifndef ONEVISIT_TESTS_BENCH_STAGE_H
#define ONEVISIT_TESTS_BENCH_STAGE_H

#include "tests/bench/crowd.h"

/* Where a disturbance plays: a process of its own, so that what it costs its own machine is not taken for what it costs
 * others. It tells the measuring process by lines through a pipe:
 *   ready            everything stands; it waits for "go"
 *   step J NAME      from now on something else goes on; J 1: it must not be felt by others
 *   end TEXT         it is over; the text says what happened
 *   late TEXT        likewise, and it took longer than it may
 *   fail TEXT        it did not do what it was to do */
struct stage {
    struct crowd *crowd; /* its own copy: those who take no part are is_elsewhere */
    const char *endpoint;
    const char *broker_key;
    int64_t beat_us;
    int in;
    int out;
};

/* One disturbance. */
struct disturbance {
    const char *name;
    bool (*is_part)(const struct crowd_peer *peer);        /* whom the stage speaks for; NULL: nobody of the crowd */
    void (*place)(uint32_t index, struct crowd_case *out); /* of its own cases, from 0; NULL: it has none */
    uint32_t case_count;
    int64_t credit;      /* of its windows */
    bool keeps_priority; /* where the measuring is run at real-time priority (chrt), since others use the machine: it
                            too */
    void (*play)(struct stage *stage);
};

/* How to tell, from the stage. */
void stage_ready(const struct stage *stage);
bool stage_is_called(const struct stage *stage);
void stage_await_call(struct stage *stage);
void stage_step(struct stage *stage, const char *name, bool is_judged);
void stage_end(struct stage *stage, const char *text);
void stage_late(struct stage *stage, const char *text);
_Noreturn void stage_fail(struct stage *stage, const char *text);
/* Reads and beats for its peers, for at most about a millisecond. */
void stage_turn(struct stage *stage);
void stage_wait(struct stage *stage, double seconds);

/* The measuring process's end of it. */
struct stage_process {
    int pid;
    int in;  /* what it says */
    int out; /* "go" */
    char line[256];
    uint32_t size;
};

/* Forks: call it while no ZeroMQ context is open. */
bool stage_start(struct stage_process *process, const struct disturbance *disturbance, struct crowd *crowd,
                 const char *endpoint, const char *broker_key);
bool stage_go(const struct stage_process *process);
/* A whole line that came, without its end; NULL when there is none yet. Valid until the next call. "fail" once the
 * process is gone. */
const char *stage_line(struct stage_process *process);
void stage_stop(struct stage_process *process);

#endif

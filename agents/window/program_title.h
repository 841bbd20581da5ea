#ifndef ONEVISIT_AGENTS_WINDOW_PROGRAM_TITLE_H
#define ONEVISIT_AGENTS_WINDOW_PROGRAM_TITLE_H

#include "agents/window/adapter.h"
#include "agents/window/child.h"

/* Title queries through the program: PATH title. They run beside the runs for
 * deliveries, in places of their own, so that neither waits for the other. */
enum { TITLE_JOB_COUNT_MAX = 4 };

struct title_job {
    bool is_used;
    int64_t query;
    char window[33];
    const struct window_rules *rules; /* borrowed; NULL: the codes of the house */
    struct child child;
};

struct title_jobs {
    struct title_job items[TITLE_JOB_COUNT_MAX];
    struct arena arena;
    uint8_t *body; /* MESSAGE_SIZE_MAX bytes: the result told last */
};

MUST_CHECK enum status title_jobs_init(struct title_jobs *jobs);
void title_jobs_fini(struct title_jobs *jobs); /* kills what runs */
/* STATUS_BUSY: all places are taken. STATUS_IO: the program cannot be started. STATUS_BAD_BODY: a code that the rules
 * (borrowed) do not list. */
MUST_CHECK enum status title_jobs_ask(struct title_jobs *jobs, const char *path, const struct window_rules *rules,
                                      const struct adapter_question *question, int64_t deadline_us);
/* The next result; false when there is none now. Runs that gave none are ended and logged. */
bool title_jobs_told(struct title_jobs *jobs, int64_t now_us, struct adapter_title *out);
uint32_t title_jobs_watch(const struct title_jobs *jobs, struct pollfd *out);
int64_t title_jobs_wake_us(const struct title_jobs *jobs);

#endif

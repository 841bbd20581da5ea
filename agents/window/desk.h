#ifndef ONEVISIT_AGENTS_WINDOW_DESK_H
#define ONEVISIT_AGENTS_WINDOW_DESK_H

#include "agents/client/digest.h"
#include "agents/window/adapter.h"
#include "agents/window/base.h"
#include "agents/window/docket.h"
#include "agents/window/setback.h"

/* The desk decides what goes to the registry and what its word means. It
 * keeps the one promise that matters there: no case is filed twice. A hand is
 * started only after its intent stands on disk; whatever ends without a clear
 * answer is in doubt, and what is in doubt is asked for (find) and never
 * handed blindly; when find does not help, a person decides.
 *
 * All it changes stands in the open group of `base`. */

enum { DESK_BULK_EVERY = 8 };

struct desk {
    struct base *base;
    struct digest *digest;
    struct adapter *adapter;
    struct arena arena;
    uint32_t looks;          /* at an inbox: one in DESK_BULK_EVERY begins with bulk, so that it never starves */
    uint32_t find_tries_max; /* so often is find asked about a doubt before a person is */
    int64_t find_retry_us;
    struct setback setback;
};

MUST_CHECK enum status desk_init(struct desk *desk, struct base *base, struct adapter *adapter);
void desk_fini(struct desk *desk);
/* After a start: doubts what was under way, asks about every open case. */
void desk_recover(struct desk *desk, int64_t now_us);

struct desk_chosen {
    int64_t delivery;
    enum adapter_verb verb;
};

/* Chooses at most `count_max` tasks of a window and journals the intent. `chosen` others are about to start. */
uint32_t desk_choose(struct desk *desk, struct text window, int64_t now_us, uint32_t chosen, struct desk_chosen *out,
                     uint32_t count_max);
/* When there may be something to choose for the window; INT64_MAX for never. */
int64_t desk_due_at(struct desk *desk, struct text window, int64_t now_us);
/* Starts what was chosen; the group with the intent was committed. */
MUST_CHECK enum status desk_start(struct desk *desk, const struct desk_chosen *chosen, int64_t now_us);
/* The broker misses the proof of a case: the registry is asked for the case at once, whenever its turn was, and a proof
 * that went out goes out again. True when one does. STATUS_NOT_FOUND: no such case here. */
MUST_CHECK enum status desk_look_again(struct desk *desk, struct text window, struct text case_id, int64_t now_us,
                                       bool *is_owed_again);
/* Takes the registry's word; true when something went to the outbox. */
bool desk_apply(struct desk *desk, const struct adapter_result *result, int64_t now_us);

#endif

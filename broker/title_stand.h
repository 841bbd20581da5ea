#ifndef ONEVISIT_BROKER_TITLE_STAND_H
#define ONEVISIT_BROKER_TITLE_STAND_H

#include "broker/keep/keeper.h"
#include "schemas/checks/check.h"

/* The title results an application stands on, as the journal has them: read at
 * the door, held against the application by the counter checks. */
struct title_stand {
    struct arena arena; /* TITLE_STAND_SIZE; what is below borrows from it */
    struct title_result results[TITLE_STAND_COUNT_MAX];
    struct title_stood items[TITLE_STAND_COUNT_MAX]; /* result NULL: a query is named that is not this branch's at this
                                                        window, that has no answer, or whose answer is gone */
    uint32_t count;
};

MUST_CHECK enum status title_stand_init(struct title_stand *stand);
void title_stand_fini(struct title_stand *stand);

/* What the application of `branch` stands on; what it names wrongly is no error. */
MUST_CHECK enum status title_stand_read(struct title_stand *stand, struct keeper *keeper, struct text branch,
                                        const struct case_submit *application, char *why);
/* The one the application names for all its units; NULL when it names none. */
const struct title_stood *title_stand_common(const struct title_stand *stand, const struct case_submit *application);

#endif

#ifndef ONEVISIT_BROKER_TITLE_STAND_H
#define ONEVISIT_BROKER_TITLE_STAND_H

#include "broker/keeper.h"

/* The title result an application stands on, as the journal has it: read at the
 * door, held against the application by the counter checks. */
struct title_stand {
    struct arena arena; /* TITLE_STAND_SIZE; what is below borrows from it */
    struct title_result result;
    int64_t valid_until_us;
    bool is_there;   /* the result can be looked at */
    bool is_foreign; /* a query is named that is not this branch's at this window, or that has no answer */
};

MUST_CHECK enum status title_stand_init(struct title_stand *stand);
void title_stand_fini(struct title_stand *stand);

/* What the application of `branch` stands on; what it names wrongly is no error. */
MUST_CHECK enum status title_stand_read(struct title_stand *stand, struct keeper *keeper, struct text branch,
                                        const struct case_submit *application, char *why);

#endif

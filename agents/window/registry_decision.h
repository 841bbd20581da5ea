#ifndef ONEVISIT_AGENTS_WINDOW_REGISTRY_DECISION_H
#define ONEVISIT_AGENTS_WINDOW_REGISTRY_DECISION_H

#include "agents/window/registry.h"

/* What the sandbox decides about a case: by the seed and the case id alone. */
enum decision {
    DECISION_PASS,
    DECISION_NOT_ACCEPTED,
    DECISION_REFUSE,
    DECISION_SUPPLEMENT_PRE,
    DECISION_SUPPLEMENT_POST
};

enum decision registry_decide(const struct registry_settings *settings, struct text case_id);
/* Of the cases to be completed, one in DECISION_CITIZEN_OF asks for a signature, and so for the citizen. */
enum { DECISION_CITIZEN_OF = 8 };
bool registry_asks_citizen(const struct registry_settings *settings, struct text case_id);
/* Is the case one of the share that is told a fee? */
bool registry_tells_fee(const struct registry_settings *settings, struct text case_id);

#endif

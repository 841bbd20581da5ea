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

#endif

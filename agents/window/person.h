#ifndef ONEVISIT_AGENTS_WINDOW_PERSON_H
#define ONEVISIT_AGENTS_WINDOW_PERSON_H

#include "agents/window/adapter.h"

/* The adapter without a registry: every delivery is put on the desk of a
 * person, who answers at the command line (clerk commands) on the same folder. */
MUST_CHECK enum status person_open(struct adapter *out);

#endif

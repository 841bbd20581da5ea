#ifndef ONEVISIT_AGENTS_WINDOW_SANDBOX_H
#define ONEVISIT_AGENTS_WINDOW_SANDBOX_H

#include "agents/window/adapter.h"
#include "agents/window/registry.h"

/* The adapter to the sandbox registry: in this process, with a group commit a
 * wake. It tells by itself when a case has news. */
MUST_CHECK enum status sandbox_open(const char *data_path, const struct registry_settings *settings,
                                    struct adapter *out, char *why, size_t why_size);

/* "not-accepted=1,supplement=6,refuse=0.5" in percent; "accept=50,book=150,cert=50" in ms. False with `why`. */
bool sandbox_read_shares(const char *text, struct registry_settings *settings, char *why, size_t why_size);
bool sandbox_read_delays(const char *text, struct registry_settings *settings, char *why, size_t why_size);

#endif

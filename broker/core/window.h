#ifndef ONEVISIT_BROKER_CORE_WINDOW_H
#define ONEVISIT_BROKER_CORE_WINDOW_H

#include "broker/core/state.h"

/* What is durable of a window: what it said of itself last, and whether it was
 * connected when that last changed. */

/* A row for a window that had none: open, as long as it does not say otherwise. */
void window_begin(struct window_file *window);
void window_set_state(struct window_file *window, struct text state);
void window_set_reason(struct window_file *window, struct text reason);
struct window_file *window_new(struct text name);
void window_free(struct window_file *window);
struct branch_file *branch_new(struct text name);
void branch_free(struct branch_file *branch);

#endif

#ifndef ONEVISIT_BROKER_CORE_LANE_H
#define ONEVISIT_BROKER_CORE_LANE_H

#include "broker/core/state.h"

/* The order per property unit (DOMAIN 6.4, invariant I4). A case stands in the
 * lane of each of its units from SUBMITTED until it is delivered, withdrawn,
 * expired or discarded, and goes when it heads them all. Within a lane the
 * order is that of the submit sequence; nothing overtakes. */
enum { LANE_COUNT_MAX = 200, LANE_KEY_SIZE_MAX = UNIT_NUMBER_SIZE };

struct lane {
    char key[LANE_KEY_SIZE_MAX + 1];
    uint32_t key_size;
    struct list cases; /* places, oldest first */
};

/* The lanes of an application, sorted and each once: texts into `memory`
 * (LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1) bytes). A number that is none (the
 * counter checks refuse it) is a lane by its first characters. Returns the count. */
uint32_t lanes_of_units(const struct unit_list *units, char *memory, struct text lanes[LANE_COUNT_MAX]);

/* Puts the case into its lanes: behind all others, or where it stood before the window gave it back. */
void lanes_enter(struct core *core, struct case_file *file);
/* Takes it out; a case that heads all its lanes now becomes ready. */
void lanes_leave(struct core *core, struct case_file *file);
bool lanes_are_headed(const struct case_file *file);
/* Nobody who counts as bulk stands before somebody who does not: who keeps a citizen waiting is hurried (queue.h). */
bool lane_is_sound(const struct lane *lane);

#endif

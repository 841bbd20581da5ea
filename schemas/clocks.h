#ifndef ONEVISIT_SCHEMAS_CLOCKS_H
#define ONEVISIT_SCHEMAS_CLOCKS_H

#include <stdint.h>

#include "schemas/text.h"

/* The clocks of cases as data, expanded from clocks.def. */
#define CLOCK(name, amount, unit, chinese, english) CLOCK_##name,
enum clock_name {
#include "schemas/clocks.def"
    CLOCK_COUNT
};

enum clock_unit {
    CLOCK_UNIT_WORKING_MINUTES,
    CLOCK_UNIT_WORKING_DAYS,
    CLOCK_UNIT_MINUTES,
    CLOCK_UNIT_DAYS,
    CLOCK_UNIT_COUNT
};

struct clock_row {
    const char *name; /* on the wire */
    int64_t amount;   /* where the window's rules say nothing */
    enum clock_unit unit;
    const char *chinese; /* what is waited for */
    const char *english;
};

const struct clock_row *clock_row(enum clock_name name);
/* CLOCK_COUNT where nobody knows the name. */
enum clock_name clock_of(struct text name);
/* The unit's name in a rule file; CLOCK_UNIT_COUNT where nobody knows it. */
enum clock_unit clock_unit_of(struct text name);

#endif

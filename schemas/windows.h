#ifndef ONEVISIT_SCHEMAS_WINDOWS_H
#define ONEVISIT_SCHEMAS_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/text.h"

/* The 136 windows and the retired district codes (DOMAIN 4), embedded from
 * dictionaries/windows.csv and retired.csv. A retired code is an alias of the
 * district it went into, always: old unit numbers carry it for ever. Names are
 * not unique (市中区 exists twice): route by code, show city and district. */

struct window {
    const char *participant; /* "W:370102" */
    const char *district;    /* "370102" */
    const char *name;        /* "历下区" */
    const char *city;        /* "370100" */
    const char *city_name;   /* "济南市" */
    const char *english;     /* "Lixia Qu" */
};

uint32_t window_count(void);
/* In the order of the district codes; NULL behind the last one. */
const struct window *window_at(uint32_t index);
/* The window that serves a district, a retired code through its alias; NULL when none does. */
const struct window *window_serving(struct text district);

/* The district code that counts today: the code itself, or what a retired one
 * became; NULL when nobody knows it. */
const char *district_current(struct text district);
bool district_is_retired(struct text district);

/* window_of_district() of check.h is window_serving()->participant. */

#endif

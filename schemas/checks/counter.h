#ifndef ONEVISIT_SCHEMAS_CHECKS_COUNTER_H
#define ONEVISIT_SCHEMAS_CHECKS_COUNTER_H

#include "schemas/checks/check.h"
#include "schemas/kind.h"

/* One run of the counter checks: what is looked at, and where findings go.
 * Private to schemas/checks. Each family of checks is one file with one entry;
 * it looks at the fields that could be decoded, since what could not is said
 * once by check_problems. A check never stops the run. */

struct counter {
    const struct check_input *input;       /* borrowed: rules, title, and the three below */
    const struct case_submit *application; /* borrowed */
    const struct problems *problems;       /* borrowed */
    struct date today;
    const struct kind *kind; /* NULL when it is unknown: what depends on it is left out */
    struct check_result *out;
};

struct path {
    char text[RECORD_PATH_SIZE_MAX];
};

/* A path written as by printf, cut with "..." like the paths of problems. */
struct path path_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

void counter_add(struct counter *counter, enum finding_name name, const char *path);
/* With a detail written as by printf; it never holds a full name or id. */
void counter_add_detail(struct counter *counter, enum finding_name name, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void counter_add_rule(struct counter *counter, const char *path, enum rule rule);

/* Was this field, or what holds it, named while decoding? */
bool counter_was_named(const struct counter *counter, const char *path);
/* The problem at exactly this path; NULL for none. */
const struct problem *counter_problem(const struct counter *counter, const char *path);
/* Absent, and decoding named neither it nor what holds it. */
bool counter_lacks(const struct counter *counter, struct text value, const char *path);

/* The families, in the order of their findings. */
void check_problems(struct counter *counter);   /* F02 of decoding, and checks that name a field */
void check_form(struct counter *counter);       /* F01, F02 */
void check_changes(struct counter *counter);    /* F02, MAT01 of what follows a mortgage in the book */
void check_composed(struct counter *counter);   /* F02 of free text that is not in NFC */
void check_units(struct counter *counter);      /* F03-F06, F16 */
void check_parties(struct counter *counter);    /* F07-F09, F14, F15 */
void check_terms(struct counter *counter);      /* F10-F13 */
void check_materials(struct counter *counter);  /* MAT01, MAT02, MAT06, S03 */
void check_signatures(struct counter *counter); /* MAT03, and MAT01 for SQWT */
void check_papers(struct counter *counter);     /* MAT02 of scans, MAT03 of sessions, MAT05 */
void check_seals(struct counter *counter);      /* MAT07, and F02 of a legal representative */
void check_sheet(struct counter *counter);      /* MAT04 */
void check_validity(struct counter *counter);   /* MAT08 */
void check_book(struct counter *counter);       /* Q01-Q15: the title result, what lies on the units */
void check_bank(struct counter *counter);       /* B01-B03 */
void check_rules(struct counter *counter);      /* F02, MAT01 of the window's own rules */
void check_contests(struct counter *counter);   /* F02 of what is contested; after all others */
void check_consents(struct counter *counter);   /* B04, S01, S02 */

#endif

#ifndef ONEVISIT_SCHEMAS_CHECKS_CHECK_H
#define ONEVISIT_SCHEMAS_CHECKS_CHECK_H

#include "schemas/calendar.h"
#include "schemas/message.h"

/* The counter checks (DOMAIN 6.5): all findings at once, in a stable order
 * (order of findings.def, then of the path in the application), used by the
 * branch at its counter and by the broker at its door.
 *
 * findings.def: FINDING(id, level, "Chinese", "English", "fix hint in Chinese", "fix hint in English"),
 * one row per id and shade of meaning; several rows may carry one id, as F07
 * with "check digit", "impossible date" and "younger than 18". */

enum { CHECK_FOUND_COUNT_MAX = 256 };

#define FINDING(name, id, level, chinese, english, fix_chinese, fix_english) FINDING_##name,
enum finding_name {
#include "schemas/findings.def"
    FINDING_COUNT
};
#undef FINDING

struct finding_row {
    const char *id;    /* "F07" */
    const char *level; /* "E" or "W" */
    const char *chinese;
    const char *english;
    const char *fix_chinese;
    const char *fix_english;
};

const struct finding_row *finding_row(enum finding_name name);

enum { FOUND_TEXT_SIZE = 512 };

struct found {
    enum finding_name name;
    char path[RECORD_PATH_SIZE_MAX];
    char detail[160]; /* behind the row's sentence, same in both languages, "" for none; never a full name or id */
    enum rule rule;   /* F02_VALUE: what was asked for; else RULE_FREE */
};

struct check_result {
    struct found items[CHECK_FOUND_COUNT_MAX];
    uint32_t count;
    uint32_t error_count; /* of level E */
    bool has_more;
};

/* A title result that units of the application name for themselves. */
struct title_stood {
    int64_t query;
    const struct title_result *result; /* NULL: it is not this branch's at this window, or has no answer */
    int64_t valid_until_us;
};

/* What the checks look at; all borrowed.
 *
 * `problems` are those of decoding `application`: a field named there is
 * reported once, as F02 or by the check of its own, and never again as missing.
 * What is NULL or absent is not known here (a branch without a broker has
 * neither rules nor a title result), and the checks that need it are left out. */
struct check_input {
    const struct case_submit *application;
    const struct problems *problems;
    struct date today;                /* at UTC+8: age, start of term */
    int64_t now_us;                   /* age of the title result; 0: not known */
    const struct window_rules *rules; /* of the window; NULL: the house's defaults */
    const struct title_result *title; /* the one the application names; NULL: none */
    int64_t title_valid_until_us;     /* of that one */
    bool is_title_foreign;            /* it names one that is not this branch's, or none that exists */
    const struct title_stood *titles; /* those that units name; one that is not here counts as foreign */
    uint32_t title_count;
    bool others_are_open;       /* Q11: another case is under way on a unit */
    bool contract_is_elsewhere; /* B03: the contract is filed in another open case */
    bool clerk_is_unauthorised; /* B02: the branch's list of clerks does not allow it */
};

void check_application(const struct check_input *input, struct check_result *out);

/* The whole sentence of one finding, the detail included. Returns `out`. */
const char *found_english(const struct found *found, char *out, size_t size);
const char *found_chinese(const struct found *found, char *out, size_t size);

/* What a finding rests on (DOMAIN 6.5): F the form, D a dictionary, R the window's rules, Q the title query, B the
 * bank's own data. */
const char *found_source(const struct found *found);

/* The window's participant name ("W:370102") for a district code, retired codes
 * through their alias; NULL when no window serves it. */
const char *window_of_district(struct text district);

#endif

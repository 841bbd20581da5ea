#include "schemas/checks/counter.h"

/* Findings for what decoding named: F02, unless a check of its own names the
 * field (DOMAIN 6.8). Every problem becomes a finding of level E, because the
 * broker's door refuses a body with one. */

enum {
    ABSENT = 1 << PROBLEM_MISSING | 1 << PROBLEM_NULL,
    CONTENT = 1 << PROBLEM_SIZE | 1 << PROBLEM_RANGE | 1 << PROBLEM_RULE | 1 << PROBLEM_ENCODING,
    TYPE = 1 << PROBLEM_TYPE,
    ANY = ABSENT | CONTENT | TYPE | 1 << PROBLEM_REPEATED,
};

/* Said by the check itself, which looks at the problem. */
static const enum finding_name ELSEWHERE = FINDING_COUNT;

struct claim {
    const char *pattern; /* of the path; a star stands for one step */
    unsigned kinds;      /* of problems that the check speaks about */
    enum finding_name name;
};

/* A check that asks whether something is answered, set or recorded names its
 * absence; one that judges a code names a bad content, not a missing field. */
static const struct claim claims[] = {
    {"kind", ANY, ELSEWHERE},
    {"district", CONTENT, FINDING_F05_NO_WINDOW},
    {"units/*/bdcdyh", CONTENT, FINDING_F03_FORMAT},
    {"units/*/bdcqzh", CONTENT, FINDING_F06_FORMAT},
    {"excluded_units/*", CONTENT, FINDING_F03_FORMAT},
    {"bdcdjzmh", CONTENT, FINDING_F06_FORMAT},
    {"prenotice_zmh", CONTENT, FINDING_F06_FORMAT},
    {"mortgagors/*/id", CONTENT, ELSEWHERE},
    {"mortgagors/*/agent/id", CONTENT, ELSEWHERE},
    {"mortgagee/agent/id", CONTENT, ELSEWHERE},
    {"debtors/*/id", CONTENT, ELSEWHERE},
    {"mortgagee/uscc", CONTENT, FINDING_F08_FORMAT},
    {"mortgagee/cnaps", CONTENT, FINDING_F09_FORMAT},
    {"transferor/uscc", CONTENT, FINDING_F08_FORMAT},
    {"transferor/cnaps", CONTENT, FINDING_F09_FORMAT},
    {"transferor/agent/id", CONTENT, ELSEWHERE},
    {"sellers/*/id", CONTENT, ELSEWHERE},
    {"sellers/*/agent/id", CONTENT, ELSEWHERE},
    {"old_mortgagee/uscc", CONTENT, FINDING_F08_FORMAT},
    {"old_mortgagee/cnaps", CONTENT, FINDING_F09_FORMAT},
    {"old_mortgagee/agent/id", CONTENT, ELSEWHERE},
    {"zgzqqdse", CONTENT, FINDING_F10_TOO_LARGE},
    {"appraisal", CONTENT, FINDING_F10_TOO_LARGE},
    {"units/*/tdsyjssj", CONTENT, FINDING_F11_NO_DATE},
    {"zwlxqssj", CONTENT, FINDING_F11_NO_DATE},
    {"zwlxjssj", CONTENT, FINDING_F11_NO_DATE},
    {"bdbzzqse", ANY, ELSEWHERE},
    {"zgzqse", ANY, ELSEWHERE},
    {"sfczjzhxz", ANY, FINDING_F13_NOT_ANSWERED},
    {"materials", ABSENT, ELSEWHERE},
    {"materials/*/pages", 1 << PROBLEM_RANGE, FINDING_MAT02_PAGES},
    {"materials/*/size", 1 << PROBLEM_RANGE, FINDING_MAT02_BYTES},
    {"materials/*/dpi", 1 << PROBLEM_RANGE, FINDING_MAT02_RESOLUTION},
    {"materials/*/valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"mortgagors/*/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"mortgagors/*/agent/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"mortgagee/agent/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"transferor/agent/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"sellers/*/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"sellers/*/agent/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"old_mortgagee/agent/id_valid_until", CONTENT, FINDING_MAT08_NO_DATE},
    {"materials/*/mime", CONTENT, FINDING_MAT02_MIME},
    {"fee_payer", ANY, FINDING_B04_FEE_PAYER},
    {"consent", ABSENT, ELSEWHERE},
    {"consent/face", ANY, FINDING_S01_FACE},
    {"consent/face/*", ANY, FINDING_S01_FACE},
    {"consent/pipl", ANY, FINDING_S02_CONSENT},
};

static bool path_matches(const char *path, const char *pattern)
{
    while (*pattern) {
        if (*pattern == '*') {
            size_t step = strcspn(path, "/");
            if (step == 0)
                return false;
            path += step;
            pattern++;
        } else if (*path++ != *pattern++) {
            return false;
        }
    }
    return *path == '\0';
}

static const struct claim *claim_of(const struct problem *problem)
{
    for (size_t index = 0; index < sizeof claims / sizeof claims[0]; index++)
        if ((claims[index].kinds & 1u << problem->kind) && path_matches(problem->path, claims[index].pattern))
            return &claims[index];
    return NULL;
}

static void add_form(struct counter *counter, const struct problem *problem)
{
    static const enum finding_name names[] = {
        [PROBLEM_MISSING] = FINDING_F02_MISSING,   [PROBLEM_NULL] = FINDING_F02_NULL,
        [PROBLEM_TYPE] = FINDING_F02_TYPE,         [PROBLEM_SIZE] = FINDING_F02_SIZE,
        [PROBLEM_RANGE] = FINDING_F02_RANGE,       [PROBLEM_RULE] = FINDING_F02_VALUE,
        [PROBLEM_UNKNOWN] = FINDING_F02_UNKNOWN,   [PROBLEM_REPEATED] = FINDING_F02_REPEATED,
        [PROBLEM_ENCODING] = FINDING_F02_ENCODING,
    };
    if (problem->path[0] == '\0')
        counter_add(counter, FINDING_F02_UNREADABLE, "");
    else if (problem->kind == PROBLEM_RULE && problem->field)
        counter_add_rule(counter, problem->path, problem->field->rule);
    else
        counter_add(counter, names[problem->kind], problem->path);
}

void check_problems(struct counter *counter)
{
    for (uint32_t index = 0; index < counter->problems->count; index++) {
        const struct problem *problem = &counter->problems->items[index];
        const struct claim *claim = claim_of(problem);
        if (!claim)
            add_form(counter, problem);
        else if (claim->name != ELSEWHERE)
            counter_add(counter, claim->name, problem->path);
    }
}

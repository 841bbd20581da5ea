#include "schemas/checks/counter.h"
#include "schemas/dictionary.h"

/* B04 who pays, S01 face or identity verification, S02 the separate consent. */

static void check_fee_payer(struct counter *counter)
{
    struct text payer = counter->application->fee_payer;
    if (!dictionary_holds(DICTIONARY_FEE_PAYER, payer) && !counter_was_named(counter, "fee_payer"))
        counter_add(counter, FINDING_B04_FEE_PAYER, "fee_payer");
}

/* Without any record of consent both references are missing. */
static void check_consent(struct counter *counter)
{
    const struct problem *problem = counter_problem(counter, "consent");
    bool is_absent = problem && (problem->kind == PROBLEM_MISSING || problem->kind == PROBLEM_NULL);
    if (!is_absent)
        return;
    counter_add(counter, FINDING_S01_FACE, "consent/face");
    counter_add(counter, FINDING_S02_CONSENT, "consent/pipl");
}

void check_consents(struct counter *counter)
{
    check_fee_payer(counter);
    check_consent(counter);
}

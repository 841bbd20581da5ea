#include "schemas/checks/counter.h"

/* B01 the loan, B02 the clerk, B03 the contract: what the bank's own data and
 * the cases under way say. */

void check_bank(struct counter *counter)
{
    struct number is_approved = counter->application->bank.is_approved;
    if (is_approved.is_present && is_approved.value == 0)
        counter_add(counter, FINDING_B01_NOT_APPROVED, "bank/approved");
    if (counter->input->clerk_is_unauthorised)
        counter_add(counter, FINDING_B02_CLERK, "bank/clerk");
    if (counter->input->contract_is_elsewhere)
        counter_add(counter, FINDING_B03_ELSEWHERE, "dyhth");
}

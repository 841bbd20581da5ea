#include "schemas/checks/counter.h"

/* MAT08: proofs of identity and powers are valid on the day of the check, the
 * last day included; 长期 is valid for ever. */

static void check_until(struct counter *counter, struct text until, struct path path)
{
    struct date last;
    if (!until.data || text_is(until, "长期"))
        return;
    if (!date_parse(until, &last))
        counter_add(counter, FINDING_MAT08_NO_DATE, path.text);
    else if (date_compare(last, counter->today) < 0)
        counter_add(counter, FINDING_MAT08_EXPIRED, path.text);
}

static void check_owners(struct counter *counter, const struct mortgagor_list *owners, const char *role)
{
    for (uint32_t index = 0; index < owners->count; index++) {
        check_until(counter, owners->items[index].id_valid_until, path_of("%s/%u/id_valid_until", role, index));
        check_until(counter, owners->items[index].agent.id_valid_until,
                    path_of("%s/%u/agent/id_valid_until", role, index));
    }
}

static void check_agent_of(struct counter *counter, const struct mortgagee *bank, const char *role)
{
    check_until(counter, bank->agent.id_valid_until, path_of("%s/agent/id_valid_until", role));
}

void check_validity(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    check_owners(counter, &application->mortgagors, "mortgagors");
    check_owners(counter, &application->sellers, "sellers");
    check_agent_of(counter, &application->mortgagee, "mortgagee");
    check_agent_of(counter, &application->transferor, "transferor");
    check_agent_of(counter, &application->old_mortgagee, "old_mortgagee");
    for (uint32_t index = 0; index < application->materials.count; index++)
        check_until(counter, application->materials.items[index].valid_until,
                    path_of("materials/%u/valid_until", index));
}

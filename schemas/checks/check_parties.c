#include "schemas/checks/counter.h"
#include "schemas/checks/name_form.h"
#include "schemas/checks/phone_form.h"
#include "schemas/codes.h"

/* F07 citizen ids, F08 credit codes, F09 the bank number, F14 names, F15 phones:
 * everybody named in the application, in its order. */

enum { AGE_OF_MAJORITY = 18 };

/* One party, whatever its record: members that its record lacks are absent. */
struct party {
    struct path path;
    struct text name;
    struct text id_type;
    struct text id;
    struct text telephone;
    bool is_agent;
};

static void check_name(struct counter *counter, const char *path, struct text name, bool is_of_passport)
{
    if (!name.data)
        return;
    switch (name_form(name, is_of_passport)) {
    case NAME_GOOD:
        return;
    case NAME_BLANK:
        counter_add(counter, FINDING_F14_BLANK, path);
        return;
    case NAME_NARROW:
        counter_add(counter, FINDING_F14_NARROW, path);
        return;
    case NAME_RARE:
        counter_add(counter, FINDING_F14_RARE, path);
        return;
    }
}

/* ---- proofs of identity ---- */

static enum finding_name finding_of_citizen(enum code_problem problem)
{
    switch (problem) {
    case CODE_CHECK:
        return FINDING_F07_CHECK;
    case CODE_DATE:
        return FINDING_F07_DATE;
    case CODE_DISTRICT:
        return FINDING_F07_PROVINCE;
    case CODE_OK:
    case CODE_FORMAT:
    case CODE_INNER:
    case CODE_PARTS:
    case CODE_W_NOT_ZERO:
    case CODE_UNIT_ZERO:
    case CODE_TYPE:
    case CODE_PROBLEM_COUNT:
        break;
    }
    return FINDING_F07_FORMAT;
}

/* A minor owner is a matter of MAT06; a minor cannot act for another. */
static void check_citizen(struct counter *counter, const struct party *party, const char *path)
{
    struct citizen_id id;
    enum code_problem problem = citizen_id_parse(party->id, &id);
    if (problem != CODE_OK)
        counter_add(counter, finding_of_citizen(problem), path);
    else if (party->is_agent && age_on(id.birth, counter->today) < AGE_OF_MAJORITY)
        counter_add(counter, FINDING_F07_AGE, path);
}

static void check_credit_code(struct counter *counter, struct text code, const char *path)
{
    enum code_problem problem = uscc_check(code);
    if (problem == CODE_FORMAT)
        counter_add(counter, FINDING_F08_FORMAT, path);
    else if (problem == CODE_CHECK)
        counter_add(counter, FINDING_F08_CHECK, path);
    else if (problem == CODE_INNER)
        counter_add(counter, FINDING_F08_INNER, path);
}

/* Empty or far too long, so that decoding left it out (a missing one is F02). */
static bool id_was_cut(const struct counter *counter, const char *path)
{
    const struct problem *problem = counter_problem(counter, path);
    return problem && (problem->kind == PROBLEM_SIZE || problem->kind == PROBLEM_ENCODING);
}

static void check_identity(struct counter *counter, const struct party *party)
{
    struct path path = path_of("%s/id", party->path.text);
    bool is_company = text_is(party->id_type, "7");
    if (id_was_cut(counter, path.text))
        counter_add(counter, is_company ? FINDING_F08_FORMAT : FINDING_F07_FORMAT, path.text);
    if (!party->id.data)
        return;
    if (is_company)
        check_credit_code(counter, party->id, path.text);
    else if (text_is(party->id_type, "1"))
        check_citizen(counter, party, path.text);
}

static void check_party(struct counter *counter, const struct party *party)
{
    struct path path = path_of("%s/name", party->path.text);
    check_name(counter, path.text, party->name, text_is(party->id_type, "3"));
    check_identity(counter, party);
    if (party->telephone.data && !phone_form_is_good(party->telephone))
        counter_add(counter, FINDING_F15_PHONE, path_of("%s/tel", party->path.text).text);
}

static void check_agent(struct counter *counter, const struct person *agent, const char *principal)
{
    if (!agent->is_present)
        return;
    struct party party = {
        path_of("%s/agent", principal), agent->name, agent->id_type, agent->id, agent->telephone, true};
    check_party(counter, &party);
}

static void check_mortgagee(struct counter *counter, const struct mortgagee *bank, const char *role)
{
    check_name(counter, path_of("%s/name", role).text, bank->name, false);
    if (bank->uscc.data)
        check_credit_code(counter, bank->uscc, path_of("%s/uscc", role).text);
    if (bank->cnaps.data) {
        enum code_problem problem = cnaps_check(bank->cnaps);
        if (problem != CODE_OK)
            counter_add(counter, problem == CODE_CHECK ? FINDING_F09_CHECK : FINDING_F09_FORMAT,
                        path_of("%s/cnaps", role).text);
    }
    check_agent(counter, &bank->agent, role);
}

static void check_owners(struct counter *counter, const struct mortgagor_list *owners, const char *role)
{
    for (uint32_t index = 0; index < owners->count; index++) {
        const struct mortgagor *owner = &owners->items[index];
        struct party party = {
            path_of("%s/%u", role, index), owner->name, owner->id_type, owner->id, owner->telephone, false};
        check_party(counter, &party);
        check_agent(counter, &owner->agent, party.path.text);
    }
}

void check_parties(struct counter *counter)
{
    const struct case_submit *application = counter->application;
    check_owners(counter, &application->mortgagors, "mortgagors");
    check_owners(counter, &application->sellers, "sellers");
    check_mortgagee(counter, &application->mortgagee, "mortgagee");
    check_mortgagee(counter, &application->transferor, "transferor");
    check_mortgagee(counter, &application->old_mortgagee, "old_mortgagee");
    for (uint32_t index = 0; index < application->other_mortgagees.count; index++)
        check_name(counter, path_of("other_mortgagees/%u", index).text, application->other_mortgagees.items[index],
                   false);
    for (uint32_t index = 0; index < application->debtors.count; index++) {
        const struct debtor *debtor = &application->debtors.items[index];
        struct party party = {
            path_of("debtors/%u", index), debtor->name, debtor->id_type, debtor->id, {NULL, 0}, false};
        check_party(counter, &party);
    }
}

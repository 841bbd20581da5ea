#include "broker/keep/citizens.h"

enum { ID_SIZE_MAX = 32 };

bool citizen_hash(const struct journal *journal, struct text id, uint8_t out[DIGEST_SIZE])
{
    char plain[ID_SIZE_MAX];
    uint32_t size = 0;

    for (uint32_t i = 0; i < id.size && size < ID_SIZE_MAX; i++) {
        const char character = id.data[i];
        if (character != ' ' && character != '-')
            plain[size++] = character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
    }
    return journal_citizen_hash(journal, (struct text){plain, size}, out);
}

/* Absent ones are none. */
static bool add(const struct journal *journal, struct citizens *out, struct text id)
{
    if (id.data == NULL || out->count == CITIZEN_COUNT_MAX)
        return true;
    return citizen_hash(journal, id, out->hashes[out->count++]);
}

static bool add_owners(const struct journal *journal, struct citizens *out, const struct mortgagor_list *owners)
{
    for (uint32_t i = 0; i < owners->count; i++)
        if (!add(journal, out, owners->items[i].id) || !add(journal, out, owners->items[i].agent.id))
            return false;
    return true;
}

static bool add_debtors(const struct journal *journal, struct citizens *out, const struct debtor_list *debtors)
{
    for (uint32_t i = 0; i < debtors->count; i++)
        if (!add(journal, out, debtors->items[i].id))
            return false;
    return true;
}

enum status citizens_of(const struct journal *journal, const struct case_submit *application, struct citizens *out)
{
    out->count = 0;
    const bool is_done =
        add_owners(journal, out, &application->mortgagors) && add_owners(journal, out, &application->sellers) &&
        add_debtors(journal, out, &application->debtors) && add(journal, out, application->mortgagee.agent.id) &&
        add(journal, out, application->transferor.agent.id) && add(journal, out, application->old_mortgagee.agent.id);
    return is_done ? STATUS_OK : STATUS_NO_KEY;
}

#include "broker/history.h"

#include <string.h>

static struct text keep(struct arena *arena, struct text text)
{
    char *copy = text.data != NULL ? arena_take(arena, text.size + 1) : NULL;
    if (copy == NULL)
        return (struct text){NULL, 0};
    memcpy(copy, text.data, text.size);
    return (struct text){copy, text.size};
}

/* The catalogue's word for it: "accepted (已受理)". */
static struct text sentence_of(struct text type)
{
    const enum message_type known = message_type_of(type);
    return text_of(known < MESSAGE_COUNT ? message_kind(known)->sentence : NULL);
}

static struct history_entry tell(const struct keeper_origin *origin, struct arena *arena)
{
    return (struct history_entry){.sequence = number_of((int64_t)origin->entry.sequence),
                                  .time = number_of(origin->entry.time_us),
                                  .source = keep(arena, origin->entry.sender),
                                  .type = keep(arena, origin->envelope.type),
                                  .state = keep(arena, origin->entry.state),
                                  .text = sentence_of(origin->envelope.type),
                                  .is_present = true};
}

/* The state that a window's word claims for the case, where it claims one. */
static const struct claim {
    const char *type;
    const char *state;
} claims[] = {
    {"CASE_ACCEPTED", "ACCEPTED"}, {"CASE_NOT_ACCEPTED", "NOT_ACCEPTED"}, {"CASE_REFUSED", "REFUSED"},
    {"CASE_BOOKED", "BOOKED"},     {"CERT_ISSUED", "CERTIFIED"},
};

bool history_stands_still(struct text before, struct text type, struct text after)
{
    if (!text_equal(before, after))
        return false;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        if (text_is(type, claims[i].type))
            return !text_is(after, claims[i].state);
    return false;
}

static void mark_standstill(struct history_entry *entries, uint32_t count, struct arena *arena)
{
    static const char mark[] = ": the case stays where it was (状态未变)";
    for (uint32_t i = 1; i < count; i++) {
        struct history_entry *entry = &entries[i];
        if (!history_stands_still(entries[i - 1].state, entry->type, entry->state))
            continue;
        char *both = entry->text.data != NULL ? arena_take(arena, entry->text.size + sizeof mark) : NULL;
        if (both == NULL)
            continue; /* no room: the step stands without the remark */
        memcpy(both, entry->text.data, entry->text.size);
        memcpy(both + entry->text.size, mark, sizeof mark);
        entry->text = (struct text){both, entry->text.size + (uint32_t)sizeof mark - 1};
    }
}

static void reverse(struct history_entry *entries, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        const struct history_entry entry = entries[i];
        entries[i] = entries[count - 1 - i];
        entries[count - 1 - i] = entry;
    }
}

enum status history_read(struct keeper *keeper, uint64_t last_sequence, struct arena *arena, struct case_status *out,
                         char *why)
{
    struct history_entry *entries = arena_take(arena, HISTORY_COUNT_MAX * sizeof *entries);
    uint32_t count = 0;

    if (entries == NULL)
        return STATUS_LIMIT;
    for (uint64_t sequence = last_sequence; sequence != 0 && count < HISTORY_COUNT_MAX;) {
        struct keeper_origin origin;
        const enum status status = keeper_origin(keeper, sequence, &origin, why);
        if (status != STATUS_OK)
            return status;
        entries[count++] = tell(&origin, arena);
        /* The thread only ever goes back: a record that points forward is damage. */
        if (origin.entry.case_previous >= sequence)
            return STATUS_CORRUPT;
        sequence = origin.entry.case_previous;
    }
    reverse(entries, count);
    mark_standstill(entries, count, arena);
    out->history.items = entries;
    out->history.count = count;
    out->history.is_present = true;
    return STATUS_OK;
}

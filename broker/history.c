#include "broker/history.h"

#include <stdio.h>
#include <string.h>

#include "schemas/risk.h"

enum { ALERT_ARENA_SIZE = 2048 }; /* a decoded alert holds references into its bytes, and little else */

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

static struct text join(struct arena *arena, struct text first, const char *second)
{
    const size_t size = first.size + strlen(second);
    char *both = first.data != NULL ? arena_take(arena, size + 1) : NULL;
    if (both == NULL)
        return first; /* no room: the step stands without the remark */
    memcpy(both, first.data, first.size);
    memcpy(both + first.size, second, size - first.size + 1);
    return (struct text){both, (uint32_t)size};
}

/* ": 查封 seizure", and whether that is its end; nothing where the body cannot be read any more. */
static struct text tell_alert(const struct keeper_origin *origin, struct text sentence, struct arena *arena)
{
    uint8_t memory[ALERT_ARENA_SIZE];
    struct arena own = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};
    struct risk_alert alert;
    char kind[96];
    char remark[160];

    if (origin->entry.body.data == NULL ||
        record_decode(&record_risk_alert, origin->entry.body, &own, &alert, &problems) != STATUS_OK)
        return sentence;
    const bool has_ended = alert.has_ended.is_present && alert.has_ended.value != 0;
    risk_show(alert.risk, kind, sizeof kind);
    snprintf(remark, sizeof remark, ": %s%s", kind, has_ended ? ", ended 已解除" : "");
    return join(arena, sentence, remark);
}

/* ": busy: closed until nine" of a failed attempt or of a parking; nothing where the body cannot be read any more. */
static struct text tell_failure(const struct keeper_origin *origin, struct text sentence, struct arena *arena)
{
    uint8_t memory[ALERT_ARENA_SIZE];
    struct arena own = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};
    struct delivery_failed failed;
    char remark[160];

    if (origin->entry.body.data == NULL ||
        record_decode(&record_delivery_failed, origin->entry.body, &own, &failed, &problems) != STATUS_OK)
        return sentence;
    snprintf(remark, sizeof remark, ": %.*s: %.*s", TEXT_ARGS(failed.class), TEXT_ARGS(failed.cause));
    return join(arena, sentence, remark);
}

static struct text tell_parking(const struct keeper_origin *origin, struct text sentence, struct arena *arena)
{
    uint8_t memory[ALERT_ARENA_SIZE];
    struct arena own = arena_over(memory, sizeof memory);
    struct problems problems = {.count = 0};
    struct fact_park park;
    char remark[160];

    if (origin->entry.body.data == NULL ||
        record_decode(&record_fact_park, origin->entry.body, &own, &park, &problems) != STATUS_OK)
        return sentence;
    snprintf(remark, sizeof remark, " after %d attempts: %.*s", (int)park.attempts.value, TEXT_ARGS(park.cause));
    return join(arena, sentence, remark);
}

static struct text text_of_step(const struct keeper_origin *origin, struct arena *arena)
{
    const struct text sentence = sentence_of(origin->envelope.type);
    if (text_is(origin->envelope.type, "RISK_ALERT"))
        return tell_alert(origin, sentence, arena);
    if (text_is(origin->envelope.type, "DELIVERY_FAILED"))
        return tell_failure(origin, sentence, arena);
    return text_is(origin->envelope.type, "FACT_PARK") ? tell_parking(origin, sentence, arena) : sentence;
}

static struct history_entry tell(const struct keeper_origin *origin, struct arena *arena)
{
    return (struct history_entry){.sequence = number_of((int64_t)origin->entry.sequence),
                                  .time = number_of(origin->entry.time_us),
                                  .source = keep(arena, origin->entry.sender),
                                  .type = keep(arena, origin->envelope.type),
                                  .state = keep(arena, origin->entry.state),
                                  .text = text_of_step(origin, arena),
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
        if (history_stands_still(entries[i - 1].state, entry->type, entry->state))
            entry->text = join(arena, entry->text, mark);
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

/* An alert changes no state, and its record knows of none. The alerts before the oldest step that is told are left
 * out; their count. */
static uint32_t fill_states(struct history_entry *entries, uint32_t count)
{
    uint32_t first = 0;
    while (first < count && text_is(entries[first].type, "RISK_ALERT"))
        first++;
    for (uint32_t i = first + 1; i < count; i++)
        if (text_is(entries[i].type, "RISK_ALERT"))
            entries[i].state = entries[i - 1].state;
    return first;
}

/* Where the next step back is: the newer of the thread and of the alerts left. */
struct way_back {
    uint64_t thread; /* 0: at its beginning */
    const struct alert_row *alerts;
    uint32_t alert_count;
};

static uint64_t next_back(struct way_back *way, bool *is_alert)
{
    const uint64_t alert = way->alert_count > 0 ? (uint64_t)way->alerts[way->alert_count - 1].sequence.value : 0;
    *is_alert = alert > way->thread;
    way->alert_count -= *is_alert;
    return *is_alert ? alert : way->thread;
}

static enum status read_back(struct keeper *keeper, struct way_back way, struct arena *arena,
                             struct history_entry *entries, uint32_t *count, char *why)
{
    while (way.thread != 0 && *count < HISTORY_COUNT_MAX) {
        struct keeper_origin origin;
        bool is_alert;
        const uint64_t sequence = next_back(&way, &is_alert);
        const enum status status = keeper_origin(keeper, sequence, &origin, why);
        if (status != STATUS_OK)
            return status;
        entries[(*count)++] = tell(&origin, arena);
        if (is_alert)
            continue;
        /* The thread only ever goes back: a record that points forward is damage. */
        if (origin.entry.case_previous >= sequence)
            return STATUS_CORRUPT;
        way.thread = origin.entry.case_previous;
    }
    return STATUS_OK;
}

enum status history_read(struct keeper *keeper, const struct case_row *row, struct arena *arena,
                         struct case_status *out, char *why)
{
    const struct way_back way = {(uint64_t)row->last_sequence.value, row->alerts.items, row->alerts.count};
    struct history_entry *entries = arena_take(arena, HISTORY_COUNT_MAX * sizeof *entries);
    uint32_t count = 0;

    if (entries == NULL)
        return STATUS_LIMIT;
    const enum status status = read_back(keeper, way, arena, entries, &count, why);
    if (status != STATUS_OK)
        return status;
    reverse(entries, count);
    const uint32_t first = fill_states(entries, count);
    mark_standstill(entries + first, count - first, arena);
    out->history.items = entries + first;
    out->history.count = count - first;
    out->history.is_present = true;
    return STATUS_OK;
}

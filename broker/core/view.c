#include <stdio.h>

#include "broker/core/case.h"
#include "broker/core/clock.h"
#include "broker/core/disburse.h"
#include "broker/core/fee.h"
#include "broker/core/parts.h"
#include "broker/core/risk.h"
#include "broker/core/rules.h"
#include "broker/core/state.h"
#include "schemas/kind_note.h"
#include "schemas/windows.h"

/* What may be said of a case and of a window: never more than the evidence. */

/* Where the window books only after the fee is paid (rule fee_first), it can do nothing while money is awaited. */
static bool waits_for_fee(const struct core *core, const struct case_row *row, enum lifecycle_state state)
{
    const struct window_rules *rules = core_rules(core, row->window);
    return (state == STATE_ACCEPTED || state == STATE_REVIEW) && rules != NULL && rules->fee_first.value != 0 &&
           fee_is_awaited(row);
}

/* Exactly one owner of the next step (DOMAIN I2). A queued case waits for its
 * window as long as that is away; a checked proof waits for the broker's clock. */
const char *core_waits_for(const struct core *core, const struct case_row *row)
{
    enum lifecycle_state state = row_state(row);
    const struct window_file *window = core_find_window(core, row->window);
    if (parts_are_awaited(row))
        return "branch";
    if (state == STATE_QUEUED && (window == NULL || window->session == NULL))
        return "window";
    if (state == STATE_CERTIFIED && (row->flags.value & CASE_PROOF_VERIFIED) != 0)
        return "broker";
    if (waits_for_fee(core, row, state))
        return "branch";
    return lifecycle_state(state)->waits_for;
}

static enum status flags_of_row(const struct case_row *row, struct arena *arena, struct text_list *out)
{
    static const char *const names[] = {"IN_DOUBT", "CONTRADICTION", "OUT_OF_ORDER", "ECHO_DIFF",
                                        "RISK",     "DECLARED_ONLY", "RANK_DIFF",    "DEEMED_ACCEPT_CLAIM"};
    enum { NAME_COUNT = sizeof names / sizeof names[0] };
    out->items = arena_take(arena, NAME_COUNT * sizeof *out->items);
    if (out->items == NULL)
        return STATUS_LIMIT;
    out->is_present = true;
    for (unsigned bit = 0; bit < NAME_COUNT; bit++)
        if ((row->flags.value >> bit & 1) != 0)
            out->items[out->count++] = text_of(names[bit]);
    return STATUS_OK;
}

static enum status titles_of_row(const struct case_row *row, struct arena *arena, struct case_title_list *out)
{
    if (row->titles.count == 0)
        return STATUS_OK;
    out->items = arena_take(arena, row->titles.count * sizeof *out->items);
    if (out->items == NULL)
        return STATUS_LIMIT;
    out->is_present = true;
    for (uint32_t i = 0; i < row->titles.count; i++) {
        const struct stood_row *stood = &row->titles.items[i];
        out->items[out->count++] = (struct case_title){
            .query = stood->query, .as_of = stood->as_of, .valid_until = stood->valid_until, .is_present = true};
    }
    return STATUS_OK;
}

static enum status risks_of_row(const struct case_row *row, struct arena *arena, struct case_risk_list *out)
{
    if (row->risks.count == 0)
        return STATUS_OK;
    out->items = arena_take(arena, row->risks.count * sizeof *out->items);
    if (out->items == NULL)
        return STATUS_LIMIT;
    out->is_present = true;
    for (uint32_t i = 0; i < row->risks.count; i++) {
        const struct risk_row *risk = &row->risks.items[i];
        out->items[out->count++] = (struct case_risk){.alert = risk->alert,
                                                      .risk = risk->risk,
                                                      .document = risk->document,
                                                      .time = risk->time,
                                                      .user = risk->user,
                                                      .acknowledged_at = risk->acknowledged_at,
                                                      .has_ended = risk->has_ended,
                                                      .blocks = number_of(risk_row_blocks(risk)),
                                                      .is_present = true};
    }
    return STATUS_OK;
}

static struct case_parked parked_of_row(const struct case_row *row, enum lifecycle_state state)
{
    if ((row->flags.value & CASE_PARKED) == 0)
        return (struct case_parked){.is_present = false};
    return (struct case_parked){.class = row_park_class(row),
                                .cause = row->park_cause.data != NULL ? row->park_cause : text_of("-"),
                                .attempts = number_of(row->park_attempts.value),
                                .since = row->parked_at.is_present ? row->parked_at : row->since,
                                .holds_units = number_of(state == STATE_PARKED),
                                .is_present = true};
}

enum status core_case_status(const struct core *core, const struct case_row *row, struct arena *arena,
                             struct case_status *out)
{
    enum lifecycle_state state = row_state(row);
    if (state == STATE_COUNT)
        return STATUS_CORRUPT;
    const struct kind_note note = kind_note(row->kind);
    *out = (struct case_status){.case_id = row->case_id,
                                .kind = row->kind,
                                .branch = row->branch,
                                .window = row->window,
                                .state = row->state,
                                .since = row->since,
                                .submitted_at = row->submitted_at,
                                .waits_for = text_of(core_waits_for(core, row)),
                                .level_zh = text_of(lifecycle_state(state)->chinese),
                                .level_en = text_of(lifecycle_state(state)->english),
                                .number = row->number,
                                .proof = row->proof,
                                .revision = row->revision,
                                .supplement_round = row->supplement_round,
                                .rules_version = row->rules_version,
                                .units = row->lanes,
                                .group = row->group,
                                .fee_state = row->fee_state,
                                .fee_amount = row->fee_amount,
                                .note_zh = text_of(note.chinese),
                                .note_en = text_of(note.english),
                                .parked = parked_of_row(row, state),
                                .is_present = true};
    if (row->title.is_present)
        out->title = (struct case_title){
            .query = row->title, .as_of = row->title_as_of, .valid_until = row->title_valid_until, .is_present = true};
    if (!clock_of_case(core, row, &out->clock))
        out->clock.is_present = false;
    out->may_disburse = number_of(disburse_may(row));
    enum status status = titles_of_row(row, arena, &out->titles);
    if (status == STATUS_OK)
        status = risks_of_row(row, arena, &out->risks);
    if (status == STATUS_OK)
        status = disburse_evidence(row, arena, &out->evidence);
    return status == STATUS_OK ? flags_of_row(row, arena, &out->flags) : status;
}

uint32_t core_parked(const struct core *core, struct number *oldest)
{
    uint32_t count = 0;
    *oldest = (struct number){0};
    for (const struct list_node *node = core->parked.first; node != NULL; node = node->next, count++) {
        const struct case_row *row = &((const struct case_file *)node->owner)->row;
        int64_t since = row->parked_at.is_present ? row->parked_at.value : row->since.value;
        if (!oldest->is_present || since < oldest->value)
            *oldest = number_of(since);
    }
    return count;
}

static struct number oldest_of(const struct window_file *window)
{
    for (const struct list_node *node = window->cases.first; node != NULL; node = node->next) {
        const struct case_file *file = node->owner;
        if (file->is_in_lanes)
            return file->row.submitted_at;
    }
    return (struct number){0};
}

/* City and county together, since names alone are not unique (DOMAIN 4). */
static struct text name_of(const struct core *core, struct text participant)
{
    struct text district = {participant.data + 2, participant.size - 2};
    if (district.size > DISTRICT_SIZE)
        district.size = DISTRICT_SIZE;
    const struct window *window = window_serving(district);
    if (window == NULL)
        return participant;
    int size = snprintf((char *)core->buffer, ROW_BUFFER_SIZE, "%s%s", window->city_name, window->name);
    return (struct text){(const char *)core->buffer, (uint32_t)size};
}

bool core_window_view(const struct core *core, struct text participant, struct window_view *out)
{
    const struct window_file *window = core_find_window(core, participant);
    if (participant_role(participant) != ROLE_WINDOW)
        return false;
    static const struct window_file unknown;
    if (window == NULL)
        window = &unknown;
    bool has_row = window->row.is_present;
    struct text state = has_row ? window->row.state : text_of("open");
    *out = (struct window_view){.window = participant,
                                .name = name_of(core, participant),
                                .state = window->session != NULL ? state : text_of("offline"),
                                .since = window->row.since,
                                .queued = number_of(window->queued_count),
                                .in_flight = number_of(window->out_count + window->follow_out_count),
                                .open = number_of(window->open_count),
                                .credit = number_of(window->credit),
                                .oldest = oldest_of(window),
                                .is_present = true};
    return true;
}

#include <assert.h>

#include "broker/core/claim.h"
#include "broker/core/contract.h"
#include "broker/core/course.h"
#include "broker/core/group.h"
#include "broker/core/handler.h"
#include "broker/core/index.h"
#include "broker/core/lane.h"
#include "broker/core/material.h"
#include "broker/core/parts.h"
#include "broker/core/rules.h"
#include "broker/core/title.h"
#include "broker/core/unit.h"
#include "schemas/calendar.h"
#include "schemas/checks/check.h"

/* The open case of the business key; NULL for none. */
static struct case_file *open_case_of_key(struct turn *turn)
{
    struct core *core = turn->core;
    struct row_key key = row_key_business(turn->event->business_key);
    struct business_row row;
    arena_reset(&core->arena);
    return core_read(core, &key, &record_business_row, &core->arena, &row) ? core_find_case(core, row.case_id) : NULL;
}

static void name_open_case(struct turn *turn, const struct case_file *open)
{
    if (!text_equal(open->row.branch, turn->event->participant))
        return; /* another branch's case is nobody's business */
    memcpy(turn->step.case_id, open->case_id, sizeof turn->step.case_id);
    turn->names_open_case = true;
}

static enum status supersedes_judge(struct turn *turn, struct text supersedes)
{
    const struct case_file *before = core_find_case(turn->core, supersedes);
    turn->path = "supersedes";
    if (before == NULL)
        return STATUS_UNKNOWN_CASE;
    if (!text_equal(before->row.branch, turn->event->participant))
        return STATUS_NOT_YOURS;
    bool is_same = memcmp(before->business_key, turn->event->business_key, DIGEST_SIZE) == 0;
    if (before->base != STATE_WITHDRAWN || !is_same)
        return STATUS_WRONG_STATE;
    turn->path = NULL;
    return STATUS_OK;
}

static bool is_handed_in_as_bulk(const struct event *event)
{
    return event->envelope->priority.is_present && event->envelope->priority.value == PRIORITY_BULK;
}

static bool is_beyond(uint32_t count, uint32_t count_max)
{
    return count_max != 0 && count >= count_max;
}

/* Bulk stops before the window's queue is full, and each branch before bulk stops: room is left for the others. */
static bool window_is_full(const struct turn *turn, const struct window_file *window)
{
    const struct core_settings *settings = &turn->core->settings;
    if (window->queued_count >= settings->queue_count_max)
        return true;
    if (is_handed_in_as_bulk(turn->event) && is_beyond(window->queued_count, settings->bulk_queue_count_max))
        return true;
    return is_beyond(queue_undelivered(&window->queue, turn->event->participant), settings->branch_queue_count_max);
}

static enum status limits_judge(struct turn *turn, struct text window)
{
    const struct window_file *file = core_find_window(turn->core, window);
    bool is_full =
        turn->core->open_count >= turn->core->settings.open_count_max || (file != NULL && window_is_full(turn, file));
    return is_full ? STATUS_BUSY : STATUS_OK;
}

static enum status units_judge(struct turn *turn, const struct case_submit *application)
{
    char memory[LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1)];
    struct text lanes[LANE_COUNT_MAX + 1];
    uint32_t count = lanes_of_units(&application->units, memory, lanes);
    if (units_have_room(turn->core, lanes, count))
        return STATUS_OK;
    turn->path = "units";
    return STATUS_TOO_MANY_ON_UNIT;
}

enum status case_submit_judge(struct turn *turn)
{
    const struct case_submit *application = turn->event->body;
    const char *window = window_of_district(application->district);
    if (window == NULL) {
        turn->path = "district";
        return STATUS_UNKNOWN_DISTRICT;
    }
    if (application->supersedes.data != NULL) {
        enum status status = supersedes_judge(turn, application->supersedes);
        if (status != STATUS_OK)
            return status;
    }
    const struct case_file *open = open_case_of_key(turn);
    if (open != NULL) {
        name_open_case(turn, open);
        return STATUS_DUP_CASE;
    }
    enum status status = claim_is_made(turn->event) ? claim_judge(turn, window) : STATUS_OK;
    if (status == STATUS_OK)
        status = parts_judge(turn, application);
    if (status == STATUS_OK)
        status = group_judge(turn);
    if (status == STATUS_OK)
        status = units_judge(turn, application);
    if (status == STATUS_OK)
        status = materials_judge(turn, &application->materials);
    return status == STATUS_OK ? limits_judge(turn, text_of(window)) : status;
}

/* The mortgage it ends or follows; that of a prenotice which turns into one. */
static struct text ended_proof_of(const struct case_submit *application)
{
    if (text_is(application->kind, "M06"))
        return application->prenotice_proof;
    return application->ended_proof;
}

/* SD, the window's district, the day, the bank and a counter (DOMAIN 3.6). */
static void make_case_id(struct turn *turn, const char *window, char out[CASE_ID_SIZE + 1])
{
    struct text branch = turn->event->participant;
    struct case_id parts = {.date = date_of_time(turn->event->time_us),
                            .counter = (uint32_t)turn->core->meta.case_counter.value};
    memcpy(parts.district, window + 2, DISTRICT_SIZE);
    memcpy(parts.bank, branch.data + 2, 3);
    bool is_made = case_id_make(&parts, out);
    assert(is_made);
    /* It may begin again: the day stands in the id, and no day sees so many cases. */
    turn->core->meta.case_counter = number_of((turn->core->meta.case_counter.value + 1) & CASE_ID_COUNTER_MAX);
}

/* Filed again after a loss it stays the case it was. */
static void give_case_id(struct turn *turn, const char *window, char out[CASE_ID_SIZE + 1])
{
    const struct text claimed = turn->event->envelope->case_id;
    if (!claim_is_made(turn->event) || claim_judge(turn, window) != STATUS_OK) {
        make_case_id(turn, window, out);
        return;
    }
    memcpy(out, claimed.data, CASE_ID_SIZE);
    out[CASE_ID_SIZE] = '\0';
}

static void set_lanes(struct case_file *file, const struct case_submit *application)
{
    char memory[LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1)];
    struct text lanes[LANE_COUNT_MAX + 1];
    uint32_t count = lanes_of_units(&application->units, memory, lanes);
    case_set_lanes(file, lanes, count);
}

static void set_origin(struct turn *turn, struct case_file *file)
{
    const struct event *event = turn->event;
    file->row.submitted = file->row.last_sequence = number_of((int64_t)event->sequence);
    file->row.submitted_at = file->row.since = number_of(event->time_us);
    if (claim_is_made(event))
        case_flag(file, CASE_FILED_AGAIN); /* and does not expire unsent: it may have been sent */
    else if (event->envelope->expires_at.is_present)
        file->row.expires_at = event->envelope->expires_at;
    case_set_business_key(file, event->business_key);
    case_set_contract_key(file, event->contract_key);
    case_keep_text(&file->row.group, event->envelope->group);
    if (is_handed_in_as_bulk(event))
        file->row.is_bulk = number_of(true);
    case_add_delivery(file, event->message, event->sequence);
}

/* Whoever looks at the case later knows which rules it was filed under. */
static void set_rules_version(const struct core *core, struct case_file *file)
{
    const struct window_rules *rules = core_rules(core, file->row.window);
    if (rules != NULL)
        file->row.rules_version = rules->version;
}

/* The case says on which answers of the registry it stands; on another's, or none, it does not. */
static void set_titles(struct turn *turn, struct case_file *file)
{
    uint64_t queries[TITLE_STAND_COUNT_MAX];
    uint32_t count = title_queries(turn->event->body, queries);
    for (uint32_t i = 0; i < count; i++) {
        struct title_row row;
        if (title_find(turn->core, queries[i], &row) && title_is_of(&row, file->row.branch, file->row.window))
            case_stand(file, &(struct stood_row){number_of((int64_t)queries[i]), row.as_of, row.valid_until, true});
    }
}

static void keep_rows(struct core *core, const struct case_file *file)
{
    struct row_key business = row_key_business(file->business_key);
    struct row_key open = row_key_open(file->row.case_id);
    struct business_row row = {.case_id = file->row.case_id, .is_present = true};
    uint8_t version = ROW_VERSION;
    core_put(core, &business, &record_business_row, &row);
    rows_put(&core->rows, &open, bytes_of(&version, 1));
}

void on_case_submit(struct turn *turn)
{
    const struct case_submit *application = turn->event->body;
    const char *window = window_of_district(application->district);
    if (window == NULL)
        return;
    char case_id[CASE_ID_SIZE + 1];
    give_case_id(turn, window, case_id);
    struct case_file *file = case_new(text_of(case_id));
    case_set_kind(file, application->kind);
    case_set_branch(file, turn->event->participant);
    case_set_window(file, text_of(window));
    set_lanes(file, application);
    set_origin(turn, file);
    set_rules_version(turn->core, file);
    if (!claim_is_made(turn->event)) /* the numbers of queries were another history's */
        set_titles(turn, file);
    if (!materials_bind(turn, file, &application->materials))
        case_flag(file, CASE_DECLARED_ONLY);
    case_keep_text(&file->row.clerk, application->bank.clerk);
    table_put(&turn->core->cases, key_of_text(file->row.case_id), file);
    case_keep_text(&file->row.ended_proof, ended_proof_of(application));
    group_join(turn, file);
    keep_rows(turn->core, file);
    unit_enter(turn->core, file);
    contract_enter(turn->core, file);
    index_application(turn, file);
    course_open(turn->core, file);
    file->base = STATE_SUBMITTED;
    case_show(file, turn->event->time_us);
    /* What is carried is here, or it would not have been taken; the rest is declared. */
    if (!parts_ask(turn, file, application))
        course_apply(turn, file, LIFE_MATERIALS);
    turn->file = file;
}

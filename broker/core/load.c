#include <assert.h>
#include <stdlib.h>

#include "broker/core/course.h"
#include "broker/core/directory.h"
#include "broker/core/door.h"
#include "broker/core/lane.h"
#include "broker/core/lookup_rate.h"
#include "broker/core/material.h"
#include "broker/core/memory.h"
#include "broker/core/rules.h"
#include "broker/core/rules_keep.h"
#include "broker/core/session.h"
#include "broker/core/timer.h"
#include "broker/core/title.h"
#include "broker/core/unit.h"
#include "broker/core/urgent.h"
#include "broker/core/window.h"
#include "broker/core/word.h"

/* Rows in and out: loading at start, what an event needs, what a checkpoint takes. */

const char *core_load_prefixes(void)
{
    return "mpwborlO";
}

/* The id behind the key's prefix. */
static struct text key_name(const struct row_key *key)
{
    return (struct text){(const char *)key->bytes + 1, (uint32_t)key->size - 1};
}

/* ---- one row into memory ---- */

static enum status load_meta(struct core *core, struct bytes value)
{
    struct meta_row row;
    enum status status = row_decode(&record_meta_row, value, &core->arena, &row, &core->problems);
    if (status != STATUS_OK)
        return status;
    core->meta = row;
    if (row.broker.data != NULL)
        memcpy(core->broker_id, row.broker.data, sizeof core->broker_id);
    if (row.directory_digest.data != NULL)
        memcpy(core->directory_digest, row.directory_digest.data, DIGEST_SIZE);
    if (row.calendar_digest.data != NULL)
        memcpy(core->calendar_digest, row.calendar_digest.data, DIGEST_SIZE);
    core->meta.broker.data = row.broker.data != NULL ? core->broker_id : NULL;
    core->meta.directory_digest.data = row.directory_digest.data != NULL ? core->directory_digest : NULL;
    core->meta.calendar_digest.data = row.calendar_digest.data != NULL ? core->calendar_digest : NULL;
    return STATUS_OK;
}

static enum status load_participant(struct core *core, struct bytes value)
{
    struct directory_row row;
    enum status status = row_decode(&record_directory_row, value, &core->arena, &row, &core->problems);
    if (status == STATUS_OK)
        directory_keep(core, &row);
    return status;
}

static enum status load_window(struct core *core, struct text name, struct bytes value)
{
    struct window_row row;
    enum status status = row_decode(&record_window_row, value, &core->arena, &row, &core->problems);
    if (status != STATUS_OK || name.size > PARTICIPANT_SIZE_MAX)
        return status != STATUS_OK ? status : STATUS_CORRUPT;
    struct window_file *window = core_window(core, name);
    window->row = row;
    window_set_state(window, row.state);
    window_set_reason(window, row.reason);
    return STATUS_OK;
}

static enum status load_branch(struct core *core, struct text name, struct bytes value)
{
    struct branch_row row;
    enum status status = row_decode(&record_branch_row, value, &core->arena, &row, &core->problems);
    if (status != STATUS_OK || name.size > PARTICIPANT_SIZE_MAX)
        return status != STATUS_OK ? status : STATUS_CORRUPT;
    core_branch(core, name)->row = row;
    return STATUS_OK;
}

static enum status load_operator(struct core *core, struct text name, struct bytes value)
{
    struct operator_row row;
    enum status status = row_decode(&record_operator_row, value, &core->arena, &row, &core->problems);
    if (status != STATUS_OK || name.size > PARTICIPANT_SIZE_MAX)
        return status != STATUS_OK ? status : STATUS_CORRUPT;
    lookup_operator(core, name)->row = row;
    return STATUS_OK;
}

static void case_forget(struct core *core, struct case_file *file)
{
    table_remove(&core->cases, key_of_text(file->row.case_id));
    timer_clear(&core->timers, &file->timer);
    case_free(file);
}

/* A case from the store stays only as long as it is looked at, unless it is opened or changed. */
static void case_visits(struct core *core, struct case_file *file)
{
    if (core->visiting_count == CASES_VISITING_COUNT_MAX) {
        case_forget(core, list_take(&core->visiting));
        core->visiting_count--;
    }
    file->is_visiting = true;
    list_append(&core->visiting, &file->of_all);
    core->visiting_count++;
}

static enum status load_case(struct core *core, struct text case_id, struct bytes value, bool is_visit)
{
    struct case_row row;
    struct case_file *file = NULL;
    if (core_find_case(core, case_id) != NULL)
        return STATUS_OK;
    enum status status = row_decode(&record_case_row, value, &core->arena, &row, &core->problems);
    if (status == STATUS_OK && !text_equal(row.case_id, case_id))
        status = STATUS_CORRUPT;
    if (status == STATUS_OK)
        status = case_of_row(&row, &file);
    if (status != STATUS_OK)
        return status;
    table_put(&core->cases, key_of_text(file->row.case_id), file);
    file->window = core_window(core, file->row.window);
    file->branch = core_branch(core, file->row.branch);
    if (is_visit)
        case_visits(core, file);
    return STATUS_OK;
}

/* Asked for by core_load_wants, in order. */
static enum status load_urgent(struct core *core, const struct row_key *key, struct bytes value)
{
    struct feed_row row;
    struct text name = text_of((const char *)key->bytes + 1);
    struct branch_file *branch = core_find_branch(core, name);
    enum status status = row_decode(&record_feed_row, value, &core->arena, &row, &core->problems);
    if (status != STATUS_OK || branch == NULL)
        return status != STATUS_OK ? status : STATUS_CORRUPT;
    urgent_load(branch, (uint64_t)row.behind.value);
    return STATUS_OK;
}

static enum status want_case(struct core *core, struct text case_id)
{
    if (case_id.size != CASE_ID_SIZE)
        return STATUS_CORRUPT;
    if (core->wanted_count == core->wanted_capacity) {
        core->wanted_capacity = core->wanted_capacity != 0 ? core->wanted_capacity * 2 : 64;
        core->wanted = memory_grow(core->wanted, core->wanted_capacity * sizeof *core->wanted);
    }
    char *wanted = core->wanted[core->wanted_count++];
    memcpy(wanted, case_id.data, CASE_ID_SIZE);
    wanted[CASE_ID_SIZE] = '\0';
    return STATUS_OK;
}

enum status core_load(struct core *core, const struct row_key *key, struct bytes value)
{
    if (key->size == 0 || value.data == NULL)
        return STATUS_CORRUPT;
    arena_reset(&core->arena);
    switch (key->bytes[0]) {
    case 'm':
        return load_meta(core, value);
    case 'p':
        return load_participant(core, value);
    case 'w':
        return load_window(core, key_name(key), value);
    case 'b':
        return load_branch(core, key_name(key), value);
    case 'g':
        return load_urgent(core, key, value);
    case 'o':
        return want_case(core, key_name(key));
    case 'c':
        return load_case(core, key_name(key), value, false);
    case 'r':
        return rules_keep(core, key_name(key), value);
    case 'l':
        return calendar_keep(core, value);
    case 'O':
        return load_operator(core, key_name(key), value);
    }
    return STATUS_CORRUPT;
}

/* ---- at start ---- */

/* What is urgent and not acknowledged: when it may go stands in its row. */
static bool wants_urgent(const struct core *core, struct row_key *out)
{
    uint32_t cursor = 0;
    uint64_t number = 0;
    for (const struct branch_file *branch; (branch = table_next(&core->branches, &cursor)) != NULL;) {
        if (!urgent_wants(branch, &number))
            continue;
        *out = row_key_urgent(text_of(branch->name), number);
        return true;
    }
    return false;
}

bool core_load_wants(struct core *core, struct row_key *out)
{
    while (core->wanted_cursor < core->wanted_count) {
        struct text case_id = text_of(core->wanted[core->wanted_cursor]);
        if (core_find_case(core, case_id) == NULL) {
            *out = row_key_case(case_id);
            return true;
        }
        core->wanted_cursor++;
    }
    return wants_urgent(core, out);
}

/* Opens the cases in the order they were submitted in, which is the order of all lanes. */
static enum status open_wanted(struct core *core)
{
    struct heap order = {0};
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < core->wanted_count; i++) {
        struct case_file *file = core_find_case(core, text_of(core->wanted[i]));
        if (file == NULL || !lifecycle_is_open(file->base)) {
            status = STATUS_CORRUPT;
            continue;
        }
        heap_put(&order, &file->turn, (uint64_t)file->row.submitted.value);
    }
    for (struct case_file *file; (file = heap_first(&order)) != NULL;) {
        heap_remove(&order, &file->turn);
        course_open(core, file);
        course_settle(core, file);
    }
    heap_fini(&order);
    return status;
}

enum status core_loaded(struct core *core)
{
    enum status status = open_wanted(core);
    free(core->wanted);
    core->wanted = NULL;
    core->wanted_count = core->wanted_capacity = core->wanted_cursor = 0;
    uint32_t cursor = 0;
    for (struct window_file *window; (window = table_next(&core->windows, &cursor)) != NULL;)
        session_check_link(core, window);
    return status;
}

/* ---- what an event needs ---- */

/* What finds no room is asked for in the next round. */
static void need(const struct core *core, struct row_keys *out, struct row_key key)
{
    if (out->count < ROW_NEEDS_MAX && rows_find(&core->rows, &key) == NULL)
        out->items[out->count++] = key;
}

static void need_case(const struct core *core, struct row_keys *out, struct text case_id)
{
    if (case_id.data != NULL && core_find_case(core, case_id) == NULL)
        need(core, out, row_key_case(case_id));
}

/* The query a result answers, those an application stands on, or that came again. */
static void need_title(const struct core *core, const struct event *event, struct row_keys *out)
{
    struct number query = {0};
    uint64_t stood[TITLE_STAND_COUNT_MAX];
    uint32_t count = event->message == MESSAGE_CASE_SUBMIT ? title_queries(event->body, stood) : 0;
    for (uint32_t i = 0; i < count; i++)
        need(core, out, row_key_title(stood[i]));
    if (event->message == MESSAGE_TITLE_RESULT)
        query = ((const struct title_result *)event->body)->query;
    if (event->message == MESSAGE_TITLE_QUERY)
        query = door_stored(core, event);
    if (query.is_present)
        need(core, out, row_key_title((uint64_t)query.value));
}

static void need_units(const struct core *core, struct row_keys *out, const struct text *units, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        need(core, out, row_key_unit(units[i]));
}

static void need_units_of_application(const struct core *core, struct row_keys *out,
                                      const struct case_submit *application)
{
    char memory[LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1)];
    struct text lanes[LANE_COUNT_MAX + 1];
    need_units(core, out, lanes, lanes_of_units(&application->units, memory, lanes));
}

/* A case that is booked or closes changes the rows of its units. */
static void need_units_of_case(const struct core *core, struct row_keys *out, const struct event *event)
{
    const struct case_file *file = core_find_case(core, event->envelope->case_id);
    if (file == NULL || !unit_is_moved_by(event->message))
        return;
    need_units(core, out, file->row.lanes.items, file->row.lanes.count);
    if (event->message == MESSAGE_CASE_BOOKED && file->row.ended_proof.data != NULL)
        need(core, out, row_key_proof(file->row.window, file->row.ended_proof));
}

/* A case that closes leaves the row of its contract. */
static void need_contract_of_case(const struct core *core, struct row_keys *out, const struct event *event)
{
    const struct case_file *file = core_find_case(core, event->envelope->case_id);
    bool may_close = unit_is_moved_by(event->message) || event->message == MESSAGE_FACT_ARCHIVE ||
                     event->message == MESSAGE_ARCHIVED;
    if (file != NULL && may_close && file->row.contract_key.data != NULL)
        need(core, out, row_key_contract(file->contract_key));
}

/* The unit, then its cases. */
static void need_hit(const struct core *core, struct row_keys *out, const struct risk_alert *alert)
{
    char key[UNIT_NUMBER_SIZE + 1];
    struct text cases[UNIT_CASE_COUNT_MAX];
    struct text unit = unit_of_alert(alert, key);
    need(core, out, row_key_unit(unit));
    uint32_t count = unit_cases(core, unit, cases);
    for (uint32_t i = 0; i < count; i++)
        need_case(core, out, cases[i]);
}

static void need_proof(const struct core *core, struct row_keys *out, const struct event *event)
{
    struct text proof = {0};
    if (event->message == MESSAGE_CASE_BOOKED)
        proof = ((const struct case_booked *)event->body)->proof;
    if (event->message == MESSAGE_CERT_ISSUED)
        proof = ((const struct cert_issued *)event->body)->proof;
    if (event->message == MESSAGE_RISK_ALERT)
        proof = ((const struct risk_alert *)event->body)->proof;
    if (proof.data != NULL)
        need(core, out, row_key_proof(event->participant, proof));
}

static void need_group(const struct core *core, struct row_keys *out, const struct event *event)
{
    struct text group = {0};
    if (event->message == MESSAGE_CASE_SUBMIT)
        group = event->envelope->group;
    if (event->message == MESSAGE_GROUP_QUERY)
        group = ((const struct group_query *)event->body)->group;
    if (group.data != NULL)
        need(core, out, row_key_group(event->participant, group));
}

static void need_materials(const struct core *core, struct row_keys *out, struct text branch,
                           const struct material_list *materials)
{
    uint8_t digest[DIGEST_SIZE];
    bool has_carried = false;
    for (uint32_t i = 0; i < materials->count; i++) {
        if (materials->items[i].is_carried.value == 0)
            continue;
        material_digest(&materials->items[i], digest);
        has_carried = true;
        need(core, out, row_key_material(branch, bytes_of(digest, DIGEST_SIZE)));
    }
    if (has_carried)
        need(core, out, row_key_waiting(branch));
}

/* Of a piece: its file, and the files it may push out. Of a window's question: the case, then the file of its branch.
 */
static void need_files_of_window(const struct core *core, struct row_keys *out, const struct event *event)
{
    const struct material_get *get = event->body;
    const struct case_file *file =
        event->envelope->case_id.data != NULL ? core_find_case(core, event->envelope->case_id) : NULL;
    if (file == NULL)
        return;
    need(core, out, row_key_carried(file->row.case_id, get->file_digest));
    need(core, out, row_key_material(file->row.branch, get->file_digest));
}

static void need_files(const struct core *core, struct row_keys *out, const struct event *event)
{
    if (event->message == MESSAGE_CASE_SUBMIT)
        need_materials(core, out, event->participant, &((const struct case_submit *)event->body)->materials);
    if (event->message == MESSAGE_SUPPLEMENT_SUBMIT)
        need_materials(core, out, event->participant, &((const struct supplement_submit *)event->body)->materials);
    if (event->message == MESSAGE_MATERIAL_CHUNK) {
        need(core, out,
             row_key_material(event->participant, ((const struct material_chunk *)event->body)->file_digest));
        need(core, out, row_key_waiting(event->participant));
    }
    if (event->message == MESSAGE_MATERIAL_GET)
        need_files_of_window(core, out, event);
}

/* What is known of the differences found, or of the one decided about, and the case of a contradiction. */
static void need_differences(const struct core *core, struct row_keys *out, const struct event *event)
{
    if (event->message == MESSAGE_RECON_FIX) {
        const struct recon_fix *fix = event->body;
        need(core, out, row_key_difference(fix->day, fix->peer, fix->case_id));
        need_case(core, out, fix->case_id);
    }
    if (event->message != MESSAGE_FACT_RECON)
        return;
    const struct fact_recon *fact = event->body;
    for (uint32_t i = 0; i < fact->differences.count; i++)
        need(core, out, row_key_difference(fact->day, fact->peer, fact->differences.items[i].case_id));
    for (uint32_t i = 0; i < fact->gone.count; i++)
        need(core, out, row_key_difference(fact->day, fact->peer, fact->gone.items[i]));
}

void core_needs(const struct core *core, const struct event *event, struct row_keys *out)
{
    out->count = 0;
    if (event->type != EVENT_MESSAGE)
        return;
    const struct envelope *envelope = event->envelope;
    if (door_remembers(event->message))
        need(core, out, row_key_duplicate(event->participant, envelope->message_id.data));
    if (message_kind(event->message)->is_of_case && envelope->case_id.data != NULL) {
        need_case(core, out, envelope->case_id);
        need_units_of_case(core, out, event);
        need_contract_of_case(core, out, event);
    }
    need_proof(core, out, event);
    if (event->message == MESSAGE_RISK_ALERT)
        need_hit(core, out, event->body);
    if (event->message == MESSAGE_CASE_SUBMIT) {
        need(core, out, row_key_business(event->business_key));
        need(core, out, row_key_contract(event->contract_key));
        need_case(core, out, ((const struct case_submit *)event->body)->supersedes);
        need_case(core, out, envelope->case_id); /* an id it had at a broker that lost it */
        need_units_of_application(core, out, event->body);
    }
    need_title(core, event, out);
    need_group(core, out, event);
    need_files(core, out, event);
    need_differences(core, out, event);
    if (event->message == MESSAGE_OPS_UNMASK)
        need(core, out, row_key_unmask(((const struct ops_unmask *)event->body)->scope));
    struct text number = word_number(event->message, event->body);
    if (number.data != NULL)
        need(core, out, row_key_number(event->participant, number));
}

/* A small row is read again when it is used; whether it can be read is found out here. */
static enum status small_judge(struct core *core, const struct row_key *key, struct bytes value)
{
    union {
        struct duplicate_row duplicate;
        struct business_row business;
        struct number_row number;
        struct title_row title;
        struct unit_row unit;
        struct proof_row proof;
        struct contract_row contract;
        struct group_row group;
        struct material_row material;
        struct waiting_row waiting;
        struct carried_row carried;
        struct difference difference;
        struct unmask_row unmask;
    } row;
    const struct record *record = NULL;
    if (key->bytes[0] == 'd')
        record = &record_duplicate_row;
    if (key->bytes[0] == 'k')
        record = &record_business_row;
    if (key->bytes[0] == 'y')
        record = &record_number_row;
    if (key->bytes[0] == 't')
        record = &record_title_row;
    if (key->bytes[0] == 'u')
        record = &record_unit_row;
    if (key->bytes[0] == 'x')
        record = &record_contract_row;
    if (key->bytes[0] == 'z')
        record = &record_proof_row;
    if (key->bytes[0] == 'h')
        record = &record_group_row;
    if (key->bytes[0] == 'i')
        record = &record_material_row;
    if (key->bytes[0] == 'q')
        record = &record_waiting_row;
    if (key->bytes[0] == 'j')
        record = &record_carried_row;
    if (key->bytes[0] == 'a')
        record = &record_unmask_row;
    if (key->bytes[0] == 'v')
        record = &record_difference;
    return record != NULL ? row_decode(record, value, &core->arena, &row, &core->problems) : STATUS_CORRUPT;
}

enum status core_offer(struct core *core, const struct row_key *key, struct bytes value)
{
    arena_reset(&core->arena);
    if (key->bytes[0] == 'c' && value.data != NULL)
        return load_case(core, key_name(key), value, true);
    enum status status = value.data != NULL ? small_judge(core, key, value) : STATUS_OK;
    if (status == STATUS_OK)
        rows_offer(&core->rows, key, value);
    return status;
}

/* ---- what a checkpoint takes ---- */

/* The bytes of a row that has a struct; false where there is none. */
static bool make_value(struct core *core, const struct row_key *key, struct bytes *value)
{
    const struct case_file *file;
    const struct window_file *window;
    const struct branch_file *branch;
    const struct operator_file *looker;
    const struct key_file *participant;
    const struct fact_rules *rules;
    switch (key->bytes[0]) {
    case 'm':
        *value = core_encode(core, &record_meta_row, &core->meta);
        return true;
    case 'c':
        if ((file = core_find_case(core, key_name(key))) != NULL)
            *value = core_encode(core, &record_case_row, &file->row);
        return file != NULL;
    case 'w':
        if ((window = core_find_window(core, key_name(key))) != NULL && window->row.is_present)
            *value = core_encode(core, &record_window_row, &window->row);
        return window != NULL && window->row.is_present;
    case 'b':
        if ((branch = core_find_branch(core, key_name(key))) != NULL)
            *value = core_encode(core, &record_branch_row, &branch->row);
        return branch != NULL;
    case 'O':
        if ((looker = table_find(&core->operators, key_of_text(key_name(key)))) != NULL)
            *value = core_encode(core, &record_operator_row, &looker->row);
        return looker != NULL;
    case 'p':
        if ((participant = directory_find(core, key_name(key))) != NULL)
            *value = core_encode(core, &record_directory_row, &participant->row);
        return participant != NULL;
    case 'r':
        if ((rules = core_rules_fact(core, key_name(key))) != NULL)
            *value = core_encode(core, &record_fact_rules, rules);
        return rules != NULL;
    case 'l':
        if (core->calendar != NULL)
            *value = core_encode(core, &record_fact_calendar, &core->calendar->fact);
        return core->calendar != NULL;
    }
    return false;
}

bool core_row(struct core *core, const struct row_key *key, struct bytes *value)
{
    if (make_value(core, key, value))
        return true;
    const struct known_row *row = rows_find(&core->rows, key);
    if (row == NULL)
        return false;
    assert(!row->is_made);
    *value = bytes_of(row->value, row->size);
    return true;
}

bool core_dirty_next(struct core *core, uint32_t *cursor, struct row_key *key, struct bytes *value)
{
    if (*cursor >= core->rows.changed_count)
        return false;
    const struct known_row *row = core->rows.changed[(*cursor)++];
    *key = row->key;
    *value = bytes_of(row->value, row->size);
    if (!row->is_made)
        return true;
    bool has_struct = make_value(core, key, value); /* until core_dirty_done */
    assert(has_struct);
    return true;
}

uint32_t core_dirty_count(const struct core *core)
{
    return core->rows.changed_count;
}

void core_dirty_done(struct core *core)
{
    rows_done(&core->rows);
    for (struct case_file *file; (file = list_take(&core->closed)) != NULL;)
        case_forget(core, file);
}

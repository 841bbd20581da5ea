#include "broker/ops/requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/core/rules.h"
#include "broker/ops/export_request.h"
#include "broker/ops/find_request.h"
#include "broker/ops/recon_request.h"
#include "broker/ops/stats_request.h"
#include "schemas/lifecycle.h"
#include "schemas/windows.h"

enum { REQUESTS_ARENA_SIZE = 8 << 20 };

struct requests {
    struct keeper *keeper; /* borrowed */
    struct peers *peers;   /* borrowed */
    struct auth *auth;     /* borrowed */
    struct outlet *outlet; /* borrowed */
    struct arena arena;
};

/* One question being answered. */
struct question {
    struct requests *requests;
    struct peer *peer;
    const struct intake_message *message;
    const struct requests_health *health;
    int64_t now_us;
    char *why;
};

enum status requests_new(struct keeper *keeper, struct peers *peers, struct auth *auth, struct outlet *outlet,
                         struct requests **out)
{
    struct requests *requests = calloc(1, sizeof *requests);

    *out = requests;
    if (requests == NULL)
        return STATUS_NO_MEMORY;
    requests->keeper = keeper;
    requests->peers = peers;
    requests->auth = auth;
    requests->outlet = outlet;
    requests->arena = arena_over(malloc(REQUESTS_ARENA_SIZE), REQUESTS_ARENA_SIZE);
    return requests->arena.memory != NULL ? STATUS_OK : STATUS_NO_MEMORY;
}

void requests_free(struct requests **requests)
{
    if (*requests == NULL)
        return;
    free((*requests)->arena.memory);
    free(*requests);
    *requests = NULL;
}

static enum status reply_about(const struct question *question, enum message_type type, const void *body,
                               const char *case_id)
{
    return outlet_send(question->requests->outlet, question->peer, type, body,
                       question->message->envelope.message_id.data, case_id, question->now_us);
}

static enum status reply(const struct question *question, enum message_type type, const void *body)
{
    return reply_about(question, type, body, "");
}

/* ---- one case ---- */

static enum status show_case(const struct question *question)
{
    const struct ops_case_show *asked = question->message->body;
    struct case_status body;
    char case_id[CASE_ID_SIZE + 1];

    memset(&body, 0, sizeof body);
    snprintf(case_id, sizeof case_id, "%.*s", TEXT_ARGS(asked->case_id));
    const enum status status = outlet_case_status(question->requests->outlet, asked->case_id, true,
                                                  &question->requests->arena, &body, question->why);
    return status == STATUS_OK ? reply_about(question, MESSAGE_CASE_STATUS, &body, case_id)
                               : (status == STATUS_NOT_FOUND ? STATUS_UNKNOWN_CASE : status);
}

/* ---- cases ---- */

struct listing {
    const struct question *question;
    const struct ops_case_list *asked;
    struct case_status *items;
    uint32_t count;
    uint32_t count_max;
    uint32_t looked_at;
    bool is_behind_cursor; /* the cursor was passed, or there is none */
    bool closed_only;      /* open ones were listed from memory */
    bool has_more;
    enum status status;
};

static bool is_open(struct text state)
{
    return lifecycle_is_open(lifecycle_state_of(state));
}

/* Of parked cases: how the attempts failed, and for how long they lie there. */
static bool is_parked_so(const struct ops_case_list *asked, const struct case_row *row)
{
    const bool is_parked = (row->flags.value & CASE_PARKED) != 0;
    const int64_t since = row->parked_at.is_present ? row->parked_at.value : row->since.value;

    return (asked->class.data == NULL || (is_parked && text_equal(asked->class, row_park_class(row)))) &&
           (!asked->parked_before.is_present || (is_parked && since < asked->parked_before.value));
}

static bool is_wanted(const struct listing *listing, const struct case_row *row)
{
    const struct ops_case_list *asked = listing->asked;
    const bool any_state = asked->state.data == NULL || text_is(asked->state, "open") || text_is(asked->state, "all");

    return (any_state || text_equal(asked->state, row->state)) && (!listing->closed_only || !is_open(row->state)) &&
           is_parked_so(asked, row) && (asked->window.data == NULL || text_equal(asked->window, row->window)) &&
           (asked->branch.data == NULL || text_equal(asked->branch, row->branch));
}

static struct text arena_text(struct arena *arena, struct text text)
{
    char *copy = text.data != NULL ? arena_take(arena, text.size + 1) : NULL;
    if (copy == NULL)
        return text_of(NULL);
    memcpy(copy, text.data, text.size);
    return (struct text){copy, text.size};
}

/* A list shows neither units nor history, and keeps its texts: the row may go. */
static void keep_texts(struct arena *arena, struct case_status *item)
{
    item->units = (struct text_list){NULL, 0, false};
    item->case_id = arena_text(arena, item->case_id);
    item->kind = arena_text(arena, item->kind);
    item->branch = arena_text(arena, item->branch);
    item->window = arena_text(arena, item->window);
    item->state = arena_text(arena, item->state);
    item->number = arena_text(arena, item->number);
    item->proof = arena_text(arena, item->proof);
    item->parked.class = arena_text(arena, item->parked.class);
    item->parked.cause = arena_text(arena, item->parked.cause);
}

static bool list_case(const struct case_row *row, void *context)
{
    struct listing *listing = context;
    struct arena *arena = &listing->question->requests->arena;

    if (!listing->is_behind_cursor) {
        listing->is_behind_cursor = text_equal(listing->asked->after, row->case_id);
        return true;
    }
    if (++listing->looked_at > REQUESTS_ROW_COUNT_MAX) {
        listing->has_more = true;
        return false;
    }
    if (!is_wanted(listing, row))
        return true;
    if (listing->count == listing->count_max) {
        listing->has_more = true;
        return false;
    }
    struct case_status *item = &listing->items[listing->count];
    listing->status = core_case_status(keeper_core(listing->question->requests->keeper), row, arena, item);
    if (listing->status != STATUS_OK)
        return false;
    keep_texts(arena, item);
    listing->count++;
    return true;
}

static bool list_row(struct bytes key, struct bytes value, void *context)
{
    struct listing *listing = context;
    struct arena *arena = &listing->question->requests->arena;
    const struct arena mark = *arena;
    struct problems problems = {.count = 0};
    struct case_row row;
    const uint32_t count = listing->count;

    (void)key;
    if (value.size < 2 || record_decode(&record_case_row, bytes_of(value.data + 1, value.size - 1), arena, &row,
                                        &problems) != STATUS_OK) {
        listing->status = STATUS_CORRUPT;
        return false;
    }
    const bool goes_on = list_case(&row, listing);
    if (listing->count == count)
        *arena = mark;
    return goes_on;
}

/* Open cases are in memory, newest first. The cursor may be one of them. */
static void list_open(struct listing *listing)
{
    listing->is_behind_cursor = listing->asked->after.data == NULL;
    core_each_open_case(keeper_core(listing->question->requests->keeper), list_case, listing);
}

/* Closed ones are on disk, in the order of their ids from the highest down. */
static enum status list_closed(struct listing *listing, bool has_cursor)
{
    const struct question *question = listing->question;
    const struct bytes prefix = bytes_of("c", 1);
    struct row_key cursor = {.size = 0};

    /* The newest rows may still be in memory only. */
    enum status status = keeper_checkpoint(question->requests->keeper, true, question->why);
    if (status != STATUS_OK)
        return status;
    if (has_cursor)
        cursor = row_key_case(listing->asked->after);
    listing->is_behind_cursor = true;
    listing->closed_only = true;
    return store_each_row(journal_store(keeper_journal(question->requests->keeper)), prefix,
                          bytes_of(cursor.bytes, cursor.size), true, list_row, listing, question->why);
}

static enum status list_asked(struct listing *listing)
{
    const struct ops_case_list *asked = listing->asked;
    const bool is_any = asked->state.data == NULL || text_is(asked->state, "all");
    const bool wants_open = is_any || text_is(asked->state, "open") || is_open(asked->state);
    const bool wants_closed = is_any || !wants_open;
    const struct case_row *cursor =
        asked->after.data != NULL ? core_case(keeper_core(listing->question->requests->keeper), asked->after) : NULL;
    const bool is_cursor_open = cursor != NULL && is_open(cursor->state);

    if (wants_open && (asked->after.data == NULL || is_cursor_open))
        list_open(listing);
    if (!wants_closed || listing->has_more || listing->status != STATUS_OK)
        return listing->status;
    const enum status status = list_closed(listing, asked->after.data != NULL && !is_cursor_open);
    return status != STATUS_OK ? status : listing->status;
}

static enum status list_cases(const struct question *question)
{
    const struct ops_case_list *asked = question->message->body;
    const uint32_t count_max = asked->count.is_present ? (uint32_t)asked->count.value : REQUESTS_LIST_COUNT;
    struct listing listing = {.question = question,
                              .asked = asked,
                              .items = arena_take(&question->requests->arena, count_max * sizeof(struct case_status)),
                              .count_max = count_max};

    if (listing.items == NULL)
        return STATUS_LIMIT;
    const enum status status = list_asked(&listing);
    if (status != STATUS_OK)
        return status;
    const struct case_list body = {
        .cases = {listing.items, listing.count, true}, .has_more = number_of(listing.has_more), .is_present = true};
    return reply(question, MESSAGE_CASE_LIST, &body);
}

/* ---- windows ---- */

static struct number offset_of_peer(const struct peer *peer)
{
    if (peer == NULL || !offset_is_known(&peer->offset))
        return (struct number){0, false};
    return number_of(offset_ms(&peer->offset));
}

static struct window_view view_of(const struct question *question, const struct window *window)
{
    struct window_view view = {.queued = number_of(0),
                               .in_flight = number_of(0),
                               .open = number_of(0),
                               .credit = number_of(0),
                               .state = text_of("offline")};
    char name[128];

    (void)core_window_view(keeper_core(question->requests->keeper), text_of(window->participant), &view);
    snprintf(name, sizeof name, "%s%s", window->city_name, window->name);
    view.window = text_of(window->participant);
    view.name = arena_text(&question->requests->arena, text_of(name));
    view.state = arena_text(&question->requests->arena, view.state);
    view.offset_ms = offset_of_peer(peers_find(question->requests->peers, text_of(window->participant)));
    view.is_present = true;
    return view;
}

static enum status list_windows(const struct question *question)
{
    const struct ops_window_list *asked = question->message->body;
    const bool open_only = asked->open_only.is_present && asked->open_only.value != 0;
    struct window_view *views = arena_take(&question->requests->arena, window_count() * sizeof *views);
    uint32_t count = 0;

    if (views == NULL)
        return STATUS_LIMIT;
    for (uint32_t i = 0; i < window_count(); i++) {
        views[count] = view_of(question, window_at(i));
        if (!open_only || !text_is(views[count].state, "offline"))
            count++;
    }
    const struct window_list body = {.windows = {views, count, true}, .is_present = true};
    return reply(question, MESSAGE_WINDOW_LIST, &body);
}

/* ---- journal ---- */

static struct bytes arena_bytes(struct arena *arena, struct bytes bytes)
{
    uint8_t *copy = arena_take(arena, bytes.size);
    if (copy != NULL)
        memcpy(copy, bytes.data, bytes.size);
    return bytes_of(copy, copy != NULL ? bytes.size : 0);
}

/* An application has no case id in its envelope: the broker gave it, and remembers it with the message. */
static struct text case_of_record(const struct question *question, const struct keeper_origin *origin)
{
    struct arena *arena = &question->requests->arena;
    const struct row_key key = row_key_duplicate(origin->entry.sender, origin->envelope.message_id.data);
    struct duplicate_row row;

    if (origin->envelope.case_id.data != NULL || !text_is(origin->envelope.type, "CASE_SUBMIT"))
        return arena_text(arena, origin->envelope.case_id);
    if (keeper_row(question->requests->keeper, &key, &record_duplicate_row, arena, &row, question->why) != STATUS_OK)
        return text_of(NULL);
    return row.case_id;
}

static enum status view_record(const struct question *question, uint64_t sequence, struct journal_view *out)
{
    struct arena *arena = &question->requests->arena;
    struct keeper_origin origin;
    const enum status status = keeper_origin(question->requests->keeper, sequence, &origin, question->why);

    if (status != STATUS_OK)
        return status;
    *out = (struct journal_view){.sequence = number_of((int64_t)sequence),
                                 .time = number_of(origin.entry.time_us),
                                 .source = arena_text(arena, origin.entry.sender),
                                 .type = arena_text(arena, origin.envelope.type),
                                 .case_id = case_of_record(question, &origin),
                                 .size = number_of(origin.entry.stored_size),
                                 .chain = arena_bytes(arena, bytes_of(origin.entry.chain, CHAIN_SIZE)),
                                 .is_present = true};
    return STATUS_OK;
}

static enum status tail_journal(const struct question *question)
{
    const struct ops_journal_tail *asked = question->message->body;
    const uint64_t last = journal_last_sequence(keeper_journal(question->requests->keeper));
    const uint64_t count_max = asked->count.is_present ? (uint64_t)asked->count.value : REQUESTS_TAIL_COUNT;
    uint64_t after = last > count_max ? last - count_max : 0;
    struct journal_view *views = arena_take(&question->requests->arena, count_max * sizeof *views);
    uint32_t count = 0;
    enum status status = STATUS_OK;

    if (views == NULL)
        return STATUS_LIMIT;
    if (asked->after.is_present)
        after = (uint64_t)asked->after.value;
    for (uint64_t sequence = after + 1; sequence <= last && count < count_max && status == STATUS_OK; sequence++)
        status = view_record(question, sequence, &views[count++]);
    if (status != STATUS_OK)
        return status;
    const struct journal_list body = {.entries = {views, count, true}, .is_present = true};
    return reply(question, MESSAGE_JOURNAL_LIST, &body);
}

/* ---- links and health ---- */

static struct text shown(const char *string)
{
    return string[0] != '\0' ? text_of(string) : text_of(NULL);
}

static struct link_view view_refusal(const struct auth_refusal *refusal)
{
    return (struct link_view){.participant = shown(refusal->participant),
                              .key = shown(refusal->key),
                              .address = shown(refusal->address),
                              .time = number_of(refusal->last_us),
                              .refused = text_of(status_code(refusal->status)),
                              .count = number_of(refusal->count),
                              .is_present = true};
}

static struct link_view view_peer(const struct peer *peer)
{
    return (struct link_view){.participant = text_of(peer->participant),
                              .key = shown(peer->key),
                              .address = shown(peer->address),
                              .time = number_of(peer->since_us),
                              .software = shown(peer->software),
                              .offset_ms = offset_of_peer(peer),
                              .is_present = true};
}

static enum status list_links(const struct question *question)
{
    const struct ops_link_list *asked = question->message->body;
    const bool refused_only = asked->refused_only.is_present && asked->refused_only.value != 0;
    const struct auth_refusal *refusals;
    const uint32_t refusal_count = auth_refusals(question->requests->auth, &refusals);
    struct link_view *views = arena_take(&question->requests->arena, LINK_LIST_COUNT_MAX * sizeof *views);
    uint32_t count = 0;

    if (views == NULL)
        return STATUS_LIMIT;
    for (uint32_t i = 0; i < refusal_count; i++)
        views[count++] = view_refusal(&refusals[i]);
    const struct peer *peer = refused_only ? NULL : peers_first(question->requests->peers);
    for (; peer != NULL && count < LINK_LIST_COUNT_MAX; peer = peer->next)
        views[count++] = view_peer(peer);
    const struct link_list body = {.links = {views, count, true}, .is_present = true};
    return reply(question, MESSAGE_LINK_LIST, &body);
}

/* The second number of /proc/self/statm: resident pages. */
static int64_t resident_bytes(void)
{
    char line[128] = "";
    char *place = NULL;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file == NULL)
        return 0;
    if (fgets(line, sizeof line, file) == NULL)
        line[0] = '\0';
    fclose(file);
    (void)strtoll(line, &place, 10);
    return (int64_t)strtoll(place, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static const char *service_word(enum status service)
{
    if (service == STATUS_OK)
        return "serving";
    if (service == STATUS_BUSY)
        return "holding";
    return service == STATUS_FENCED ? "fenced" : "behind";
}

static int64_t far_of(struct number offset)
{
    return offset.value < 0 ? -offset.value : offset.value;
}

/* Whose clocks are off, and whose is furthest. */
static void view_offsets(const struct peers *peers, struct health *out)
{
    out->clocks_off = number_of(0);
    for (const struct peer *peer = peers_first(peers); peer != NULL; peer = peer->next) {
        const struct number offset = offset_of_peer(peer);
        out->clocks_off.value += offset_is_far(&peer->offset);
        if (!offset.is_present || (out->offset_ms.is_present && far_of(offset) <= far_of(out->offset_ms)))
            continue;
        out->offset_ms = offset;
        out->offset_of = text_of(peer->participant);
    }
}

static void view_calendar(const struct core *core, struct health *out)
{
    const struct fact_calendar *calendar = core_calendar(core);

    if (calendar == NULL)
        return;
    out->calendar = calendar->version;
    out->calendar_end = calendar->end;
}

static enum status show_health(const struct question *question)
{
    struct requests *requests = question->requests;
    const struct journal *journal = keeper_journal(requests->keeper);
    const struct core *core = keeper_core(requests->keeper);
    struct text curious[TITLE_RATE_COUNT_MAX];
    const uint32_t curious_count = core_title_alarms(core, question->now_us, curious);
    struct text lookers[LOOKUP_RATE_COUNT_MAX];
    const uint32_t looker_count = core_lookup_alarms(core, question->now_us, lookers);
    const enum status service = question->health->service;
    struct health body = {.state = text_of(service_word(service)),
                          .reason = text_of(service != STATUS_OK ? question->health->reason : NULL),
                          .software = text_of("onevisitd " ONEVISIT_VERSION),
                          .is_test = number_of(journal_is_test(journal)),
                          .epoch = core_meta(core)->epoch,
                          .sequence = number_of((int64_t)journal_last_sequence(journal)),
                          .checkpoint = number_of((int64_t)keeper_checkpoint_sequence(requests->keeper)),
                          .open_cases = number_of(core_open_count(core)),
                          .sessions = number_of(peers_count(requests->peers)),
                          .memory = number_of(resident_bytes()),
                          .title_alarms = {curious, curious_count, curious_count > 0},
                          .patrolled = number_of((int64_t)question->health->patrolled),
                          .backup = core_meta(core)->backup,
                          .backup_at = core_meta(core)->backup_at,
                          .lookup_alarms = {lookers, looker_count, looker_count > 0},
                          .keys_ending = number_of(core_keys_ending(core, question->now_us + KEY_WARNING_US)),
                          .is_present = true};
    body.parked = number_of(core_parked(core, &body.parked_since));
    view_calendar(core, &body);
    view_offsets(requests->peers, &body);
    return reply(question, MESSAGE_HEALTH, &body);
}

static enum status list_measures(const struct question *question)
{
    struct requests *requests = question->requests;
    struct stats_list body;
    const enum status status =
        stats_request_list(requests->keeper, question->message->body, &requests->arena, &body, question->why);
    return status == STATUS_OK ? reply(question, MESSAGE_STATS_LIST, &body) : status;
}

static enum status list_differences(const struct question *question)
{
    struct requests *requests = question->requests;
    struct recon_list body;
    const enum status status =
        recon_request_list(requests->keeper, question->message->body, &requests->arena, &body, question->why);
    return status == STATUS_OK ? reply(question, MESSAGE_RECON_LIST, &body) : status;
}

static enum status export_records(const struct question *question)
{
    struct requests *requests = question->requests;
    struct export_answer answer;
    const enum status status =
        export_request_page(requests->keeper, question->message->body, question->message->participant, question->now_us,
                            &requests->arena, &answer, question->why);
    return status == STATUS_OK
               ? outlet_send_content(requests->outlet, question->peer, MESSAGE_EXPORT_PAGE, &answer.page,
                                     answer.content, question->message->envelope.message_id.data, question->now_us)
               : status;
}

static enum status find_cases(const struct question *question)
{
    struct requests *requests = question->requests;
    struct case_found body;
    const enum status status =
        find_request_answer(requests->keeper, question->message->body, question->message->participant, question->now_us,
                            &requests->arena, &body, question->why);
    return status == STATUS_OK ? reply(question, MESSAGE_CASE_FOUND, &body) : status;
}

/* ---- the table of questions ---- */

struct answerer {
    enum message_type type;
    enum status (*answer)(const struct question *question);
};

static const struct answerer answerers[] = {
    {MESSAGE_OPS_CASE_SHOW, show_case},      {MESSAGE_OPS_CASE_LIST, list_cases},
    {MESSAGE_OPS_WINDOW_LIST, list_windows}, {MESSAGE_OPS_JOURNAL_TAIL, tail_journal},
    {MESSAGE_OPS_LINK_LIST, list_links},     {MESSAGE_OPS_HEALTH, show_health},
    {MESSAGE_OPS_STATS, list_measures},      {MESSAGE_OPS_RECON_LIST, list_differences},
    {MESSAGE_OPS_EXPORT, export_records},    {MESSAGE_OPS_CASE_FIND, find_cases},
};

static const struct answerer *answerer_of(enum message_type type)
{
    for (size_t i = 0; i < sizeof answerers / sizeof answerers[0]; i++)
        if (answerers[i].type == type)
            return &answerers[i];
    return NULL;
}

bool requests_owns(enum message_type type)
{
    bool is_load = type == MESSAGE_OPS_DIRECTORY_LOAD || type == MESSAGE_OPS_RULES_LOAD;
    return is_load || type == MESSAGE_OPS_RULES_LIST || answerer_of(type) != NULL;
}

/* Faults of the question, as against faults of the store. */
static bool is_an_answer(enum status status)
{
    return status == STATUS_UNKNOWN_CASE || status == STATUS_LIMIT || status == STATUS_NOT_FOUND ||
           status == STATUS_FOUR_EYES;
}

enum status requests_answer(struct requests *requests, const struct intake_message *message,
                            const struct door_route *route, const struct requests_health *health, int64_t now_us,
                            char *why)
{
    struct question question = {requests, peers_find(requests->peers, message->participant), message, health, now_us,
                                why};
    const struct answerer *answerer = answerer_of(message->type);

    if (question.peer == NULL || answerer == NULL)
        return STATUS_OK;
    arena_reset(&requests->arena);
    const enum status status = answerer->answer(&question);
    if (!is_an_answer(status))
        return status;
    const struct refusal reject = {.status = status, .path = ""};
    outlet_reject(requests->outlet, route, message->participant, message->envelope.message_id.data, &reject, now_us);
    return STATUS_OK;
}

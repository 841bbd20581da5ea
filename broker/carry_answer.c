#include <string.h>

#include "broker/carry.h"
#include "broker/core/group.h"
#include "broker/history.h"
#include "broker/log.h"

enum status carry_window_state(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                               char *why)
{
    const struct row_key key = row_key_window(text_of(effect->window));
    struct window_row row;

    arena_reset(&outlet->arena);
    const enum status status = keeper_row(outlet->keeper, &key, &record_window_row, &outlet->arena, &row, why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    /* A window that never came has no row. */
    const bool is_up = status == STATUS_OK && row.is_up.value != 0;
    const struct window_state body = {.window = text_of(effect->window),
                                      .state = is_up ? row.state : text_of("offline"),
                                      .reason = is_up ? row.reason : text_of(NULL),
                                      .until = is_up ? row.until : (struct number){0, false},
                                      .is_present = true};
    return outlet_send(outlet, peer, MESSAGE_WINDOW_STATE, &body, NULL, "", now_us);
}

static enum status carry_material_ack(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why)
{
    const struct bytes file_digest = bytes_of(effect->digest, DIGEST_SIZE);
    const struct row_key key = row_key_material(text_of(effect->to), file_digest);
    struct material_ack body = {.file_digest = file_digest, .held = number_of(0), .is_present = true};
    struct material_row row;

    arena_reset(&outlet->arena);
    const enum status status = keeper_row(outlet->keeper, &key, &record_material_row, &outlet->arena, &row, why);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    if (status == STATUS_OK) {
        const int64_t pieces_size = (int64_t)row.pieces.count * MESSAGE_CHUNK_SIZE_MAX;
        body.size = row.size;
        body.held = number_of(pieces_size < row.size.value ? pieces_size : row.size.value);
    }
    return outlet_send(outlet, peer, MESSAGE_MATERIAL_ACK, &body, effect->answers, "", now_us);
}

static enum status carry_hello_ack(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                   int64_t now_us, char *why)
{
    const struct meta_row *meta = core_meta(keeper_core(outlet->keeper));
    const struct journal *journal = keeper_journal(outlet->keeper);
    struct hello_ack body = {.software = text_of("onevisitd " ONEVISIT_VERSION),
                             .version = text_of("1"),
                             .broker = bytes_of(journal_broker_id(journal), BROKER_ID_SIZE),
                             .epoch = meta->epoch,
                             .opening = outlet->opening,
                             .time = number_of(now_us),
                             .sequence = number_of((int64_t)journal_last_sequence(journal)),
                             .heartbeat_ms = number_of(outlet->settings.heartbeat_ms),
                             .is_test = number_of(journal_is_test(journal)),
                             .is_present = true};
    const struct directory_row *owner = core_participant_of_key(keeper_core(outlet->keeper), text_of(peer->key));
    struct branch_row row;

    if (owner != NULL)
        body.key_valid_until = owner->valid_until;

    if (participant_role(text_of(effect->to)) == ROLE_BRANCH) {
        const struct row_key key = row_key_branch(text_of(effect->to));
        arena_reset(&outlet->arena);
        const enum status status = keeper_row(outlet->keeper, &key, &record_branch_row, &outlet->arena, &row, why);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
            return status;
        body.event_number = number_of(status == STATUS_OK ? row.event_acknowledged.value : 0);
        body.urgent_number = number_of(status == STATUS_OK ? row.urgent_acknowledged.value : 0);
    }
    return outlet_send(outlet, peer, MESSAGE_HELLO_ACK, &body, effect->answers, "", now_us);
}

enum status outlet_case_status(struct outlet *outlet, struct text case_id, bool with_history, struct arena *arena,
                               struct case_status *out, char *why)
{
    struct case_row *row = arena_take(arena, sizeof *row);
    const struct row_key key = row_key_case(case_id);

    if (row == NULL)
        return STATUS_LIMIT;
    enum status status = keeper_row(outlet->keeper, &key, &record_case_row, arena, row, why);
    if (status == STATUS_OK)
        status = core_case_status(keeper_core(outlet->keeper), row, arena, out);
    if (status == STATUS_OK && with_history)
        status = history_read(outlet->keeper, row, arena, out, why);
    return status;
}

static enum status carry_case_status(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                     int64_t now_us, char *why)
{
    struct case_status body;

    memset(&body, 0, sizeof body);
    arena_reset(&outlet->arena);
    const enum status status = outlet_case_status(outlet, text_of(effect->case_id), true, &outlet->arena, &body, why);
    if (status != STATUS_OK)
        return status;
    return outlet_send(outlet, peer, MESSAGE_CASE_STATUS, &body, effect->answers, effect->case_id, now_us);
}

static enum status group_read(struct outlet *outlet, const struct effect *effect, struct group_status *body, char *why)
{
    const struct row_key key = row_key_group(text_of(effect->to), text_of(effect->path));
    struct text states[GROUP_CASE_COUNT_MAX];
    struct group_row row;

    arena_reset(&outlet->arena);
    enum status status = keeper_row(outlet->keeper, &key, &record_group_row, &outlet->arena, &row, why);
    const uint32_t count = status == STATUS_OK ? row.cases.count : 0;
    struct case_status *cases = arena_take(&outlet->arena, GROUP_CASE_COUNT_MAX * sizeof *cases);
    if (cases == NULL)
        return STATUS_LIMIT;
    memset(cases, 0, GROUP_CASE_COUNT_MAX * sizeof *cases);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        status = outlet_case_status(outlet, row.cases.items[i], false, &outlet->arena, &cases[i], why);
        states[i] = cases[i].state;
    }
    if (status != STATUS_OK)
        return status;
    const struct group_word word = group_word_of(states, count);
    *body = (struct group_status){.group = text_of(effect->path),
                                  .word = text_of(word.name),
                                  .word_zh = text_of(word.chinese),
                                  .word_en = text_of(word.english),
                                  .cases = {cases, count, true},
                                  .is_present = true};
    return STATUS_OK;
}

static enum status carry_group_status(struct outlet *outlet, const struct effect *effect, struct peer *peer,
                                      int64_t now_us, char *why)
{
    struct group_status body;
    const enum status status = group_read(outlet, effect, &body, why);

    if (status != STATUS_OK)
        return status;
    return outlet_send(outlet, peer, MESSAGE_GROUP_STATUS, &body, effect->answers, "", now_us);
}

/* A case that moved on within the same commit has another clock: nobody needs the alarm any more. */
enum status carry_alarm(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                        char *why)
{
    struct case_status about;

    memset(&about, 0, sizeof about);
    arena_reset(&outlet->arena);
    const enum status status = outlet_case_status(outlet, text_of(effect->case_id), false, &outlet->arena, &about, why);
    if (status != STATUS_OK)
        return status;
    if (!about.clock.is_present || (uint64_t)about.clock.stage.value != effect->number)
        return STATUS_OK;
    const struct alarm body = {.clock = about.clock.name,
                               .stage = about.clock.stage,
                               .owner = about.clock.owner,
                               .due_at = about.clock.due_at,
                               .is_present = true};
    return outlet_send(outlet, peer, MESSAGE_ALARM, &body, NULL, effect->case_id, now_us);
}

enum status carry_cert_ask(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                           char *why)
{
    const struct row_key key = row_key_case(text_of(effect->case_id));
    struct case_row row;

    arena_reset(&outlet->arena);
    const enum status status = keeper_row(outlet->keeper, &key, &record_case_row, &outlet->arena, &row, why);
    if (status != STATUS_OK)
        return status;
    const struct cert_ask body = {.attempt = number_of((int64_t)effect->number),
                                  .number = row.number,
                                  .booked_at = row.booked_at,
                                  .is_present = true};
    return outlet_send(outlet, peer, MESSAGE_CERT_ASK, &body, NULL, effect->case_id, now_us);
}

enum status carry_answer(struct outlet *outlet, const struct effect *effect, struct peer *peer, int64_t now_us,
                         char *why)
{
    if (effect->message == MESSAGE_HELLO_ACK)
        return carry_hello_ack(outlet, effect, peer, now_us, why);
    if (effect->message == MESSAGE_CASE_STATUS)
        return carry_case_status(outlet, effect, peer, now_us, why);
    if (effect->message == MESSAGE_GROUP_STATUS)
        return carry_group_status(outlet, effect, peer, now_us, why);
    if (effect->message == MESSAGE_MATERIAL_ACK)
        return carry_material_ack(outlet, effect, peer, now_us, why);
    log_line(LOG_ERROR, "no-such-answer", "type=%s", message_kind(effect->message)->name);
    return STATUS_OK;
}

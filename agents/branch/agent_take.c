#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent_state.h"
#include "agents/branch/certificates.h"
#include "agents/branch/events.h"
#include "agents/branch/outbox_lane.h"
#include "agents/client/link_frames.h"
#include "agents/client/log.h"

/* ---- answers ---- */

static char *body_as_json(const struct link_message *message)
{
    json_t *json = record_to_json(message_kind(message->type)->record, message->body);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

/* An answer about a file that goes ahead of its message. */
static bool take_of_file(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    enum upload_answer answer = upload_take(&agent->upload, message, agent->data, agent->digest, now_us);
    files_answer(agent, answer, now_us);
    return answer != UPLOAD_NOT_MINE;
}

/* What stood behind the message on one of its units may go now that it is answered. */
static void let_go_what_waited(struct agent *agent, struct bytes message_id)
{
    bool was_waited_for = false;
    if (agent_judge(agent, outbox_was_waited_for(agent->book, message_id, &was_waited_for)) && was_waited_for)
        agent_look_again(agent);
}

static void take_receipt(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    const struct receipt *receipt = message->body;
    if (question_of(agent, message->envelope.answers))
        return; /* of a title query: its answer follows */
    if (take_of_file(agent, message, now_us)) {
        broker_take_receipt(&agent->broker, receipt, message->envelope.is_duplicate.value != 0);
        agent->is_broker_changed = true;
        return;
    }
    if (!agent_write(agent))
        return;
    bool opens_the_way = outbox_is_put_back(agent->book, message->envelope.answers);
    enum status status = outbox_take_receipt(agent->book, message->envelope.answers, receipt, now_us);
    if (status == STATUS_NOT_FOUND) {
        log_warning("a receipt answers a message this branch never sent");
        return;
    }
    if (!agent_judge(agent, status))
        return;
    flights_remove(agent, message->envelope.answers);
    let_go_what_waited(agent, message->envelope.answers);
    if (opens_the_way)
        agent_look_again(agent); /* for what follows in its case */
    broker_take_receipt(&agent->broker, receipt, message->envelope.is_duplicate.value != 0);
    agent->is_broker_changed = true;
}

/* A broker that lost its journal has not yet heard, from the window or from us, what the message follows. */
static bool is_too_early(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    static const enum status early[] = {STATUS_UNKNOWN_CASE, STATUS_WRONG_STATE, STATUS_WRONG_ROUND, STATUS_DUP_CASE};
    const struct reject *reject = message->body;
    int64_t until_us = INT64_MAX;
    bool is_early = false;
    for (size_t i = 0; i < sizeof early / sizeof early[0]; i++)
        is_early |= text_is(reject->code, status_code(early[i]));
    if (!is_early || outbox_defer_again(agent->book, message->envelope.answers, now_us, &until_us) != STATUS_OK)
        return false;
    if (until_us < agent->deferred_us)
        agent->deferred_us = until_us;
    return true;
}

static void take_reject_of_row(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    const struct reject *reject = message->body;
    enum status status = STATUS_OK;
    if (!agent_write(agent))
        return;
    if (is_too_early(agent, message, now_us)) {
        flights_remove(agent, message->envelope.answers);
        return;
    }
    if (reject->may_retry.value) {
        int64_t retry_ms = reject->retry_ms.is_present ? reject->retry_ms.value : 1000;
        int64_t until_us = INT64_MAX;
        status = outbox_defer(agent->book, message->envelope.answers, now_us, retry_ms, &until_us);
        if (until_us < agent->deferred_us)
            agent->deferred_us = until_us;
        if (status == STATUS_OK && text_is(reject->code, status_code(STATUS_MATERIAL_MISSING))) {
            status = owed_files_owe_again(agent->book, message->envelope.answers);
            agent->upload.has_more = true;
        }
    } else {
        char *json = body_as_json(message);
        status = json ? outbox_take_reject(agent->book, message->envelope.answers, json, now_us) : STATUS_NO_MEMORY;
        free(json);
        log_warning("rejected: %.*s %.*s", TEXT_ARGS(reject->code), TEXT_ARGS(reject->text_en));
    }
    if (status == STATUS_NOT_FOUND || agent_judge(agent, status))
        flights_remove(agent, message->envelope.answers);
    if (!reject->may_retry.value)
        let_go_what_waited(agent, message->envelope.answers);
}

static void take_reject(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    const struct reject *reject = message->body;
    struct question *question = question_of(agent, message->envelope.answers);
    char sentence[640];
    if (!question && take_of_file(agent, message, now_us))
        return;
    if (!question) {
        take_reject_of_row(agent, message, now_us);
        return;
    }
    snprintf(sentence, sizeof sentence, "%.*s: %.*s", TEXT_ARGS(reject->code), TEXT_ARGS(reject->text_en));
    question_answer(agent, question, NULL, sentence, now_us);
}

static void take_status(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    struct question *question = question_of(agent, message->envelope.answers);
    if (!question)
        return; /* came after the time-out */
    char *json = body_as_json(message);
    question_answer(agent, question, json, json ? NULL : status_english(STATUS_NO_MEMORY), now_us);
    free(json);
}

/* What `title` shows: the number to write in an application, until when, and the registry's words. */
static char *title_as_json(struct agent *agent, const struct link_message *message)
{
    const struct title_answer *answer = message->body;
    struct title_result result;
    struct problems problems = {0};
    if (message->chunk_count == 0 || !digest_holds(agent->digest, message->chunks[0], answer->origin_digest))
        return NULL;
    arena_reset(&agent->arena);
    enum status status = record_decode(&record_title_result, message->chunks[0], &agent->arena, &result, &problems);
    if (status != STATUS_OK && !(status == STATUS_BAD_BODY && link_problems_are_unknown_keys(&problems)))
        return NULL;
    json_t *json =
        json_pack("{s:I, s:I, s:o}", "title", (json_int_t)answer->query.value, "valid_until",
                  (json_int_t)answer->valid_until.value, "result", record_to_json(&record_title_result, &result));
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

static void take_title(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    struct question *question = question_of(agent, message->envelope.answers);
    if (!question)
        return; /* came after the time-out: whoever asks again gets it */
    char *json = title_as_json(agent, message);
    question_answer(agent, question, json, json ? NULL : "the title result cannot be read", now_us);
    free(json);
}

/* ---- the certificate ---- */

static enum status cert_ack_queue(struct agent *agent, struct text case_id, const char *why, int64_t now_us)
{
    uint8_t encoded[1024];
    uint8_t message_id[16];
    size_t used = 0;
    int64_t id = 0;
    const struct cert_ack ack = {.is_verified = number_of(why == NULL), .why = text_of(why), .is_present = true};
    enum status status = record_encode(&record_cert_ack, &ack, encoded, sizeof encoded, &used);
    if (status == STATUS_OK)
        status = outbox_add(agent->book, MESSAGE_CERT_ACK, case_id, bytes_of(encoded, used), now_us, &id, message_id);
    if (agent->cursor.is_behind != 0) /* among the bulk: it stands before all of that */
        agent->cursor = (struct outbox_place){.id = id - 1};
    agent->has_waiting = true;
    return status;
}

static const char *cert_read(struct agent *agent, struct bytes body, struct cert_issued *issued)
{
    struct problems problems = {0};
    arena_reset(&agent->arena);
    enum status status = record_decode(&record_cert_issued, body, &agent->arena, issued, &problems);
    if (status == STATUS_OK || (status == STATUS_BAD_BODY && link_problems_are_unknown_keys(&problems)))
        return NULL;
    return "the message breaks a rule of its form (报文不符合规则)";
}

/* Stores the file and queues the CERT_ACK. A proof that does not verify is
 * reported, not refused: the event is a fact either way. */
static enum status take_certificate(struct agent *agent, const struct link_message *message, struct event_row *event,
                                    char name[CERTIFICATE_NAME_SIZE], uint8_t sm3[SM3_SIZE], int64_t now_us)
{
    struct cert_issued issued = {0};
    struct bytes file = message->chunk_count > 1 ? message->chunks[1] : (struct bytes){NULL, 0};
    enum status status = STATUS_OK;
    const char *why = cert_read(agent, event->body, &issued);
    if (!why)
        why = certificate_judge(agent->digest, &issued, file);
    if (file.data) {
        status = digest_make(agent->digest, file, sm3);
        event->file_digest = bytes_of(sm3, SM3_SIZE);
    }
    if (status == STATUS_OK && !why) {
        status = certificate_write(agent->data, event->case_id, event->number, issued.mime, file, name);
        event->file = text_of(name);
    }
    event->file_why = text_of(why);
    if (why)
        log_warning("case %.*s: the certificate does not verify: %s", TEXT_ARGS(event->case_id), why);
    return status == STATUS_OK ? cert_ack_queue(agent, event->case_id, why, now_us) : status;
}

/* The very message brought it already, by a broker that lost that: the file is here, and its CERT_ACK in the outbox. */
static bool has_certificate(struct agent *agent, struct event_row *event, char name[CERTIFICATE_NAME_SIZE],
                            uint8_t sm3[SM3_SIZE])
{
    if (events_find_file(agent->book, event, name, CERTIFICATE_NAME_SIZE, sm3) != STATUS_OK)
        return false;
    event->file = text_of(name);
    event->file_digest = bytes_of(sm3, SM3_SIZE);
    return true;
}

/* ---- the feed ---- */

/* NULL, or why this event cannot be what it says. */
static const char *event_judge(struct agent *agent, const struct link_message *message)
{
    const struct case_event *event = message->body;
    if (event->fact.data)
        return event->origin_type.data ? "both a fact and an origin" : NULL;
    if (!event->origin_type.data)
        return "neither a fact nor an origin";
    if (message->chunk_count == 0)
        return "the origin's body is missing";
    if (!digest_holds(agent->digest, message->chunks[0], event->origin_digest))
        return "the origin's body has another digest";
    return NULL;
}

/* What the window said, or the event of a fact that says more than its name. */
static struct bytes event_body(const struct link_message *message)
{
    const struct case_event *event = message->body;
    if (!event->fact.data)
        return message->chunks[0];
    return event->clock.data ? message->body_bytes : (struct bytes){NULL, 0};
}

static bool event_is_urgent(const struct case_event *event)
{
    return event->is_urgent.is_present && event->is_urgent.value != 0;
}

static enum status event_store(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    const struct case_event *event = message->body;
    char name[CERTIFICATE_NAME_SIZE];
    uint8_t sm3[SM3_SIZE];
    enum status status = STATUS_OK;
    struct event_row row = {
        .broker = agent->broker.id,
        .number = event_is_urgent(event) ? -event->number.value : event->number.value,
        .sequence = event->sequence.value,
        .time_us = event->time.value,
        .case_id = message->envelope.case_id,
        .state = event->state,
        .what = event->fact.data ? event->fact : event->origin_type,
        .is_fact = event->fact.data != NULL,
        .detail = event->advice.data ? event->advice : event->detail,
        .origin_id = event->origin_id,
        .origin_source = event->origin_source,
        .body = event_body(message),
    };
    if (agent->broker.generation > 1)
        status = events_find_same(agent->book, &row);
    if (agent->broker.generation > 1 && status != STATUS_NOT_FOUND)
        return status; /* an earlier generation brought it */
    status = STATUS_OK;
    if (!row.is_fact && text_is(row.what, message_kind(MESSAGE_CERT_ISSUED)->name) &&
        !has_certificate(agent, &row, name, sm3))
        status = take_certificate(agent, message, &row, name, sm3, now_us);
    return status == STATUS_OK ? events_add(agent->book, &row, now_us) : status;
}

void agent_take_event(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    const struct case_event *event = message->body;
    int64_t number = event->number.value;
    if (agent->session != link_session(agent->link))
        return; /* of a session that is gone: nobody knows whose numbers these are */
    int64_t *known = event_is_urgent(event) ? &agent->broker.urgent_number : &agent->broker.event_number;
    if (number <= *known) {
        agent->has_ack_to_say = true;
        return;
    }
    if (number > *known + 1 || (event_is_urgent(event) && event->behind.value > agent->broker.event_number))
        return; /* a gap: it comes again after the ones before it */
    const char *why = event_judge(agent, message);
    if (why) {
        log_warning("event %" PRId64 " not taken: %s", number, why);
        return;
    }
    if (!agent_write(agent) || !agent_judge(agent, event_store(agent, message, now_us)))
        return;
    *known = number;
    agent->is_broker_changed = true;
    agent->has_ack_to_say = true;
}

static void take_window_state(const struct link_message *message)
{
    const struct window_state *state = message->body;
    log_info("window %.*s is %.*s", TEXT_ARGS(state->window), TEXT_ARGS(state->state));
}

void agent_take(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    if (message->type == MESSAGE_CASE_EVENT)
        agent_take_event(agent, message, now_us);
    else if (message->type == MESSAGE_RECEIPT)
        take_receipt(agent, message, now_us);
    else if (message->type == MESSAGE_REJECT)
        take_reject(agent, message, now_us);
    else if (message->type == MESSAGE_CASE_STATUS || message->type == MESSAGE_PRECHECK_RESULT ||
             message->type == MESSAGE_GROUP_STATUS)
        take_status(agent, message, now_us);
    else if (message->type == MESSAGE_RECON_RESULT)
        agent_take_recon(agent, message, now_us);
    else if (message->type == MESSAGE_TITLE_ANSWER)
        take_title(agent, message, now_us);
    else if (message->type == MESSAGE_MATERIAL_ACK)
        (void)take_of_file(agent, message, now_us); /* of an earlier question: the newer one is answered too */
    else if (message->type == MESSAGE_WINDOW_STATE)
        take_window_state(message);
    else
        log_warning("a %s is nothing for a branch; ignored", message_kind(message->type)->name);
}

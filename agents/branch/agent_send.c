#include <string.h>

#include "agents/branch/agent_state.h"
#include "agents/branch/queries.h"
#include "agents/client/log.h"

/* ---- what is in flight ---- */

static struct flight *flight_of_row(struct agent *agent, int64_t id)
{
    for (uint32_t i = 0; i < AGENT_FLIGHT_COUNT_MAX; i++)
        if (agent->flights[i].id == id)
            return &agent->flights[i];
    return NULL;
}

void flights_remove(struct agent *agent, struct bytes message_id)
{
    for (uint32_t i = 0; i < AGENT_FLIGHT_COUNT_MAX; i++) {
        struct flight *flight = &agent->flights[i];
        if (flight->id != 0 && bytes_equal(message_id, bytes_of(flight->message_id, sizeof flight->message_id))) {
            memset(flight, 0, sizeof *flight);
            agent->flight_count--;
            return;
        }
    }
}

void agent_look_again(struct agent *agent)
{
    agent->cursor = (struct outbox_place){0};
    agent->has_waiting = true;
}

void flights_drop(struct agent *agent)
{
    for (uint32_t i = 0; i < AGENT_FLIGHT_COUNT_MAX; i++) {
        struct flight *flight = &agent->flights[i];
        if (flight->id != 0 && agent_write(agent))
            agent_judge(agent, outbox_note_attempts(agent->book, flight->id, flight->attempts));
    }
    memset(agent->flights, 0, sizeof agent->flights);
    agent->flight_count = 0;
    agent_look_again(agent);
}

/* ---- sending ---- */

static enum status outbox_row_send(struct agent *agent, const struct outbox_row *row, int64_t attempt)
{
    const struct link_outgoing message = {
        .type = row->type,
        .message_id = row->message_id,
        /* An application has one when it was stored before: a broker that lost it must not give it another. */
        .case_id = row->case_id,
        .group = row->group,
        .priority = row->priority,
        .attempt = (uint16_t)(attempt < UINT16_MAX ? attempt : UINT16_MAX),
        .body = row->body,
    };
    return link_send(agent->link, &message);
}

/* False when nothing more can go out in this turn. */
static bool flight_start(struct agent *agent, const struct outbox_row *row, int64_t now_us)
{
    struct flight *flight = flight_of_row(agent, 0);
    int64_t attempts = row->attempts + 1;
    if (row->type == MESSAGE_COUNT) {
        log_warning("outbox row %lld is of a type this version does not know; it waits", (long long)row->id);
        return true;
    }
    if (!flight || outbox_row_send(agent, row, attempts) != STATUS_OK)
        return false;
    flight->id = row->id;
    memcpy(flight->message_id, row->message_id, sizeof flight->message_id);
    flight->sent_us = now_us;
    flight->attempts = attempts;
    agent->flight_count++;
    return true;
}

static void flights_send_waiting(struct agent *agent, int64_t now_us)
{
    while (agent->has_waiting && agent->flight_count < AGENT_FLIGHT_COUNT_MAX) {
        enum status status = outbox_next_waiting(agent->book, agent->cursor, now_us, &agent->row);
        if (status == STATUS_NOT_FOUND) {
            agent->has_waiting = false;
            agent_judge(agent, outbox_deferred_until(agent->book, now_us, &agent->deferred_us));
            return;
        }
        if (!agent_judge(agent, status))
            return;
        if (!flight_of_row(agent, agent->row.id) && !flight_start(agent, &agent->row, now_us))
            return;
        agent->cursor = (struct outbox_place){agent->row.is_behind, agent->row.id};
    }
}

static void flight_send_again(struct agent *agent, struct flight *flight, int64_t now_us)
{
    enum status status = outbox_find(agent->book, flight->id, &agent->row);
    if (!agent_judge(agent, status) || outbox_row_send(agent, &agent->row, flight->attempts + 1) != STATUS_OK)
        return;
    flight->attempts++;
    flight->sent_us = now_us;
    if (agent_write(agent))
        agent_judge(agent, outbox_note_attempts(agent->book, flight->id, flight->attempts));
}

static void flights_send_again(struct agent *agent, int64_t now_us)
{
    for (uint32_t i = 0; i < AGENT_FLIGHT_COUNT_MAX && agent->failure == STATUS_OK; i++) {
        struct flight *flight = &agent->flights[i];
        if (flight->sent_us > now_us)
            flight->sent_us = now_us; /* the clock was set back */
        if (flight->id != 0 && now_us - flight->sent_us >= AGENT_RESEND_MS * 1000)
            flight_send_again(agent, flight, now_us);
    }
}

/* ---- files ---- */

/* Its copy is not what was checked at the counter: the message can never go, and its clerk must know. */
static void file_give_up(struct agent *agent, int64_t now_us)
{
    static const char reject[] = "{\"code\":\"NOT_FOUND\",\"path\":\"materials\",\"retryable\":false,"
                                 "\"text_zh\":\"本网点保存的材料文件已丢失或损坏，请重新提交\","
                                 "\"text_en\":\"this branch's copy of a file is gone or damaged: hand it in again\"}";
    struct bytes message_id = bytes_of(agent->upload.file.message_id, sizeof agent->upload.file.message_id);
    log_warning("a file of outbox row %lld is gone or damaged", (long long)agent->upload.file.outbox);
    enum status status = outbox_take_reject(agent->book, message_id, reject, now_us);
    if (status != STATUS_NOT_FOUND)
        agent_judge(agent, status);
}

void files_answer(struct agent *agent, enum upload_answer answer, int64_t now_us)
{
    if ((answer != UPLOAD_WHOLE && answer != UPLOAD_SPOILT) || !agent_write(agent))
        return;
    if (answer == UPLOAD_SPOILT)
        file_give_up(agent, now_us);
    else
        agent_judge(agent, owed_files_settle(agent->book, agent->upload.file.sm3));
    upload_forget(&agent->upload);
    agent_look_again(agent);
}

static void files_send(struct agent *agent, int64_t now_us)
{
    struct owed_file file;
    if (agent->upload.step == UPLOAD_IDLE && agent->upload.has_more) {
        enum status status = owed_files_next(agent->book, &file);
        agent->upload.has_more = status == STATUS_OK;
        if (status == STATUS_OK)
            upload_begin(&agent->upload, &file);
        else if (status != STATUS_NOT_FOUND)
            agent_judge(agent, status);
    }
    if (agent->upload.step != UPLOAD_IDLE)
        files_answer(agent, upload_send(&agent->upload, agent->link, agent->data, agent->digest, now_us), now_us);
}

void agent_send(struct agent *agent, int64_t now_us)
{
    files_send(agent, now_us);
    if (agent->flight_count > 0)
        flights_send_again(agent, now_us);
    flights_send_waiting(agent, now_us);
}

/* ---- questions of the command line ---- */

struct question *question_of(struct agent *agent, struct bytes message_id)
{
    for (uint32_t i = 0; i < AGENT_QUERY_COUNT_MAX; i++) {
        struct question *question = &agent->questions[i];
        if (question->id != 0 && bytes_equal(message_id, bytes_of(question->message_id, sizeof question->message_id)))
            return question;
    }
    return NULL;
}

void question_answer(struct agent *agent, struct question *question, const char *answer, const char *failure,
                     int64_t now_us)
{
    if (agent_write(agent))
        agent_judge(agent, queries_answer(agent->book, question->id, answer, failure, now_us));
    agent_reconcile_end(agent, question);
    memset(question, 0, sizeof *question);
}

/* What was asked: the status of a case, or a message whose body stands in the book. */
static enum status question_send(struct agent *agent, const struct question *question, const struct query *query)
{
    const struct status_query about = {.with_history = number_of(1), .is_present = true};
    struct link_outgoing message = {.type = query->type, .message_id = question->message_id};
    if (query->body) {
        message.body = bytes_of(query->body, query->body_size);
        message.group = query->group[0] ? text_of(query->group) : (struct text){NULL, 0};
        return link_send(agent->link, &message);
    }
    message.case_id = text_of(query->case_id);
    return link_send_struct(agent->link, &message, &about);
}

static void question_ask(struct agent *agent, struct question *question, const struct query *query, int64_t now_us)
{
    link_new_message_id(question->message_id);
    question->id = query->id;
    question->asked_us = now_us;
    if (query->type == MESSAGE_RECON_OPEN) {
        agent_reconcile(agent, question, query->case_id, now_us);
        return;
    }
    if (question_send(agent, question, query) != STATUS_OK)
        question_answer(agent, question, NULL, link_trouble(agent->link), now_us);
}

static struct question *question_free(struct agent *agent)
{
    for (uint32_t i = 0; i < AGENT_QUERY_COUNT_MAX; i++)
        if (agent->questions[i].id == 0)
            return &agent->questions[i];
    return NULL;
}

static void questions_end_late(struct agent *agent, int64_t now_us)
{
    for (uint32_t i = 0; i < AGENT_QUERY_COUNT_MAX; i++) {
        struct question *question = &agent->questions[i];
        if (question->id != 0 && now_us - question->asked_us >= AGENT_QUERY_MS_MAX * 1000)
            question_answer(agent, question, NULL, "the broker did not answer", now_us);
    }
}

void questions_send(struct agent *agent, int64_t now_us)
{
    struct query query;
    questions_end_late(agent, now_us);
    while (agent->has_questions) {
        struct question *question = question_free(agent);
        if (!question)
            return;
        enum status status = queries_next(agent->book, agent->question_cursor, &query);
        agent->has_questions = status == STATUS_OK;
        if (status == STATUS_OK) {
            agent->question_cursor = query.id;
            question_ask(agent, question, &query, now_us);
            query_fini(&query);
        } else if (status != STATUS_NOT_FOUND) {
            agent_judge(agent, status);
        }
    }
}

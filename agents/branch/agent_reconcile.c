#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent_state.h"
#include "agents/branch/day_book.h"
#include "agents/branch/queries.h"
#include "agents/client/log.h"

/* ---- one comparison, question by question ---- */

/* Sends what comes next, under the question's own new id; NULL, or why not. */
static const char *send_next(struct agent *agent, struct question *question, int64_t now_us)
{
    struct link_outgoing message = {.message_id = question->message_id};
    enum status status = reconcile_next(agent->reconcile, &message.type, &message.body);
    if (status != STATUS_OK)
        return status_english(status);
    link_new_message_id(question->message_id);
    question->asked_us = now_us;
    return link_send(agent->link, &message) == STATUS_OK ? NULL : link_trouble(agent->link);
}

static const char *start(struct agent *agent, struct question *question, const char *day, int64_t now_us)
{
    enum status status = reconcile_new(day, agent->digest, &agent->reconcile);
    if (status != STATUS_OK)
        return status_english(status);
    agent->reconcile_question = question;
    status = day_book_read(agent->book, agent->participant, agent->reconcile);
    return status == STATUS_OK ? send_next(agent, question, now_us) : status_english(status);
}

void agent_reconcile(struct agent *agent, struct question *question, const char *day, int64_t now_us)
{
    const char *why =
        agent->reconcile ? "another day is being compared; ask again in a moment" : start(agent, question, day, now_us);
    if (why)
        question_answer(agent, question, NULL, why, now_us);
}

void agent_reconcile_end(struct agent *agent, const struct question *question)
{
    if (!agent->reconcile || agent->reconcile_question != question)
        return;
    reconcile_free(&agent->reconcile);
    agent->reconcile_question = NULL;
}

static void finish(struct agent *agent, struct question *question, int64_t now_us)
{
    const int64_t count = reconcile_difference_count(agent->reconcile);
    const char *day = reconcile_day(agent->reconcile);
    json_t *json = reconcile_json(agent->reconcile);
    char *answer = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (count > 0)
        log_warning("the books of %s differ in %lld places: `onevisit-branch reconcile --day %s` shows them", day,
                    (long long)count, day);
    if (agent_write(agent))
        agent_judge(agent, day_book_note(agent->book, day, count, now_us));
    question_answer(agent, question, answer, answer ? NULL : status_english(STATUS_NO_MEMORY), now_us);
    free(answer);
    json_decref(json);
}

void agent_take_recon(struct agent *agent, const struct link_message *message, int64_t now_us)
{
    struct question *question = question_of(agent, message->envelope.answers);
    struct bytes body;
    enum message_type type;
    if (!question || !agent->reconcile || question != agent->reconcile_question)
        return; /* came after the time-out */
    enum status status = reconcile_take(agent->reconcile, message->body);
    if (status == STATUS_OK)
        status = reconcile_next(agent->reconcile, &type, &body);
    if (status == STATUS_NOT_FOUND) {
        finish(agent, question, now_us);
        return;
    }
    const char *why = status == STATUS_OK ? send_next(agent, question, now_us) : status_english(status);
    if (why)
        question_answer(agent, question, NULL, why, now_us);
}

/* ---- once a day, by itself ---- */

enum { LOOK_MS = 30000 };

/* The oldest day that is due; one at a look. */
static void ask_what_is_due(struct agent *agent, int64_t now_us)
{
    const int64_t due_us = reconcile_due_at(agent->participant, agent->reconcile_minute, now_us);
    for (int back = RECONCILE_DAYS_BACK; back >= 1; back--) {
        char day[RECON_DAY_SIZE + 1];
        int64_t at_us = 0;
        int64_t id;
        reconcile_day_before(due_us, back, day);
        enum status status = day_book_compared_at(agent->book, day, &at_us);
        if (status == STATUS_OK && at_us >= due_us)
            continue;
        if (status != STATUS_OK && status != STATUS_NOT_FOUND)
            return; /* the book is busy; the next look tries again */
        if (agent_write(agent) && agent_judge(agent, queries_ask_day(agent->book, day, now_us, &id)))
            agent->has_questions = true;
        return;
    }
}

void agent_reconcile_daily(struct agent *agent, int64_t now_us)
{
    if (agent->reconcile_minute < 0 || link_state(agent->link) != LINK_STANDING)
        return;
    if (agent->reconcile_look_us == 0)
        agent->reconcile_look_us = now_us + (int64_t)LOOK_MS * 1000; /* what waits goes first */
    if (now_us < agent->reconcile_look_us || agent->reconcile)
        return;
    agent->reconcile_look_us = now_us + (int64_t)LOOK_MS * 1000;
    ask_what_is_due(agent, now_us);
}

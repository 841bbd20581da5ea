#include "agents/branch/agent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent_state.h"
#include "agents/branch/branch_book.h"
#include "agents/branch/queries.h"
#include "agents/client/log.h"

enum { AGENT_ARENA_SIZE = 1 << 16 };

bool agent_judge(struct agent *agent, enum status status)
{
    if (status != STATUS_OK && agent->failure == STATUS_OK)
        agent->failure = status;
    return status == STATUS_OK;
}

bool agent_write(struct agent *agent)
{
    return book_is_writing(agent->book) || agent_judge(agent, book_begin(agent->book));
}

/* ---- opening ---- */

/* What the last broker must know to see whether another one serves in its
 * place, and whether it lost something; of that nothing after `resend` said
 * that the loss is known. */
static void agent_fill_hello(struct hello *hello, void *context)
{
    struct agent *agent = context;
    struct broker_row marked;
    agent->hello_number = -1;
    fence_fill_hello(&agent->fence, hello);
    if (brokers_last(agent->book, &marked) == STATUS_OK && marked.is_lost)
        return;
    agent->hello_number = agent->broker.event_number;
    hello->event_number = number_of(agent->broker.event_number);
    hello->urgent_number = number_of(agent->broker.urgent_number);
    hello->last_receipt = broker_receipt(&agent->broker);
}

static enum status agent_judge_broker(const struct hello_ack *ack, void *context, char *why, size_t why_size)
{
    struct agent *agent = context;
    return fence_judge(&agent->fence, ack, why, why_size);
}

static enum status agent_set_up(struct agent *agent, void *context, const struct link_settings *settings)
{
    const struct link_owner owner = {agent_fill_hello, agent_judge_broker, agent};
    uint8_t *memory = malloc(AGENT_ARENA_SIZE);
    agent->arena = arena_over(memory, memory ? AGENT_ARENA_SIZE : 0);
    if (!memory)
        return STATUS_NO_MEMORY;
    enum status status = digest_new(&agent->digest);
    if (status == STATUS_OK)
        status = brokers_last(agent->book, &agent->broker);
    if (status == STATUS_OK)
        status = fence_init(&agent->fence, agent->book);
    if (status == STATUS_OK)
        status = link_open(context, settings, &owner, &agent->link);
    return status;
}

enum status agent_open(void *context, const struct link_settings *settings, struct book *book, const char *data,
                       struct agent **out)
{
    struct agent *agent = calloc(1, sizeof *agent);
    *out = NULL;
    if (!agent)
        return STATUS_NO_MEMORY;
    agent->book = book;
    agent->data = data;
    agent->reconcile_minute = -1;
    snprintf(agent->participant, sizeof agent->participant, "%s", settings->keys.participant);
    agent->deferred_us = INT64_MAX;
    upload_forget(&agent->upload);
    enum status status = agent_set_up(agent, context, settings);
    if (status == STATUS_OK)
        *out = agent;
    else
        agent_close(&agent);
    return status;
}

void agent_close(struct agent **agent)
{
    if (!*agent)
        return;
    link_close(&(*agent)->link);
    digest_free(&(*agent)->digest);
    reconcile_free(&(*agent)->reconcile);
    outbox_row_fini(&(*agent)->row);
    free((*agent)->arena.memory);
    free(*agent);
    *agent = NULL;
}

void agent_compare_daily(struct agent *agent, int64_t minute)
{
    agent->reconcile_minute = minute;
}

void *agent_socket(const struct agent *agent)
{
    return link_socket(agent->link);
}

long agent_wait_ms(const struct agent *agent, int64_t now_us)
{
    int64_t wait_ms = (link_wake_us(agent->link) - now_us) / 1000;
    if (wait_ms > AGENT_LOOK_MS)
        return AGENT_LOOK_MS;
    return wait_ms < 0 ? 0 : (long)wait_ms;
}

/* ---- one turn ---- */

/* The store failed: what was received in this batch was not kept, so it is as
 * if it never came. The broker sends its events again, and the receipts come
 * again for what is sent again. */
static void agent_recover(struct agent *agent, int64_t now_us)
{
    log_warning("the book cannot be written: %s (%s); tried again in %d ms", status_english(agent->failure),
                book_why(agent->book), AGENT_STORE_RETRY_MS);
    book_rollback(agent->book);
    agent->failure = STATUS_OK;
    agent->is_broker_changed = false;
    agent->has_ack_to_say = false;
    agent->has_dropped_events = true;
    agent->store_retry_us = now_us + AGENT_STORE_RETRY_MS * 1000;
    memset(agent->flights, 0, sizeof agent->flights);
    agent->flight_count = 0;
    upload_forget(&agent->upload);
    agent_look_again(agent);
    agent->session = 0; /* greet again: what memory holds of the broker is ahead of the disk */
    memset(&agent->broker, 0, sizeof agent->broker);
    if (brokers_last(agent->book, &agent->broker) != STATUS_OK)
        log_warning("the book cannot be read either; HELLO names no receipt until it can");
}

/* Urgent events are asked for first: they overtake. */
static void agent_ask_feed(struct agent *agent)
{
    struct events_since urgent = {
        .number = number_of(agent->broker.urgent_number), .is_urgent = number_of(true), .is_present = true};
    struct events_since since = {.number = number_of(agent->broker.event_number), .is_present = true};
    struct link_outgoing message = {.type = MESSAGE_EVENTS_SINCE};
    bool has_urgent = agent->broker.urgent_number > 0; /* else all of it comes by itself */
    agent->has_dropped_events = (has_urgent && link_send_struct(agent->link, &message, &urgent) != STATUS_OK) ||
                                link_send_struct(agent->link, &message, &since) != STATUS_OK;
    if (agent->has_dropped_events)
        log_warning("the feed could not be asked for; the next session does");
}

static bool agent_write_broker(struct agent *agent)
{
    if (agent->is_broker_changed && agent_write(agent) &&
        agent_judge(agent, brokers_write(agent->book, &agent->broker)))
        agent->is_broker_changed = false;
    return agent->failure == STATUS_OK;
}

/* A session was opened: who is it, and where does its feed stand? Its events
 * may stand right behind the HELLO_ACK, so this comes before the next message. */
void agent_greet(struct agent *agent, int64_t now_us)
{
    const struct hello_ack *ack = link_hello_ack(agent->link);
    int64_t known = agent->broker.id;
    if (link_state(agent->link) != LINK_STANDING || agent->session == link_session(agent->link))
        return;
    if (!agent_write_broker(agent) || !agent_write(agent) ||
        !agent_judge(agent, fence_keep(&agent->fence, ack, now_us)) ||
        !agent_judge(agent, brokers_meet(agent->book, ack, now_us, &agent->broker)))
        return;
    agent->session = link_session(agent->link);
    if (known != 0 && known != agent->broker.id)
        log_warning("this broker has another history than the one before: events are counted anew; what only the old "
                    "one had is sent again by `onevisit-branch resend --since TIME`");
    /* Our HELLO named another number than it should, or the broker believes we hold more than we do. */
    bool is_misled = agent->hello_number >= 0 && agent->hello_number != agent->broker.event_number;
    if (is_misled || agent->has_dropped_events || ack->event_number.value > agent->broker.event_number ||
        ack->urgent_number.value > agent->broker.urgent_number)
        agent_ask_feed(agent);
    upload_forget(&agent->upload);
    flights_drop(agent);
}

static bool agent_commit(struct agent *agent, int64_t now_us)
{
    if (agent_write_broker(agent) && book_is_writing(agent->book))
        agent_judge(agent, book_commit(agent->book));
    if (agent->failure == STATUS_OK)
        return true;
    agent_recover(agent, now_us);
    return false;
}

static void agent_receive(struct agent *agent, int64_t now_us)
{
    struct link_message message;
    for (int i = 0; i < AGENT_BATCH_COUNT_MAX && agent->failure == STATUS_OK; i++) {
        if (!link_receive(agent->link, now_us, &message))
            return;
        agent_greet(agent, now_us);
        if (agent->failure == STATUS_OK)
            agent_take(agent, &message, now_us);
    }
}

/* Lazy, and lost without harm: the next one says more. */
static void agent_say_ack(struct agent *agent)
{
    struct event_ack ack = {.number = number_of(agent->broker.event_number), .is_present = true};
    struct event_ack urgent = {
        .number = number_of(agent->broker.urgent_number), .is_urgent = number_of(true), .is_present = true};
    struct link_outgoing message = {.type = MESSAGE_EVENT_ACK};
    bool is_said = link_send_struct(agent->link, &message, &ack) == STATUS_OK;
    if (is_said && agent->broker.urgent_number > 0)
        is_said = link_send_struct(agent->link, &message, &urgent) == STATUS_OK;
    agent->has_ack_to_say = !is_said;
}

static void agent_note_link(struct agent *agent, int64_t now_us)
{
    bool is_standing = link_state(agent->link) == LINK_STANDING;
    const char *trouble = link_trouble(agent->link);
    if (agent->has_note && is_standing == agent->noted_standing && strcmp(trouble, agent->noted_trouble) == 0)
        return;
    if (link_note_write(agent->book, is_standing, trouble, now_us) != STATUS_OK)
        return; /* a note for people; the next turn tries again */
    agent->has_note = true;
    agent->noted_standing = is_standing;
    snprintf(agent->noted_trouble, sizeof agent->noted_trouble, "%s", trouble);
}

static void agent_look(struct agent *agent, int64_t now_us)
{
    bool has_changed = book_has_changed(agent->book);
    if (has_changed || now_us >= agent->deferred_us) {
        agent_look_again(agent);
        agent->deferred_us = INT64_MAX;
    }
    agent->has_questions = agent->has_questions || has_changed;
    agent->upload.has_more = agent->upload.has_more || has_changed;
}

void agent_turn(struct agent *agent, int64_t now_us)
{
    if (now_us < agent->store_retry_us && agent->store_retry_us - now_us <= AGENT_STORE_RETRY_MS * 1000) {
        link_tick(agent->link, now_us);
        return;
    }
    agent_receive(agent, now_us);
    if (!agent_commit(agent, now_us))
        return;
    link_tick(agent->link, now_us);
    agent_note_link(agent, now_us);
    agent_look(agent, now_us);
    agent_greet(agent, now_us);
    bool is_greeted = link_state(agent->link) == LINK_STANDING && agent->session == link_session(agent->link);
    if (is_greeted && agent->has_ack_to_say)
        agent_say_ack(agent);
    if (is_greeted)
        agent_send(agent, now_us);
    agent_reconcile_daily(agent, now_us);
    questions_send(agent, now_us);
    agent_commit(agent, now_us);
}

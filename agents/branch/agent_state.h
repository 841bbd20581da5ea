#ifndef ONEVISIT_AGENTS_BRANCH_AGENT_STATE_H
#define ONEVISIT_AGENTS_BRANCH_AGENT_STATE_H

#include "agents/branch/agent.h"
#include "agents/branch/brokers.h"
#include "agents/branch/outbox.h"
#include "agents/branch/upload.h"
#include "agents/client/digest.h"
#include "agents/client/fence.h"
#include "agents/client/reconcile.h"

/* Inside of the agent: shared by agent.c, agent_take.c, agent_send.c and agent_reconcile.c only. */

struct flight {
    int64_t id; /* outbox row; 0: free */
    uint8_t message_id[16];
    int64_t sent_us;
    int64_t attempts;
};

struct question {
    int64_t id; /* row of queries; 0: free */
    uint8_t message_id[16];
    int64_t asked_us;
};

struct agent {
    struct book *book;
    struct link *link;
    struct digest *digest;
    const char *data;
    char participant[33];
    struct arena arena; /* what is decoded from the chunks of an event */

    struct fence fence;
    uint32_t session;         /* the link's session we have greeted */
    struct broker_row broker; /* its last receipt and event, as committed with the batch */
    int64_t hello_number;     /* event number our last HELLO named; -1: none */
    bool has_dropped_events;  /* with a failed commit: the feed is asked for again */
    bool is_broker_changed;   /* to be written with the batch */
    bool has_ack_to_say;      /* events came: EVENT_ACK after the commit */
    enum status failure;      /* of the store, in this batch */
    int64_t store_retry_us;   /* nothing is taken before */

    struct flight flights[AGENT_FLIGHT_COUNT_MAX];
    uint32_t flight_count;
    struct outbox_row row;      /* room for the row being sent */
    struct outbox_place cursor; /* rows up to here were looked at */
    bool has_waiting;           /* there may be rows after the cursor */
    int64_t deferred_us;        /* a deferred row may be tried again then */

    struct upload upload; /* of the files that messages of the outbox wait for */

    struct question questions[AGENT_QUERY_COUNT_MAX];
    int64_t question_cursor;
    bool has_questions;

    struct reconcile *reconcile; /* the comparison under way, NULL for none */
    const struct question *reconcile_question;
    int64_t reconcile_minute;  /* of the day in China at which it is due; below zero: never by itself */
    int64_t reconcile_look_us; /* when to look again whether it is due */

    char noted_trouble[384]; /* what the commands were told of the link */
    bool noted_standing;
    bool has_note;
};

/* Opens the batch's transaction unless it is open; false when that failed. */
bool agent_write(struct agent *agent);
/* Notes a failure of the store: the batch will be rolled back. True when `status` is STATUS_OK. */
bool agent_judge(struct agent *agent, enum status status);

/* Meets the broker of a session that was just opened; nothing when there is none. */
void agent_greet(struct agent *agent, int64_t now_us);
void agent_take(struct agent *agent, const struct link_message *message, int64_t now_us);
/* False when the event could not be stored and will come again. */
void agent_take_event(struct agent *agent, const struct link_message *message, int64_t now_us);

void flights_remove(struct agent *agent, struct bytes message_id);
/* The whole outbox is to be looked at again. */
void agent_look_again(struct agent *agent);
/* Forgets what is in flight, so that it is sent again. */
void flights_drop(struct agent *agent);
void agent_send(struct agent *agent, int64_t now_us);

/* What came of a file, onto the disk. */
void files_answer(struct agent *agent, enum upload_answer answer, int64_t now_us);

struct question *question_of(struct agent *agent, struct bytes message_id);
void question_answer(struct agent *agent, struct question *question, const char *answer, const char *failure,
                     int64_t now_us);
/* Starts comparing the books of a day for a question, which is answered when it is done. */
void agent_reconcile(struct agent *agent, struct question *question, const char *day, int64_t now_us);
void agent_take_recon(struct agent *agent, const struct link_message *message, int64_t now_us);
/* The question has its answer: the comparison for it, if there is one, is over. */
void agent_reconcile_end(struct agent *agent, const struct question *question);
void agent_reconcile_daily(struct agent *agent, int64_t now_us);
void questions_send(struct agent *agent, int64_t now_us);

#endif

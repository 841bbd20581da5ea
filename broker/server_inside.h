#ifndef ONEVISIT_BROKER_SERVER_INSIDE_H
#define ONEVISIT_BROKER_SERVER_INSIDE_H

#include "broker/auth.h"
#include "broker/backup.h"
#include "broker/clock.h"
#include "broker/directory.h"
#include "broker/guard.h"
#include "broker/intake.h"
#include "broker/loss.h"
#include "broker/material_check.h"
#include "broker/ops/requests.h"
#include "broker/outlet.h"
#include "broker/patrol.h"
#include "broker/precheck.h"
#include "broker/recon.h"
#include "broker/rulebook.h"
#include "broker/server.h"
#include "broker/sessions.h"
#include "broker/zap.h"

/* What the three files of the server share: server.c opens, closes and loops;
 * server_message.c takes one message; server_settle.c writes, and then speaks. */
struct server {
    struct settings settings;
    struct clock clock;
    void *context;
    struct keeper *keeper;
    struct auth *auth;
    struct zap *zap;
    struct door *door;
    struct peers *peers;
    struct outlet *outlet;
    struct intake *intake;
    struct precheck *precheck;
    struct material_check *material_check;
    struct recon *recon;
    struct backup backup;
    struct patrol patrol;
    struct rulebook *rulebook;
    struct requests *requests;
    struct sessions sessions;
    struct effects effects;
    struct door_message raw;
    int signals; /* signalfd, -1 for none */
    bool is_stopping;
    bool has_waiting; /* a slow peer's messages wait for its pipe */
    struct loss loss;
    struct guard guard;
    uint64_t opening;         /* the record of this start */
    int64_t lazy_deadline_us; /* commit at the latest; 0 while nothing lazy waits */
    int64_t head_written_us;
    int64_t heartbeat_due_us;
    struct batch batch;
    bool is_beating;     /* a round of heartbeats is under way */
    uint64_t file_limit; /* open files this process may have */
};

/* Commits when something must be promised, when a lazy record waited long
 * enough, or when `now`; effects leave only when nothing is gathered any more. */
MUST_CHECK enum status server_settle(struct server *server, int64_t now_us, bool now, char *why);

/* Judges, steps or answers the message in `raw`. Errors are those that end the process. */
MUST_CHECK enum status server_take_message(struct server *server, int64_t now_us, char *why);

/* Reads the directory again; `reason` says why it was refused, and the one before stays in force. */
MUST_CHECK enum status server_load_directory(struct server *server, int64_t now_us, struct directory_result *out,
                                             char *reason);

#endif

#ifndef ONEVISIT_BROKER_SERVER_H
#define ONEVISIT_BROKER_SERVER_H

#include "broker/keep/keeper.h"
#include "broker/settings.h"

/* The daemon's loop: take a bounded batch, step each message, make ONE
 * synchronous write, and only then send. One thread besides libzmq's own.
 *
 *   poll -> ZAP, frames -> intake -> core_step ... -> proposals -> commit
 *        -> effects -> what waited for slow peers -> checkpoint
 *
 * A store error ends the loop with its status: restart reads the truth. */
struct server;

enum { SERVER_WHY_SIZE = 512 };

MUST_CHECK enum status server_open(const struct settings *settings, struct server **out, char *why);
/* One turn of the loop, without waiting: what waits is taken, stepped, written and answered. */
MUST_CHECK enum status server_turn(struct server *server, char *why);
/* When a turn is wanted though nothing comes in. */
int64_t server_wake_us(const struct server *server);
/* Serves until SIGTERM or SIGINT (STATUS_OK) or an error that ends the process. SIGHUP reads the directory again. */
MUST_CHECK enum status server_run(struct server *server, char *why);
void server_close(struct server **server, bool is_clean);
const char *server_endpoint(const struct server *server);
/* For looking. */
struct keeper *server_keeper(struct server *server);
/* What the daemon's settings mean for folder and core. */
struct keeper_settings server_keeper_settings(const struct settings *settings);

#endif

#ifndef ONEVISIT_AGENTS_WINDOW_PORT_H
#define ONEVISIT_AGENTS_WINDOW_PORT_H

#include "agents/client/fence.h"
#include "agents/client/link.h"
#include "agents/window/base.h"
#include "agents/window/fetch.h"
#include "agents/window/outbox.h"

/* One window's connection to the broker, with what it owes: the answers of the
 * outbox that have no receipt yet. Of one case only the oldest answer is under
 * way, so that no retry overtakes within a case.
 *
 * The socket's file descriptor is polled, not the socket: an idle window costs
 * nothing. libzmq's descriptor is edge-triggered, so after anything was sent or
 * received the port is "dirty" and is heard once more before the next sleep. */

enum { PORT_OWED_COUNT_MAX = 64, PORT_HEAR_COUNT_MAX = 256 };

struct owed {
    struct outbox_owed entry;
    uint32_t session; /* in which it was sent last; 0: not yet */
    int64_t sent_at;
    int64_t retry_at; /* not before; after a REJECT that may be tried again */
};

struct port {
    char window[33];
    struct link *link;
    struct base *base;
    void *socket; /* whose descriptor `fd` is */
    int fd;
    bool is_dirty;
    int64_t tick_at;

    struct owed owed[PORT_OWED_COUNT_MAX];
    uint32_t owed_count;
    bool has_more_owed; /* the outbox may hold others */

    struct fetch fetch;

    int64_t look_at; /* when the desk looks for work again; 0: now */
    int64_t ask_at;  /* when the broker is asked about what was given back */
    int64_t backlog; /* deliveries that wait for the registry */
    int64_t backlog_max;
    int64_t credit_max;
    struct text capability; /* "title" */
    int64_t rules_version;  /* 0: no rule file */
    bool offers_title;      /* its registry answers title queries */
    int64_t credit_said;    /* in this session */
    struct fence fence;
    uint32_t session; /* whose broker stands in the book */
    uint8_t receipt_bytes[64];
};

struct port_settings {
    void *context; /* zmq */
    const char *endpoint;
    const char *broker_key;
    struct link_keys keys;
    bool is_test;
    int64_t credit_max;
    int64_t backlog_max;
    bool offers_title;
    int64_t rules_version; /* of the window's rule file; 0 for none */
};

MUST_CHECK enum status port_open(struct port *port, struct base *base, const struct port_settings *settings);
void port_close(struct port *port);

/* Refreshes fd after a reconnect. */
void port_watch(struct port *port);
/* Ticks the link when it is time. */
void port_tick(struct port *port, int64_t now_us);
/* Keeps which start of the broker a new session is with, in the open group; before anything of it is taken. */
void port_meet(struct port *port, int64_t now_us);
/* RECEIPT or REJECT of something owed: true when it was. Writes into the open group. */
bool port_take_answer(struct port *port, const struct link_message *message, int64_t now_us);
/* What was answered already is owed again: the outbox is read anew. */
void port_reload(struct port *port);
/* Sends what is owed and may go, and CREDIT when it changed. After the commit. */
void port_send(struct port *port, int64_t now_us);
/* When something owed may go again; INT64_MAX for never. */
int64_t port_due_at(const struct port *port);

#endif

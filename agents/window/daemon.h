#ifndef ONEVISIT_AGENTS_WINDOW_DAEMON_H
#define ONEVISIT_AGENTS_WINDOW_DAEMON_H

#include "agents/window/comparing.h"
#include "agents/window/desk.h"
#include "agents/window/folder.h"
#include "agents/window/port.h"

/* The daemon: many windows in one thread. A wake takes all that waits, stores
 * it in ONE group, and only then says DELIVERED, starts what was chosen and
 * sends what is owed. Any error of the file ends the process: a restart reads
 * the truth from disk, and the broker brings again what was not acknowledged. */

enum { DAEMON_CHOSEN_COUNT_MAX = 256, DAEMON_ACKNOWLEDGEMENT_COUNT_MAX = 1024, DAEMON_PORT_COUNT_MAX = 512 };

/* A delivery to say DELIVERED for, after the commit. */
struct acknowledgement {
    uint32_t port;
    uint8_t message_id[16];
    char case_id[31];
    int64_t number;
};

struct daemon {
    struct folder *folder;
    struct adapter *adapter;
    struct desk desk;
    struct comparing comparing;
    struct port *ports; /* in the order of their names */
    uint32_t port_count;
    struct acknowledgement acknowledgements[DAEMON_ACKNOWLEDGEMENT_COUNT_MAX];
    uint32_t acknowledgement_count;
    struct desk_chosen chosen[DAEMON_CHOSEN_COUNT_MAX];
    uint32_t chosen_count;
    uint32_t turn; /* the window that chooses first, so that none starves */
    int stop_fd;   /* readable when it is time to stop; borrowed */
    bool is_stopping;
    struct pollfd watched[DAEMON_PORT_COUNT_MAX + ADAPTER_WATCH_COUNT_MAX + 1];
};

/* `ports` is borrowed, sorted, and opened. */
MUST_CHECK enum status daemon_init(struct daemon *daemon, struct folder *folder, struct adapter *adapter,
                                   struct port *ports, uint32_t port_count, int stop_fd);
void daemon_fini(struct daemon *daemon);
/* Marks what was under way as doubtful and says that the windows are open. */
MUST_CHECK enum status daemon_start(struct daemon *daemon);
/* One wake: waits at most `wait_ms_max`, then takes, stores, sends. */
MUST_CHECK enum status daemon_step(struct daemon *daemon, int wait_ms_max);
/* Until stop_fd is readable. */
MUST_CHECK enum status daemon_run(struct daemon *daemon);

#endif

#ifndef ONEVISIT_TESTS_OPS_FAKE_BROKER_H
#define ONEVISIT_TESTS_OPS_FAKE_BROKER_H

#include <sys/types.h>

/* A ROUTER in a process of its own that speaks just enough of the protocol to
 * be asked by `onevisit`: it knows HELLO and has one canned answer for each
 * question. It lets every key in: who may enter is the daemon's matter. */
enum fake_manner {
    FAKE_ANSWERS,
    FAKE_REFUSES_HELLO, /* REJECT to HELLO */
    FAKE_REJECTS,       /* REJECT to every question */
    FAKE_IS_SILENT,     /* HELLO_ACK, then no answer */
    FAKE_FORGETS,       /* loses the session once: NO_SESSION to the first question */
    FAKE_IS_BEHIND,     /* health says so */
    FAKE_READS_ANOTHER, /* OPS_DIRECTORY_LOAD finds another file than ours */
    FAKE_CONFUSED,      /* answers with another type */
};

struct fake_broker {
    pid_t pid;
    char endpoint[64];
};

/* `keys` holds K.key. */
void fake_broker_start(struct fake_broker *broker, const char *keys, enum fake_manner manner);
void fake_broker_stop(struct fake_broker *broker);

#endif

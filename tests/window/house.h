#ifndef ONEVISIT_TESTS_WINDOW_HOUSE_H
#define ONEVISIT_TESTS_WINDOW_HOUSE_H

#include "agents/window/daemon.h"
#include "agents/window/inbox.h"
#include "agents/window/sandbox.h"

/* A window agent and a broker's socket in one test process and one thread:
 * the daemon is stepped, the broker heard, in turn, until what the test waits
 * for is there. The broker answers HELLO and (unless told otherwise) gives a
 * RECEIPT for every stored message; all it heard is kept in order. */

enum { HOUSE_HEARD_COUNT_MAX = 4096, HOUSE_WINDOW_COUNT_MAX = 8 };

struct heard {
    enum message_type type;
    char window[33];
    char case_id[31];
    uint8_t message_id[16];
    uint8_t answers[16];
    uint8_t *body;
    uint32_t body_size;
    uint8_t *chunk;
    uint32_t chunk_size;
};

struct house {
    char data[64];
    void *context;
    void *router;
    char endpoint[64];
    char public_key[41], secret_key[41];
    struct {
        char name[33];
        uint8_t route[64];
        size_t route_size;
    } windows[HOUSE_WINDOW_COUNT_MAX];
    uint32_t window_count;
    struct digest *digest;
    struct arena arena;
    struct heard heard[HOUSE_HEARD_COUNT_MAX];
    uint32_t heard_count;
    bool is_mute; /* no receipts */
    int64_t sequence;
    int64_t history; /* added to the sequence of deliveries: another one is a broker that lost its journal */

    bool is_running;
    struct folder folder;
    struct adapter adapter;
    struct port ports[HOUSE_WINDOW_COUNT_MAX];
    struct daemon daemon;
    int stop[2]; /* a pipe in place of signals */
};

/* A new data folder and a broker; the agent is not running yet. */
void house_open(struct house *house, const char *const *windows, uint32_t window_count);
void house_close(struct house *house);
/* Starts the agent; the adapter is taken. */
void house_start(struct house *house, const struct adapter *adapter);
/* Ends it without any last word, as kill -9 does. */
void house_kill(struct house *house);
/* One turn of both. */
void house_turn(struct house *house);
/* Turns until there are `count` messages of this type about the case ("" for any); fails the test after 20 s. */
const struct heard *house_await(struct house *house, enum message_type type, const char *case_id, uint32_t count);
uint32_t house_count(const struct house *house, enum message_type type, const char *case_id);
/* Turns until the query (one number) gives `value`. */
void house_await_number(struct house *house, const char *sql, int64_t value);
int64_t house_number(struct house *house, const char *sql);

struct house_delivery {
    const char *window;
    const char *case_id;
    int64_t number;
    enum message_type type;
    struct bytes origin;
    bool has_wrong_digest;
};
/* The id of a delivery depends on its case and number, as at the real broker. */
void house_deliver(struct house *house, const struct house_delivery *delivery);
/* A RECEIPT or REJECT by hand. */
void house_say(struct house *house, const char *window, enum message_type type, const void *body,
               const uint8_t *answers);

/* CERT_ASK or ALARM: something about a case. */
void house_say_of(struct house *house, const char *window, const char *case_id, enum message_type type,
                  const void *body);

/* The body of an application: the example with this contract and unit, kind M01. Valid until the next call. */
struct bytes house_application(const char *contract, const char *unit);
/* Encodes any body. Valid until the next call. */
struct bytes house_encode(enum message_type type, const void *body);
/* Decodes what was heard into `out`; fails the test when it breaks a rule. */
void house_decode(struct house *house, const struct heard *heard, void *out);
/* A valid case id of window 370102. */
const char *house_case_id(uint32_t counter, char out[31]);

struct adapter house_sandbox(const struct house *house, const struct registry_settings *settings);

#endif

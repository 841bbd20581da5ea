#include "agents/client/link.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/client/digest.h"
#include "agents/client/link_frames.h"
#include "agents/client/log.h"
#include "agents/client/wire.h"
#include "schemas/calendar.h"

enum {
    LOOK_US_CONNECTING = 20000, /* how often the monitor is asked when nothing else wakes us */
    LOOK_US_STANDING = 100000,
    REOPEN_US = 1000000,  /* after a refused handshake: a new socket */
    HELLO_US = 3000000,   /* HELLO without an answer for so long: say it again */
    REFUSED_US = 2000000, /* HELLO refused without a retry_ms */
    LINGER_MS = 2000,     /* at the very end: let the last words out */
    FLAW_LOG_COUNT = 10,  /* flaws logged one by one, then each FLAW_LOG_EACH-th */
    FLAW_LOG_EACH = 1000,
    HELLO_SIZE_MAX = 2048,
    QUIET_FACTOR = 12, /* a broker that says no heartbeats of its own may be quiet that much longer */
    TIME_SHOWN_SIZE = 24,
    OWN_MESSAGE_COUNT_MAX = 64, /* messages for the link itself dealt with in one link_receive */
};

#define DAY_US (INT64_C(86400) * 1000000)

struct link {
    void *context;
    char endpoint[256];
    char broker_key[41];
    char software[65];
    struct link_keys keys;
    bool is_test;
    int64_t heartbeat_us;
    int64_t silence_us_max;
    struct link_owner owner;

    struct wire wire;
    bool is_up;        /* the handshake of the connection is done */
    int64_t opened_us; /* when the socket was opened, or the last sign of life of a connection */
    int64_t reopen_us; /* INT64_MAX: no new socket is due */

    enum link_state state;
    uint32_t session;
    uint8_t hello_id[16];
    int64_t hello_us; /* when HELLO is due; INT64_MAX: not */
    int64_t heard_us;
    int64_t sent_us;
    bool has_heartbeats; /* this broker says HEARTBEAT when it is idle, so its silence means something */
    struct hello_ack ack;
    char ack_software[65];
    char ack_version[9];
    uint8_t ack_broker[16];
    uint8_t ack_chain[32];
    uint8_t ack_mac[32];
    bool has_ack;
    char trouble[384];

    struct digest *digest;
    struct wire_frames frames;
    struct arena arena;
    uint8_t *scratch; /* MESSAGE_SIZE_MAX bytes for link_send_struct */
    uint64_t flaw_count;
};

__attribute__((format(printf, 2, 3))) static void link_say_trouble(struct link *link, const char *format, ...)
{
    char sentence[sizeof link->trouble];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (strcmp(sentence, link->trouble) == 0)
        return; /* said before: a broker away for an hour is one line, not thousands */
    memcpy(link->trouble, sentence, sizeof sentence);
    log_warning("%s: %s", link->keys.participant, link->trouble);
}

/* ---- the socket ---- */

static void link_reopen(struct link *link, int64_t now_us)
{
    wire_close(&link->wire, 0);
    link->is_up = false;
    link->state = LINK_CONNECTING;
    link->hello_us = INT64_MAX;
    link->opened_us = now_us;
    link->reopen_us = INT64_MAX;
    enum status status = wire_open(link->context, link->endpoint, link->broker_key, &link->keys, &link->wire);
    if (status == STATUS_OK)
        return;
    link_say_trouble(link, "no connection to %s can be opened: %s", link->endpoint, status_english(status));
    link->reopen_us = now_us + REOPEN_US;
}

static void link_is_down(struct link *link, int64_t now_us, const char *why)
{
    link->is_up = false;
    link->state = LINK_CONNECTING;
    link->hello_us = INT64_MAX;
    link->opened_us = now_us;
    link_say_trouble(link, "%s (%s)", why, link->endpoint);
}

static void link_take_event(struct link *link, enum wire_event event, int64_t now_us)
{
    switch (event) {
    case WIRE_NOTHING:
        break;
    case WIRE_UP:
        link->is_up = true;
        link->state = LINK_CONNECTING;
        link->opened_us = now_us;
        link->hello_us = now_us;
        break;
    case WIRE_DOWN:
        if (link->is_up)
            link_is_down(link, now_us, "the connection to the broker broke");
        break;
    case WIRE_KEY_REFUSED:
        link_is_down(link, now_us, "the broker does not know our key");
        link->reopen_us = now_us + REOPEN_US;
        break;
    case WIRE_HANDSHAKE:
        link_is_down(link, now_us, "the handshake with the broker failed: is K.pub the key of this broker?");
        link->reopen_us = now_us + REOPEN_US;
        break;
    }
}

static void link_hear_events(struct link *link, int64_t now_us)
{
    enum wire_event event = wire_next_event(&link->wire);
    while (event != WIRE_NOTHING) {
        link_take_event(link, event, now_us);
        event = wire_next_event(&link->wire);
    }
}

/* ---- the session ---- */

static enum status link_encode_hello(const struct link *link, uint8_t *buffer, size_t capacity, size_t *used)
{
    struct text versions[] = {{"1", 1}};
    struct hello hello = {0};
    if (link->owner.fill_hello)
        link->owner.fill_hello(&hello, link->owner.context);
    hello.software = text_of(link->software);
    hello.versions = (struct text_list){versions, 1, true};
    hello.is_test = number_of(link->is_test);
    hello.is_present = true;
    return record_encode(&record_hello, &hello, buffer, capacity, used);
}

static void link_say_hello(struct link *link, int64_t now_us)
{
    uint8_t encoded[HELLO_SIZE_MAX];
    size_t used = 0;
    link_new_message_id(link->hello_id);
    struct link_outgoing hello = {.type = MESSAGE_HELLO, .message_id = link->hello_id};
    enum status status = link_encode_hello(link, encoded, sizeof encoded, &used);
    hello.body = bytes_of(encoded, used);
    if (status == STATUS_OK)
        status = link_frames_send(&link->wire, link->digest, link->keys.participant, &hello, now_us);
    if (status == STATUS_OK)
        link->sent_us = now_us;
    else if (status != STATUS_BUSY)
        link_say_trouble(link, "HELLO cannot be made: %s", status_english(status));
    link->state = LINK_CONNECTING;
    link->hello_us = now_us + (status == STATUS_BUSY ? LOOK_US_CONNECTING : HELLO_US);
}

/* Copies the texts of an answer that dies with its frames. */
static void link_keep_ack(struct link *link, const struct hello_ack *ack)
{
    link->ack = *ack;
    snprintf(link->ack_software, sizeof link->ack_software, "%.*s", TEXT_ARGS(ack->software));
    snprintf(link->ack_version, sizeof link->ack_version, "%.*s", TEXT_ARGS(ack->version));
    memcpy(link->ack_broker, ack->broker.data, sizeof link->ack_broker);
    link->ack.software = text_of(link->ack_software);
    link->ack.version = text_of(link->ack_version);
    link->ack.broker = bytes_of(link->ack_broker, sizeof link->ack_broker);
    if (ack->opening.is_present) {
        memcpy(link->ack_chain, ack->opening.chain.data, sizeof link->ack_chain);
        memcpy(link->ack_mac, ack->opening.mac.data, sizeof link->ack_mac);
        link->ack.opening.chain = bytes_of(link->ack_chain, sizeof link->ack_chain);
        link->ack.opening.mac = bytes_of(link->ack_mac, sizeof link->ack_mac);
        link->ack.opening.case_id = text_of(NULL);
    }
    link->has_ack = true;
}

static bool link_is_answer_to_hello(const struct link *link, const struct link_message *message)
{
    return bytes_equal(message->envelope.answers, bytes_of(link->hello_id, sizeof link->hello_id));
}

static void link_refused(struct link *link, int64_t now_us, int64_t retry_us)
{
    link->state = LINK_REFUSED;
    link->hello_us = now_us + retry_us;
}

static enum status link_judge_ack(const struct link *link, const struct hello_ack *ack, char *why, size_t why_size)
{
    if ((ack->is_test.value != 0) != link->is_test) {
        snprintf(why, why_size, "%s: this is a %s broker", status_english(STATUS_SEALED_OTHERWISE),
                 ack->is_test.value ? "test" : "production");
        return STATUS_SEALED_OTHERWISE;
    }
    return link->owner.judge_broker ? link->owner.judge_broker(ack, link->owner.context, why, why_size) : STATUS_OK;
}

/* From 30 days before the end, at each session: the nearer, the plainer. */
static void link_warn_of_key(struct link *link, const struct hello_ack *ack, int64_t now_us)
{
    static const int stages[] = {0, 1, 7, 30};
    char end[TIME_SHOWN_SIZE];
    const int64_t left_us = ack->key_valid_until.value - now_us;
    if (!ack->key_valid_until.is_present)
        return;
    time_show(ack->key_valid_until.value, end, sizeof end);
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        if (left_us > stages[i] * DAY_US)
            continue;
        if (stages[i] == 0)
            log_warning("%s: our key ended at %s: we only receive; the operator of the broker must renew it",
                        link->keys.participant, end);
        else
            log_warning("%s: our key ends at %s, in %d day(s) or less: ask the operator of the broker for a new one",
                        link->keys.participant, end, stages[i]);
        return;
    }
}

static void link_take_ack(struct link *link, const struct link_message *message, int64_t now_us)
{
    const struct hello_ack *ack = message->body;
    char why[256];
    if (link->state == LINK_STANDING || !link_is_answer_to_hello(link, message))
        return; /* of an earlier HELLO */
    if (link_judge_ack(link, ack, why, sizeof why) != STATUS_OK) {
        link_say_trouble(link, "%s", why);
        link_refused(link, now_us, REFUSED_US);
        return;
    }
    link_keep_ack(link, ack);
    link->heartbeat_us = ack->heartbeat_ms.value * 1000;
    link->state = LINK_STANDING;
    link->session++;
    link->hello_us = INT64_MAX;
    link->trouble[0] = '\0';
    log_info("%s: session %" PRIu32 " stands with %s, epoch %" PRId64, link->keys.participant, link->session,
             link->ack_software, ack->epoch.value);
    link_warn_of_key(link, ack, now_us);
}

static const char *link_advice(const struct link *link, struct text code)
{
    if (!text_is(code, status_code(STATUS_SEALED_OTHERWISE)))
        return "";
    return link->is_test ? ": it is a production broker, leave --test out" : ": it is a test broker, say --test";
}

static const char key_ended[] = "EXPIRED_KEY our key has ended: what we send waits until the operator renews it";

/* True when the REJECT was for the link: an answer to HELLO, or "say HELLO first". */
static bool link_take_reject(struct link *link, const struct link_message *message, int64_t now_us)
{
    const struct reject *reject = message->body;
    /* Out of the blue the key was revoked: no session stands any more, whatever it says on the screen. */
    const bool is_revoked =
        text_is(reject->code, status_code(STATUS_REVOKED_KEY)) && message->envelope.answers.data == NULL;
    if (is_revoked || (link->state != LINK_STANDING && link_is_answer_to_hello(link, message))) {
        link_say_trouble(link, "the broker refuses the session: %.*s %.*s%s", TEXT_ARGS(reject->code),
                         TEXT_ARGS(reject->text_en), link_advice(link, reject->code));
        link_refused(link, now_us, reject->retry_ms.is_present ? reject->retry_ms.value * 1000 : REFUSED_US);
        return true;
    }
    if (text_is(reject->code, status_code(STATUS_EXPIRED_KEY)))
        link_say_trouble(link, "%s", key_ended); /* and whoever sent it keeps it */
    if (!text_is(reject->code, status_code(STATUS_NO_SESSION)))
        return false;
    /* The broker was started anew, or gave us up. While a HELLO is under way
     * its answer decides, so that a burst of these makes one HELLO only. */
    if (link->state == LINK_STANDING)
        link_say_hello(link, now_us);
    return true;
}

/* Deals with the link's own messages; false when it is one for the agent. */
static bool link_take_own(struct link *link, const struct link_message *message, int64_t now_us)
{
    if (message->type == MESSAGE_HEARTBEAT) {
        link->has_heartbeats = true;
        return true;
    }
    if (message->type == MESSAGE_HELLO_ACK) {
        link_take_ack(link, message, now_us);
        return true;
    }
    if (message->type == MESSAGE_RECEIPT && strcmp(link->trouble, key_ended) == 0)
        link->trouble[0] = '\0';
    return message->type == MESSAGE_REJECT && link_take_reject(link, message, now_us);
}

static void link_note_flaw(struct link *link, const char *why)
{
    link->flaw_count++;
    if (link->flaw_count <= FLAW_LOG_COUNT || link->flaw_count % FLAW_LOG_EACH == 0)
        log_warning("%s: message number %" PRIu64 " dropped: %s", link->keys.participant, link->flaw_count, why);
}

/* ---- public ---- */

static bool link_copy(char *out, size_t capacity, const char *text)
{
    size_t size = text ? strlen(text) : capacity;
    if (size >= capacity)
        return false;
    memcpy(out, text, size + 1);
    return true;
}

static enum status link_set_up(struct link *link, void *context, const struct link_settings *settings)
{
    if (!link_copy(link->endpoint, sizeof link->endpoint, settings->endpoint) ||
        !link_copy(link->broker_key, sizeof link->broker_key, settings->broker_key) ||
        !link_copy(link->software, sizeof link->software, settings->software))
        return STATUS_CONFIG;
    link->context = context;
    link->keys = settings->keys;
    link->is_test = settings->is_test;
    link->heartbeat_us = (settings->heartbeat_ms > 0 ? settings->heartbeat_ms : 1000) * 1000;
    link->silence_us_max = (settings->silence_ms_max > 0 ? settings->silence_ms_max : 5000) * 1000;
    link->hello_us = INT64_MAX;
    link->reopen_us = INT64_MAX;
    link->opened_us = clock_now_us();
    uint8_t *memory = malloc(MESSAGE_ARENA_SIZE);
    link->arena = arena_over(memory, memory ? MESSAGE_ARENA_SIZE : 0);
    link->scratch = malloc(MESSAGE_SIZE_MAX);
    if (!memory || !link->scratch)
        return STATUS_NO_MEMORY;
    return digest_new(&link->digest);
}

enum status link_open(void *context, const struct link_settings *settings, const struct link_owner *owner,
                      struct link **out)
{
    struct link *link = calloc(1, sizeof *link);
    *out = NULL;
    if (!link)
        return STATUS_NO_MEMORY;
    wire_frames_init(&link->frames);
    if (owner)
        link->owner = *owner;
    enum status status = link_set_up(link, context, settings);
    if (status == STATUS_OK)
        status = wire_open(context, link->endpoint, link->broker_key, &link->keys, &link->wire);
    if (status == STATUS_OK) {
        snprintf(link->trouble, sizeof link->trouble, "not connected yet (%s)", link->endpoint);
        *out = link;
    } else {
        link_close(&link);
    }
    return status;
}

void link_close(struct link **link)
{
    if (!*link)
        return;
    wire_close(&(*link)->wire, LINGER_MS);
    wire_frames_fini(&(*link)->frames);
    digest_free(&(*link)->digest);
    free((*link)->arena.memory);
    free((*link)->scratch);
    OPENSSL_cleanse(&(*link)->keys, sizeof(*link)->keys);
    free(*link);
    *link = NULL;
}

void *link_socket(const struct link *link)
{
    return link->wire.dealer;
}

enum link_state link_state(const struct link *link)
{
    return link->state;
}

uint32_t link_session(const struct link *link)
{
    return link->session;
}

const struct hello_ack *link_hello_ack(const struct link *link)
{
    return link->has_ack ? &link->ack : NULL;
}

const char *link_trouble(const struct link *link)
{
    return link->trouble;
}

static int64_t time_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void link_say_heartbeat(struct link *link, int64_t now_us)
{
    struct heartbeat heartbeat = {.time = number_of(now_us), .is_present = true};
    struct link_outgoing message = {.type = MESSAGE_HEARTBEAT};
    /* When it cannot go out now the next tick tries again; silence ends a link that takes nothing. */
    if (link_send_struct(link, &message, &heartbeat) == STATUS_OK)
        link->sent_us = now_us;
}

/* A clock that was set back must not silence the heartbeat until it has caught up. */
static void link_heed_clock(struct link *link, int64_t now_us)
{
    link->sent_us = time_least(link->sent_us, now_us);
    link->heard_us = time_least(link->heard_us, now_us);
    link->opened_us = time_least(link->opened_us, now_us);
    if (link->reopen_us != INT64_MAX)
        link->reopen_us = time_least(link->reopen_us, now_us + REOPEN_US);
}

/* Until a broker has shown that it says heartbeats, an idle one cannot be told
 * from a dead one by its messages; libzmq's own heartbeats then find a broken
 * connection within 4 s, and only a broker that hangs is found later. */
static int64_t link_silence_us(const struct link *link)
{
    bool is_idle = link->state == LINK_STANDING && !link->has_heartbeats;
    return is_idle ? link->silence_us_max * QUIET_FACTOR : link->silence_us_max;
}

int64_t link_wake_us(const struct link *link)
{
    int64_t now_us = clock_now_us();
    int64_t wake = time_least(link->reopen_us, link->hello_us);
    if (link->state == LINK_STANDING) {
        wake = time_least(wake, link->sent_us + link->heartbeat_us);
        wake = time_least(wake, link->heard_us + link_silence_us(link));
        return time_least(wake, now_us + LOOK_US_STANDING);
    }
    return time_least(wake, now_us + LOOK_US_CONNECTING);
}

static bool link_is_silent(const struct link *link, int64_t now_us)
{
    if (link->state == LINK_REFUSED)
        return false; /* the answer was heard; HELLO goes again at hello_us */
    int64_t since = link->state == LINK_STANDING ? link->heard_us : link->opened_us;
    return now_us - since >= link_silence_us(link);
}

void link_tick(struct link *link, int64_t now_us)
{
    link_heed_clock(link, now_us);
    link_hear_events(link, now_us);
    if (link_is_silent(link, now_us)) {
        link_say_trouble(link, "nothing is heard from the broker (%s)", link->endpoint);
        link_reopen(link, now_us);
    } else if (now_us >= link->reopen_us) {
        link_reopen(link, now_us);
    }
    if (link->is_up && now_us >= link->hello_us)
        link_say_hello(link, now_us);
    if (link->state == LINK_STANDING && now_us - link->sent_us >= link->heartbeat_us)
        link_say_heartbeat(link, now_us);
}

enum status link_send(struct link *link, const struct link_outgoing *message)
{
    if (link->state != LINK_STANDING)
        return STATUS_NO_SESSION;
    int64_t now_us = clock_now_us();
    enum status status = link_frames_send(&link->wire, link->digest, link->keys.participant, message, now_us);
    if (status == STATUS_OK)
        link->sent_us = now_us;
    return status;
}

enum status link_send_struct(struct link *link, const struct link_outgoing *message, const void *body)
{
    struct link_outgoing whole = *message;
    size_t used = 0;
    enum status status =
        record_encode(message_kind(message->type)->record, body, link->scratch, MESSAGE_SIZE_MAX, &used);
    if (status != STATUS_OK)
        return status == STATUS_LIMIT ? STATUS_TOO_LARGE : status;
    whole.body = bytes_of(link->scratch, used);
    return link_send(link, &whole);
}

bool link_receive(struct link *link, int64_t now_us, struct link_message *out)
{
    char why[320];
    const struct link_judge judge = {link->digest, link->keys.participant, &link->arena};
    link_hear_events(link, now_us);
    if (link->is_up && now_us >= link->hello_us)
        link_say_hello(link, now_us);
    for (int i = 0; i < OWN_MESSAGE_COUNT_MAX && wire_receive(&link->wire, &link->frames); i++) {
        link->heard_us = now_us;
        arena_reset(&link->arena);
        if (link_frames_judge(&judge, &link->frames, out, why, sizeof why) != STATUS_OK)
            link_note_flaw(link, why);
        else if (!link_take_own(link, out, now_us) && link->state == LINK_STANDING)
            return true;
    }
    return false;
}

#include "agents/ops/session.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/ops/key_file.h"

struct session {
    void *context;
    struct link *link;
    int64_t timeout_us;
    const char *endpoint; /* borrowed from the settings */
};

/* ---- keys ---- */

static enum exit_code read_keys(const struct settings *settings, const char *name, const char *ending,
                                struct link_keys *out)
{
    char path[PATH_MAX];
    char why[STORE_WHY_SIZE] = "";
    if (key_file_path(settings->keys, text_of(name), ending, path, sizeof path) != STATUS_OK) {
        complain("the path of the keys folder is too long");
        return EXIT_CODE_USAGE;
    }
    enum status status = link_keys_read(path, out, why, sizeof why);
    if (status == STATUS_OK && strcmp(out->participant, name) != 0) {
        complain("%s is the key of %s, not of %s", path, out->participant, name);
        return EXIT_CODE_USAGE;
    }
    if (status == STATUS_OK)
        return EXIT_CODE_DONE;
    complain("%s", why);
    return EXIT_CODE_USAGE;
}

static enum exit_code read_both_keys(const struct settings *settings, struct link_keys *own, struct link_keys *broker)
{
    if (!settings->keys || !settings->as) {
        complain("%s is needed to speak to the broker", settings->keys ? "--as O:NAME" : "--keys DIR");
        return EXIT_CODE_USAGE;
    }
    if (participant_role(text_of(settings->as)) != ROLE_OPERATOR) {
        complain("--as '%s' is no operator: O:NAME", settings->as);
        return EXIT_CODE_USAGE;
    }
    enum exit_code code = read_keys(settings, settings->as, ".key", own);
    if (code == EXIT_CODE_DONE)
        code = read_keys(settings, "K", ".pub", broker);
    if (code == EXIT_CODE_DONE && own->secret_key[0] == '\0') {
        complain("the key file of %s holds no secret key", settings->as);
        code = EXIT_CODE_USAGE;
    }
    return code;
}

/* ---- waiting ---- */

static int milliseconds_until(int64_t until_us, int64_t now_us)
{
    int64_t left = until_us - now_us;
    if (left <= 0)
        return 0;
    return left / 1000 >= INT_MAX ? INT_MAX : (int)(left / 1000 + 1);
}

/* One turn: waits for the socket, for the link's own wish, or until `until_us`. */
static void take_turn(struct session *session, int64_t until_us)
{
    int64_t now_us = clock_now_us();
    int64_t wake_us = link_wake_us(session->link);
    zmq_pollitem_t item = {.socket = link_socket(session->link), .events = ZMQ_POLLIN};
    if (item.socket)
        zmq_poll(&item, 1, milliseconds_until(wake_us < until_us ? wake_us : until_us, now_us));
    else
        zmq_poll(NULL, 0, milliseconds_until(wake_us < until_us ? wake_us : until_us, now_us));
    link_tick(session->link, clock_now_us());
}

void session_rest(struct session *session, int64_t rest_ms)
{
    int64_t until_us = clock_now_us() + 1000 * rest_ms;
    struct link_message unasked;
    while (clock_now_us() < until_us) {
        take_turn(session, until_us);
        while (link_receive(session->link, clock_now_us(), &unasked))
            ; /* an answer that came too late */
    }
}

static enum exit_code wait_until_standing(struct session *session)
{
    int64_t until_us = clock_now_us() + session->timeout_us;
    struct link_message early;
    while (link_state(session->link) == LINK_CONNECTING && clock_now_us() < until_us) {
        take_turn(session, until_us);
        while (link_receive(session->link, clock_now_us(), &early))
            ; /* nothing was asked yet */
    }
    switch (link_state(session->link)) {
    case LINK_STANDING:
        return EXIT_CODE_DONE;
    case LINK_REFUSED:
        complain("%s", link_trouble(session->link));
        return EXIT_CODE_NO;
    case LINK_CONNECTING:
        break;
    }
    complain("cannot reach the broker: %s", link_trouble(session->link));
    return EXIT_CODE_UNREACHABLE;
}

/* ---- life ---- */

static enum exit_code open_link(const struct settings *settings, struct session *session)
{
    struct link_keys own;
    struct link_keys broker;
    enum exit_code code = read_both_keys(settings, &own, &broker);
    if (code != EXIT_CODE_DONE)
        return code;
    struct link_settings link_settings = {
        .endpoint = settings->endpoint,
        .broker_key = broker.public_key,
        .keys = own,
        .software = "onevisit " ONEVISIT_VERSION,
        .is_test = settings->is_test,
    };
    enum status status = link_open(session->context, &link_settings, NULL, &session->link);
    explicit_bzero(&own, sizeof own);
    explicit_bzero(&link_settings.keys, sizeof link_settings.keys);
    if (status == STATUS_OK)
        return EXIT_CODE_DONE;
    complain("cannot open a link to %s: %s; --endpoint is written as tcp://HOST:PORT", settings->endpoint,
             status_english(status));
    return exit_code_of(status);
}

enum exit_code session_open(const struct settings *settings, struct session **out)
{
    struct session *session = calloc(1, sizeof *session);
    *out = NULL;
    if (!session || !(session->context = zmq_ctx_new())) {
        complain("out of memory");
        free(session);
        return EXIT_CODE_DAMAGE;
    }
    session->timeout_us = 1000 * settings->timeout_ms;
    session->endpoint = settings->endpoint;
    enum exit_code code = open_link(settings, session);
    if (code == EXIT_CODE_DONE)
        code = wait_until_standing(session);
    if (code == EXIT_CODE_DONE)
        *out = session;
    else
        session_close(&session);
    return code;
}

void session_close(struct session **session)
{
    if (!*session)
        return;
    link_close(&(*session)->link);
    zmq_ctx_term((*session)->context);
    free(*session);
    *session = NULL;
}

/* ---- asking ---- */

static enum exit_code send_question(struct session *session, const struct question *question,
                                    const uint8_t message_id[16], uint32_t *asked_in)
{
    struct link_outgoing outgoing = {.type = question->type, .message_id = message_id, .case_id = question->case_id};
    enum status status = link_send_struct(session->link, &outgoing, question->body);
    if (status == STATUS_OK)
        *asked_in = link_session(session->link);
    if (status == STATUS_OK || status == STATUS_NO_SESSION || status == STATUS_BUSY)
        return EXIT_CODE_DONE; /* not sent: the next turn tries again */
    complain("the question cannot be sent: %s", status_english(status));
    return exit_code_of(status);
}

static enum exit_code say_reject(const struct reject *reject)
{
    bool has_path = reject->path.size > 0;
    complain("%.*s: %.*s / %.*s%s%.*s%s", TEXT_ARGS(reject->code), TEXT_ARGS(reject->text_zh),
             TEXT_ARGS(reject->text_en), has_path ? " (" : "", TEXT_ARGS(reject->path), has_path ? ")" : "");
    for (uint32_t i = 0; i < reject->findings.count; i++) {
        const struct finding *finding = &reject->findings.items[i];
        complain("  %.*s %.*s: %.*s / %.*s", TEXT_ARGS(finding->id), TEXT_ARGS(finding->path),
                 TEXT_ARGS(finding->text_zh), TEXT_ARGS(finding->text_en));
    }
    return EXIT_CODE_NO;
}

/* Looks for the answer among what has come. */
static bool take_answer(struct session *session, const uint8_t message_id[16], struct link_message *out)
{
    while (link_receive(session->link, clock_now_us(), out))
        if (bytes_equal(out->envelope.answers, bytes_of(message_id, 16)))
            return true;
    return false;
}

static enum exit_code judge_answer(const struct question *question, const struct link_message *answer)
{
    if (answer->type == question->answer)
        return EXIT_CODE_DONE;
    if (answer->type == MESSAGE_REJECT)
        return say_reject(answer->body);
    complain("the broker answered %s with %s", message_kind(question->type)->name, message_kind(answer->type)->name);
    return EXIT_CODE_DAMAGE;
}

enum exit_code session_ask(struct session *session, const struct question *question, struct link_message *out)
{
    uint8_t message_id[16];
    int64_t until_us = clock_now_us() + session->timeout_us;
    uint32_t asked_in = 0; /* sessions count from 1 */
    link_new_message_id(message_id);
    while (clock_now_us() < until_us) {
        if (link_state(session->link) == LINK_STANDING && link_session(session->link) != asked_in) {
            enum exit_code code = send_question(session, question, message_id, &asked_in);
            if (code != EXIT_CODE_DONE)
                return code;
        }
        take_turn(session, until_us);
        if (take_answer(session, message_id, out))
            return judge_answer(question, out);
    }
    const char *trouble = link_trouble(session->link);
    complain("no answer to %s from %s in time%s%s", message_kind(question->type)->name, session->endpoint,
             *trouble ? ": " : "", trouble);
    return EXIT_CODE_UNREACHABLE;
}

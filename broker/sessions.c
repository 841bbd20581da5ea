#include "broker/sessions.h"

#include "broker/log.h"

static enum status end_session(const struct sessions *sessions, const struct peer *peer, int64_t now_us, char *why)
{
    const struct text participant = text_of(peer->participant);
    struct event event = {.type = EVENT_SESSION_DOWN, .time_us = now_us, .participant = participant};
    struct step step;
    const enum status status = keeper_step(sessions->keeper, &event, NULL, sessions->effects, &step, why);

    log_line(LOG_INFO, "session-ended", "participant=%.*s", TEXT_ARGS(participant));
    peers_shut(sessions->peers, participant);
    return status;
}

enum status sessions_end_gone(const struct sessions *sessions, int64_t now_us, char *why)
{
    const struct peer *peer;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && (peer = peers_gone(sessions->peers)) != NULL)
        status = end_session(sessions, peer, now_us, why);
    return status;
}

enum status sessions_end_revoked(const struct sessions *sessions, struct auth *auth, int64_t now_us, char *why)
{
    const struct peer *next;
    enum status status = STATUS_OK;

    for (const struct peer *peer = peers_first(sessions->peers); peer != NULL && status == STATUS_OK; peer = next) {
        struct text participant;
        next = peer->next;
        const enum status judged = auth_judge(auth, text_of(peer->key), &participant);
        if (judged == STATUS_OK)
            continue;
        auth_refuse(auth, text_of(peer->participant), text_of(peer->key), peer->address, judged, now_us);
        status = end_session(sessions, peer, now_us, why);
    }
    return status;
}

enum status sessions_end_service(const struct sessions *sessions, int64_t now_us, char *why)
{
    const struct peer *next;
    enum status status = STATUS_OK;

    for (const struct peer *peer = peers_first(sessions->peers); peer != NULL && status == STATUS_OK; peer = next) {
        next = peer->next;
        if (participant_role(text_of(peer->participant)) != ROLE_OPERATOR)
            status = end_session(sessions, peer, now_us, why);
    }
    return status;
}

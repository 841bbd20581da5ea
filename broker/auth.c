#include "broker/auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "broker/log.h"

enum { ZAP_FRAME_COUNT = 7, ZAP_FRAME_SIZE_MAX = 256, ZAP_KEY_INDEX = 6, ZAP_KEY_SIZE = 32 };

struct auth {
    const struct core *core; /* borrowed */
    void *socket;
    struct auth_refusal refusals[AUTH_REFUSAL_COUNT_MAX];
    uint32_t refusal_count;
};

enum status auth_open(void *context, const struct core *core, struct auth **out)
{
    struct auth *auth = calloc(1, sizeof *auth);

    *out = NULL;
    if (auth == NULL)
        return STATUS_NO_MEMORY;
    auth->core = core;
    auth->socket = zmq_socket(context, ZMQ_REP);
    if (auth->socket == NULL || zmq_bind(auth->socket, "inproc://zeromq.zap.01") != 0) {
        auth_close(&auth);
        return STATUS_IO;
    }
    *out = auth;
    return STATUS_OK;
}

void auth_close(struct auth **auth)
{
    if (*auth == NULL)
        return;
    if ((*auth)->socket != NULL)
        zmq_close((*auth)->socket);
    free(*auth);
    *auth = NULL;
}

void *auth_socket(const struct auth *auth)
{
    return auth->socket;
}

enum status auth_judge(const struct auth *auth, struct text key, struct text *participant)
{
    const struct directory_row *row = core_participant_of_key(auth->core, key);

    *participant = (struct text){NULL, 0};
    if (row == NULL)
        return STATUS_UNKNOWN_KEY;
    *participant = row->participant;
    return row->revoked_at.is_present ? STATUS_REVOKED_KEY : STATUS_OK;
}

static struct auth_refusal *refusal_of(struct auth *auth, struct text key, enum status status)
{
    struct auth_refusal *oldest = &auth->refusals[0];

    for (uint32_t i = 0; i < auth->refusal_count; i++) {
        struct auth_refusal *refusal = &auth->refusals[i];
        if (refusal->status == status && text_is(key, refusal->key))
            return refusal;
        if (refusal->last_us < oldest->last_us)
            oldest = refusal;
    }
    if (auth->refusal_count < AUTH_REFUSAL_COUNT_MAX)
        oldest = &auth->refusals[auth->refusal_count++];
    memset(oldest, 0, sizeof *oldest);
    snprintf(oldest->key, sizeof oldest->key, "%.*s", TEXT_ARGS(key));
    oldest->status = status;
    return oldest;
}

static bool is_power_of_ten(int64_t count)
{
    while (count % 10 == 0)
        count /= 10;
    return count == 1;
}

void auth_refuse(struct auth *auth, struct text participant, struct text key, const char *address, enum status status,
                 int64_t now_us)
{
    struct auth_refusal *refusal = refusal_of(auth, key, status);

    snprintf(refusal->participant, sizeof refusal->participant, "%.*s", TEXT_ARGS(participant));
    snprintf(refusal->address, sizeof refusal->address, "%s", address);
    refusal->last_us = now_us;
    refusal->count++;
    if (is_power_of_ten(refusal->count))
        log_line(LOG_WARNING, "refused", "code=%s participant=%s key=%s address=%s count=%lld why=\"%s\"",
                 status_code(status), refusal->participant[0] != '\0' ? refusal->participant : "?", refusal->key,
                 address, (long long)refusal->count, status_english(status));
}

uint32_t auth_refusals(const struct auth *auth, const struct auth_refusal **out)
{
    *out = auth->refusals;
    return auth->refusal_count;
}

/* One ZAP request (RFC 27): version, request id, domain, address, identity, mechanism, credentials. */
struct zap_request {
    uint8_t frames[ZAP_FRAME_COUNT][ZAP_FRAME_SIZE_MAX];
    int sizes[ZAP_FRAME_COUNT];
    int count;
};

static bool zap_receive(void *socket, struct zap_request *request)
{
    int more = 1;
    size_t size = sizeof more;
    uint8_t spare[ZAP_FRAME_SIZE_MAX];

    request->count = 0;
    while (more) {
        const bool fits = request->count < ZAP_FRAME_COUNT;
        uint8_t *frame = fits ? request->frames[request->count] : spare;
        const int received = zmq_recv(socket, frame, ZAP_FRAME_SIZE_MAX, ZMQ_DONTWAIT);
        if (received < 0)
            return false;
        if (fits)
            request->sizes[request->count++] = received < ZAP_FRAME_SIZE_MAX ? received : ZAP_FRAME_SIZE_MAX;
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size) != 0)
            return false;
    }
    return true;
}

static bool zap_frame_is(const struct zap_request *request, int index, const char *string)
{
    return request->sizes[index] == (int)strlen(string) && memcmp(request->frames[index], string, strlen(string)) == 0;
}

static bool zap_is_curve(const struct zap_request *request)
{
    return request->count == ZAP_FRAME_COUNT && zap_frame_is(request, 0, "1.0") && zap_frame_is(request, 5, "CURVE") &&
           request->sizes[ZAP_KEY_INDEX] == ZAP_KEY_SIZE;
}

static void zap_answer(void *socket, const struct zap_request *request, enum status status, const char *key)
{
    const char *code = status == STATUS_OK ? "200" : "400";
    const char *text = status_code(status);
    const char *user = status == STATUS_OK ? key : "";

    zmq_send(socket, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(socket, request->frames[1], request->count > 1 ? (size_t)request->sizes[1] : 0, ZMQ_SNDMORE);
    zmq_send(socket, code, 3, ZMQ_SNDMORE);
    zmq_send(socket, text, strlen(text), ZMQ_SNDMORE);
    zmq_send(socket, user, strlen(user), ZMQ_SNDMORE);
    zmq_send(socket, "", 0, 0);
}

void auth_serve(struct auth *auth, int64_t now_us)
{
    struct zap_request request;

    while (zap_receive(auth->socket, &request)) {
        char key[41] = "";
        char address[64] = "";
        struct text participant = {NULL, 0};
        enum status status = STATUS_UNKNOWN_KEY;
        if (zap_is_curve(&request) && zmq_z85_encode(key, request.frames[ZAP_KEY_INDEX], ZAP_KEY_SIZE) != NULL)
            status = auth_judge(auth, text_of(key), &participant);
        if (status != STATUS_OK) {
            if (request.count > 3)
                snprintf(address, sizeof address, "%.*s", request.sizes[3], (const char *)request.frames[3]);
            auth_refuse(auth, participant, text_of(key), address, status, now_us);
        }
        zap_answer(auth->socket, &request, status, key);
    }
}

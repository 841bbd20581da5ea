#include "broker/zap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
    ZAP_COUNT_MAX = 64, /* handshakes judged in one turn */
    ZAP_FRAME_COUNT = 7,
    ZAP_FRAME_SIZE_MAX = 256,
    ZAP_KEY_INDEX = 6,
    ZAP_KEY_SIZE = 32,
};

struct zap {
    struct auth *auth; /* borrowed */
    void *socket;
};

enum status zap_open(void *context, struct auth *auth, struct zap **out)
{
    struct zap *zap = calloc(1, sizeof *zap);

    *out = NULL;
    if (zap == NULL)
        return STATUS_NO_MEMORY;
    zap->auth = auth;
    zap->socket = zmq_socket(context, ZMQ_REP);
    if (zap->socket == NULL || zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0) {
        zap_close(&zap);
        return STATUS_IO;
    }
    *out = zap;
    return STATUS_OK;
}

void zap_close(struct zap **zap)
{
    if (*zap == NULL)
        return;
    if ((*zap)->socket != NULL)
        zmq_close((*zap)->socket);
    free(*zap);
    *zap = NULL;
}

void *zap_socket(const struct zap *zap)
{
    return zap->socket;
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

void zap_serve(struct zap *zap, int64_t now_us)
{
    struct zap_request request;

    for (int i = 0; i < ZAP_COUNT_MAX && zap_receive(zap->socket, &request); i++) {
        char key[41] = "";
        char address[64] = "";
        struct text participant = {NULL, 0};
        enum status status = STATUS_UNKNOWN_KEY;
        if (zap_is_curve(&request) && zmq_z85_encode(key, request.frames[ZAP_KEY_INDEX], ZAP_KEY_SIZE) != NULL)
            status = auth_judge(zap->auth, text_of(key), &participant);
        if (status != STATUS_OK) {
            if (request.count > 3)
                snprintf(address, sizeof address, "%.*s", request.sizes[3], (const char *)request.frames[3]);
            auth_refuse(zap->auth, participant, text_of(key), address, status, now_us);
        }
        zap_answer(zap->socket, &request, status, key);
    }
}

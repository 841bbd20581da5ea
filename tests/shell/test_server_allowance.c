/* What a branch may begin, through the whole daemon: CURVE connections, HELLO, and a bucket that is empty. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

#include "broker/clock.h"
#include "broker/server.h"
#include "broker/store/directory_file.h"
#include "broker/store/sm3.h"
#include "schemas/envelope.h"
#include "tests/shell/house.h"

enum { BRANCH_COUNT = 2, BURST = 3, WAIT_US_MAX = 20000000, FRAME_SIZE = 4096 };

static const char *const names[BRANCH_COUNT] = {"B:105451099995", "B:105452099997"};

struct branch {
    const char *name;
    void *socket;
    char public_key[41], secret_key[41];
};

static struct server *server;
static void *context;
static char broker_public[41], broker_secret[41];
static struct branch branches[BRANCH_COUNT];

static void write_places(void)
{
    struct directory_row rows[BRANCH_COUNT];
    char path[128];
    snprintf(path, sizeof path, "%s/K.key", folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fprintf(file, "public_key = \"%s\";\nsecret_key = \"%s\";\n", broker_public, broker_secret);
    fclose(file);
    cr_assert_eq(chmod(path, 0600), 0);
    for (int i = 0; i < BRANCH_COUNT; i++)
        rows[i] = (struct directory_row){
            .participant = text_of(names[i]), .key = text_of(branches[i].public_key), .is_present = true};
    const struct fact_directory directory = {.rows = {rows, BRANCH_COUNT, true}, .is_present = true};
    snprintf(path, sizeof path, "%s/directory.json", folder);
    cr_assert_eq(directory_file_write(path, &directory, why), STATUS_OK, "%s", why);
}

static void open_server(void)
{
    struct settings settings;
    settings_init(&settings);
    settings.is_test = true;
    settings.branch_burst_max = BURST;
    settings.branch_rate_max = 1;
    snprintf(settings.listen, sizeof settings.listen, "tcp://127.0.0.1:*");
    snprintf(settings.keys, sizeof settings.keys, "%s", folder);
    snprintf(settings.data, sizeof settings.data, "%s/data", folder);
    snprintf(settings.directory, sizeof settings.directory, "%s/directory.json", folder);
    cr_assert_eq(server_open(&settings, &server, why), STATUS_OK, "%s", why);
}

static void set_up(void)
{
    make_folder();
    context = zmq_ctx_new();
    cr_assert_eq(zmq_curve_keypair(broker_public, broker_secret), 0);
    for (int i = 0; i < BRANCH_COUNT; i++) {
        branches[i].name = names[i];
        cr_assert_eq(zmq_curve_keypair(branches[i].public_key, branches[i].secret_key), 0);
    }
    write_places();
    open_server();
}

static void tear_down(void)
{
    for (int i = 0; i < BRANCH_COUNT; i++)
        if (branches[i].socket != NULL)
            zmq_close(branches[i].socket);
    server_close(&server, true);
    zmq_ctx_term(context);
    remove_folder();
}

TestSuite(server_allowance, .init = set_up, .fini = tear_down);

static void say(struct branch *branch, enum message_type type, const void *body)
{
    static uint8_t count;
    uint8_t frames[2][FRAME_SIZE], id[16] = {0}, digest[DIGEST_SIZE];
    size_t sizes[2] = {0};
    id[15] = ++count;
    cr_assert_eq(record_encode(message_kind(type)->record, body, frames[1], FRAME_SIZE, &sizes[1]), STATUS_OK);
    digest_sm3(bytes_of(frames[1], sizes[1]), digest);
    const struct envelope envelope = {.version = number_of(PROTOCOL_VERSION),
                                      .message_id = bytes_of(id, sizeof id),
                                      .type = text_of(message_kind(type)->name),
                                      .source = text_of(branch->name),
                                      .destination = text_of("K"),
                                      .sent_at = number_of(clock_now()),
                                      .digest = bytes_of(digest, sizeof digest),
                                      .is_present = true};
    cr_assert_eq(record_encode(&record_envelope, &envelope, frames[0], FRAME_SIZE, &sizes[0]), STATUS_OK);
    zmq_send(branch->socket, frames[0], sizes[0], ZMQ_SNDMORE);
    zmq_send(branch->socket, frames[1], sizes[1], 0);
}

/* An answer as it came; texts point into `frames`. */
struct heard {
    uint8_t frames[2][FRAME_SIZE];
    uint8_t memory[FRAME_SIZE];
    struct envelope envelope;
    struct reject reject;
};

static bool take_answer(const struct branch *branch, struct heard *heard)
{
    int sizes[2];
    struct problems problems = {.count = 0};
    struct arena arena = arena_over(heard->memory, sizeof heard->memory);
    if ((sizes[0] = zmq_recv(branch->socket, heard->frames[0], FRAME_SIZE, ZMQ_DONTWAIT)) < 0)
        return false;
    sizes[1] = zmq_recv(branch->socket, heard->frames[1], FRAME_SIZE, 0);
    cr_assert_eq(record_decode(&record_envelope, bytes_of(heard->frames[0], (size_t)sizes[0]), &arena, &heard->envelope,
                               &problems),
                 STATUS_OK);
    if (text_is(heard->envelope.type, "REJECT"))
        cr_assert_eq(record_decode(&record_reject, bytes_of(heard->frames[1], (size_t)sizes[1]), &arena, &heard->reject,
                                   &problems),
                     STATUS_OK);
    return !text_is(heard->envelope.type, "HEARTBEAT");
}

static void await_answer(const struct branch *branch, const char *type, struct heard *heard)
{
    const int64_t deadline = clock_now() + WAIT_US_MAX;
    memset(heard, 0, sizeof *heard);
    while (!take_answer(branch, heard)) {
        zmq_pollitem_t item = {.socket = branch->socket, .events = ZMQ_POLLIN};
        cr_assert_eq(server_turn(server, why), STATUS_OK, "%s", why);
        (void)zmq_poll(&item, 1, 1);
        cr_assert_lt(clock_now(), deadline, "no answer came");
    }
    cr_assert(text_is(heard->envelope.type, type), "%.*s came", TEXT_ARGS(heard->envelope.type));
}

static void come(struct branch *branch)
{
    struct text version = text_of("1");
    struct heard heard;
    const int none = 0;
    const struct hello hello = {.software = text_of("test"),
                                .versions = {&version, 1, true},
                                .event_number = number_of(0),
                                .is_test = number_of(1),
                                .is_present = true};
    if (branch->socket != NULL)
        zmq_close(branch->socket);
    branch->socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(branch->socket, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(branch->socket, ZMQ_CURVE_SERVERKEY, broker_public, 41);
    zmq_setsockopt(branch->socket, ZMQ_CURVE_PUBLICKEY, branch->public_key, 41);
    zmq_setsockopt(branch->socket, ZMQ_CURVE_SECRETKEY, branch->secret_key, 41);
    cr_assert_eq(zmq_connect(branch->socket, server_endpoint(server)), 0);
    say(branch, MESSAGE_HELLO, &hello);
    await_answer(branch, "HELLO_ACK", &heard);
}

/* A question that a branch begins, and that costs something. */
static void begin(struct branch *branch)
{
    const struct recon_open body = {.day = text_of("2026-09-30"), .groups = {NULL, 0, true}, .is_present = true};
    say(branch, MESSAGE_RECON_OPEN, &body);
}

static void expect_busy(struct branch *branch)
{
    struct heard heard;
    begin(branch);
    await_answer(branch, "REJECT", &heard);
    cr_expect(text_is(heard.reject.code, "BUSY"), "%.*s", TEXT_ARGS(heard.reject.code));
    cr_expect_eq(heard.reject.may_retry.value, 1);
    cr_expect_gt(heard.reject.retry_ms.value, 0);
}

static void begin_a_burst(struct branch *branch)
{
    struct heard heard;
    for (int i = 0; i < BURST; i++) {
        begin(branch);
        await_answer(branch, "RECON_RESULT", &heard);
    }
}

Test(server_allowance, a_branch_that_begins_too_much_is_told_when_to_come_again_and_nobody_else_is)
{
    come(&branches[0]);
    come(&branches[1]);
    begin_a_burst(&branches[0]);
    expect_busy(&branches[0]);
    begin_a_burst(&branches[1]);
}

Test(server_allowance, to_connect_again_fills_no_bucket)
{
    come(&branches[0]);
    begin_a_burst(&branches[0]);
    expect_busy(&branches[0]);
    for (int i = 0; i < 2; i++) {
        come(&branches[0]);
        expect_busy(&branches[0]);
    }
}

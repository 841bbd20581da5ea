#include "tests/window/house.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schemas/codes.h"

enum { WAIT_US_MAX = 20000000 };

/* ---- the broker's socket ---- */

void house_open(struct house *house, const char *const *windows, uint32_t window_count)
{
    int on = 1;
    int off = 0;
    size_t size = sizeof house->endpoint;
    memset(house, 0, sizeof *house);
    snprintf(house->data, sizeof house->data, "/tmp/onevisit-window-XXXXXX");
    cr_assert_not_null(mkdtemp(house->data));
    for (uint32_t i = 0; i < window_count; i++)
        snprintf(house->windows[i].name, sizeof house->windows[i].name, "%s", windows[i]);
    house->window_count = window_count;
    house->context = zmq_ctx_new();
    house->router = zmq_socket(house->context, ZMQ_ROUTER);
    cr_assert_eq(zmq_curve_keypair(house->public_key, house->secret_key), 0);
    zmq_setsockopt(house->router, ZMQ_CURVE_SERVER, &on, sizeof on);
    zmq_setsockopt(house->router, ZMQ_CURVE_SECRETKEY, house->secret_key, 40);
    zmq_setsockopt(house->router, ZMQ_LINGER, &off, sizeof off);
    cr_assert_eq(zmq_bind(house->router, "tcp://127.0.0.1:*"), 0);
    zmq_getsockopt(house->router, ZMQ_LAST_ENDPOINT, house->endpoint, &size);
    cr_assert_eq(digest_new(&house->digest), STATUS_OK);
    house->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
}

static void remove_folder(const char *path)
{
    char name[512];
    DIR *folder = opendir(path);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    closedir(folder);
    rmdir(path);
}

void house_close(struct house *house)
{
    if (house->is_running)
        house_kill(house);
    zmq_close(house->router);
    zmq_ctx_term(house->context);
    for (uint32_t i = 0; i < house->heard_count; i++) {
        free(house->heard[i].body);
        free(house->heard[i].chunk);
    }
    digest_free(&house->digest);
    free(house->arena.memory);
    remove_folder(house->data);
}

static uint32_t window_index(const struct house *house, struct text name)
{
    for (uint32_t i = 0; i < house->window_count; i++)
        if (text_is(name, house->windows[i].name))
            return i;
    cr_assert(false, "a window nobody knows");
    return 0;
}

static void say(struct house *house, const char *window, enum message_type type, const void *body,
                const uint8_t *answers, struct text case_id)
{
    struct bytes encoded = house_encode(type, body);
    uint8_t envelope_bytes[1024];
    uint8_t message_id[16];
    uint8_t sm3[SM3_SIZE];
    size_t size = 0;
    uint32_t index = window_index(house, text_of(window));
    link_new_message_id(message_id);
    cr_assert_eq(digest_make(house->digest, encoded, sm3), STATUS_OK);
    struct envelope envelope = {.version = number_of(PROTOCOL_VERSION),
                                .message_id = bytes_of(message_id, 16),
                                .type = text_of(message_kind(type)->name),
                                .source = text_of("K"),
                                .destination = text_of(window),
                                .case_id = case_id,
                                .sent_at = number_of(clock_now_us()),
                                .digest = bytes_of(sm3, sizeof sm3)};
    if (answers)
        envelope.answers = bytes_of(answers, 16);
    cr_assert_eq(record_encode(&record_envelope, &envelope, envelope_bytes, sizeof envelope_bytes, &size), STATUS_OK);
    zmq_send(house->router, house->windows[index].route, house->windows[index].route_size, ZMQ_SNDMORE);
    zmq_send(house->router, envelope_bytes, size, ZMQ_SNDMORE);
    zmq_send(house->router, encoded.data, encoded.size, 0);
}

void house_say(struct house *house, const char *window, enum message_type type, const void *body,
               const uint8_t *answers)
{
    say(house, window, type, body, answers, (struct text){0});
}

void house_say_of(struct house *house, const char *window, const char *case_id, enum message_type type,
                  const void *body)
{
    say(house, window, type, body, NULL, text_of(case_id));
}

void house_deliver(struct house *house, const struct house_delivery *delivery)
{
    uint8_t body[512];
    uint8_t envelope_bytes[1024];
    uint8_t message_id[16] = {0};
    uint8_t sm3[SM3_SIZE];
    uint8_t origin_sm3[SM3_SIZE];
    size_t size = 0;
    size_t body_size = 0;
    uint32_t index = window_index(house, text_of(delivery->window));
    cr_assert_eq(digest_make(house->digest, bytes_of(delivery->case_id, 30), sm3), STATUS_OK);
    memcpy(message_id, sm3, 15);
    message_id[15] = (uint8_t)delivery->number;
    cr_assert_eq(digest_make(house->digest, delivery->origin, origin_sm3), STATUS_OK);
    origin_sm3[0] ^= delivery->has_wrong_digest;
    struct case_deliver deliver = {.sequence = number_of(house->history + delivery->number),
                                   .time = number_of(1),
                                   .number = number_of(delivery->number),
                                   .origin_type = text_of(message_kind(delivery->type)->name),
                                   .origin_id = bytes_of(message_id, 16),
                                   .origin_source = text_of("B:105451099995"),
                                   .origin_digest = bytes_of(origin_sm3, sizeof origin_sm3)};
    cr_assert_eq(record_encode(&record_case_deliver, &deliver, body, sizeof body, &body_size), STATUS_OK);
    cr_assert_eq(digest_make(house->digest, bytes_of(body, body_size), sm3), STATUS_OK);
    struct envelope envelope = {.version = number_of(PROTOCOL_VERSION),
                                .message_id = bytes_of(message_id, 16),
                                .type = text_of("CASE_DELIVER"),
                                .source = text_of("K"),
                                .destination = text_of(delivery->window),
                                .case_id = text_of(delivery->case_id),
                                .sent_at = number_of(clock_now_us()),
                                .digest = bytes_of(sm3, sizeof sm3)};
    cr_assert_eq(record_encode(&record_envelope, &envelope, envelope_bytes, sizeof envelope_bytes, &size), STATUS_OK);
    zmq_send(house->router, house->windows[index].route, house->windows[index].route_size, ZMQ_SNDMORE);
    zmq_send(house->router, envelope_bytes, size, ZMQ_SNDMORE);
    zmq_send(house->router, body, body_size, ZMQ_SNDMORE);
    zmq_send(house->router, delivery->origin.data, delivery->origin.size, 0);
}

/* ---- hearing ---- */

static uint8_t *copy_of(const void *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    return copy;
}

static void keep_heard(struct house *house, const struct envelope *envelope, enum message_type type,
                       zmq_msg_t frames[4], uint32_t count)
{
    cr_assert_lt(house->heard_count, HOUSE_HEARD_COUNT_MAX);
    struct heard *heard = &house->heard[house->heard_count++];
    *heard = (struct heard){.type = type};
    snprintf(heard->window, sizeof heard->window, "%.*s", TEXT_ARGS(envelope->source));
    snprintf(heard->case_id, sizeof heard->case_id, "%.*s", TEXT_ARGS(envelope->case_id));
    memcpy(heard->message_id, envelope->message_id.data, 16);
    if (envelope->answers.data)
        memcpy(heard->answers, envelope->answers.data, 16);
    heard->body_size = (uint32_t)zmq_msg_size(&frames[1]);
    heard->body = copy_of(zmq_msg_data(&frames[1]), heard->body_size);
    if (count > 2) {
        heard->chunk_size = (uint32_t)zmq_msg_size(&frames[2]);
        heard->chunk = copy_of(zmq_msg_data(&frames[2]), heard->chunk_size);
    }
}

static void answer_hello(struct house *house, const struct heard *heard)
{
    static const uint8_t broker[16] = {1};
    struct hello_ack ack = {.software = text_of("house"),
                            .version = text_of("1"),
                            .broker = bytes_of(broker, 16),
                            .epoch = number_of(1),
                            .time = number_of(clock_now_us()),
                            .sequence = number_of(0),
                            .heartbeat_ms = number_of(1000),
                            .is_test = number_of(1)};
    house_say(house, heard->window, MESSAGE_HELLO_ACK, &ack, heard->message_id);
}

static void give_receipt(struct house *house, const struct heard *heard)
{
    static const uint8_t chain[32] = {7};
    struct receipt receipt = {.sequence = number_of(++house->sequence),
                              .time = number_of(clock_now_us()),
                              .chain = bytes_of(chain, 32),
                              .mac = bytes_of(chain, 32)};
    house_say(house, heard->window, MESSAGE_RECEIPT, &receipt, heard->message_id);
}

static bool hear_one(struct house *house)
{
    zmq_msg_t frames[5];
    uint8_t route[64];
    uint32_t count = 0;
    struct envelope envelope;
    enum message_type type;
    struct problems problems;
    int route_size = zmq_recv(house->router, route, sizeof route, ZMQ_DONTWAIT);
    if (route_size < 0)
        return false;
    do {
        zmq_msg_init(&frames[count]);
        zmq_msg_recv(&frames[count], house->router, 0);
    } while (zmq_msg_more(&frames[count++]) && count < 5);
    arena_reset(&house->arena);
    cr_assert_eq(envelope_judge(bytes_of(zmq_msg_data(&frames[0]), zmq_msg_size(&frames[0])), &house->arena, &envelope,
                                &type, &problems),
                 STATUS_OK);
    uint32_t index = window_index(house, envelope.source);
    memcpy(house->windows[index].route, route, (size_t)route_size);
    house->windows[index].route_size = (size_t)route_size;
    if (type != MESSAGE_HEARTBEAT)
        keep_heard(house, &envelope, type, frames, count);
    for (uint32_t i = 0; i < count; i++)
        zmq_msg_close(&frames[i]);
    if (type == MESSAGE_HELLO)
        answer_hello(house, &house->heard[house->heard_count - 1]);
    else if (message_kind(type)->keep == KEEP_STORED && !house->is_mute)
        give_receipt(house, &house->heard[house->heard_count - 1]);
    return true;
}

/* ---- the agent ---- */

void house_start(struct house *house, const struct adapter *adapter)
{
    char why[512] = "";
    house->adapter = *adapter;
    cr_assert_eq(pipe(house->stop), 0);
    cr_assert_eq(folder_open(&house->folder, house->data, FOLDER_TEST, why, sizeof why), STATUS_OK, "%s", why);
    cr_assert_eq(folder_lock(&house->folder, why, sizeof why), STATUS_OK, "%s", why);
    for (uint32_t i = 0; i < house->window_count; i++) {
        struct port_settings settings = {.context = house->context,
                                         .endpoint = house->endpoint,
                                         .broker_key = house->public_key,
                                         .is_test = true,
                                         .credit_max = 64,
                                         .backlog_max = 100};
        snprintf(settings.keys.participant, sizeof settings.keys.participant, "%s", house->windows[i].name);
        cr_assert_eq(zmq_curve_keypair(settings.keys.public_key, settings.keys.secret_key), 0);
        cr_assert_eq(port_open(&house->ports[i], &house->folder.base, &settings), STATUS_OK);
    }
    cr_assert_eq(
        daemon_init(&house->daemon, &house->folder, &house->adapter, house->ports, house->window_count, house->stop[0]),
        STATUS_OK);
    cr_assert_eq(daemon_start(&house->daemon), STATUS_OK);
    house->is_running = true;
}

void house_kill(struct house *house)
{
    daemon_fini(&house->daemon);
    for (uint32_t i = 0; i < house->window_count; i++)
        port_close(&house->ports[i]);
    house->adapter.close(house->adapter.context);
    folder_close(&house->folder);
    close(house->stop[0]);
    close(house->stop[1]);
    house->is_running = false;
}

void house_turn(struct house *house)
{
    cr_assert_eq(daemon_step(&house->daemon, 2), STATUS_OK, "%s", book_why(house->folder.base.book));
    while (hear_one(house))
        continue;
}

uint32_t house_count(const struct house *house, enum message_type type, const char *case_id)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < house->heard_count; i++)
        count += house->heard[i].type == type && (!case_id[0] || strcmp(house->heard[i].case_id, case_id) == 0);
    return count;
}

static const struct heard *find_heard(const struct house *house, enum message_type type, const char *case_id,
                                      uint32_t count)
{
    for (uint32_t i = 0; i < house->heard_count; i++)
        if (house->heard[i].type == type && (!case_id[0] || strcmp(house->heard[i].case_id, case_id) == 0) &&
            --count == 0)
            return &house->heard[i];
    return NULL;
}

const struct heard *house_await(struct house *house, enum message_type type, const char *case_id, uint32_t count)
{
    int64_t end_us = clock_now_us() + WAIT_US_MAX;
    const struct heard *heard = find_heard(house, type, case_id, count);
    while (!heard && clock_now_us() < end_us) {
        house_turn(house);
        heard = find_heard(house, type, case_id, count);
    }
    cr_assert_not_null(heard, "%s %s did not come %u times", message_kind(type)->name, case_id, count);
    return heard;
}

int64_t house_number(struct house *house, const char *sql)
{
    sqlite3_stmt *query = base_query(&house->folder.base, sql);
    int64_t value = base_next(&house->folder.base, query) ? base_number(query, 0) : -1;
    book_end(query);
    return value;
}

void house_await_number(struct house *house, const char *sql, int64_t value)
{
    int64_t end_us = clock_now_us() + WAIT_US_MAX;
    while (house_number(house, sql) != value && clock_now_us() < end_us)
        house_turn(house);
    cr_assert_eq(house_number(house, sql), value, "%s: %lld", sql, (long long)house_number(house, sql));
}

/* ---- bodies ---- */

struct bytes house_encode(enum message_type type, const void *body)
{
    static uint8_t encoded[MESSAGE_SIZE_MAX];
    size_t size = 0;
    cr_assert_eq(record_encode(message_kind(type)->record, body, encoded, sizeof encoded, &size), STATUS_OK);
    return bytes_of(encoded, size);
}

void house_decode(struct house *house, const struct heard *heard, void *out)
{
    struct problems problems = {0};
    char sentence[256] = "";
    arena_reset(&house->arena);
    enum status status = record_decode(message_kind(heard->type)->record, bytes_of(heard->body, heard->body_size),
                                       &house->arena, out, &problems);
    if (problems.count > 0)
        problem_english(&problems.items[0], sentence, sizeof sentence);
    cr_assert_eq(status, STATUS_OK, "%s: %s %s", message_kind(heard->type)->name, problems.items[0].path, sentence);
}

struct bytes house_application(const char *contract, const char *unit)
{
    static uint8_t encoded[16384];
    size_t size = 0;
    json_t *json = json_pack(
        "{s:s,s:s,s:[{s:s,s:s,s:s,s:s,s:s}],s:s,s:[{s:s,s:s,s:s,s:s}],s:{s:s,s:s,s:s,s:{s:s,s:s,s:s}},s:[{s:s}],"
        "s:s,s:I,s:s,s:s,s:s,s:i,s:s,s:[{s:s,s:i,s:s}],s:{s:s,s:[s]}}",
        "kind", "M01", "district", "370102", "units", "bdcdyh", unit, "bdcqzh", "鲁（2026）济南市不动产权第0012345号",
        "zl", "济南市历下区示例路1号1幢203室", "mj", "118.42", "use", "住宅", "dybdclx", "2", "mortgagors", "name",
        "张某", "idt", "1", "id", "370116198506150003", "gyfs", "0", "mortgagee", "name", "示例银行济南历下支行",
        "uscc", "91370100MAQQQQ019K", "cnaps", "105451099995", "agent", "name", "王某", "idt", "1", "id",
        "371681197811030009", "debtors", "ref", "mortgagors/0", "dyfs", "1", "bdbzzqse", (json_int_t)80210700,
        "zwlxqssj", "2026-09-30", "zwlxjssj", "2056-09-30", "dbfw", "主债权及利息", "sfczjzhxz", 0, "dyhth", contract,
        "materials", "code", "SQS", "pages", 2, "sm3",
        "aed7b506e34ef74e5c9cf470dea70a93500b472a0e94bc0af0495f5d06ffdfb1", "consent", "pipl", "C-0001", "face",
        "F-01");
    cr_assert_not_null(json);
    cr_assert_eq(json_to_msgpack(json, encoded, sizeof encoded, &size), STATUS_OK);
    json_decref(json);
    return bytes_of(encoded, size);
}

const char *house_case_id(uint32_t counter, char out[31])
{
    struct case_id parts = {.district = "370102", .date = {2026, 9, 30}, .bank = "105", .counter = counter};
    cr_assert(case_id_make(&parts, out));
    return out;
}

struct adapter house_sandbox(const struct house *house, const struct registry_settings *settings)
{
    char why[512] = "";
    struct adapter adapter;
    cr_assert_eq(sandbox_open(house->data, settings, &adapter, why, sizeof why), STATUS_OK, "%s", why);
    return adapter;
}

#include "tests/ops/fake_broker.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "agents/client/link.h"
#include "broker/store/journal.h"
#include "schemas/codes.h"

enum { FRAME_SIZE_MAX = 1 << 16, LIFE_SECONDS_MAX = 30 };

struct fake {
    void *router;
    enum fake_manner manner;
    bool has_forgotten;
    uint8_t question_id[16]; /* the first one asked */
    uint8_t route[32];
    size_t route_size;
    struct envelope envelope; /* of the message being answered */
    struct bytes body;        /* likewise */
    uint8_t arena_memory[1 << 16];
};

#define CASE "SD370102-20260930-105-00001A-G"
static const uint8_t thirty_two[32] = {0xab, 0xcd, 0xef, 1, 2, 3};

static void answer(struct fake *fake, enum message_type type, const void *body)
{
    uint8_t frame[FRAME_SIZE_MAX];
    uint8_t encoded[FRAME_SIZE_MAX];
    uint8_t id[16];
    uint8_t digest[32];
    size_t body_size = 0;
    size_t size = 0;
    if (record_encode(message_kind(type)->record, body, encoded, sizeof encoded, &body_size) != STATUS_OK)
        _exit(10);
    link_new_message_id(id);
    digest_sm3(bytes_of(encoded, body_size), digest);
    struct envelope envelope = {.version = number_of(1), .message_id = bytes_of(id, 16), .is_present = true};
    envelope.type = text_of(message_kind(type)->name);
    envelope.source = text_of("K");
    envelope.destination = fake->envelope.source;
    envelope.case_id = fake->envelope.case_id;
    if (message_kind(type)->is_of_case && !envelope.case_id.data)
        envelope.case_id = text_of(CASE);
    envelope.answers = fake->envelope.message_id;
    envelope.sent_at = number_of(clock_now_us());
    envelope.digest = bytes_of(digest, 32);
    if (record_encode(&record_envelope, &envelope, frame, sizeof frame, &size) != STATUS_OK)
        _exit(11);
    zmq_send(fake->router, fake->route, fake->route_size, ZMQ_SNDMORE);
    zmq_send(fake->router, frame, size, ZMQ_SNDMORE);
    zmq_send(fake->router, encoded, body_size, 0);
}

static void reject(struct fake *fake, enum status status)
{
    struct reject body = {.code = text_of(status_code(status)), .is_present = true};
    body.text_zh = text_of(status_chinese(status));
    body.text_en = text_of(status_english(status));
    body.may_retry = number_of(status_may_retry(status));
    answer(fake, MESSAGE_REJECT, &body);
}

static void say_hello(struct fake *fake)
{
    struct hello_ack body = {.software = text_of("fake 1"), .version = text_of("1"), .is_present = true};
    body.broker = bytes_of(thirty_two, 16);
    body.epoch = number_of(1);
    body.time = number_of(clock_now_us());
    body.sequence = number_of(7);
    body.heartbeat_ms = number_of(1000);
    body.is_test = number_of(1);
    answer(fake, MESSAGE_HELLO_ACK, &body);
}

static struct case_status a_case(struct history_entry *steps)
{
    static struct text units[] = {{"370102999001GB00001F00010203", 28}};
    struct case_status body = {.case_id = text_of(CASE), .kind = text_of("M01"), .is_present = true};
    body.branch = text_of("B:105451099995");
    body.window = text_of("W:370102");
    body.state = text_of("ACCEPTED");
    body.since = number_of(1790000004000000);
    body.submitted_at = number_of(1790000000000000);
    body.waits_for = text_of("window");
    body.level_zh = text_of("已受理");
    body.level_en = text_of("accepted");
    body.proof = text_of("鲁（2026）济南市不动产证明第0012345号");
    body.revision = number_of(3);
    body.clock = (struct case_clock){.name = text_of("EXAMINATION"),
                                     .owner = text_of("window"),
                                     .started_at = number_of(1790000004000000),
                                     .due_at = number_of(1790000104000000),
                                     .stage = number_of(80),
                                     .is_present = true};
    body.units = (struct text_list){units, 1, true};
    body.history = (struct history_entry_list){steps, 2, true};
    return body;
}

static void show_case(struct fake *fake)
{
    struct history_entry steps[2] = {
        {.sequence = {1, true}, .time = {1790000000000000, true}, .is_present = true},
        {.sequence = {5, true}, .time = {1790000004200000, true}, .is_present = true},
    };
    steps[0].source = text_of("B:105451099995");
    steps[0].type = text_of("CASE_SUBMIT");
    steps[0].state = text_of("QUEUED");
    steps[1].source = text_of("W:370102");
    steps[1].type = text_of("CASE_ACCEPTED");
    steps[1].state = text_of("ACCEPTED");
    struct case_status body = a_case(steps);
    answer(fake, MESSAGE_CASE_STATUS, &body);
}

/* One parked case of one page; nothing after it. */
static struct case_list parked_cases(const struct ops_case_list *asked, struct case_status *row)
{
    row->state = text_of("PARKED");
    row->parked = (struct case_parked){.class = text_of("poison"),
                                       .cause = text_of("the program crashed"),
                                       .attempts = {3, true},
                                       .since = {1790000004000000, true},
                                       .holds_units = {1, true},
                                       .is_present = true};
    uint32_t count = asked->after.data == NULL && !text_is(asked->class, "busy");
    return (struct case_list){.cases = {row, count, true}, .has_more = {0, true}, .is_present = true};
}

static void list_cases(struct fake *fake)
{
    struct problems problems = {0};
    struct ops_case_list asked;
    uint8_t memory[1 << 12];
    struct arena arena = arena_over(memory, sizeof memory);
    struct case_status row = a_case(NULL);
    row.history = (struct history_entry_list){0};
    struct case_list body = {.cases = {&row, 1, true}, .has_more = {1, true}, .is_present = true};
    if (record_decode(&record_ops_case_list, fake->body, &arena, &asked, &problems) != STATUS_OK)
        _exit(15);
    if (text_is(asked.state, "PARKED"))
        body = parked_cases(&asked, &row);
    answer(fake, MESSAGE_CASE_LIST, &body);
}

/* The first page has nothing on it, the next one a case. */
static void find_cases(struct fake *fake)
{
    struct problems problems = {0};
    struct ops_case_find asked;
    uint8_t memory[1 << 12];
    struct arena arena = arena_over(memory, sizeof memory);
    if (record_decode(&record_ops_case_find, fake->body, &arena, &asked, &problems) != STATUS_OK)
        return;
    const bool is_first = asked.after.data == NULL;
    struct case_status row = a_case(NULL);
    row.history = (struct history_entry_list){0};
    struct case_found body = {.cases = {&row, !is_first, true}, .has_more = {is_first, true}, .is_present = true};
    body.next = text_of(is_first ? CASE : NULL);
    body.indexed_from = number_of(5);
    body.indexed_at = number_of(1790000000000000);
    answer(fake, MESSAGE_CASE_FOUND, &body);
}

static void list_windows(struct fake *fake)
{
    struct window_view rows[2] = {{.is_present = true}, {.is_present = true}};
    const char *const names[2][3] = {{"W:370102", "济南市历下区", "open"}, {"W:370614", "烟台市蓬莱区", "offline"}};
    for (int i = 0; i < 2; i++) {
        rows[i].window = text_of(names[i][0]);
        rows[i].name = text_of(names[i][1]);
        rows[i].state = text_of(names[i][2]);
        rows[i].queued = rows[i].in_flight = rows[i].open = number_of(10 * i);
        rows[i].credit = number_of(64);
    }
    rows[0].offset_ms = number_of(36000000);
    struct window_list body = {.windows = {rows, 2, true}, .is_present = true};
    answer(fake, MESSAGE_WINDOW_LIST, &body);
}

static void tail_journal(struct fake *fake)
{
    struct journal_view row = {.sequence = {7, true}, .time = {1790000000000000, true}, .is_present = true};
    row.source = text_of("B:105451099995");
    row.type = text_of("CASE_SUBMIT");
    row.case_id = text_of(CASE);
    row.size = number_of(1234);
    row.chain = bytes_of(thirty_two, 32);
    struct journal_list body = {.entries = {&row, 1, true}, .is_present = true};
    answer(fake, MESSAGE_JOURNAL_LIST, &body);
}

static void list_links(struct fake *fake)
{
    struct link_view row = {.time = {1790000000000000, true}, .count = {3, true}, .is_present = true};
    row.key = text_of("0123456789012345678901234567890123456789");
    row.refused = text_of("UNKNOWN_KEY");
    struct link_list body = {.links = {&row, 1, true}, .is_present = true};
    answer(fake, MESSAGE_LINK_LIST, &body);
}

static void say_health(struct fake *fake)
{
    struct health body = {.software = text_of("fake 1"), .is_present = true};
    body.state = text_of(fake->manner == FAKE_IS_BEHIND ? "behind" : "serving");
    body.is_test = body.epoch = number_of(1);
    body.sequence = number_of(1360);
    body.checkpoint = number_of(1300);
    body.open_cases = body.sessions = number_of(2);
    body.memory = number_of(64 << 20);
    body.parked = number_of(2);
    body.parked_since = number_of(1790000000000000);
    answer(fake, MESSAGE_HEALTH, &body);
}

static void load_directory(struct fake *fake)
{
    struct directory_result body = {.has_changed = {1, true}, .sequence = {9, true}, .is_present = true};
    body.participants = number_of(3);
    body.revoked = number_of(fake->manner == FAKE_READS_ANOTHER ? 0 : 1);
    answer(fake, MESSAGE_DIRECTORY_RESULT, &body);
}

static void give_receipt(struct fake *fake)
{
    struct receipt body = {.sequence = {8, true}, .time = {1790000000000000, true}, .is_present = true};
    body.chain = body.mac = bytes_of(thirty_two, 32);
    answer(fake, MESSAGE_RECEIPT, &body);
}

/* Five measures of one day, two a page: the page says where it ends, and the next question must go on there. */
static void list_measures(struct fake *fake, const struct ops_stats *asked)
{
    enum { ALL = 5, PAGE = 2 };
    static char ids[ALL][CASE_ID_SIZE + 1];
    struct measure rows[ALL];
    uint32_t first = 0;
    for (uint32_t i = 0; i < ALL; i++) {
        const struct case_id id = {"370102", {2026, 9, 30}, "105", 10 + i};
        if (!case_id_make(&id, ids[i]))
            _exit(14);
        rows[i] = (struct measure){.day = text_of("2026-09-30"),
                                   .case_id = text_of(ids[i]),
                                   .window = text_of("W:370102"),
                                   .branch = text_of("B:105451099995"),
                                   .kind = text_of("M01"),
                                   .state = text_of("BOOKED"),
                                   .submitted_at = {1, true},
                                   .rounds = {0, true},
                                   .returns = {0, true},
                                   .is_present = true};
    }
    while (asked->after.data && first < ALL && memcmp(ids[first], asked->after.data, asked->after.size) <= 0)
        first++;
    uint32_t left = ALL - first;
    struct stats_list body = {.measures = {rows + first, left < PAGE ? left : PAGE, true},
                              .has_more = {left > PAGE, true},
                              .is_present = true};
    answer(fake, MESSAGE_STATS_LIST, &body);
}

static void answer_stats(struct fake *fake)
{
    struct problems problems = {0};
    struct ops_stats asked;
    uint8_t memory[1 << 12];
    struct arena arena = arena_over(memory, sizeof memory);
    if (record_decode(&record_ops_stats, fake->body, &arena, &asked, &problems) == STATUS_OK)
        list_measures(fake, &asked);
}

static void answer_question(struct fake *fake, enum message_type type)
{
    if (type == MESSAGE_OPS_CASE_SHOW)
        show_case(fake);
    else if (type == MESSAGE_OPS_CASE_LIST)
        list_cases(fake);
    else if (type == MESSAGE_OPS_CASE_FIND)
        find_cases(fake);
    else if (type == MESSAGE_OPS_WINDOW_LIST)
        list_windows(fake);
    else if (type == MESSAGE_OPS_JOURNAL_TAIL)
        tail_journal(fake);
    else if (type == MESSAGE_OPS_LINK_LIST)
        list_links(fake);
    else if (type == MESSAGE_OPS_HEALTH)
        say_health(fake);
    else if (type == MESSAGE_OPS_DIRECTORY_LOAD)
        load_directory(fake);
    else if (type == MESSAGE_OPS_STATS)
        answer_stats(fake);
    else if (type == MESSAGE_OPS_PARKED_RETRY || type == MESSAGE_OPS_PARKED_DISCARD ||
             type == MESSAGE_OPS_SUPPLEMENT_ALLOW || type == MESSAGE_OPS_CITIZEN_LOOKUP)
        give_receipt(fake);
}

/* The first question meets a broker that forgot the session; the second one
 * must be the same message again. */
static void forget_once(struct fake *fake, enum message_type type)
{
    const uint8_t *id = fake->envelope.message_id.data;
    if (!fake->has_forgotten) {
        fake->has_forgotten = true;
        memcpy(fake->question_id, id, 16);
        reject(fake, STATUS_NO_SESSION);
    } else if (memcmp(fake->question_id, id, 16) == 0)
        answer_question(fake, type);
    else
        reject(fake, STATUS_DUP_CONFLICT);
}

static void take_message(struct fake *fake, enum message_type type)
{
    if (type == MESSAGE_HEARTBEAT)
        return;
    if (type == MESSAGE_HELLO && fake->manner == FAKE_REFUSES_HELLO)
        reject(fake, STATUS_BEHIND);
    else if (type == MESSAGE_HELLO)
        say_hello(fake);
    else if (fake->manner == FAKE_REJECTS)
        reject(fake, STATUS_UNKNOWN_CASE);
    else if (fake->manner == FAKE_FORGETS)
        forget_once(fake, type);
    else if (fake->manner == FAKE_CONFUSED)
        give_receipt(fake);
    else if (fake->manner != FAKE_IS_SILENT)
        answer_question(fake, type);
}

static void serve_one(struct fake *fake)
{
    uint8_t frame[FRAME_SIZE_MAX];
    uint8_t body[FRAME_SIZE_MAX];
    struct problems problems = {0};
    enum message_type type;
    int size = zmq_recv(fake->router, fake->route, sizeof fake->route, 0);
    fake->route_size = size > 0 ? (size_t)size : 0;
    size = zmq_recv(fake->router, frame, sizeof frame, 0);
    int body_size = zmq_recv(fake->router, body, sizeof body, 0);
    fake->body = bytes_of(body, body_size > 0 ? (uint32_t)body_size : 0);
    struct arena arena = arena_over(fake->arena_memory, sizeof fake->arena_memory);
    if (size > 0 &&
        envelope_judge(bytes_of(frame, (size_t)size), &arena, &fake->envelope, &type, &problems) == STATUS_OK)
        take_message(fake, type);
}

static void serve(const struct link_keys *keys, enum fake_manner manner, int report)
{
    static struct fake fake;
    char endpoint[64];
    size_t size = sizeof endpoint;
    int yes = 1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(LIFE_SECONDS_MAX);
    fake.manner = manner;
    fake.router = zmq_socket(zmq_ctx_new(), ZMQ_ROUTER);
    zmq_setsockopt(fake.router, ZMQ_CURVE_SERVER, &yes, sizeof yes);
    zmq_setsockopt(fake.router, ZMQ_CURVE_SECRETKEY, keys->secret_key, 40);
    if (zmq_bind(fake.router, "tcp://127.0.0.1:*") != 0)
        _exit(12);
    zmq_getsockopt(fake.router, ZMQ_LAST_ENDPOINT, endpoint, &size);
    if (write(report, endpoint, sizeof endpoint) != (ssize_t)sizeof endpoint)
        _exit(13);
    close(report);
    for (;;)
        serve_one(&fake);
}

void fake_broker_start(struct fake_broker *broker, const char *keys, enum fake_manner manner)
{
    struct link_keys own;
    char path[256];
    char why[256];
    int ends[2];
    snprintf(path, sizeof path, "%s/K.key", keys);
    cr_assert_eq(link_keys_read(path, &own, why, sizeof why), STATUS_OK, "%s", why);
    cr_assert_eq(pipe(ends), 0);
    fflush(NULL);
    broker->pid = fork();
    cr_assert_geq(broker->pid, 0);
    if (broker->pid == 0) {
        close(ends[0]);
        serve(&own, manner, ends[1]);
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], broker->endpoint, sizeof broker->endpoint), (ssize_t)sizeof broker->endpoint);
    close(ends[0]);
}

void fake_broker_stop(struct fake_broker *broker)
{
    kill(broker->pid, SIGKILL);
    waitpid(broker->pid, NULL, 0);
}

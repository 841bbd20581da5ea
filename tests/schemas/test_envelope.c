#include "schemas/envelope.h"

#include "schemas/example.h"
#include "tests/schemas/desk.h"

/* A right envelope of this type, from the tables. */
static struct envelope envelope_right(struct desk *desk, enum message_type type)
{
    struct envelope envelope;
    cr_assert_eq(example_make(&record_envelope, EXAMPLE_MINIMAL, &desk->arena, &envelope), STATUS_OK);
    envelope.type = text_of(message_kind(type)->name);
    if (message_kind(type)->is_of_case)
        envelope.case_id = text_of("SD370102-20260930-105-00001A-G");
    return envelope;
}

static enum status judge(struct desk *desk, const struct envelope *envelope, struct envelope *out,
                         enum message_type *type)
{
    cr_assert_eq(desk_encode(desk, &record_envelope, envelope), STATUS_OK);
    struct bytes frame = bytes_copy(desk->body, desk->body_size);
    enum status status = envelope_judge(frame, &desk->arena, out, type, &desk->problems);
    bytes_free(&frame);
    return status;
}

Test(envelope, of_every_type_is_taken_when_it_is_right)
{
    struct desk *desk = desk_new();
    for (unsigned i = 0; i < MESSAGE_COUNT; i++) {
        struct envelope envelope = envelope_right(desk, (enum message_type)i);
        struct envelope out;
        enum message_type type;
        cr_assert_eq(judge(desk, &envelope, &out, &type), STATUS_OK, "%s", message_kind((enum message_type)i)->name);
        cr_assert_eq(type, (enum message_type)i);
        arena_reset(&desk->arena);
    }
    desk_free(&desk);
}

static void change_nothing(struct envelope *envelope)
{
    (void)envelope;
}
static void change_version(struct envelope *envelope)
{
    envelope->version = number_of(2);
}
static void change_version_and_more(struct envelope *envelope)
{
    envelope->version = number_of(2);
    envelope->digest = (struct bytes){NULL, 0};
}
static void drop_version(struct envelope *envelope)
{
    envelope->version.is_present = false;
}
static void change_type(struct envelope *envelope)
{
    envelope->type = text_of("CASE_SUBMITS");
}
static void drop_type(struct envelope *envelope)
{
    envelope->type = (struct text){NULL, 0};
}
static void drop_case(struct envelope *envelope)
{
    envelope->case_id = (struct text){NULL, 0};
}
static void spoil_case(struct envelope *envelope)
{
    envelope->case_id = text_of("SD370102-20260930-105-00001A-H");
}
static void add_expiry(struct envelope *envelope)
{
    envelope->expires_at = number_of(1);
}
static void spoil_source(struct envelope *envelope)
{
    envelope->source = text_of("Z:1");
}
static void shorten_id(struct envelope *envelope)
{
    envelope->message_id.size = 15;
}
static void many_faults(struct envelope *envelope)
{
    envelope->message_id.size = 15;
    envelope->priority = number_of(4);
    envelope->digest = (struct bytes){NULL, 0};
}

static const struct {
    enum message_type type;
    void (*change)(struct envelope *envelope);
    enum status status;
    const char *problems;
} judgements[] = {
    {MESSAGE_HEARTBEAT, change_nothing, STATUS_OK, ""},
    {MESSAGE_HEARTBEAT, change_version, STATUS_VERSION, "RANGE v"},
    {MESSAGE_HEARTBEAT, change_version_and_more, STATUS_VERSION, "RANGE v, MISSING h"},
    {MESSAGE_HEARTBEAT, drop_version, STATUS_BAD_ENVELOPE, "MISSING v"},
    {MESSAGE_HEARTBEAT, change_type, STATUS_UNKNOWN_TYPE, "RULE typ"},
    {MESSAGE_HEARTBEAT, drop_type, STATUS_BAD_ENVELOPE, "MISSING typ"},
    {MESSAGE_DELIVERED, drop_case, STATUS_BAD_ENVELOPE, "MISSING cid"},
    {MESSAGE_DELIVERED, spoil_case, STATUS_BAD_ENVELOPE, "RULE cid"},
    {MESSAGE_HEARTBEAT, drop_case, STATUS_OK, ""},
    {MESSAGE_CASE_SUBMIT, add_expiry, STATUS_OK, ""},
    {MESSAGE_CASE_BOOKED, add_expiry, STATUS_BAD_ENVELOPE, "UNKNOWN exp"},
    {MESSAGE_HEARTBEAT, spoil_source, STATUS_BAD_ENVELOPE, "RULE src"},
    {MESSAGE_HEARTBEAT, shorten_id, STATUS_BAD_ENVELOPE, "SIZE mid"},
    {MESSAGE_HEARTBEAT, many_faults, STATUS_BAD_ENVELOPE, "SIZE mid, RANGE pri, MISSING h"},
};

Test(envelope, with_a_fault_is_refused_with_the_name_of_the_fault)
{
    for (size_t i = 0; i < sizeof judgements / sizeof judgements[0]; i++) {
        struct desk *desk = desk_new();
        struct envelope envelope = envelope_right(desk, judgements[i].type);
        struct envelope out;
        enum message_type type;
        char found[512];
        judgements[i].change(&envelope);
        enum status status = judge(desk, &envelope, &out, &type);
        cr_assert_eq(status, judgements[i].status, "row %zu: %s", i, status_code(status));
        cr_assert_str_eq(problems_show(&desk->problems, found, sizeof found), judgements[i].problems, "row %zu: %s", i,
                         found);
        desk_free(&desk);
    }
}

Test(envelope, of_garbage_is_refused)
{
    static const char *const garbage[] = {"",        "c1", "80", "90", "00", "ff", "dd ff 00 00 00", "df ff ff ff ff",
                                          "81 a1 76"};
    struct desk *desk = desk_new();
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        struct bytes frame = bytes_of_hex(garbage[i]);
        struct envelope out;
        enum message_type type;
        cr_assert_eq(envelope_judge(frame, &desk->arena, &out, &type, &desk->problems), STATUS_BAD_ENVELOPE, "%s",
                     garbage[i]);
        cr_assert_eq(type, MESSAGE_COUNT);
        cr_assert_gt(desk->problems.count, 0);
        bytes_free(&frame);
    }
    desk_free(&desk);
}

/* ---- ids ---- */

static void expect_uuid_v7(const uint8_t id[16], int64_t time_us)
{
    uint64_t time_ms = 0;
    for (int i = 0; i < 6; i++)
        time_ms = time_ms << 8 | id[i];
    cr_assert_eq(time_ms, (uint64_t)time_us / 1000);
    cr_assert_eq(id[6] >> 4, 7);
    cr_assert_eq(id[8] >> 6, 2);
}

Test(message_id, is_a_uuid_of_version_7_whatever_the_random_bytes)
{
    const int64_t time_us = INT64_C(1790748187123456);
    static const uint8_t fills[] = {0x00, 0xff, 0x5a};
    for (size_t i = 0; i < sizeof fills; i++) {
        uint8_t random[10];
        uint8_t id[16];
        memset(random, fills[i], sizeof random);
        message_id_make(time_us, random, id);
        expect_uuid_v7(id, time_us);
        cr_assert_eq(id[7], fills[i]);
        cr_assert_eq(id[15], fills[i]);
    }
}

Test(message_id, of_rfc_9562_comes_out_as_written_there)
{
    /* appendix A.6: 2022-02-22 19:22:22 GMT, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F */
    static const uint8_t random[10] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    struct bytes wanted = bytes_of_hex("017f22e2 79b0 7cc3 98c4 dc0c0c07398f");
    uint8_t id[16];
    message_id_make(INT64_C(1645557742000000), random, id);
    cr_assert(bytes_equal(bytes_of(id, 16), wanted));
    bytes_free(&wanted);
}

static const struct {
    int64_t time_us;
    uint64_t sequence;
    uint16_t slot;
} derivations[] = {
    {0, 0, 0},
    {0, 0, 1},
    {0, 0, 65535},
    {0, 1, 0},
    {0, 255, 65535},
    {0, UINT64_C(1) << 46, 0},
    {0, UINT64_C(9007199254740991), 65535},
    {0, (UINT64_C(1) << 58) - 1, 65535},
    {1000, 0, 0},
    {1000, 7, 3},
    {INT64_C(1790748187123456), 7, 3},
    {INT64_C(1790748187124456), 6, 0},
};

Test(message_id, derived_later_sorts_later)
{
    uint8_t before[16] = {0};
    for (size_t i = 0; i < sizeof derivations / sizeof derivations[0]; i++) {
        uint8_t id[16];
        uint8_t again[16];
        message_id_derive(derivations[i].time_us, derivations[i].sequence, derivations[i].slot, id);
        message_id_derive(derivations[i].time_us, derivations[i].sequence, derivations[i].slot, again);
        expect_uuid_v7(id, derivations[i].time_us);
        cr_assert_eq(memcmp(id, again, 16), 0);
        cr_assert_gt(memcmp(id, before, 16), 0, "row %zu", i);
        memcpy(before, id, sizeof before);
    }
}

Test(message_id, differs_in_every_slot_and_sequence)
{
    uint8_t before[16];
    message_id_derive(5000, 1, 0, before);
    for (uint64_t sequence = 1; sequence < 200; sequence++) {
        for (uint32_t slot = 0; slot < 300; slot++) {
            uint8_t id[16];
            if (sequence == 1 && slot == 0)
                continue;
            message_id_derive(5000, sequence, (uint16_t)slot, id);
            cr_assert_gt(memcmp(id, before, 16), 0, "%u", slot);
            memcpy(before, id, sizeof before);
        }
    }
}

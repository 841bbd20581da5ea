#include "schemas/record.h"

#include "schemas/example.h"
#include "tests/schemas/desk.h"

#define MESSAGE(name, record, senders, scope, keep, sentence)
#define FIELD(name, type, member, key, need, minimum, maximum, ref, sentence)
#define END(name)
#define RECORD(name, sentence) &record_##name,
static const struct record *const records[] = {
#include "schemas/messages.def"
};
#undef RECORD
#undef FIELD
#undef END
#undef MESSAGE

enum { RECORD_COUNT = sizeof records / sizeof records[0] };

static void value_make(struct desk *desk, const struct record *record, enum example example)
{
    arena_reset(&desk->arena);
    cr_assert_leq(record->struct_size, sizeof desk->value);
    cr_assert_eq(example_make(record, example, &desk->arena, desk->value), STATUS_OK, "%s", record->name);
}

/* ---- there and back ---- */

static void msgpack_and_back(struct desk *desk, struct desk *other, const struct record *record)
{
    char path[RECORD_PATH_SIZE_MAX] = "";
    char found[1024];
    cr_assert_eq(desk_encode(desk, record, desk->value), STATUS_OK);
    struct bytes bytes = bytes_copy(desk->body, desk->body_size);
    cr_assert_eq(desk_decode(other, record, bytes), STATUS_OK, "%s: %s", record->name,
                 problems_show(&other->problems, found, sizeof found));
    cr_assert(record_equal(record, desk->value, other->value, path), "%s differs at %s", record->name, path);
    cr_assert_eq(desk_encode(other, record, other->value), STATUS_OK);
    cr_assert_eq(other->body_size, desk->body_size);
    cr_assert_eq(memcmp(other->body, desk->body, desk->body_size), 0);
    bytes_free(&bytes);
}

static void json_and_back(struct desk *desk, struct desk *other, const struct record *record)
{
    char path[RECORD_PATH_SIZE_MAX] = "";
    char found[1024];
    json_t *json = record_to_json(record, desk->value);
    cr_assert_eq(desk_from_json(other, record, json), STATUS_OK, "%s: %s", record->name,
                 problems_show(&other->problems, found, sizeof found));
    cr_assert(record_equal(record, desk->value, other->value, path), "%s differs at %s", record->name, path);
    json_decref(json);
}

Test(record, of_every_kind_comes_back_as_it_went)
{
    struct desk *desk = desk_new();
    struct desk *other = desk_new();
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        for (int example = 0; example < EXAMPLE_COUNT; example++) {
            value_make(desk, records[i], (enum example)example);
            msgpack_and_back(desk, other, records[i]);
            json_and_back(desk, other, records[i]);
        }
    }
    desk_free(&other);
    desk_free(&desk);
}

/* ---- hostile: every cut and every flipped bit of every record ---- */

Test(record, cut_off_anywhere_is_a_problem_and_never_read_beyond)
{
    struct desk *desk = desk_new();
    struct desk *other = desk_new();
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        value_make(desk, records[i], EXAMPLE_FULL);
        cr_assert_eq(desk_encode(desk, records[i], desk->value), STATUS_OK);
        for (size_t size = 0; size < desk->body_size; size++) {
            struct bytes cut = bytes_copy(desk->body, size);
            cr_assert_eq(desk_decode(other, records[i], cut), STATUS_BAD_BODY, "%s cut to %zu", records[i]->name, size);
            bytes_free(&cut);
        }
    }
    desk_free(&other);
    desk_free(&desk);
}

static void flip_each_bit(struct desk *desk, struct desk *other, const struct record *record)
{
    struct bytes bytes = bytes_copy(desk->body, desk->body_size);
    uint8_t *flipped = (uint8_t *)(uintptr_t)bytes.data;
    for (size_t bit = 0; bit < desk->body_size * 8; bit++) {
        flipped[bit / 8] = (uint8_t)(flipped[bit / 8] ^ 1U << bit % 8);
        if (desk_decode(other, record, bytes) == STATUS_OK) {
            cr_assert_eq(desk_encode(other, record, other->value), STATUS_OK);
            cr_assert_leq(other->body_size, desk->body_size + 8);
        } else {
            cr_assert_gt(other->problems.count, 0);
        }
        flipped[bit / 8] = (uint8_t)(flipped[bit / 8] ^ 1U << bit % 8);
    }
    bytes_free(&bytes);
}

Test(record, with_any_bit_flipped_is_judged_without_harm)
{
    struct desk *desk = desk_new();
    struct desk *other = desk_new();
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        value_make(desk, records[i], EXAMPLE_FULL);
        cr_assert_eq(desk_encode(desk, records[i], desk->value), STATUS_OK);
        flip_each_bit(desk, other, records[i]);
    }
    desk_free(&other);
    desk_free(&desk);
}

/* ---- encoding ---- */

Test(record, that_does_not_fit_leaves_the_buffer_as_it_was)
{
    struct desk *desk = desk_new();
    value_make(desk, &record_case_submit, EXAMPLE_FULL);
    cr_assert_eq(desk_encode(desk, &record_case_submit, desk->value), STATUS_OK);
    for (size_t room = 0; room < desk->body_size; room++) {
        uint8_t *buffer = malloc(room + 3);
        size_t used = 3;
        cr_assert(buffer != NULL);
        cr_assert_eq(record_encode(&record_case_submit, desk->value, buffer, room + 3, &used), STATUS_LIMIT);
        cr_assert_eq(used, 3);
        free(buffer);
    }
    desk_free(&desk);
}

/* ---- comparing ---- */

Test(record, is_equal_to_itself_and_differs_where_a_member_differs)
{
    struct desk *desk = desk_new();
    struct desk *other = desk_new();
    char path[RECORD_PATH_SIZE_MAX] = "";
    value_make(desk, &record_case_submit, EXAMPLE_FULL);
    value_make(other, &record_case_submit, EXAMPLE_FULL);
    struct case_submit *submit = (void *)other->value;
    cr_assert(record_equal(&record_case_submit, desk->value, submit, path));

    submit->mortgagors.items[1].agent.id = text_of("another");
    cr_assert_not(record_equal(&record_case_submit, desk->value, submit, path));
    cr_assert_str_eq(path, "mortgagors/1/agent/id");
    cr_assert_not(record_equal(&record_case_submit, desk->value, submit, NULL));

    value_make(other, &record_case_submit, EXAMPLE_FULL);
    submit->materials.items[0].signed_by.items[1] = text_of("another");
    cr_assert_not(record_equal(&record_case_submit, desk->value, submit, path));
    cr_assert_str_eq(path, "materials/0/signed_by/1");

    value_make(other, &record_case_submit, EXAMPLE_FULL);
    submit->units.count = 1;
    cr_assert_not(record_equal(&record_case_submit, desk->value, submit, path));
    cr_assert_str_eq(path, "units");

    value_make(other, &record_case_submit, EXAMPLE_FULL);
    submit->amount.is_present = false;
    cr_assert_not(record_equal(&record_case_submit, desk->value, submit, path));
    cr_assert_str_eq(path, "bdbzzqse");
    desk_free(&other);
    desk_free(&desk);
}

Test(record, with_an_empty_text_is_not_one_with_an_absent_text)
{
    struct change with = {.path = text_of("p"), .old_value = text_of(""), .new_value = text_of("")};
    struct change without = {.path = text_of("p"), .new_value = text_of("")};
    char path[RECORD_PATH_SIZE_MAX] = "";
    cr_assert_not(record_equal(&record_change, &with, &without, path));
    cr_assert_str_eq(path, "old");
    json_t *json = record_to_json(&record_change, &with);
    cr_assert(json_object_get(json, "old") != NULL);
    json_decref(json);
}

/* ---- problems in words ---- */

Test(record, has_a_sentence_in_two_languages_for_every_problem_of_every_row)
{
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        for (uint32_t row = 0; row < records[i]->field_count; row++) {
            for (int kind = PROBLEM_MISSING; kind <= PROBLEM_ENCODING; kind++) {
                struct problem problem = {.kind = (enum problem_kind)kind, .field = &records[i]->fields[row]};
                char english[512];
                char chinese[512];
                cr_assert_gt(strlen(problem_english(&problem, english, sizeof english)), 10);
                cr_assert_gt(strlen(problem_chinese(&problem, chinese, sizeof chinese)), 10);
                cr_assert_lt(strlen(english), 511);
                cr_assert_lt(strlen(chinese), 511);
            }
        }
    }
}

Test(record, says_what_the_row_asks_for)
{
    char text[256];
    struct problem problem = {.kind = PROBLEM_RANGE, .field = &record_credit.fields[0]};
    cr_assert_str_eq(problem_english(&problem, text, sizeof text),
                     "is outside the range; asked for: a whole number from 0 to 4096");
    cr_assert_str_eq(problem_chinese(&problem, text, sizeof text), "数值超出范围；应为0 至 4096 的整数");
    problem = (struct problem){.kind = PROBLEM_UNKNOWN};
    cr_assert_str_eq(problem_english(&problem, text, sizeof text), "is a key nobody knows here");
    cr_assert_str_eq(problem_chinese(&problem, text, sizeof text), "未知的字段");
}

Test(record, is_named_by_a_problem_at_its_path_or_above_it)
{
    static struct problems problems = {.count = 2, .items = {{.path = "units/1/bdcdyh"}, {.path = "mortgagors/0"}}};
    cr_assert(problems_name(&problems, "units/1/bdcdyh"));
    cr_assert(problems_name(&problems, "mortgagors/0"));
    cr_assert(problems_name(&problems, "mortgagors/0/name"));
    cr_assert_not(problems_name(&problems, "mortgagors/01"));
    cr_assert_not(problems_name(&problems, "mortgagors"));
    cr_assert_not(problems_name(&problems, "units/1"));
    cr_assert_not(problems_name(&problems, "units/1/bdcdy"));
    cr_assert_not(problems_name(&problems, ""));
    static struct problems whole = {.count = 1};
    cr_assert(problems_name(&whole, "units"));
    cr_assert(problems_name(&whole, ""));
}

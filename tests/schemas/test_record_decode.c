#include "tests/schemas/desk.h"

/* ---- what is wrong in the encoding, byte by byte ---- */

#define DELIVERIES "aa 64 65 6c 69 76 65 72 69 65 73"
#define QUEUE      "a5 71 75 65 75 65"
#define TIME_ZERO  "a4 74 69 6d 65 00"
#define X_A        "a3 78 5f 61"

struct case_of_bytes {
    const struct record *record;
    const char *hex;
    const char *problems; /* "" for none */
};

static const struct case_of_bytes cases[] = {
    {&record_credit, "81" DELIVERIES "05", ""},
    /* numbers */
    {&record_credit, "81" DELIVERIES "cc 05", "ENCODING deliveries"},
    {&record_credit, "81" DELIVERIES "cd 00 ff", "ENCODING deliveries"},
    {&record_credit, "81" DELIVERIES "ce 00 00 ff ff", "ENCODING deliveries"},
    {&record_credit, "81" DELIVERIES "d0 05", "ENCODING deliveries"},
    {&record_credit, "81" DELIVERIES "d1 01 00", "ENCODING deliveries"},
    {&record_credit, "81" DELIVERIES "cf ff ff ff ff ff ff ff ff", "RANGE deliveries"},
    {&record_credit, "81" DELIVERIES "ff", "RANGE deliveries"},
    {&record_credit, "81" DELIVERIES "cd 10 01", "RANGE deliveries"},
    {&record_credit, "81" DELIVERIES "cd 10 00", ""},
    /* types */
    {&record_credit, "81" DELIVERIES "c0", "NULL deliveries"},
    {&record_credit, "81" DELIVERIES "c3", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "a1 35", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "c4 01 05", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "ca 40 a0 00 00", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "cb 40 14 00 00 00 00 00 00", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "91 05", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "81 a1 61 05", "TYPE deliveries"},
    {&record_credit, "81" DELIVERIES "d4 01 05", "TYPE deliveries"},
    /* the map itself */
    {&record_credit, "", "ENCODING "},
    {&record_credit, "c1", "ENCODING "},
    {&record_credit, "c0", "NULL "},
    {&record_credit, "05", "TYPE "},
    {&record_credit, "91 05", "TYPE "},
    {&record_credit, "dd ff 00 00 00", "ENCODING "},
    {&record_credit, "df ff ff ff ff", "ENCODING "},
    {&record_credit, "de 00 01" DELIVERIES "05", "ENCODING "},
    {&record_credit, "df 00 00 00 01" DELIVERIES "05", "ENCODING "},
    {&record_credit, "81" DELIVERIES "05 00", "ENCODING "}, /* bytes behind the end */
    {&record_credit, "80", "MISSING deliveries"},
    /* keys */
    {&record_credit, "82" DELIVERIES "05" DELIVERIES "06", "REPEATED deliveries"},
    {&record_credit, "82" DELIVERIES "05" DELIVERIES "05", "REPEATED deliveries"},
    {&record_credit, "83" DELIVERIES "05" DELIVERIES "05" DELIVERIES "05", "REPEATED deliveries, REPEATED deliveries"},
    {&record_credit, "81 d9 0a 64 65 6c 69 76 65 72 69 65 73 05", "ENCODING deliveries"},
    {&record_credit, "82" DELIVERIES "05 01 02", "TYPE ?"},
    {&record_credit, "82" DELIVERIES "05 c0 02", "TYPE ?"},
    {&record_credit, "82" DELIVERIES "05 a0 02", "UNKNOWN ?"},
    {&record_credit, "82" DELIVERIES "05 a3 61 2f 62 02", "UNKNOWN ?"}, /* "a/b" is no path of ours */
    {&record_credit, "82" DELIVERIES "05 a1 ff 02", "ENCODING ?"},
    {&record_credit, "82" DELIVERIES "05 a1 0a 02", "ENCODING ?"},
    {&record_credit, "82" DELIVERIES "05 a1 7a 02", "UNKNOWN z"},
    {&record_credit, "82" DELIVERIES "05 a1 7a 91", "UNKNOWN z, ENCODING z"},
    {&record_credit, "82" DELIVERIES "05 90 02", "ENCODING "}, /* a list as a key: nothing more can be read */
    {&record_credit, "82" DELIVERIES "05 a9 64 65 6c 69 76 65 72 69 65 02", "UNKNOWN deliverie"},
    {&record_heartbeat, "82" TIME_ZERO QUEUE "07", ""}, /* in another order than the rows */
    {&record_heartbeat, "81" QUEUE "07", "MISSING time"},
    /* x_ keys */
    {&record_credit, "82" DELIVERIES "05" X_A "c0", ""},
    {&record_credit, "82" X_A "cb 3f f8 00 00 00 00 00 00" DELIVERIES "05", ""},
    {&record_credit, "83" X_A "01" X_A "01" DELIVERIES "05", "REPEATED x_a"},
    {&record_credit, "82" X_A "cc 01" DELIVERIES "05", "ENCODING x_a"},
    {&record_credit, "82" X_A "d4 01 00" DELIVERIES "05", "ENCODING x_a"},
    {&record_credit, "82" X_A "a1 0a" DELIVERIES "05", "ENCODING x_a"},
    {&record_credit, "82" X_A "a1 ff" DELIVERIES "05", "ENCODING x_a"},
    {&record_credit, "82" X_A "81 01 02" DELIVERIES "05", "ENCODING x_a"},
    {&record_credit, "82" X_A "91 91 91 91 91 91 91 01" DELIVERIES "05", ""}, /* 8 deep with the map around */
    {&record_credit, "82" X_A "91 91 91 91 91 91 91 91 01" DELIVERIES "05", "ENCODING x_a"},
    {&record_credit, "82 d9 03 78 5f 61 01" DELIVERIES "05", "ENCODING x_a"},
    /* texts, lists, maps inside */
    {&record_resume, "81 a6 72 65 61 73 6f 6e a1 78", ""},
    {&record_resume, "81 a6 72 65 61 73 6f 6e d9 01 78", "ENCODING reason"},
    {&record_resume, "81 a6 72 65 61 73 6f 6e a2 c0 80", "ENCODING reason"},
    {&record_resume, "81 a6 72 65 61 73 6f 6e c4 01 78", "TYPE reason"},
    {&record_resume, "81 a6 72 65 61 73 6f 6e a0", "SIZE reason"},
    {&record_window_list, "81 a7 77 69 6e 64 6f 77 73 90", ""},
    {&record_window_list, "81 a7 77 69 6e 64 6f 77 73 dc 00 00", "ENCODING windows"},
    {&record_window_list, "81 a7 77 69 6e 64 6f 77 73 dc 00 01 80", "ENCODING windows"},
    {&record_window_list, "81 a7 77 69 6e 64 6f 77 73 91 05", "TYPE windows/0"},
    {&record_window_list, "81 a7 77 69 6e 64 6f 77 73 91 c0", "NULL windows/0"},
    {&record_window_list, "81 a7 77 69 6e 64 6f 77 73 91 c1", "ENCODING windows/0"},
    {&record_link_list, "81 a5 6c 69 6e 6b 73 92 81" TIME_ZERO "80", "MISSING links/1/time"},
    {&record_link_list, "81 a5 6c 69 6e 6b 73 92 81" TIME_ZERO "de 00 01" TIME_ZERO, "ENCODING links/1"},
};

Test(record_decode, names_every_fault_of_the_encoding)
{
    struct desk *desk = desk_new();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char found[1024];
        struct bytes bytes = bytes_of_hex(cases[i].hex);
        enum status status = desk_decode(desk, cases[i].record, bytes);
        cr_assert_str_eq(problems_show(&desk->problems, found, sizeof found), cases[i].problems, "%s: %s", cases[i].hex,
                         found);
        cr_assert_eq(status, *cases[i].problems ? STATUS_BAD_BODY : STATUS_OK, "%s", cases[i].hex);
        bytes_free(&bytes);
    }
    desk_free(&desk);
}

Test(record_decode, leaves_a_field_with_a_problem_absent_and_fills_the_others)
{
    struct desk *desk = desk_new();
    struct bytes bytes = bytes_of_hex("82" QUEUE "cc 07" TIME_ZERO);
    cr_assert_eq(desk_decode(desk, &record_heartbeat, bytes), STATUS_BAD_BODY);
    const struct heartbeat *heartbeat = (const void *)desk->value;
    cr_assert_not(heartbeat->queue.is_present);
    cr_assert(heartbeat->time.is_present);
    cr_assert(heartbeat->is_present);
    bytes_free(&bytes);
    bytes = bytes_of_hex("83" QUEUE "07" TIME_ZERO QUEUE "07");
    cr_assert_eq(desk_decode(desk, &record_heartbeat, bytes), STATUS_BAD_BODY);
    cr_assert_not(heartbeat->queue.is_present);
    cr_assert(heartbeat->time.is_present);
    bytes_free(&bytes);
    desk_free(&desk);
}

Test(record_decode, keeps_the_places_of_items_beside_a_bad_one)
{
    struct desk *desk = desk_new();
    struct bytes bytes = bytes_of_hex("81 a5 6c 69 6e 6b 73 93 81" TIME_ZERO "05 81" TIME_ZERO);
    cr_assert_eq(desk_decode(desk, &record_link_list, bytes), STATUS_BAD_BODY);
    const struct link_list *list = (const void *)desk->value;
    cr_assert_eq(list->links.count, 3);
    cr_assert(list->links.items[0].is_present);
    cr_assert_not(list->links.items[1].is_present);
    cr_assert(list->links.items[2].time.is_present);
    bytes_free(&bytes);
    desk_free(&desk);
}

Test(record_decode, says_limit_when_the_arena_is_full)
{
    struct desk *desk = desk_new();
    struct bytes bytes = bytes_of_hex("81 a5 6c 69 6e 6b 73 91 81" TIME_ZERO);
    struct arena arena = arena_over(desk->memory, 8);
    enum status status = record_decode(&record_link_list, bytes, &arena, desk->value, &desk->problems);
    cr_assert_eq(status, STATUS_LIMIT);
    bytes_free(&bytes);
    desk_free(&desk);
}

Test(record_decode, counts_problems_up_to_its_limit_and_says_that_there_are_more)
{
    struct desk *desk = desk_new();
    uint8_t bytes[4 + 3 * 100] = {0xde, 0, 100};
    size_t size = 3;
    for (int i = 0; i < 100; i++) { /* 100 keys nobody knows: "A" */
        bytes[size++] = 0xa1;
        bytes[size++] = 'A';
        bytes[size++] = 1;
    }
    struct bytes copy = bytes_copy(bytes, size);
    cr_assert_eq(desk_decode(desk, &record_credit, copy), STATUS_BAD_BODY);
    cr_assert_eq(desk->problems.count, RECORD_PROBLEM_COUNT_MAX);
    cr_assert(desk->problems.has_more);
    bytes_free(&copy);
    desk_free(&desk);
}

Test(record_decode, cuts_a_long_path_at_a_character_and_says_so)
{
    for (size_t shift = 0; shift < 3; shift++) { /* 中 has three bytes */
        struct desk *desk = desk_new();
        uint8_t bytes[2 + 2 + 150 + 1] = {0x81, 0xd9, 150};
        for (size_t i = 0; i < 150; i++)
            bytes[3 + i] =
                i < shift || i + 2 - (i - shift) % 3 >= 150 ? 'k' : (uint8_t) "\xe4\xb8\xad"[(i - shift) % 3];
        bytes[153] = 1;
        struct bytes copy = bytes_copy(bytes, 154);
        cr_assert_eq(desk_decode(desk, &record_status_query, copy), STATUS_BAD_BODY);
        const char *path = desk->problems.items[0].path;
        cr_assert_eq(desk->problems.items[0].kind, PROBLEM_UNKNOWN);
        cr_assert_gt(strlen(path), RECORD_PATH_SIZE_MAX - 8);
        cr_assert_str_eq(path + strlen(path) - 3, "...");
        cr_assert((strlen(path) - 3 - shift) % 3 == 0, "cut inside a character: %s", path);
        bytes_free(&copy);
        desk_free(&desk);
    }
}

struct inner {
    struct number member;
    bool is_present;
};

struct outer {
    struct inner member;
    bool is_present;
};

Test(record_decode, cuts_a_path_of_several_steps_wherever_it_gets_too_long)
{
    struct desk *desk = desk_new();
    for (size_t size = 80; size < 110; size++) {
        char key[128] = "";
        char whole[128];
        memset(key, 'k', size);
        snprintf(whole, sizeof whole, "%s/member", key);
        struct field inner = {"member", "", FIELD_INTEGER, true, 0, 1, RULE_FREE, NULL, 0, ""};
        struct record inner_record = {"", &inner, 1, sizeof(struct inner), offsetof(struct inner, is_present), ""};
        struct field outer = {key, "", FIELD_RECORD, true, 0, 0, RULE_FREE, &inner_record, 0, ""};
        struct record record = {"", &outer, 1, sizeof(struct outer), offsetof(struct outer, is_present), ""};
        json_t *json = json_pack("{s:{}}", key);
        cr_assert_eq(desk_from_json(desk, &record, json), STATUS_BAD_BODY);
        const char *path = desk->problems.items[0].path;
        if (strlen(whole) < RECORD_PATH_SIZE_MAX) {
            cr_assert_str_eq(path, whole);
        } else {
            cr_assert_eq(strlen(path), RECORD_PATH_SIZE_MAX - 1, "%zu: %s", size, path);
            cr_assert_eq(memcmp(path, whole, RECORD_PATH_SIZE_MAX - 4), 0);
            cr_assert_str_eq(path + RECORD_PATH_SIZE_MAX - 4, "...");
        }
        json_decref(json);
    }
    desk_free(&desk);
}

/* ---- a record of more rows than a word has bits ---- */

enum { WIDE_COUNT = 100 };

struct wide {
    struct number members[WIDE_COUNT];
    bool is_present;
};

struct wide_table {
    char keys[WIDE_COUNT][8];
    struct field fields[WIDE_COUNT];
    struct record record;
};

static void wide_table_make(struct wide_table *table)
{
    for (uint32_t i = 0; i < WIDE_COUNT; i++) {
        snprintf(table->keys[i], sizeof table->keys[i], "k%02u", i);
        table->fields[i] = (struct field){table->keys[i],
                                          table->keys[i],
                                          FIELD_INTEGER,
                                          true,
                                          0,
                                          127,
                                          RULE_FREE,
                                          NULL,
                                          offsetof(struct wide, members) + i * sizeof(struct number),
                                          ""};
    }
    table->record =
        (struct record){"wide", table->fields, WIDE_COUNT, sizeof(struct wide), offsetof(struct wide, is_present), ""};
}

Test(record_decode, finds_a_key_that_stands_twice_in_a_record_of_a_hundred_rows)
{
    struct desk *desk = desk_new();
    struct wide_table table;
    wide_table_make(&table);
    for (uint32_t twice = 0; twice < WIDE_COUNT; twice++) {
        uint8_t bytes[3 + 5 * (WIDE_COUNT + 1)] = {0xde, 0, WIDE_COUNT + 1};
        for (uint32_t i = 0; i <= WIDE_COUNT; i++) {
            uint8_t *pair = bytes + 3 + 5 * i;
            pair[0] = 0xa3;
            memcpy(pair + 1, table.keys[i < WIDE_COUNT ? i : twice], 3);
            pair[4] = 1;
        }
        struct bytes copy = bytes_copy(bytes, sizeof bytes);
        cr_assert_eq(desk_decode(desk, &table.record, copy), STATUS_BAD_BODY);
        cr_assert_eq(desk->problems.count, 1);
        cr_assert_eq(desk->problems.items[0].kind, PROBLEM_REPEATED);
        cr_assert_str_eq(desk->problems.items[0].path, table.keys[twice]);
        bytes_free(&copy);
    }
    desk_free(&desk);
}

Test(record_decode, misses_every_row_of_a_wide_record)
{
    struct desk *desk = desk_new();
    struct wide_table table;
    wide_table_make(&table);
    struct bytes bytes = bytes_of_hex("81 a3 6b 38 30 01"); /* k80 alone */
    cr_assert_eq(desk_decode(desk, &table.record, bytes), STATUS_BAD_BODY);
    cr_assert_eq(desk->problems.count, RECORD_PROBLEM_COUNT_MAX);
    cr_assert(desk->problems.has_more);
    cr_assert(problems_name(&desk->problems, "k00"));
    bytes_free(&bytes);
    desk_free(&desk);
}

#include <math.h>

#include "tests/schemas/desk.h"

static const char *const objects[] = {
    "{}",
    "{'a':1,'b':-1,'c':'中文','d':[],'e':{},'f':[1,[2,{'g':null}]],'h':true,'i':false,'j':1.5}",
    "{'z':9223372036854775807,'y':-9223372036854775808,'x':4294967296}",
    "{'':'','x_':[[[[[[[]]]]]]]}",
    "{'1':1,'2':2,'3':3,'4':4,'5':5,'6':6,'7':7,'8':8,'9':9,'a':1,'b':2,'c':3,'d':4,'e':5,'f':6,'g':7,'h':8}",
};

Test(json_msgpack, carries_any_object_there_and_back)
{
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        uint8_t packed[512];
        size_t size = 0;
        json_t *json = json_of(objects[i]);
        json_t *again = NULL;
        cr_assert_eq(json_to_msgpack(json, packed, sizeof packed, &size), STATUS_OK, "%s", objects[i]);
        struct bytes bytes = bytes_copy(packed, size);
        cr_assert_eq(msgpack_to_json(bytes, &again), STATUS_OK, "%s", objects[i]);
        cr_assert(json_equal(json, again), "%s", objects[i]);
        bytes_free(&bytes);
        json_decref(again);
        json_decref(json);
    }
}

Test(json_msgpack, keeps_the_order_of_the_keys_and_the_shortest_forms)
{
    uint8_t packed[64];
    size_t size = 0;
    json_t *json = json_of("{'b':200,'a':[null,1.5]}");
    struct bytes wanted = bytes_of_hex("82 a1 62 cc c8 a1 61 92 c0 cb 3f f8 00 00 00 00 00 00");
    cr_assert_eq(json_to_msgpack(json, packed, sizeof packed, &size), STATUS_OK);
    cr_assert(bytes_equal(bytes_of(packed, size), wanted));
    bytes_free(&wanted);
    json_decref(json);
}

Test(json_msgpack, refuses_what_is_no_object_too_deep_or_too_large)
{
    static const struct {
        const char *json;
        size_t room;
        enum status status;
    } rows[] = {
        {"[]", 64, STATUS_BAD_BODY},
        {"1", 64, STATUS_BAD_BODY},
        {"{'a':[[[[[[[]]]]]]]}", 64, STATUS_OK},
        {"{'a':[[[[[[[[]]]]]]]]}", 64, STATUS_BAD_BODY},
        {"{'a':1}", 4, STATUS_OK},
        {"{'a':1}", 3, STATUS_LIMIT},
        {"{}", 0, STATUS_LIMIT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t packed[64];
        size_t size = 0;
        json_t *json = json_of(rows[i].json);
        cr_assert_eq(json_to_msgpack(json, packed, rows[i].room, &size), rows[i].status, "%s", rows[i].json);
        cr_assert(rows[i].status == STATUS_OK || size == 0);
        json_decref(json);
    }
}

/* ---- showing a body ---- */

static const struct {
    const char *hex;
    const char *json; /* NULL where it cannot be shown */
} shows[] = {
    {"80", "{}"},
    {"81 a1 61 c4 02 0f a0", "{'a':'0fa0'}"},
    {"81 a1 61 c4 00", "{'a':''}"},
    {"81 a1 61 cf ff ff ff ff ff ff ff ff", "{'a':'18446744073709551615'}"},
    {"81 a1 61 cb 7f f8 00 00 00 00 00 00", "{'a':'NaN'}"},
    {"81 a1 61 cb ff f0 00 00 00 00 00 00", "{'a':'-Infinity'}"},
    {"82 a1 61 01 a1 61 02", "{'a':1,'a#2':2}"}, /* a key that stands twice is shown twice */
    {"81 a1 61 ca 3f c0 00 00", "{'a':1.5}"},
    {"", NULL},
    {"90", NULL},
    {"c0", NULL},
    {"80 00", NULL},
    {"81 a1 61", NULL},
    {"81 01 01", NULL},
    {"81 a1 61 d4 01 00", NULL},
    {"81 a1 61 a1 ff", NULL},
    {"81 a1 ff 01", NULL},
    {"81 a1 61 91 91 91 91 91 91 91 91 01", NULL},
    {"dd ff 00 00 00", NULL},
};

Test(json_msgpack, shows_a_body_word_for_word_or_not_at_all)
{
    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++) {
        struct bytes bytes = bytes_of_hex(shows[i].hex);
        json_t *json = NULL;
        enum status status = msgpack_to_json(bytes, &json);
        cr_assert_eq(status, shows[i].json ? STATUS_OK : STATUS_BAD_BODY, "%s", shows[i].hex);
        if (shows[i].json != NULL) {
            json_t *wanted = json_of(shows[i].json);
            cr_assert(json_equal(json, wanted), "%s", shows[i].hex);
            json_decref(wanted);
        } else {
            cr_assert(json == NULL);
        }
        json_decref(json);
        bytes_free(&bytes);
    }
}

#include "schemas/mask_record.h"

#include "schemas/example.h"
#include "tests/schemas/desk.h"

static struct text shown(struct desk *desk, const char *json, const char *key)
{
    json_t *whole = json_of(json);
    cr_assert_eq(desk_from_json(desk, &record_person, whole), STATUS_OK);
    cr_assert_eq(mask_record(&record_person, desk->value, &desk->arena), STATUS_OK);
    json_decref(whole);
    const struct person *person = (const struct person *)desk->value;
    return strcmp(key, "name") == 0 ? person->name : strcmp(key, "id") == 0 ? person->id : person->telephone;
}

Test(mask_record, shows_of_a_person_what_operators_may_see)
{
    static const char person[] = "{'name': '张三丰', 'idt': '1', 'id': '370102199001010011', 'tel': '13800000000'}";
    struct desk *desk = desk_new();
    cr_expect(text_is(shown(desk, person, "name"), "张*"));
    cr_expect(text_is(shown(desk, person, "id"), "370102********0011"));
    cr_expect(text_is(shown(desk, person, "tel"), "138****0000"));
    desk_free(&desk);
}

/* What stands in free texts that nobody listed: hidden, whoever adds the field. */
static bool is_clear(const struct record *record, const struct field *field)
{
    static const char *const open[] = {
#define MASK(key, manner) key,
#include "schemas/masks.def"
#undef MASK
    };
    (void)record;
    if (field->rule != RULE_FREE)
        return true;
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        if (strcmp(open[i], field->key) == 0)
            return true;
    return false;
}

Test(mask_record, hides_every_text_that_no_row_lets_through)
{
    struct desk *desk = desk_new();
    uint32_t hidden = 0;

    for (int type = 0; type < MESSAGE_COUNT; type++) {
        const struct record *record = message_kind((enum message_type)type)->record;
        arena_reset(&desk->arena);
        cr_assert_eq(example_make(record, EXAMPLE_FULL, &desk->arena, desk->value), STATUS_OK);
        cr_assert_eq(mask_record(record, desk->value, &desk->arena), STATUS_OK, "%s", record->name);
        for (uint32_t row = 0; row < record->field_count; row++) {
            const struct field *field = &record->fields[row];
            if (field->type != FIELD_TEXT || is_clear(record, field))
                continue;
            const struct text *text = (const struct text *)(const void *)(desk->value + field->offset);
            cr_expect(text_is(*text, "***"), "%s.%s shows %.*s", record->name, field->key, TEXT_ARGS(*text));
            hidden++;
        }
    }
    cr_expect_gt(hidden, 20);
    desk_free(&desk);
}

Test(mask_record, says_that_its_room_is_too_small_and_shows_nothing_then)
{
    struct desk *desk = desk_new();
    uint8_t memory[4];
    struct arena small = arena_over(memory, sizeof memory);
    arena_reset(&desk->arena);
    cr_assert_eq(example_make(&record_person, EXAMPLE_FULL, &desk->arena, desk->value), STATUS_OK);
    cr_expect_eq(mask_record(&record_person, desk->value, &small), STATUS_LIMIT);
    desk_free(&desk);
}

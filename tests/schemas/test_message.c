#include "schemas/message.h"

#include "schemas/record_walk.h"
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

Test(message, is_found_by_its_name_and_by_no_other)
{
    for (unsigned type = 0; type < MESSAGE_COUNT; type++) {
        const struct message_kind *kind = message_kind((enum message_type)type);
        char longer[64];
        cr_assert_eq(message_type_of(text_of(kind->name)), (enum message_type)type, "%s", kind->name);
        cr_assert_leq(strlen(kind->name), 32, "%s does not fit into the envelope", kind->name);
        snprintf(longer, sizeof longer, "%sX", kind->name);
        cr_assert_eq(message_type_of(text_of(longer)), MESSAGE_COUNT, "%s", longer);
    }
    cr_assert_eq(message_type_of(text_of("")), MESSAGE_COUNT);
    cr_assert_eq(message_type_of((struct text){NULL, 0}), MESSAGE_COUNT);
    cr_assert_eq(message_type_of(text_of("hello")), MESSAGE_COUNT);
    cr_assert_eq(message_type_of(text_of("HELL")), MESSAGE_COUNT);
}

Test(message, is_stored_only_when_somebody_may_send_it)
{
    for (unsigned type = 0; type < MESSAGE_COUNT; type++) {
        const struct message_kind *kind = message_kind((enum message_type)type);
        cr_assert_neq(kind->senders, 0, "%s", kind->name);
        cr_assert(kind->record != NULL && *kind->sentence != '\0', "%s", kind->name);
    }
    cr_assert_eq(message_kind(MESSAGE_CASE_SUBMIT)->senders, ROLE_BRANCH);
    cr_assert_eq(message_kind(MESSAGE_CASE_SUBMIT)->keep, KEEP_STORED);
    cr_assert_not(message_kind(MESSAGE_CASE_SUBMIT)->is_of_case);
    cr_assert_eq(message_kind(MESSAGE_DELIVERED)->keep, KEEP_LAZY);
    cr_assert(message_kind(MESSAGE_CASE_BOOKED)->is_of_case);
    cr_assert_eq(message_kind(MESSAGE_STATUS)->record, &record_progress);
}

static void expect_sound_row(const struct record *record, const struct field *field)
{
    bool is_nested = field->type == FIELD_RECORD || field->type == FIELD_RECORDS;
    cr_assert(*field->key != '\0' && strncmp(field->key, "x_", 2) != 0, "%s: %s", record->name, field->key);
    cr_assert_leq(field->minimum, field->maximum, "%s: %s", record->name, field->key);
    cr_assert_eq(field->nested != NULL, is_nested, "%s: %s", record->name, field->key);
    cr_assert_lt(field->offset, record->struct_size, "%s: %s", record->name, field->key);
    cr_assert(*field->sentence != '\0', "%s: %s", record->name, field->key);
    if (field->type != FIELD_INTEGER && field->type != FIELD_FEN)
        cr_assert_geq(field->minimum, 0, "%s: %s", record->name, field->key);
}

Test(message, has_sound_rows)
{
    for (size_t i = 0; i < RECORD_COUNT; i++) {
        const struct record *record = records[i];
        cr_assert_leq(record->field_count, WALK_FIELD_COUNT_MAX, "%s: enlarge WALK_FIELD_COUNT_MAX", record->name);
        for (uint32_t row = 0; row < record->field_count; row++) {
            expect_sound_row(record, &record->fields[row]);
            for (uint32_t other = 0; other < row; other++)
                cr_assert_str_neq(record->fields[row].key, record->fields[other].key, "%s", record->name);
        }
    }
}

/* Maps and lists inside each other, the record itself counted. */
static uint32_t depth_of(const struct record *record)
{
    uint32_t deepest = 0;
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        uint32_t list = field->type == FIELD_TEXTS || field->type == FIELD_RECORDS;
        uint32_t depth = list + (field->nested != NULL ? depth_of(field->nested) : 0);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

Test(message, nests_no_deeper_than_the_reader_goes)
{
    for (size_t i = 0; i < RECORD_COUNT; i++)
        cr_assert_leq(depth_of(records[i]), RECORD_DEPTH_MAX, "%s", records[i]->name);
}

/* Room for the lists of one record, each as long as its row allows. */
static uint64_t arena_need(const struct record *record)
{
    uint64_t need = 0;
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        uint64_t count = (uint64_t)field->maximum;
        uint64_t gap = alignof(max_align_t);
        if (field->type == FIELD_TEXTS)
            need += count * sizeof(struct text) + gap;
        else if (field->type == FIELD_RECORDS)
            need += count * (field->nested->struct_size + arena_need(field->nested)) + gap;
        else if (field->type == FIELD_RECORD)
            need += arena_need(field->nested);
    }
    return need;
}

Test(message, of_a_peer_fits_into_the_arena_however_long_its_lists)
{
    for (unsigned type = 0; type < MESSAGE_COUNT; type++) {
        const struct message_kind *kind = message_kind((enum message_type)type);
        if (kind->senders != ROLE_BROKER)
            cr_assert_leq(arena_need(kind->record), MESSAGE_ARENA_SIZE, "%s", kind->name);
    }
    cr_assert_leq(arena_need(&record_fact_directory), MESSAGE_ARENA_SIZE);
}

Test(message, knows_the_role_in_the_name_of_a_participant)
{
    static const struct {
        const char *name;
        unsigned role;
    } rows[] = {
        {"B:105451099995", ROLE_BRANCH},
        {"W:370102", ROLE_WINDOW},
        {"W:370102-02", ROLE_WINDOW},
        {"O:duty", ROLE_OPERATOR},
        {"K", ROLE_BROKER},
        {"K:", 0},
        {"KK", 0},
        {"", 0},
        {"B", 0},
        {"B:", 0},
        {"b:1", 0},
        {"X:1", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(participant_role(text_of(rows[i].name)), rows[i].role, "%s", rows[i].name);
    cr_assert_eq(participant_role((struct text){NULL, 0}), 0);
}

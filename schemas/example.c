#include "schemas/example.h"

#include <stdio.h>
#include <string.h>

/* Values that hold a rule, shortest first; a field's limits choose among them. */
enum { RULE_VALUE_COUNT_MAX = 4 };
static const char *const rule_values[RULE_COUNT][RULE_VALUE_COUNT_MAX] = {
    [RULE_PARTICIPANT] = {"K", "W:370102", "W:370102-02", "B:105451099995"},
    [RULE_CASE_ID] = {"SD370102-20260930-105-00001A-G"},
    [RULE_DATE] = {"2026-09-30"},
    [RULE_DISTRICT] = {"370102"},
    [RULE_UNIT_NUMBER] = {"370102999001GB00001F00010203"},
    [RULE_PROOF_NUMBER] = {"鲁（2026）济南市不动产证明第0012345号"},
    [RULE_SM3_HEX] = {"e03acef0f6c68526402819839b48681e9c8470f74c499e274363a2ac9143f383"},
    [RULE_Z85_KEY] = {"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
    [RULE_KIND] = {"M01"},
    [RULE_DICT_IDT] = {"1", "99"},
    [RULE_DICT_GYFS] = {"0", "1"},
    [RULE_DICT_DYFS] = {"1", "2"},
    [RULE_DICT_DYBDCLX] = {"2"},
    [RULE_DICT_DJLX] = {"100"},
    [RULE_DICT_QSZT] = {"1"},
    [RULE_DICT_AJZT] = {"1"},
    [RULE_DICT_STEP] = {"初审", "登簿中"},
    [RULE_DICT_MATERIAL] = {"ID", "SQS"},
    [RULE_DICT_MIME] = {"image/png", "application/pdf"},
    [RULE_DICT_WINDOW_STATE] = {"open", "offline"},
    [RULE_DICT_REASON] = {"FEE", "REGISTRY"},
    [RULE_DICT_AVOIDABLE] = {"no", "unknown"},
    [RULE_DICT_FEE_PAYER] = {"mortgagee"},
    [RULE_DICT_CERT] = {"mail", "electronic"},
    [RULE_DICT_CHANGED_ITEM] = {"sw", "bdbzzqse"},
    [RULE_DICT_LEVEL] = {"E", "W"},
    [RULE_EXPORT_SCOPE] = {"SD370102-20260930-105-00001A-G", "100-200"},
    [RULE_CLOCK_TIME] = {"09:00"},
    [RULE_DICT_PURPOSE] = {"alert", "disbursement"},
    [RULE_DICT_TITLE_RESULT] = {"none", "unavailable"},
    [RULE_DICT_PART] = {"transfer", "prenotice"},
    [RULE_DICT_FEE_STATE] = {"1", "-1"},
    [RULE_DICT_PAPER] = {"notary", "marriage"},
    [RULE_DICT_RISK] = {"lock", "seizure"},
    [RULE_DICT_RECON_CLASS] = {"only-bank", "contradiction"},
    [RULE_DICT_RECON_ACTION] = {"explained", "record-right"},
    [RULE_DICT_FAILURE] = {"transient", "poison"},
    [RULE_DICT_CLOCK_UNIT] = {"days", "working_days"},
    [RULE_DICT_QLLX] = {"4", "37"},
};

enum { EXAMPLE_FEN = 80210700 };
static const int64_t example_time_us = INT64_C(1790748187000000); /* 2026-09-30 14:03:07 at UTC+8 */

const char *example_name(enum example example)
{
    static const char *const names[EXAMPLE_COUNT] = {"minimal", "full", "largest"};
    return names[example];
}

static int64_t clamp(int64_t value, int64_t minimum, int64_t maximum)
{
    return value < minimum ? minimum : value > maximum ? maximum : value;
}

/* ---- one value ---- */

static struct text text_under_rule(const struct field *field, enum example example, int64_t minimum, int64_t maximum)
{
    struct text chosen = {NULL, 0};
    for (int i = 0; i < RULE_VALUE_COUNT_MAX && rule_values[field->rule][i] != NULL; i++) {
        struct text value = text_of(rule_values[field->rule][i]);
        bool fits = value.size >= minimum && value.size <= maximum;
        if (fits && (chosen.data == NULL || example != EXAMPLE_MINIMAL))
            chosen = value;
    }
    return chosen;
}

/* Free text says which key it stands for; where that does not fit, letters do. */
static bool text_free(const struct field *field, enum example example, int64_t minimum, int64_t maximum,
                      struct arena *arena, struct text *out)
{
    char words[64];
    snprintf(words, sizeof words, "示例 %s", field->key);
    int64_t wished = example == EXAMPLE_MINIMAL ? minimum : example == EXAMPLE_FULL ? (int64_t)strlen(words) : maximum;
    uint32_t size = (uint32_t)clamp(wished, minimum, maximum);
    char *data = arena_take(arena, (size_t)size + 1);
    if (data == NULL)
        return false;
    memset(data, 'x', size);
    for (size_t i = 0; example != EXAMPLE_MINIMAL && strlen(words) <= size && words[i] != '\0'; i++)
        data[i] = words[i];
    *out = (struct text){data, size};
    return true;
}

static bool text_make(const struct field *field, enum example example, struct arena *arena, struct text *out)
{
    bool is_item = field->type == FIELD_TEXTS;
    int64_t minimum = is_item ? 1 : field->minimum;
    int64_t maximum = is_item ? TEXTS_ITEM_SIZE_MAX : field->maximum;
    if (field->rule == RULE_FREE)
        return text_free(field, example, minimum, maximum, arena, out);
    *out = text_under_rule(field, example, minimum, maximum);
    return out->data != NULL;
}

static struct number number_make(const struct field *field, enum example example)
{
    int64_t wished = field->type == FIELD_TIME ? example_time_us : field->type == FIELD_FEN ? EXAMPLE_FEN : 1;
    if (example == EXAMPLE_MINIMAL)
        return number_of(field->minimum);
    return number_of(example == EXAMPLE_FULL ? clamp(wished, field->minimum, field->maximum) : field->maximum);
}

static bool bytes_make(const struct field *field, enum example example, struct arena *arena, struct bytes *out)
{
    uint32_t size = (uint32_t)(example == EXAMPLE_MINIMAL ? field->minimum : field->maximum);
    uint8_t *data = arena_take(arena, size);
    if (data == NULL)
        return false;
    for (uint32_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i * 17 + 1);
    *out = bytes_of(data, size);
    return true;
}

/* ---- records, as deep as the tables nest ---- */

static bool fill(const struct record *record, enum example example, struct arena *arena, uint8_t *out);

static bool list_make(const struct field *field, enum example example, struct arena *arena, struct text_list *out)
{
    static const int64_t wished[EXAMPLE_COUNT] = {0, 2, 3};
    uint32_t count = (uint32_t)clamp(wished[example], field->minimum, field->maximum);
    size_t item_size = field->type == FIELD_TEXTS ? sizeof(struct text) : field->nested->struct_size;
    uint8_t *items = arena_take(arena, item_size * count);
    bool is_made = items != NULL;
    *out = (struct text_list){(struct text *)(void *)items, count, true};
    for (uint32_t i = 0; i < count && is_made; i++) {
        uint8_t *item = items + i * item_size;
        is_made = field->type == FIELD_TEXTS ? text_make(field, example, arena, (struct text *)(void *)item)
                                             : fill(field->nested, example, arena, item);
    }
    return is_made;
}

static bool member_make(const struct field *field, enum example example, struct arena *arena, void *member)
{
    switch (field->type) {
    case FIELD_TEXT:
        return text_make(field, example, arena, member);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
    case FIELD_BOOLEAN:
        *(struct number *)member = number_make(field, example);
        return true;
    case FIELD_BYTES:
        return bytes_make(field, example, arena, member);
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return list_make(field, example, arena, member);
    case FIELD_RECORD:
        return fill(field->nested, example, arena, member);
    }
    return false;
}

static bool fill(const struct record *record, enum example example, struct arena *arena, uint8_t *out)
{
    *(bool *)(out + record->presence_offset) = true;
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        if (!field->is_required && example == EXAMPLE_MINIMAL)
            continue;
        if (!member_make(field, example, arena, out + field->offset))
            return false;
    }
    return true;
}

enum status example_make(const struct record *record, enum example example, struct arena *arena, void *out)
{
    memset(out, 0, record->struct_size);
    return fill(record, example, arena, out) ? STATUS_OK : STATUS_LIMIT;
}

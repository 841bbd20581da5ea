#include "schemas/record_member.h"

size_t member_size(const struct field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
        return sizeof(struct text);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
    case FIELD_BOOLEAN:
        return sizeof(struct number);
    case FIELD_BYTES:
        return sizeof(struct bytes);
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return sizeof(struct text_list);
    case FIELD_RECORD:
        return field->nested->struct_size;
    }
    return 0;
}

static bool record_is_present(const struct record *record, const void *in)
{
    return *(const bool *)((const uint8_t *)in + record->presence_offset);
}

bool member_is_present(const struct field *field, const void *in)
{
    const void *member = member_of(field, in);
    switch (field->type) {
    case FIELD_TEXT:
        return ((const struct text *)member)->data != NULL;
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
    case FIELD_BOOLEAN:
        return ((const struct number *)member)->is_present;
    case FIELD_BYTES:
        return ((const struct bytes *)member)->data != NULL;
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return ((const struct text_list *)member)->is_present;
    case FIELD_RECORD:
        return record_is_present(field->nested, member);
    }
    return false;
}

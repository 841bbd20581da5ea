#include "schemas/mask_record.h"

#include <string.h>

#include "schemas/mask.h"
#include "schemas/record_member.h"

enum manner { MANNER_SHOWN, MANNER_NAME, MANNER_ID, MANNER_PHONE, MANNER_CERTIFICATE, MANNER_ADDRESS, MANNER_HIDDEN };

static const struct {
    const char *key;
    enum manner manner;
} masks[] = {
#define MASK(key, manner) {key, MANNER_##manner},
#include "schemas/masks.def"
#undef MASK
};

static enum manner manner_of(const struct field *field)
{
    if (field->rule == RULE_PROOF_NUMBER)
        return MANNER_CERTIFICATE;
    if (field->rule != RULE_FREE)
        return MANNER_SHOWN;
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++)
        if (strcmp(masks[i].key, field->key) == 0)
            return masks[i].manner;
    return MANNER_HIDDEN;
}

static const char *mask(enum manner manner, struct text text, char out[MASK_SIZE_MAX])
{
    switch (manner) {
    case MANNER_NAME:
        return mask_name(text, out, MASK_SIZE_MAX);
    case MANNER_ID:
        return mask_id(text, out, MASK_SIZE_MAX);
    case MANNER_PHONE:
        return mask_phone(text, out, MASK_SIZE_MAX);
    case MANNER_CERTIFICATE:
        return mask_certificate(text, out, MASK_SIZE_MAX);
    case MANNER_ADDRESS:
        return mask_address(text, out, MASK_SIZE_MAX);
    case MANNER_SHOWN:
    case MANNER_HIDDEN:
        break;
    }
    return "***";
}

static enum status mask_text(enum manner manner, struct text *text, struct arena *arena)
{
    char masked[MASK_SIZE_MAX];

    if (manner == MANNER_SHOWN || text->size == 0)
        return STATUS_OK;
    const struct text shown = text_of(mask(manner, *text, masked));
    char *copy = arena_take(arena, shown.size + 1);
    if (copy == NULL)
        return STATUS_LIMIT;
    memcpy(copy, shown.data, shown.size + 1);
    *text = (struct text){copy, shown.size};
    return STATUS_OK;
}

static enum status mask_list(const struct field *field, struct text_list *list, struct arena *arena)
{
    enum status status = STATUS_OK;

    for (uint32_t i = 0; i < list->count && status == STATUS_OK; i++)
        status =
            field->type == FIELD_TEXTS
                ? mask_text(manner_of(field), &list->items[i], arena)
                : mask_record(field->nested, (uint8_t *)list->items + (size_t)i * field->nested->struct_size, arena);
    return status;
}

static enum status mask_member(const struct field *field, void *member, struct arena *arena)
{
    switch (field->type) {
    case FIELD_TEXT:
        return mask_text(manner_of(field), member, arena);
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        return mask_list(field, member, arena);
    case FIELD_RECORD:
        return mask_record(field->nested, member, arena);
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
    case FIELD_BOOLEAN:
    case FIELD_BYTES:
        break;
    }
    return STATUS_OK;
}

enum status mask_record(const struct record *record, void *in, struct arena *arena)
{
    enum status status = STATUS_OK;

    for (uint32_t row = 0; row < record->field_count && status == STATUS_OK; row++)
        if (member_is_present(&record->fields[row], in))
            status = mask_member(&record->fields[row], (uint8_t *)in + record->fields[row].offset, arena);
    return status;
}

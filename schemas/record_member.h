#ifndef ONEVISIT_SCHEMAS_RECORD_MEMBER_H
#define ONEVISIT_SCHEMAS_RECORD_MEMBER_H

#include "schemas/record.h"

/* Reaching the members of a record's struct through its table. Private to the
 * interpreter (record_*.c) and to what walks tables as it does. */

static inline const void *member_of(const struct field *field, const void *in)
{
    return (const uint8_t *)in + field->offset;
}

/* Bytes the member takes in the struct. */
size_t member_size(const struct field *field);
bool member_is_present(const struct field *field, const void *in);

/* Items of a FIELD_RECORDS: every X_list has the shape of text_list. */
static inline const void *list_item(const struct field *field, const struct text_list *list, uint32_t index)
{
    return (const uint8_t *)(const void *)list->items + (size_t)index * field->nested->struct_size;
}

#endif

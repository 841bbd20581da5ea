#include "schemas/record_member.h"
#include "schemas/sink.h"

/* The structs into msgpack with msgpack-c's packer. The functions call each
 * other only as deep as the tables nest (RECORD_DEPTH_MAX); what the structs
 * hold has no say in it. */

static void pack_record(msgpack_packer *packer, const struct record *record, const void *in);

static void pack_list(msgpack_packer *packer, const struct field *field, const struct text_list *list)
{
    msgpack_pack_array(packer, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        if (field->type == FIELD_TEXTS)
            pack_text(packer, list->items[i]);
        else
            pack_record(packer, field->nested, list_item(field, list, i));
    }
}

static void pack_bytes(msgpack_packer *packer, struct bytes bytes)
{
    msgpack_pack_bin(packer, bytes.size);
    msgpack_pack_bin_body(packer, bytes.data, bytes.size);
}

static void pack_member(msgpack_packer *packer, const struct field *field, const void *member)
{
    const struct number *number = member;
    switch (field->type) {
    case FIELD_TEXT:
        pack_text(packer, *(const struct text *)member);
        break;
    case FIELD_INTEGER:
    case FIELD_FEN:
    case FIELD_TIME:
        msgpack_pack_int64(packer, number->value);
        break;
    case FIELD_BOOLEAN:
        if (number->value != 0)
            msgpack_pack_true(packer);
        else
            msgpack_pack_false(packer);
        break;
    case FIELD_BYTES:
        pack_bytes(packer, *(const struct bytes *)member);
        break;
    case FIELD_TEXTS:
    case FIELD_RECORDS:
        pack_list(packer, field, member);
        break;
    case FIELD_RECORD:
        pack_record(packer, field->nested, member);
        break;
    }
}

static void pack_record(msgpack_packer *packer, const struct record *record, const void *in)
{
    uint32_t count = 0;
    for (uint32_t row = 0; row < record->field_count; row++)
        count += member_is_present(&record->fields[row], in);
    msgpack_pack_map(packer, count);
    for (uint32_t row = 0; row < record->field_count; row++) {
        const struct field *field = &record->fields[row];
        if (!member_is_present(field, in))
            continue;
        pack_text(packer, text_of(field->key));
        pack_member(packer, field, member_of(field, in));
    }
}

enum status record_encode(const struct record *record, const void *in, uint8_t *buffer, size_t capacity, size_t *used)
{
    struct sink sink = sink_over(buffer, capacity, *used);
    msgpack_packer packer;
    sink_packer(&sink, &packer);
    pack_record(&packer, record, in);
    if (sink.is_full)
        return STATUS_LIMIT;
    *used = sink.used;
    return STATUS_OK;
}

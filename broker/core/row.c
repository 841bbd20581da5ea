#include "broker/core/row.h"

#include <assert.h>

#include "schemas/codes.h"
#include "schemas/failure.h"

#define RECORDS_FILE "broker/core/rows.def"
#define RECORDS_EXPAND_TABLES
#include "schemas/records_expand.h"

static void key_add(struct row_key *key, const void *data, size_t size)
{
    assert(key->size + size <= ROW_KEY_SIZE_MAX);
    memcpy(key->bytes + key->size, data, size);
    key->size = (uint8_t)(key->size + size);
}

static struct row_key key_of(char prefix, const void *data, size_t size)
{
    struct row_key key = {.bytes = {(uint8_t)prefix}, .size = 1};
    if (size != 0)
        key_add(&key, data, size);
    return key;
}

static struct row_key key_of_text(char prefix, struct text text)
{
    return key_of(prefix, text.data, text.size);
}

struct row_key row_key_meta(void)
{
    return key_of('m', NULL, 0);
}

struct row_key row_key_participant(struct text key)
{
    return key_of_text('p', key);
}

struct row_key row_key_window(struct text window)
{
    return key_of_text('w', window);
}

struct row_key row_key_branch(struct text branch)
{
    return key_of_text('b', branch);
}

struct row_key row_key_case(struct text case_id)
{
    return key_of_text('c', case_id);
}

struct row_key row_key_open(struct text case_id)
{
    return key_of_text('o', case_id);
}

struct row_key row_key_duplicate(struct text participant, const uint8_t message_id[16])
{
    struct row_key key = key_of_text('d', participant);
    key_add(&key, "", 1);
    key_add(&key, message_id, 16);
    return key;
}

struct row_key row_key_business(const uint8_t business_key[32])
{
    return key_of('k', business_key, 32);
}

struct row_key row_key_contract(const uint8_t contract_key[32])
{
    return key_of('x', contract_key, 32);
}

struct row_key row_key_number(struct text window, struct text number)
{
    struct row_key key = key_of_text('y', window);
    key_add(&key, "", 1);
    key_add(&key, number.data, number.size);
    return key;
}

static void key_add_number(struct row_key *key, uint64_t number)
{
    uint8_t big_endian[8];
    for (int i = 0; i < 8; i++)
        big_endian[i] = (uint8_t)(number >> (56 - 8 * i));
    key_add(key, big_endian, sizeof big_endian);
}

struct row_key row_key_feed(struct text branch, uint64_t number)
{
    struct row_key key = key_of_text('f', branch);
    key_add(&key, "", 1);
    key_add_number(&key, number);
    return key;
}

struct row_key row_key_title(uint64_t query)
{
    struct row_key key = key_of('t', NULL, 0);
    key_add_number(&key, query);
    return key;
}

struct row_key row_key_urgent(struct text branch, uint64_t number)
{
    struct row_key key = key_of_text('g', branch);
    key_add(&key, "", 1);
    key_add_number(&key, number);
    return key;
}

struct row_key row_key_group(struct text branch, struct text group)
{
    struct row_key key = key_of_text('h', branch);
    key_add(&key, "", 1);
    key_add(&key, group.data, group.size);
    return key;
}

struct row_key row_key_unit(struct text unit)
{
    return key_of_text('u', unit);
}

struct row_key row_key_proof(struct text window, struct text proof)
{
    char normal[CERTIFICATE_NUMBER_SIZE_MAX];
    struct text said = certificate_number_normalise(proof, normal) ? text_of(normal) : proof;
    struct row_key key = key_of_text('z', window);
    key_add(&key, "", 1);
    key_add(&key, said.data, said.size);
    return key;
}

struct row_key row_key_rules(struct text window)
{
    return key_of_text('r', window);
}

struct row_key row_key_calendar(void)
{
    return key_of('l', NULL, 0);
}

struct row_key row_key_material(struct text branch, struct bytes file_digest)
{
    struct row_key key = key_of_text('i', branch);
    key_add(&key, "", 1);
    key_add(&key, file_digest.data, file_digest.size);
    return key;
}

struct row_key row_key_waiting(struct text branch)
{
    return key_of_text('q', branch);
}

struct row_key row_key_carried(struct text case_id, struct bytes file_digest)
{
    struct row_key key = key_of_text('j', case_id);
    key_add(&key, file_digest.data, file_digest.size);
    return key;
}

struct row_key row_key_measure(struct text day, struct text case_id)
{
    struct row_key key = key_of_text('s', day);
    key_add(&key, case_id.data, case_id.size);
    return key;
}

/* A name and its end; nothing for none. */
static void key_add_name(struct row_key *key, struct text name)
{
    if (name.size == 0)
        return;
    key_add(key, name.data, name.size);
    key_add(key, "", 1);
}

struct row_key row_key_day(struct text day, struct text participant, struct text other, struct text kind,
                           struct text case_id)
{
    struct row_key key = key_of_text('n', day);
    key_add_name(&key, participant);
    key_add_name(&key, other);
    key_add_name(&key, kind);
    if (case_id.size > 0)
        key_add(&key, case_id.data, case_id.size);
    return key;
}

struct row_key row_key_difference(struct text day, struct text peer, struct text case_id)
{
    struct row_key key = key_of_text('v', day);
    key_add_name(&key, peer);
    if (case_id.size > 0)
        key_add(&key, case_id.data, case_id.size);
    return key;
}

struct row_key row_key_recon_run(struct text day, struct text peer)
{
    struct row_key key = key_of_text('e', day);
    if (peer.size > 0)
        key_add(&key, peer.data, peer.size);
    return key;
}

struct row_key row_key_unmask(struct text scope)
{
    return key_of_text('a', scope);
}

struct row_key row_key_operator(struct text participant)
{
    return key_of_text('O', participant);
}

struct row_key row_key_indexed(enum index_kind kind, struct bytes value)
{
    const uint8_t kind_byte = (uint8_t)kind;
    struct row_key key = key_of('I', &kind_byte, 1);
    key_add(&key, value.data, value.size < INDEX_VALUE_SIZE_MAX ? value.size : INDEX_VALUE_SIZE_MAX);
    key_add(&key, "", 1);
    return key;
}

struct row_key row_key_index(enum index_kind kind, struct bytes value, uint64_t sequence, struct text case_id)
{
    struct row_key key = row_key_indexed(kind, value);
    key_add_number(&key, sequence);
    key_add(&key, case_id.data, case_id.size);
    return key;
}

enum status row_encode(const struct record *record, const void *in, uint8_t *buffer, size_t capacity, size_t *size)
{
    if (capacity == 0)
        return STATUS_LIMIT;
    buffer[0] = ROW_VERSION;
    *size = 1;
    return record_encode(record, in, buffer, capacity, size);
}

enum status row_decode(const struct record *record, struct bytes value, struct arena *arena, void *out,
                       struct problems *problems)
{
    if (value.size < 1 || value.data[0] == 0)
        return STATUS_CORRUPT;
    if (value.data[0] > ROW_VERSION)
        return STATUS_NEWER;
    struct bytes map = bytes_of(value.data + 1, value.size - 1);
    return record_decode(record, map, arena, out, problems) == STATUS_OK ? STATUS_OK : STATUS_CORRUPT;
}

struct text row_park_class(const struct case_row *row)
{
    return row->park_class.data != NULL ? row->park_class : text_of(FAILURE_SILENT);
}

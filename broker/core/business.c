#include "broker/core/core.h"
#include "broker/core/lane.h"
#include "schemas/checks/check.h"

/* The business key: what makes two applications the same one (DOMAIN 6.4). Each
 * part goes in with its size before it, so that no two lists of parts give the
 * same bytes. District and units count after aliases. */
struct key_bytes {
    uint8_t *out;
    size_t capacity;
    size_t size;
    bool is_full;
};

static void key_add(struct key_bytes *key, struct text part)
{
    if (key->size + 4 + part.size > key->capacity) {
        key->is_full = true;
        return;
    }
    for (int shift = 24; shift >= 0; shift -= 8)
        key->out[key->size++] = (uint8_t)(part.size >> shift);
    if (part.size != 0)
        memcpy(key->out + key->size, part.data, part.size);
    key->size += part.size;
}

static void key_add_units(struct key_bytes *key, const struct unit_list *units)
{
    char memory[LANE_COUNT_MAX * (LANE_KEY_SIZE_MAX + 1)];
    struct text lanes[LANE_COUNT_MAX + 1];
    uint32_t count = lanes_of_units(units, memory, lanes);
    uint8_t count_bytes[2] = {(uint8_t)(count >> 8), (uint8_t)count};
    key_add(key, (struct text){(const char *)count_bytes, sizeof count_bytes});
    for (uint32_t i = 0; i < count; i++)
        key_add(key, lanes[i]);
}

enum status core_business_key(const struct case_submit *application, uint8_t *out, size_t capacity, size_t *size)
{
    struct key_bytes key = {out, capacity, 0, false};
    const char *window = window_of_district(application->district);
    key_add(&key, window != NULL ? text_of(window) : application->district);
    key_add_units(&key, &application->units);
    key_add(&key, application->mortgagee.uscc);
    key_add(&key, application->method);
    key_add(&key, application->kind);
    key_add(&key, application->contract);
    *size = key.size;
    return key.is_full ? STATUS_LIMIT : STATUS_OK;
}

enum status core_contract_key(const struct case_submit *application, uint8_t *out, size_t capacity, size_t *size)
{
    struct key_bytes key = {out, capacity, 0, false};
    key_add(&key, application->mortgagee.uscc);
    key_add(&key, application->kind);
    key_add(&key, application->contract);
    *size = key.size;
    return key.is_full ? STATUS_LIMIT : STATUS_OK;
}

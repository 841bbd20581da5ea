#include "schemas/codes.h"

#include <stdio.h>

/* SD370102-20260930-105-00001A-G */

static const char CROCKFORD[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { COUNTER_SIZE = 6, AT_DISTRICT = 2, AT_DATE = 9, AT_BANK = 18, AT_COUNTER = 22, AT_CHECK = 29 };

static bool are_digits(const char *data, size_t size)
{
    for (size_t index = 0; index < size; index++)
        if (data[index] < '0' || data[index] > '9')
            return false;
    return true;
}

/* The check runs over the letters and digits, without the hyphens. */
static char check_of(const char *id)
{
    char packed[CASE_ID_SIZE];
    uint32_t size = 0;
    for (int at = 0; at < AT_CHECK; at++)
        if (id[at] != '-')
            packed[size++] = id[at];
    return iso7064_mod37_36((struct text){packed, size});
}

static void counter_write(uint32_t counter, char *out)
{
    for (int at = COUNTER_SIZE - 1; at >= 0; at--) {
        out[at] = CROCKFORD[counter % 32];
        counter /= 32;
    }
}

static bool counter_read(const char *data, uint32_t *out)
{
    *out = 0;
    for (int at = 0; at < COUNTER_SIZE; at++) {
        const char *found = data[at] ? strchr(CROCKFORD, data[at]) : NULL;
        if (!found)
            return false;
        *out = *out * 32 + (uint32_t)(found - CROCKFORD);
    }
    return true;
}

bool case_id_make(const struct case_id *parts, char out[CASE_ID_SIZE + 1])
{
    char date[16];
    char counter[COUNTER_SIZE + 1] = "";
    bool is_year = parts->date.year >= 1 && parts->date.year <= 9999;
    if (!is_year || parts->counter > CASE_ID_COUNTER_MAX || strlen(parts->district) != DISTRICT_SIZE ||
        !are_digits(parts->district, DISTRICT_SIZE) || strlen(parts->bank) != 3 || !are_digits(parts->bank, 3))
        return false;
    counter_write(parts->counter, counter);
    snprintf(date, sizeof date, "%04d%02d%02d", parts->date.year, parts->date.month, parts->date.day);
    snprintf(out, CASE_ID_SIZE + 1, "SD%s-%.8s-%s-%s-?", parts->district, date, parts->bank, counter);
    out[AT_CHECK] = check_of(out);
    return true;
}

static bool date_read(const char *digits, struct date *out)
{
    char text[] = {digits[0], digits[1], digits[2], digits[3], '-', digits[4], digits[5], '-', digits[6], digits[7]};
    return date_parse((struct text){text, sizeof text}, out);
}

static bool has_form(const char *id)
{
    return id[0] == 'S' && id[1] == 'D' && are_digits(id + AT_DISTRICT, DISTRICT_SIZE) && id[AT_DATE - 1] == '-' &&
           are_digits(id + AT_DATE, 8) && id[AT_BANK - 1] == '-' && are_digits(id + AT_BANK, 3) &&
           id[AT_COUNTER - 1] == '-' && id[AT_CHECK - 1] == '-';
}

enum code_problem case_id_parse(struct text text, struct case_id *out)
{
    memset(out, 0, sizeof *out);
    if (text.size != CASE_ID_SIZE || !has_form(text.data) || !counter_read(text.data + AT_COUNTER, &out->counter))
        return CODE_FORMAT;
    if (!date_read(text.data + AT_DATE, &out->date))
        return CODE_DATE;
    memcpy(out->district, text.data + AT_DISTRICT, DISTRICT_SIZE);
    memcpy(out->bank, text.data + AT_BANK, 3);
    return check_of(text.data) == text.data[AT_CHECK] ? CODE_OK : CODE_CHECK;
}

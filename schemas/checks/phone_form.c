#include "schemas/checks/phone_form.h"

#include <stdint.h>

static bool is_digit_at(struct text text, uint32_t at)
{
    return at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
}

static uint32_t count_digits(struct text text, uint32_t from)
{
    uint32_t at = from;
    while (is_digit_at(text, at))
        at++;
    return at - from;
}

static struct text behind(struct text text, uint32_t size)
{
    return (struct text){text.data + size, text.size - size};
}

static struct text without_country(struct text phone)
{
    struct text rest = phone;
    if (rest.size > 3 && memcmp(rest.data, "+86", 3) == 0)
        rest = behind(rest, 3);
    else
        return phone;
    return rest.data[0] == '-' ? behind(rest, 1) : rest;
}

static bool is_mobile(struct text phone)
{
    return phone.size == 11 && count_digits(phone, 0) == 11 && phone.data[0] == '1' && phone.data[1] >= '3';
}

static bool is_extension(struct text rest)
{
    return rest.size == 0 ||
           (rest.data[0] == '-' && rest.size >= 2 && rest.size <= 7 && count_digits(rest, 1) == rest.size - 1);
}

/* 0531-88888888, 053188888888, 0531-8888888-802 */
static bool is_landline(struct text phone)
{
    uint32_t digits = count_digits(phone, 0);
    if (digits < 3 || phone.data[0] != '0')
        return false;
    if (digits >= 10 && digits <= 12)
        return is_extension(behind(phone, digits));
    if (digits > 4 || digits == phone.size || phone.data[digits] != '-')
        return false;
    uint32_t local = count_digits(phone, digits + 1);
    return (local == 7 || local == 8) && is_extension(behind(phone, digits + 1 + local));
}

bool phone_form_is_good(struct text phone)
{
    struct text rest = without_country(phone);
    return is_mobile(rest) || is_landline(rest);
}

#include "schemas/codes.h"

/* Codes of parties: credit code, citizen id, bank number. */

static int digit_of(char character)
{
    return character >= '0' && character <= '9' ? character - '0' : -1;
}

/* ---- 统一社会信用代码 ---- */

static const char USCC_ALPHABET[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

enum { USCC_MODULUS = 31, USCC_AT_ORGANISATION = 8, ORGANISATION_SIZE = 8 };

static int uscc_value(char character)
{
    const char *found = character ? strchr(USCC_ALPHABET, character) : NULL;
    return found ? (int)(found - USCC_ALPHABET) : -1;
}

static bool uscc_outer_holds(const char *code)
{
    int weight = 1;
    int sum = 0;
    for (int at = 0; at < USCC_SIZE - 1; at++) {
        sum += uscc_value(code[at]) * weight;
        weight = weight * 3 % USCC_MODULUS;
    }
    int check = (USCC_MODULUS - sum % USCC_MODULUS) % USCC_MODULUS;
    return USCC_ALPHABET[check] == code[USCC_SIZE - 1];
}

/* GB 11714: letters count from A = 10, unlike in the outer code. */
static int organisation_value(char character)
{
    int digit = digit_of(character);
    return digit >= 0 ? digit : character - 'A' + 10;
}

static bool uscc_inner_holds(const char *code)
{
    static const int weights[ORGANISATION_SIZE] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int at = 0; at < ORGANISATION_SIZE; at++)
        sum += organisation_value(code[USCC_AT_ORGANISATION + at]) * weights[at];
    int check = 11 - sum % 11;
    char wanted = "0123456789X"[check % 11];
    return wanted == code[USCC_AT_ORGANISATION + ORGANISATION_SIZE];
}

enum code_problem uscc_check(struct text text)
{
    if (text.size != USCC_SIZE)
        return CODE_FORMAT;
    for (uint32_t at = 0; at < text.size; at++)
        if (uscc_value(text.data[at]) < 0)
            return CODE_FORMAT;
    for (uint32_t at = 2; at < 8; at++)
        if (digit_of(text.data[at]) < 0)
            return CODE_FORMAT;
    if (!uscc_outer_holds(text.data))
        return CODE_CHECK;
    return uscc_inner_holds(text.data) ? CODE_OK : CODE_INNER;
}

/* ---- 公民身份号码 ---- */

enum { CITIZEN_ID_SIZE = 18, AT_BIRTH = 6, AT_SEX = 16, AT_CHECK = 17 };

/* The district may be a retired one that no list holds any more, so that only
 * its province is looked at. */
static bool province_exists(const char *digits)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                    "50 51 52 53 54 61 62 63 64 65 71 81 82 83 91";
    for (size_t at = 0; at + 1 < sizeof provinces; at += 3)
        if (memcmp(provinces + at, digits, 2) == 0)
            return true;
    return false;
}

static char citizen_check_character(const char *id)
{
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (int at = 0; at < AT_CHECK; at++)
        sum += digit_of(id[at]) * weights[at];
    return "10X98765432"[sum % 11];
}

static bool birth_parse(const char *digits, struct date *out)
{
    char text[] = {digits[0], digits[1], digits[2], digits[3], '-', digits[4], digits[5], '-', digits[6], digits[7]};
    return date_parse((struct text){text, sizeof text}, out);
}

enum code_problem citizen_id_parse(struct text text, struct citizen_id *out)
{
    memset(out, 0, sizeof *out);
    if (text.size != CITIZEN_ID_SIZE)
        return CODE_FORMAT;
    for (int at = 0; at < AT_CHECK; at++)
        if (digit_of(text.data[at]) < 0)
            return CODE_FORMAT;
    char check = text.data[AT_CHECK];
    if (check == 'x')
        check = 'X';
    if (check != 'X' && digit_of(check) < 0)
        return CODE_FORMAT;
    if (!province_exists(text.data))
        return CODE_DISTRICT;
    if (!birth_parse(text.data + AT_BIRTH, &out->birth))
        return CODE_DATE;
    out->is_male = digit_of(text.data[AT_SEX]) % 2 == 1;
    return check == citizen_check_character(text.data) ? CODE_OK : CODE_CHECK;
}

int age_on(struct date birth, struct date day)
{
    int years = day.year - birth.year;
    return date_compare(day, date_add_years(birth, years)) < 0 ? years - 1 : years;
}

/* ---- 联行号 ---- */

enum code_problem cnaps_check(struct text text)
{
    if (text.size != CNAPS_SIZE)
        return CODE_FORMAT;
    for (uint32_t at = 0; at < text.size; at++)
        if (digit_of(text.data[at]) < 0)
            return CODE_FORMAT;
    return iso7064_mod11_10_holds(text) ? CODE_OK : CODE_CHECK;
}

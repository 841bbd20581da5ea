#include "schemas/codes.h"

#include <stdio.h>

#include "schemas/codes_width.h"

/* <province>（YYYY）<place>不动产权第NNNNNNN号 and ...不动产证明第NNNNNNN号.
 * The text is eaten from the left; each step returns what is left of it. */

enum { YEAR_SIZE = 4, SERIAL_SIZE_MIN = 7, SERIAL_SIZE_MAX = 11 };

static const char *const PROVINCES[] = {"京", "津", "冀", "晋", "蒙", "辽", "吉", "黑", "沪", "苏", "浙",
                                        "皖", "闽", "赣", "鲁", "豫", "鄂", "湘", "粤", "桂", "琼", "渝",
                                        "川", "贵", "黔", "云", "滇", "藏", "陕", "甘", "青", "宁", "新"};

static bool starts_with(struct text text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

static bool eat(struct text *rest, const char *prefix)
{
    if (!starts_with(*rest, prefix))
        return false;
    rest->data += strlen(prefix);
    rest->size -= (uint32_t)strlen(prefix);
    return true;
}

static bool eat_either(struct text *rest, const char *full, const char *half)
{
    return eat(rest, full) || eat(rest, half);
}

static bool eat_province(struct text *rest, struct text *province)
{
    *province = *rest;
    for (size_t index = 0; index < sizeof PROVINCES / sizeof PROVINCES[0]; index++)
        if (eat(rest, PROVINCES[index])) {
            province->size = (uint32_t)strlen(PROVINCES[index]);
            return true;
        }
    return false;
}

/* A digit of either width; -1 for anything else, then nothing is eaten. */
static int eat_digit(struct text *rest)
{
    uint32_t at = 0;
    uint32_t code_point = 0;
    if (!code_point_next(*rest, &at, &code_point))
        return -1;
    uint32_t narrow = code_point_narrow(code_point);
    if (narrow < '0' || narrow > '9')
        return -1;
    rest->data += at;
    rest->size -= at;
    return (int)(narrow - '0');
}

static bool eat_year(struct text *rest, int *year)
{
    *year = 0;
    for (int count = 0; count < YEAR_SIZE; count++) {
        int digit = eat_digit(rest);
        if (digit < 0)
            return false;
        *year = *year * 10 + digit;
    }
    return true;
}

/* The characters of a place are Chinese ones, so that no code hides in it. */
static bool eat_place(struct text *rest, struct text *place)
{
    *place = (struct text){rest->data, 0};
    while (!starts_with(*rest, "不动产")) {
        uint32_t at = 0;
        uint32_t code_point = 0;
        if (!code_point_next(*rest, &at, &code_point) || code_point < 0x3400 || code_point >= 0xE000)
            return false;
        rest->data += at;
        rest->size -= at;
        place->size += at;
    }
    return place->size > 0;
}

static bool eat_type(struct text *rest, enum certificate_type *type)
{
    if (eat(rest, "不动产证明第")) {
        *type = CERTIFICATE_PROOF;
        return true;
    }
    *type = CERTIFICATE_TITLE;
    return eat(rest, "不动产权第");
}

static bool eat_serial(struct text *rest, struct text *serial)
{
    int count = 0;
    *serial = (struct text){rest->data, 0};
    while (eat_digit(rest) >= 0)
        count++;
    serial->size = (uint32_t)(rest->data - serial->data);
    return count >= SERIAL_SIZE_MIN && count <= SERIAL_SIZE_MAX;
}

enum code_problem certificate_number_parse(struct text text, struct certificate_number *out)
{
    struct text rest = text;
    memset(out, 0, sizeof *out);
    bool is_number = eat_province(&rest, &out->province) && eat_either(&rest, "（", "(") &&
                     eat_year(&rest, &out->year) && eat_either(&rest, "）", ")") && eat_place(&rest, &out->place) &&
                     eat_type(&rest, &out->type) && eat_serial(&rest, &out->serial) && eat(&rest, "号");
    return is_number && rest.size == 0 ? CODE_OK : CODE_FORMAT;
}

enum code_problem certificate_number_check(struct text text, enum certificate_type type)
{
    struct certificate_number number;
    enum code_problem problem = certificate_number_parse(text, &number);
    if (problem != CODE_OK)
        return problem;
    if (number.type != type)
        return CODE_TYPE;
    return text_is(number.province, "鲁") ? CODE_OK : CODE_PARTS;
}

bool certificate_number_normalise(struct text text, char out[CERTIFICATE_NUMBER_SIZE_MAX])
{
    struct certificate_number number;
    char serial[SERIAL_SIZE_MAX + 1] = "";
    if (certificate_number_parse(text, &number) != CODE_OK)
        return false;
    struct text digits = number.serial;
    for (int count = 0; digits.size > 0; count++)
        serial[count] = (char)('0' + eat_digit(&digits));
    int size = snprintf(out, CERTIFICATE_NUMBER_SIZE_MAX, "%.*s（%04d）%.*s不动产%s第%s号", TEXT_ARGS(number.province),
                        number.year, TEXT_ARGS(number.place), number.type == CERTIFICATE_PROOF ? "证明" : "权", serial);
    return size > 0 && size < CERTIFICATE_NUMBER_SIZE_MAX;
}

#include "schemas/codes.h"

#include <stdio.h>

#include "schemas/codes_width.h"
#include "schemas/dictionary.h"
#include "schemas/kind.h"
#include "schemas/windows.h"

/* DDDDDD AAA BBB OC SSSSS F NNNNNNNN, positions from 0. */
enum {
    AT_OWNERSHIP = 12,
    AT_PARCEL = 13,
    AT_SEQUENCE = 14,
    AT_FIXTURE = 19,
    AT_NUMBER = 20,
    SEQUENCE_SIZE = 5,
    NUMBER_SIZE = 8,
};

struct fixture {
    char code;
    const char *parcels; /* it can stand on, "*" for any */
};

#define ROW(code, chinese, english, parcels) {code[0], parcels},
static const struct fixture fixtures[] = {
#include "unit_fixture.inc"
};
#undef ROW

struct estate {
    const char *type; /* 抵押不动产类型 */
    const char *fixtures;
    const char *parcels;
};

#define ROW(type, fixtures, parcels) {type, fixtures, parcels},
static const struct estate estates[] = {
#include "estate_unit.inc"
};
#undef ROW

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* O and I are never parts of a unit number: they are misread digits. */
static bool is_letter(char character)
{
    return character >= 'A' && character <= 'Z' && character != 'O' && character != 'I';
}

static bool is_blank_or_hyphen(uint32_t narrow)
{
    return narrow == ' ' || narrow == '-' || narrow == 0x00A0 || narrow == 0x2010 || narrow == 0x2011;
}

bool unit_number_normalise(struct text text, char out[UNIT_NUMBER_SIZE + 1])
{
    uint32_t size = 0;
    uint32_t at = 0;
    uint32_t code_point = 0;
    while (code_point_next(text, &at, &code_point)) {
        uint32_t narrow = code_point_narrow(code_point);
        if (is_blank_or_hyphen(narrow))
            continue;
        if (narrow > 0x7E || narrow < 0x21 || size == UNIT_NUMBER_SIZE)
            return false;
        out[size++] = (char)(narrow >= 'a' && narrow <= 'z' ? narrow - 'a' + 'A' : narrow);
    }
    out[size] = '\0';
    return at == text.size && size == UNIT_NUMBER_SIZE;
}

static bool has_form(const char *code)
{
    for (int at = 0; at < UNIT_NUMBER_SIZE; at++) {
        bool wants_letter = at == AT_OWNERSHIP || at == AT_PARCEL || at == AT_FIXTURE;
        if (wants_letter ? !is_letter(code[at]) : !is_digit(code[at]))
            return false;
    }
    return true;
}

static bool is_zero(const char *digits, size_t size)
{
    return strspn(digits, "0") >= size;
}

static const struct fixture *fixture_of(char code)
{
    for (size_t index = 0; index < sizeof fixtures / sizeof fixtures[0]; index++)
        if (fixtures[index].code == code)
            return &fixtures[index];
    return NULL;
}

static bool parts_exist(const char *code)
{
    const struct fixture *fixture = fixture_of(code[AT_FIXTURE]);
    return fixture && dictionary_holds(DICTIONARY_UNIT_OWNERSHIP, (struct text){code + AT_OWNERSHIP, 1}) &&
           dictionary_holds(DICTIONARY_UNIT_PARCEL, (struct text){code + AT_PARCEL, 1}) &&
           letters_hold(fixture->parcels, code[AT_PARCEL]) && !is_zero(code + AT_SEQUENCE, SEQUENCE_SIZE);
}

static enum code_problem fixture_number_check(const char *code)
{
    bool is_without = code[AT_FIXTURE] == 'W';
    bool has_number = !is_zero(code + AT_NUMBER, NUMBER_SIZE);
    if (is_without && has_number)
        return CODE_W_NOT_ZERO;
    return !is_without && !has_number ? CODE_UNIT_ZERO : CODE_OK;
}

enum code_problem unit_number_parse(struct text text, struct unit_number *out)
{
    memset(out, 0, sizeof *out);
    if (!unit_number_normalise(text, out->code) || !has_form(out->code))
        return CODE_FORMAT;
    struct text district = {out->code, DISTRICT_SIZE};
    const char *current = district_current(district);
    if (!current)
        return CODE_DISTRICT;
    if (!parts_exist(out->code))
        return CODE_PARTS;
    enum code_problem problem = fixture_number_check(out->code);
    if (problem != CODE_OK)
        return problem;
    memcpy(out->lane, out->code, sizeof out->lane);
    memcpy(out->lane, current, DISTRICT_SIZE);
    out->is_retired = district_is_retired(district);
    out->ownership = out->code[AT_OWNERSHIP];
    out->parcel = out->code[AT_PARCEL];
    out->fixture = out->code[AT_FIXTURE];
    return CODE_OK;
}

bool unit_lane_key(struct text text, char out[UNIT_NUMBER_SIZE + 1])
{
    struct unit_number unit;
    if (unit_number_parse(text, &unit) != CODE_OK)
        return false;
    memcpy(out, unit.lane, sizeof unit.lane);
    return true;
}

char unit_number_check_character(const char code[UNIT_NUMBER_SIZE + 1])
{
    return iso7064_mod37_36((struct text){code, UNIT_NUMBER_SIZE});
}

const char *unit_number_show(const char code[UNIT_NUMBER_SIZE + 1], char *out, uint32_t size)
{
    snprintf(out, size, "%.6s %.6s %.7s %.9s", code, code + 6, code + 12, code + 19);
    return out;
}

bool unit_number_suits(const struct unit_number *unit, struct text estate_type)
{
    for (size_t index = 0; index < sizeof estates / sizeof estates[0]; index++)
        if (text_is(estate_type, estates[index].type))
            return letters_hold(estates[index].fixtures, unit->fixture) &&
                   letters_hold(estates[index].parcels, unit->parcel);
    return false;
}

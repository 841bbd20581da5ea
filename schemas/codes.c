#include "schemas/codes.h"

#include <assert.h>

const char *code_problem_name(enum code_problem problem)
{
    static const char *const names[CODE_PROBLEM_COUNT] = {
        [CODE_OK] = "OK",
        [CODE_FORMAT] = "FORMAT",
        [CODE_CHECK] = "CHECK",
        [CODE_INNER] = "INNER",
        [CODE_DATE] = "DATE",
        [CODE_DISTRICT] = "DISTRICT",
        [CODE_PARTS] = "PARTS",
        [CODE_W_NOT_ZERO] = "W_NOT_ZERO",
        [CODE_UNIT_ZERO] = "UNIT_ZERO",
        [CODE_TYPE] = "TYPE",
    };
    assert(problem < CODE_PROBLEM_COUNT);
    return names[problem];
}

static bool are_digits(struct text text, uint32_t from, uint32_t count)
{
    if (text.size < from + count)
        return false;
    for (uint32_t at = from; at < from + count; at++)
        if (text.data[at] < '0' || text.data[at] > '9')
            return false;
    return true;
}

static bool is_window(struct text participant)
{
    if (!are_digits(participant, 2, DISTRICT_SIZE))
        return false;
    return participant.size == 8 ||
           (participant.size == 11 && participant.data[8] == '-' && are_digits(participant, 9, 2));
}

static bool is_operator(struct text participant)
{
    for (uint32_t at = 2; at < participant.size; at++) {
        char each = participant.data[at];
        bool is_letter = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z');
        if (!is_letter && !are_digits(participant, at, 1) && each != '.' && each != '_' && each != '-')
            return false;
    }
    return participant.size > 2 && participant.size <= PARTICIPANT_SIZE_MAX;
}

bool participant_is_valid(struct text text)
{
    if (text_is(text, "K"))
        return true;
    if (text.size < 3 || text.data[1] != ':')
        return false;
    switch (text.data[0]) {
    case 'B':
        return text.size == 2 + CNAPS_SIZE && are_digits(text, 2, CNAPS_SIZE);
    case 'W':
        return is_window(text);
    case 'O':
        return is_operator(text);
    default:
        return false;
    }
}

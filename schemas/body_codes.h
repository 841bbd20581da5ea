#ifndef ONEVISIT_SCHEMAS_BODY_CODES_H
#define ONEVISIT_SCHEMAS_BODY_CODES_H

#include "schemas/message.h"
#include "schemas/translation.h"

/* The codes in a body, turned into those of a window or back (translation.h).
 * Which fields hold codes is known from the rows of the record; changed fields
 * (SUPPLEMENT_SUBMIT, CORRECTION) are turned by the field they name. Fields
 * whose dictionary the rules do not translate stay as they are.
 *
 * All or nothing: a code nobody listed is a fault, and the body is then not to
 * be used. */
enum code_direction {
    CODES_TO_WINDOW,  /* changed fields are those of CASE_SUBMIT */
    CODES_FROM_WINDOW /* changed fields are those of CASE_BOOKED */
};

enum { CODE_FAULT_TEXT_SIZE = 192 };

struct code_fault {
    char path[RECORD_PATH_SIZE_MAX];
    char text[CODE_FAULT_TEXT_SIZE]; /* path, value and what is wrong, in Chinese and English */
};

/* Turns `body` in place. `rules` NULL: nothing to turn. STATUS_BAD_BODY with the first fault, STATUS_NO_MEMORY. */
MUST_CHECK enum status body_codes_turn(const struct window_rules *rules, const struct record *record,
                                       enum code_direction direction, json_t *body, struct code_fault *fault);

#endif

#ifndef ONEVISIT_SCHEMAS_CODES_H
#define ONEVISIT_SCHEMAS_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/calendar.h"
#include "schemas/status.h"
#include "schemas/text.h"

/* The codes of the field (DOMAIN 3): parse, normalise, check, explain. Pure
 * functions over borrowed text; nothing is read from disk, nothing allocated.
 * Where a code is refused, an enum code_problem says why, so that a check can
 * choose the right sentence. What is typed wrongly is refused, never repaired:
 * a letter O for a zero stays an error (there is no check digit to rely on). */

enum code_problem {
    CODE_OK,
    CODE_FORMAT,     /* length or kind of characters */
    CODE_CHECK,      /* the check character */
    CODE_INNER,      /* USCC: the check character of the organisation code inside */
    CODE_DATE,       /* no such day */
    CODE_DISTRICT,   /* nobody knows the district */
    CODE_PARTS,      /* a part has a value that does not exist, or two do not go together */
    CODE_W_NOT_ZERO, /* unit number: no fixture, yet a number behind W */
    CODE_UNIT_ZERO,  /* unit number: a fixture without a number */
    CODE_TYPE,       /* certificate number: 权 where 证明 is meant or the other way */
    CODE_PROBLEM_COUNT
};

/* "W_NOT_ZERO" as in DOMAIN 3.1. */
const char *code_problem_name(enum code_problem problem);

/* ---- 不动产单元号, GB/T 37346 (DOMAIN 3.1) ---- */

enum { UNIT_NUMBER_SIZE = 28, DISTRICT_SIZE = 6 };

struct unit_number {
    char code[UNIT_NUMBER_SIZE + 1]; /* normalised: no blanks, upper case, half width */
    char lane[UNIT_NUMBER_SIZE + 1]; /* district after aliases and the other 22 characters */
    bool is_retired;                 /* the district in `code` is a retired one */
    char ownership, parcel, fixture; /* positions 13, 14, 20 */
};

/* Strips blanks and hyphens, maps full width to half width, upper case. False
 * when the result is not of 28 characters. */
bool unit_number_normalise(struct text text, char out[UNIT_NUMBER_SIZE + 1]);
MUST_CHECK enum code_problem unit_number_parse(struct text text, struct unit_number *out);
/* The key of the lane a case stands in (DOMAIN 6.4). False for a bad number. */
bool unit_lane_key(struct text text, char out[UNIT_NUMBER_SIZE + 1]);
/* The own transcription check character over the normalised number. */
char unit_number_check_character(const char code[UNIT_NUMBER_SIZE + 1]);
/* Printed with blanks 6-6-7-9. */
const char *unit_number_show(const char code[UNIT_NUMBER_SIZE + 1], char *out, uint32_t size);
/* Does 抵押不动产类型 go with the letters of the unit (check F16)? */
bool unit_number_suits(const struct unit_number *unit, struct text estate_type);

/* ---- 统一社会信用代码, GB 32100-2015 (DOMAIN 3.3) ---- */

enum { USCC_SIZE = 18 };
/* CODE_FORMAT or CODE_CHECK (outer) before CODE_INNER: a wrong outer check says all. */
MUST_CHECK enum code_problem uscc_check(struct text text);

/* ---- 公民身份号码, GB 11643-1999 (DOMAIN 3.4) ---- */

struct citizen_id {
    struct date birth;
    bool is_male;
};
MUST_CHECK enum code_problem citizen_id_parse(struct text text, struct citizen_id *out);
/* Completed years; a year is complete on the birthday. Negative before birth. */
int age_on(struct date birth, struct date day);

/* ---- 联行号 (DOMAIN 3.5) ---- */

enum { CNAPS_SIZE = 12 };
MUST_CHECK enum code_problem cnaps_check(struct text text);

/* ---- 不动产权证书号, 不动产登记证明号 (DOMAIN 3.6) ---- */

enum certificate_type { CERTIFICATE_TITLE /* 不动产权 */, CERTIFICATE_PROOF /* 不动产证明 */ };

struct certificate_number {
    enum certificate_type type;
    struct text province; /* "鲁" */
    int year;
    struct text place;  /* "济南市" */
    struct text serial; /* 7..11 digits */
};
enum { CERTIFICATE_NUMBER_SIZE_MAX = 160 };
/* Takes full-width and half-width brackets and digits of both widths. `out` borrows from `text`. */
MUST_CHECK enum code_problem certificate_number_parse(struct text text, struct certificate_number *out);
/* As parse, and the type must be `type` (CODE_TYPE) and the province Shandong (CODE_PARTS). */
MUST_CHECK enum code_problem certificate_number_check(struct text text, enum certificate_type type);
/* The canonical form: full-width brackets, half-width digits. False when it is no such number. */
bool certificate_number_normalise(struct text text, char out[CERTIFICATE_NUMBER_SIZE_MAX]);

/* ---- ISO 7064 hybrid systems ---- */

/* MOD 37,36 over 0-9 A-Z; '\0' when another character stands in `text`. */
char iso7064_mod37_36(struct text text);
bool iso7064_mod37_36_holds(struct text text); /* the last character is the check */
/* MOD 11,10 over digits; '\0' when another character stands in `text`. */
char iso7064_mod11_10(struct text text);
bool iso7064_mod11_10_holds(struct text text);

/* ---- the broker's case id, SD370102-20260930-105-00001A-G (DOMAIN 3.6) ---- */

enum { CASE_ID_SIZE = 30 };
#define CASE_ID_COUNTER_MAX ((UINT32_C(1) << 30) - 1)

struct case_id {
    char district[DISTRICT_SIZE + 1];
    struct date date;
    char bank[4];     /* 行别, the first three digits of the CNAPS number */
    uint32_t counter; /* 0..CASE_ID_COUNTER_MAX */
};
/* False when a part does not fit. */
MUST_CHECK bool case_id_make(const struct case_id *parts, char out[CASE_ID_SIZE + 1]);
MUST_CHECK enum code_problem case_id_parse(struct text text, struct case_id *out);

/* ---- participants (DOMAIN 6.1) ---- */

enum { PARTICIPANT_SIZE_MAX = 32 };
/* B:<CNAPS12>, W:<district6>[-nn], O:<name> or K. The form alone: who is known says the directory. */
bool participant_is_valid(struct text text);

#endif

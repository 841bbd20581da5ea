#include "schemas/rule.h"

#include <assert.h>

#include "schemas/calendar.h"
#include "schemas/codes.h"
#include "schemas/dictionary.h"
#include "schemas/kind.h"
#include "schemas/windows.h"

static bool rule_free(struct text value)
{
    return value.data != NULL;
}

static bool rule_participant(struct text value)
{
    return participant_is_valid(value);
}

static bool rule_case_id(struct text value)
{
    struct case_id parts;
    return case_id_parse(value, &parts) == CODE_OK;
}

static bool rule_date(struct text value)
{
    struct date date;
    return date_parse(value, &date);
}

static bool rule_district(struct text value)
{
    return district_current(value) != NULL;
}

static bool rule_unit_number(struct text value)
{
    struct unit_number unit;
    return unit_number_parse(value, &unit) == CODE_OK;
}

static bool rule_proof_number(struct text value)
{
    return certificate_number_check(value, CERTIFICATE_PROOF) == CODE_OK;
}

static bool text_is_made_of(struct text value, uint32_t size, const char *alphabet)
{
    if (value.size != size)
        return false;
    for (uint32_t index = 0; index < size; index++)
        if (value.data[index] == '\0' || !strchr(alphabet, value.data[index]))
            return false;
    return true;
}

static bool rule_sm3_hex(struct text value)
{
    return text_is_made_of(value, 64, "0123456789abcdef");
}

static bool rule_z85_key(struct text value)
{
    return text_is_made_of(value, 40,
                           "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#");
}

static bool rule_kind(struct text value)
{
    return kind_taken(value) != NULL;
}

static bool rule_dict_idt(struct text value)
{
    return dictionary_holds(DICTIONARY_IDT, value);
}

static bool rule_dict_gyfs(struct text value)
{
    return dictionary_holds(DICTIONARY_GYFS, value);
}

static bool rule_dict_dyfs(struct text value)
{
    return dictionary_holds(DICTIONARY_DYFS, value);
}

static bool rule_dict_dybdclx(struct text value)
{
    return dictionary_holds(DICTIONARY_DYBDCLX, value);
}

static bool rule_dict_djlx(struct text value)
{
    return dictionary_holds(DICTIONARY_DJLX, value);
}

static bool rule_dict_qszt(struct text value)
{
    return dictionary_holds(DICTIONARY_QSZT, value);
}

static bool rule_dict_ajzt(struct text value)
{
    return dictionary_holds(DICTIONARY_AJZT, value);
}

static bool rule_dict_step(struct text value)
{
    return dictionary_holds(DICTIONARY_STEP, value);
}

static bool rule_dict_material(struct text value)
{
    return dictionary_holds(DICTIONARY_MATERIAL, value);
}

static bool rule_dict_mime(struct text value)
{
    return dictionary_holds(DICTIONARY_MIME, value);
}

static bool rule_dict_window_state(struct text value)
{
    return dictionary_holds(DICTIONARY_WINDOW_STATE, value);
}

static bool rule_dict_reason(struct text value)
{
    return dictionary_holds(DICTIONARY_REASON, value);
}

static bool rule_dict_avoidable(struct text value)
{
    return dictionary_holds(DICTIONARY_AVOIDABLE, value);
}

static bool rule_dict_fee_payer(struct text value)
{
    return dictionary_holds(DICTIONARY_FEE_PAYER, value);
}

static bool rule_dict_cert(struct text value)
{
    return dictionary_holds(DICTIONARY_CERT, value);
}

static bool rule_dict_level(struct text value)
{
    return dictionary_holds(DICTIONARY_LEVEL, value);
}

static bool rule_dict_changed_item(struct text value)
{
    return dictionary_holds(DICTIONARY_CHANGED_ITEM, value);
}

static bool rule_dict_purpose(struct text value)
{
    return dictionary_holds(DICTIONARY_PURPOSE, value);
}

static bool rule_dict_title_result(struct text value)
{
    return dictionary_holds(DICTIONARY_TITLE_RESULT, value);
}

static bool rule_dict_part(struct text value)
{
    return dictionary_holds(DICTIONARY_PART, value);
}

static bool rule_dict_fee_state(struct text value)
{
    return dictionary_holds(DICTIONARY_FEE_STATE, value);
}

static bool rule_dict_paper(struct text value)
{
    return dictionary_holds(DICTIONARY_PAPER, value);
}

static bool rule_dict_clock_unit(struct text value)
{
    return dictionary_holds(DICTIONARY_CLOCK_UNIT, value);
}

static bool rule_dict_recon_class(struct text value)
{
    return dictionary_holds(DICTIONARY_RECON_CLASS, value);
}

static bool rule_dict_recon_action(struct text value)
{
    return dictionary_holds(DICTIONARY_RECON_ACTION, value);
}

static bool rule_dict_failure(struct text value)
{
    return dictionary_holds(DICTIONARY_FAILURE, value);
}

static bool rule_dict_risk(struct text value)
{
    return dictionary_holds(DICTIONARY_RISK, value);
}

static bool rule_dict_qllx(struct text value)
{
    return dictionary_holds(DICTIONARY_QLLX, value);
}

/* HH:MM, 00:00 to 23:59. */
/* A whole number from 1 on without a leading zero, at `*at`; 0 when there is none. */
static uint64_t take_sequence(struct text value, uint32_t *at)
{
    static const uint64_t sequence_max = UINT64_C(9007199254740991);
    uint64_t sequence = 0;

    if (*at < value.size && value.data[*at] == '0')
        return 0;
    for (; *at < value.size && value.data[*at] >= '0' && value.data[*at] <= '9'; ++*at) {
        sequence = sequence * 10 + (uint64_t)(value.data[*at] - '0');
        if (sequence > sequence_max)
            return 0;
    }
    return sequence;
}

static bool rule_export_scope(struct text value)
{
    uint32_t at = 0;

    if (rule_case_id(value))
        return true;
    const uint64_t first = take_sequence(value, &at);
    if (first == 0 || at == value.size || value.data[at++] != '-')
        return false;
    const uint64_t last = take_sequence(value, &at);
    return last >= first && at == value.size;
}

static bool rule_clock_time(struct text value)
{
    if (value.size != 5 || value.data[2] != ':')
        return false;
    for (uint32_t index = 0; index < 5; index++)
        if (index != 2 && (value.data[index] < '0' || value.data[index] > '9'))
            return false;
    return (value.data[0] - '0') * 10 + value.data[1] - '0' < 24 && value.data[3] < '6';
}

struct rule_row {
    const char *name;
    bool (*holds)(struct text value);
    const char *english;
    const char *chinese;
};

#define RULE(name, holds, english, chinese) {#name, holds, english, chinese},
static const struct rule_row rows[RULE_COUNT] = {
#include "schemas/rules.def"
};
#undef RULE

bool rule_holds(enum rule rule, struct text value)
{
    assert(rule < RULE_COUNT);
    return rows[rule].holds(value);
}

const char *rule_english(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return rows[rule].english;
}

const char *rule_chinese(enum rule rule)
{
    assert(rule < RULE_COUNT);
    return rows[rule].chinese;
}

/* DICT_FEE_STATE is the list fee_state. */
bool rule_dictionary(enum rule rule, enum dictionary *out)
{
    static const char prefix[] = "DICT_";
    enum { PREFIX_SIZE = sizeof prefix - 1, NAME_SIZE_MAX = 32 };
    char name[NAME_SIZE_MAX];
    uint32_t size = 0;
    assert(rule < RULE_COUNT);
    if (strncmp(rows[rule].name, prefix, PREFIX_SIZE) != 0)
        return false;
    for (const char *at = rows[rule].name + PREFIX_SIZE; *at != '\0' && size < NAME_SIZE_MAX; at++)
        name[size++] = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    return dictionary_of_name((struct text){name, size}, out);
}

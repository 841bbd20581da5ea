#include <criterion/criterion.h>

#include "schemas/dictionary.h"
#include "schemas/kind.h"
#include "schemas/risk.h"
#include "schemas/rule.h"

struct row {
    enum rule rule;
    const char *value;
    bool holds;
};

static const struct row rows[] = {
    {RULE_FREE, "", true},
    {RULE_PARTICIPANT, "W:370102", true},
    {RULE_PARTICIPANT, "X:370102", false},
    {RULE_CASE_ID, "SD370102-20260930-105-00001A-G", true},
    {RULE_CASE_ID, "SD370102-20260930-105-00001A-H", false},
    {RULE_DATE, "2026-09-30", true},
    {RULE_DATE, "2026-09-31", false},
    {RULE_DISTRICT, "370102", true},
    {RULE_DISTRICT, "370684", true},
    {RULE_DISTRICT, "370199", false},
    {RULE_UNIT_NUMBER, "370102999001GB00001F00010203", true},
    {RULE_UNIT_NUMBER, "370102999001GB00001W00010203", false},
    {RULE_PROOF_NUMBER, "鲁（2026）济南市不动产证明第0012345号", true},
    {RULE_PROOF_NUMBER, "鲁（2026）济南市不动产权第0012345号", false},
    {RULE_SM3_HEX, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", true},
    {RULE_SM3_HEX, "66C7F0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", false},
    {RULE_SM3_HEX, "66c7", false},
    {RULE_Z85_KEY, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", true},
    {RULE_Z85_KEY, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf\"", false},
    {RULE_KIND, "M07", true},
    {RULE_KIND, "M14", true},
    {RULE_KIND, "M11", true},
    {RULE_KIND, "M15", false},
    {RULE_KIND, "M08", true},
    {RULE_KIND, "M08/200", false},
    {RULE_DICT_CHANGED_ITEM, "sw", true},
    {RULE_DICT_CHANGED_ITEM, "", false},
    {RULE_DICT_CHANGED_ITEM, "bdcdyh", false},
    {RULE_DICT_IDT, "99", true},
    {RULE_DICT_IDT, "9", false},
    {RULE_DICT_GYFS, "0", true},
    {RULE_DICT_GYFS, "4", false},
    {RULE_DICT_DYFS, "2", true},
    {RULE_DICT_DYFS, "0", false},
    {RULE_DICT_DYBDCLX, "7", true},
    {RULE_DICT_DYBDCLX, "8", false},
    {RULE_DICT_DJLX, "900", true},
    {RULE_DICT_DJLX, "1", false},
    {RULE_DICT_QSZT, "3", true},
    {RULE_DICT_QSZT, "4", false},
    {RULE_DICT_AJZT, "5", true},
    {RULE_DICT_AJZT, "0", false},
    {RULE_DICT_STEP, "登簿中", true},
    {RULE_DICT_STEP, "登簿", false},
    {RULE_DICT_MATERIAL, "FZWQD", true},
    {RULE_DICT_MATERIAL, "sqs", false},
    {RULE_DICT_MIME, "image/jpeg", true},
    {RULE_DICT_MIME, "image/jpg", false},
    {RULE_DICT_WINDOW_STATE, "offline", true},
    {RULE_DICT_WINDOW_STATE, "Open", false},
    {RULE_DICT_REASON, "REGISTRY", true},
    {RULE_DICT_REASON, "TERM", false},
    {RULE_DICT_AVOIDABLE, "unknown", true},
    {RULE_DICT_AVOIDABLE, "maybe", false},
    {RULE_DICT_FEE_PAYER, "mortgagor", true},
    {RULE_DICT_FEE_PAYER, "", false},
    {RULE_DICT_CERT, "mail", true},
    {RULE_DICT_CERT, "e", false},
    {RULE_DICT_LEVEL, "W", true},
    {RULE_DICT_LEVEL, "I", false},
    {RULE_CLOCK_TIME, "00:00", true},
    {RULE_CLOCK_TIME, "23:59", true},
    {RULE_CLOCK_TIME, "24:00", false},
    {RULE_CLOCK_TIME, "12:60", false},
    {RULE_CLOCK_TIME, "9:00", false},
    {RULE_CLOCK_TIME, "09-00", false},
    {RULE_DICT_PURPOSE, "mortgage", true},
    {RULE_DICT_PURPOSE, "curiosity", false},
    {RULE_DICT_TITLE_RESULT, "match", true},
    {RULE_DICT_TITLE_RESULT, "yes", false},
    {RULE_DICT_PART, "transfer", true},
    {RULE_DICT_PART, "sale", false},
    {RULE_DICT_FEE_STATE, "-1", true},
    {RULE_DICT_FEE_STATE, "8", false},
    {RULE_DICT_PAPER, "marriage", true},
    {RULE_DICT_PAPER, "", false},
    {RULE_DICT_RISK, "waiting_seizure", true},
    {RULE_DICT_RISK, "fire", false},
    {RULE_DICT_QLLX, "37", true},
    {RULE_DICT_QLLX, "23", false},
    {RULE_DICT_RECON_CLASS, "state-lag", true},
    {RULE_DICT_RECON_CLASS, "lag", false},
    {RULE_DICT_RECON_ACTION, "explained", true},
    {RULE_DICT_RECON_ACTION, "gone", false},
    {RULE_DICT_FAILURE, "poison", true},
    {RULE_DICT_FAILURE, "dead", false},
    {RULE_EXPORT_SCOPE, "SD370102-20260930-105-00001A-G", true},
    {RULE_EXPORT_SCOPE, "1-9007199254740991", true},
    {RULE_EXPORT_SCOPE, "7-7", true},
    {RULE_EXPORT_SCOPE, "8-7", false},
    {RULE_EXPORT_SCOPE, "0-7", false},
    {RULE_EXPORT_SCOPE, "01-7", false},
    {RULE_EXPORT_SCOPE, "1-07", false},
    {RULE_EXPORT_SCOPE, "1-", false},
    {RULE_EXPORT_SCOPE, "1", false},
    {RULE_EXPORT_SCOPE, "1-2-3", false},
    {RULE_EXPORT_SCOPE, "1-9007199254740992", false},
    {RULE_DICT_CLOCK_UNIT, "working_days", true},
    {RULE_DICT_CLOCK_UNIT, "weeks", false},
};

Test(rule, holds_for_what_it_asks_and_for_nothing_else)
{
    bool was_seen[RULE_COUNT] = {false};
    for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
        was_seen[rows[index].rule] = true;
        cr_expect_eq(rule_holds(rows[index].rule, text_of(rows[index].value)), rows[index].holds, "%s: %s",
                     rule_english(rows[index].rule), rows[index].value);
    }
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        cr_expect(was_seen[rule], "no row for: %s", rule_english((enum rule)rule));
        cr_expect_neq(rule_chinese((enum rule)rule)[0], '\0');
    }
}

Test(rule, reads_the_bytes_and_not_what_follows_them)
{
    cr_expect(rule_holds(RULE_DICT_GYFS, (struct text){"01", 1}));
    cr_expect(rule_holds(RULE_DATE, (struct text){"2026-09-30T00:00", 10}));
}

Test(rule, dictionaries_hold_no_code_twice)
{
    for (int dictionary = 0; dictionary < DICTIONARY_COUNT; dictionary++) {
        uint32_t count = 0;
        const struct dictionary_entry *entries = dictionary_entries((enum dictionary)dictionary, &count);
        cr_assert_gt(count, 0u);
        for (uint32_t index = 0; index < count; index++)
            cr_expect_eq(dictionary_find((enum dictionary)dictionary, text_of(entries[index].code)), &entries[index]);
    }
}

Test(rule, alerts_block_as_the_dictionary_says_and_a_newer_kind_blocks_longest)
{
    char words[64];
    cr_expect_eq(risk_blocks(text_of("seizure")), RISK_BLOCKS_UNTIL_ENDED);
    cr_expect_eq(risk_blocks(text_of("objection")), RISK_BLOCKS_UNTIL_READ);
    cr_expect_eq(risk_blocks(text_of("registrable")), RISK_BLOCKS_NEVER);
    cr_expect_eq(risk_blocks(text_of("meteor")), RISK_BLOCKS_UNTIL_ENDED);
    risk_show(text_of("seizure"), words, sizeof words);
    cr_expect_str_eq(words, "查封 seizure");
    risk_show(text_of("meteor"), words, sizeof words);
    cr_expect_str_eq(words, "meteor");
}

Test(rule, kinds_say_which_of_them_are_taken)
{
    char taken[80];
    cr_expect_str_eq(kinds_taken(taken, sizeof taken), "M01 M02 M03 M04 M05 M06 M07 M08 M09 M10 M10b M11 M12 M13 M14");
    cr_expect_null(kind_taken(text_of("M15")));
    cr_expect_not_null(kind_find(text_of("M15")));
    cr_expect_null(kind_find(text_of("M16")));
    cr_expect(words_hold("DJZM JQZM", text_of("JQZM")));
    cr_expect_not(words_hold("DJZM JQZM", text_of("JQ")));
    cr_expect_not(words_hold("", text_of("JQ")));
}

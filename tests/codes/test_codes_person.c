#include <criterion/criterion.h>

#include "schemas/codes.h"

/* The vectors of DOMAIN 3.3, 3.4 and 3.5 and the borders around them. */

struct vector {
    const char *written;
    enum code_problem problem;
};

static const struct vector credit_codes[] = {
    {"911100001000044477", CODE_OK},     {"91100000100003962T", CODE_OK},      {"911000001000013428", CODE_OK},
    {"91370100MAQQQQ019K", CODE_OK},     {"91370600MAXXXX023J", CODE_OK},      {"12370000MBWWWW0347", CODE_OK},
    {"93370881NAYYYY048M", CODE_OK},     {"91370100MAQQQQ019J", CODE_CHECK},   {"91370100MAQQQQ01K9", CODE_CHECK},
    {"91370100MAQQQQ019", CODE_FORMAT},  {"91370100MAQQQQ019KK", CODE_FORMAT}, {"91370100MAQQQI019K", CODE_FORMAT},
    {"91370100maqqqq019k", CODE_FORMAT}, {"91350100M0001TGQXM", CODE_CHECK},   {"", CODE_FORMAT},
};

Test(codes_person, judges_every_credit_code)
{
    for (size_t index = 0; index < sizeof credit_codes / sizeof credit_codes[0]; index++) {
        enum code_problem problem = uscc_check(text_of(credit_codes[index].written));
        cr_expect_eq(problem, credit_codes[index].problem, "%s: %s", credit_codes[index].written,
                     code_problem_name(problem));
    }
}

Test(codes_person, tells_a_wrong_inner_check_from_a_wrong_outer_one)
{
    char code[] = "91370100MAQQQQ0180";
    int inner = 0;
    for (const char *each = "0123456789ABCDEFGHJKLMNPQRTUWXY"; *each; each++) {
        code[17] = *each;
        inner += uscc_check(text_of(code)) == CODE_INNER;
    }
    cr_expect_eq(inner, 1, "exactly one outer check makes the code pass but for the inner one");
}

static const struct vector citizens[] = {
    {"370614199002280006", CODE_OK},     {"370116198506150003", CODE_OK},     {"371681197811030009", CODE_OK},
    {"370614199002280005", CODE_CHECK},  {"37061419900230000X", CODE_DATE},   {"370614199002290001", CODE_DATE},
    {"3706141990022800", CODE_FORMAT},   {"370614199002280O06", CODE_FORMAT}, {"990614199002280006", CODE_DISTRICT},
    {"37061419900228000Y", CODE_FORMAT}, {"370614199013280006", CODE_DATE},   {"", CODE_FORMAT},
};

Test(codes_person, judges_every_citizen_id)
{
    for (size_t index = 0; index < sizeof citizens / sizeof citizens[0]; index++) {
        struct citizen_id id;
        enum code_problem problem = citizen_id_parse(text_of(citizens[index].written), &id);
        cr_expect_eq(problem, citizens[index].problem, "row %zu: %s", index, code_problem_name(problem));
    }
}

Test(codes_person, takes_a_small_x_and_an_unknown_district)
{
    struct citizen_id id;
    char small[] = "370199199002280000";
    for (const char *each = "0123456789x"; *each; each++) {
        small[17] = *each;
        if (citizen_id_parse(text_of(small), &id) == CODE_OK)
            break;
    }
    cr_expect_eq(id.birth.year, 1990);
    small[14] = '0';
    for (int sequence = 0; sequence < 1000; sequence++) {
        small[14] = (char)('0' + sequence / 100);
        small[15] = (char)('0' + sequence / 10 % 10);
        small[16] = (char)('0' + sequence % 10);
        small[17] = 'x';
        if (citizen_id_parse(text_of(small), &id) == CODE_OK)
            return;
    }
    cr_expect_fail("no id of the day ends with x");
}

Test(codes_person, counts_years_to_the_birthday)
{
    struct date birth = {2008, 10, 1};
    cr_expect_eq(age_on(birth, (struct date){2026, 9, 30}), 17);
    cr_expect_eq(age_on(birth, (struct date){2026, 10, 1}), 18);
    struct date leap = {2008, 2, 29};
    cr_expect_eq(age_on(leap, (struct date){2026, 2, 27}), 17);
    cr_expect_eq(age_on(leap, (struct date){2026, 2, 28}), 18);
    cr_expect_lt(age_on(birth, (struct date){2007, 1, 1}), 0);
}

static const struct vector banks[] = {
    {"105100000017", CODE_OK},     {"105451001046", CODE_OK},    {"105451001064", CODE_CHECK},
    {"105451099995", CODE_OK},     {"105452099997", CODE_OK},    {"105456099994", CODE_OK},
    {"314653617115", CODE_CHECK},  {"10545109999", CODE_FORMAT}, {"1054510999955", CODE_FORMAT},
    {"10545109999A", CODE_FORMAT},
};

Test(codes_person, judges_every_bank_number)
{
    for (size_t index = 0; index < sizeof banks / sizeof banks[0]; index++) {
        enum code_problem problem = cnaps_check(text_of(banks[index].written));
        cr_expect_eq(problem, banks[index].problem, "%s: %s", banks[index].written, code_problem_name(problem));
    }
}

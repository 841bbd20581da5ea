#include <criterion/criterion.h>

#include "schemas/codes.h"

/* The vectors of DOMAIN 3.1 and the borders around them. */

struct vector {
    const char *written;
    enum code_problem problem;
    const char *lane; /* NULL where refused */
};

static const struct vector vectors[] = {
    {"370102999001GB00001F00010203", CODE_OK, "370102999001GB00001F00010203"},
    {"370614999002GB00017F00120001", CODE_OK, "370614999002GB00017F00120001"},
    {"371681999003JC00005F00010001", CODE_OK, "371681999003JC00005F00010001"},
    {"370883999001GB00002W00000000", CODE_OK, "370883999001GB00002W00000000"},
    {"371722999001JE00009L00000001", CODE_OK, "371722999001JE00009L00000001"},
    {"370684999002GB00017F00120001", CODE_OK, "370614999002GB00017F00120001"},
    {"370634999002GB00017F00120001", CODE_OK, "370614999002GB00017F00120001"},
    {"370102 999001 GB00001 F00010203", CODE_OK, "370102999001GB00001F00010203"},
    {"370102-999001-gb00001-f00010203", CODE_OK, "370102999001GB00001F00010203"},
    {"３７０１０２　９９９００１　ＧＢ００００１　Ｆ０００１０２０３", CODE_OK, "370102999001GB00001F00010203"},
    {"370102000000GB00001F00010203", CODE_OK, "370102000000GB00001F00010203"},
    {"370102999001GB00001W00010203", CODE_W_NOT_ZERO, NULL},
    {"370102999001GB00001F00000000", CODE_UNIT_ZERO, NULL},
    {"371722999001JE00009L00000000", CODE_UNIT_ZERO, NULL},
    {"370102999O01GB00001F00010203", CODE_FORMAT, NULL},
    {"370102999I01GB00001F00010203", CODE_FORMAT, NULL},
    {"37010299900IGB00001F00010203", CODE_FORMAT, NULL},
    {"3701029990010B00001F00010203", CODE_FORMAT, NULL},
    {"371302999001GB0001F00010203", CODE_FORMAT, NULL},
    {"371302999001GB000001F00010203", CODE_FORMAT, NULL},
    {"", CODE_FORMAT, NULL},
    {"370102999001GB00001F0001020\xE5", CODE_FORMAT, NULL},
    {"370102999001GB00001F000102室", CODE_FORMAT, NULL},
    {"370199999001GB00001F00010203", CODE_DISTRICT, NULL},
    {"371202999001GB00001F00010203", CODE_OK, "370116999001GB00001F00010203"},
    {"110102999001GB00001F00010203", CODE_DISTRICT, NULL},
    {"370171999001GB00001F00010203", CODE_DISTRICT, NULL},
    {"370102999001GB00000F00010203", CODE_PARTS, NULL},
    {"370102999001QB00001F00010203", CODE_PARTS, NULL},
    {"370102999001GZ00001F00010203", CODE_PARTS, NULL},
    {"370102999001GB00001A00010203", CODE_PARTS, NULL},
    {"370102999001JD00001F00010203", CODE_PARTS, NULL},
    {"370102999001GB00001L00010203", CODE_PARTS, NULL},
    {"370102999001GH00001F00010203", CODE_OK, "370102999001GH00001F00010203"},
    {"370102999001GB00001Q00010203", CODE_OK, "370102999001GB00001Q00010203"},
};

Test(codes_unit, judges_every_vector)
{
    for (size_t index = 0; index < sizeof vectors / sizeof vectors[0]; index++) {
        const struct vector *vector = &vectors[index];
        struct unit_number unit;
        enum code_problem problem = unit_number_parse(text_of(vector->written), &unit);
        cr_expect_eq(problem, vector->problem, "%s: %s", vector->written, code_problem_name(problem));
        char lane[UNIT_NUMBER_SIZE + 1] = "";
        cr_expect_eq(unit_lane_key(text_of(vector->written), lane), vector->lane != NULL, "%s", vector->written);
        if (vector->lane)
            cr_expect_str_eq(lane, vector->lane);
    }
}

Test(codes_unit, keeps_the_written_district_and_flags_the_alias)
{
    struct unit_number unit;
    cr_assert_eq(unit_number_parse(text_of("370684 999002 GB00017 F00120001"), &unit), CODE_OK);
    cr_expect(unit.is_retired);
    cr_expect_str_eq(unit.code, "370684999002GB00017F00120001");
    cr_assert_eq(unit_number_parse(text_of("370614999002GB00017F00120001"), &unit), CODE_OK);
    cr_expect_not(unit.is_retired);
}

Test(codes_unit, shows_it_with_blanks_and_a_check_character_that_sees_a_transposition)
{
    char shown[40];
    cr_expect_str_eq(unit_number_show("370102999001GB00001F00010203", shown, sizeof shown),
                     "370102 999001 GB00001 F00010203");
    char right = unit_number_check_character("370102999001GB00001F00010203");
    char wrong = unit_number_check_character("370102999001GB00001F00010230");
    cr_expect(right != '\0');
    cr_expect_neq(right, wrong);
}

struct suit {
    const char *unit;
    const char *estate_type;
    bool suits;
};

static const struct suit suits[] = {
    {"370102999001GB00001F00010203", "2", true},   {"370102999001GB00001F00010203", "1", false},
    {"370102999001GB00001F00010203", "3", false},  {"370102999001GB00001F00010203", "4", true},
    {"370102999001GB00001F00010203", "5", false},  {"370102999001GB00001F00010203", "6", false},
    {"370102999001GB00001F00010203", "7", true},   {"370883999001GB00002W00000000", "1", true},
    {"370883999001GB00002W00000000", "2", false},  {"370883999001GB00002W00000000", "4", true},
    {"371722999001JE00009L00000001", "3", true},   {"371722999001JE00009L00000001", "1", false},
    {"370102999001GH00001W00000000", "5", true},   {"370102999001GH00001W00000000", "1", false},
    {"370102999001GH00001F00010203", "6", true},   {"370102999001GG00001F00010203", "6", true},
    {"370102999001GH00001F00010203", "2", false},  {"371681999003JC00005F00010001", "2", true},
    {"370102999001GB00001F00010203", "99", false},
};

Test(codes_unit, knows_which_type_of_property_goes_with_its_letters)
{
    for (size_t index = 0; index < sizeof suits / sizeof suits[0]; index++) {
        struct unit_number unit;
        cr_assert_eq(unit_number_parse(text_of(suits[index].unit), &unit), CODE_OK, "%s", suits[index].unit);
        cr_expect_eq(unit_number_suits(&unit, text_of(suits[index].estate_type)), suits[index].suits, "%s %s",
                     suits[index].unit, suits[index].estate_type);
    }
}

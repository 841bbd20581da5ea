#include <criterion/criterion.h>

#include "schemas/checks/check.h"
#include "schemas/windows.h"

Test(windows, are_136_in_the_order_of_their_codes)
{
    cr_assert_eq(window_count(), 136u);
    for (uint32_t index = 1; index < window_count(); index++)
        cr_expect_lt(strcmp(window_at(index - 1)->district, window_at(index)->district), 0);
    cr_expect_null(window_at(136));
}

Test(windows, are_as_many_per_city_as_the_field_says)
{
    static const struct {
        const char *city;
        int count;
    } cities[] = {{"370100", 12}, {"370200", 10}, {"370300", 8}, {"370400", 6}, {"370500", 5}, {"370600", 11},
                  {"370700", 12}, {"370800", 11}, {"370900", 6}, {"371000", 4}, {"371100", 4}, {"371300", 12},
                  {"371400", 11}, {"371500", 8},  {"371600", 7}, {"371700", 9}};
    for (size_t index = 0; index < sizeof cities / sizeof cities[0]; index++) {
        int count = 0;
        for (uint32_t each = 0; each < window_count(); each++)
            count += strcmp(window_at(each)->city, cities[index].city) == 0;
        cr_expect_eq(count, cities[index].count, "%s", cities[index].city);
    }
}

Test(windows, are_found_by_their_district_and_by_every_retired_code)
{
    static const struct {
        const char *code;
        const char *current;
    } retired[] = {{"370684", "370614"}, {"370634", "370614"}, {"370181", "370114"}, {"370125", "370115"},
                   {"371202", "370116"}, {"371203", "370117"}, {"370282", "370215"}, {"370521", "370505"},
                   {"371523", "371503"}, {"371626", "371681"}, {"371727", "371703"}, {"370205", "370203"},
                   {"370284", "370211"}, {"370802", "370811"}, {"370882", "370812"}, {"371081", "371003"},
                   {"371421", "371403"}, {"371624", "371603"}};
    for (size_t index = 0; index < sizeof retired / sizeof retired[0]; index++) {
        cr_expect(district_is_retired(text_of(retired[index].code)));
        cr_expect_str_eq(district_current(text_of(retired[index].code)), retired[index].current);
    }
    cr_expect_str_eq(window_of_district(text_of("370684")), "W:370614");
    cr_expect_str_eq(window_of_district(text_of("370102")), "W:370102");
    cr_expect_not(district_is_retired(text_of("370102")));
}

Test(windows, do_not_serve_what_is_no_district)
{
    static const char *const others[] = {"", "37010", "3701022", "370101", "370171", "370100", "110102", "37010X"};
    for (size_t index = 0; index < sizeof others / sizeof others[0]; index++)
        cr_expect_null(window_of_district(text_of(others[index])), "%s", others[index]);
}

#include "agents/ops/table.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>

static const struct table_column columns[] = {{"NAME", false}, {"COUNT", true}, {"END", false}};

static void use_utf8(void)
{
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
}

TestSuite(table, .init = use_utf8);

static char *print(struct table *table)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    table_print(table, out);
    fclose(out);
    table_free(&table);
    return text;
}

Test(table, aligns_chinese_names_which_take_two_columns_a_character)
{
    struct table *table = table_new(columns, 3);
    table_cell(table, "济南市历下区");
    table_cell(table, "7");
    table_cell(table, "x");
    table_cell(table, "Lixia");
    table_cell(table, "1360");
    table_cell(table, "y");
    char *text = print(table);
    cr_assert_str_eq(text, "NAME          COUNT  END\n"
                           "济南市历下区      7  x\n"
                           "Lixia          1360  y\n");
    free(text);
}

Test(table, prints_the_headings_alone_when_there_are_no_rows)
{
    char *text = print(table_new(columns, 3));
    cr_assert_str_eq(text, "NAME  COUNT  END\n");
    free(text);
}

Test(table, shows_what_is_absent_as_a_dash)
{
    struct table *table = table_new(columns, 3);
    table_text(table, (struct text){0});
    table_number(table, (struct number){0});
    table_text(table, text_of(""));
    char *text = print(table);
    cr_assert_str_eq(text, "NAME  COUNT  END\n-         -  \n");
    free(text);
}

Test(table, lets_nobody_steer_the_terminal)
{
    struct table *table = table_new(columns, 3);
    table_cell(table, "a\x1b[31mb\nc");
    table_cell(table, "\xff");
    table_cell(table, "\xe6\xb5");
    char *text = print(table);
    cr_assert_str_eq(text, "NAME       COUNT  END\na?[31mb?c      ?  ??\n");
    free(text);
}

Test(table, counts_columns_of_the_screen)
{
    cr_expect_eq(text_width(text_of("")), 0);
    cr_expect_eq(text_width(text_of("abc")), 3);
    cr_expect_eq(text_width(text_of("鲁（2026）")), 10);
    cr_expect_eq(text_width(text_of("\xff\xfe")), 2);
}

Test(table, may_be_freed_twice)
{
    struct table *table = table_new(columns, 3);
    table_free(&table);
    table_free(&table);
    cr_assert_null(table);
}

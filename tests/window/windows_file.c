#include "agents/window/windows_file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct window_names names;
static char why[256];

static enum status read_text(const char *text)
{
    char path[] = "/tmp/onevisit-windows-XXXXXX";
    int file = mkstemp(path);
    memset(&names, 0, sizeof names);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    enum status status = windows_file_read(path, &names, why, sizeof why);
    unlink(path);
    return status;
}

Test(windows_file, takes_one_name_a_line_with_comments_and_sorts_them)
{
    cr_assert_eq(read_text("# Jinan\nW:370103\r\n\n  W:370102 # Lixia\nW:370102-02\n"), STATUS_OK, "%s", why);
    cr_assert_eq(names.count, 3);
    cr_assert_str_eq(names.items[0], "W:370102");
    cr_assert_str_eq(names.items[1], "W:370102-02");
    cr_assert_str_eq(names.items[2], "W:370103");
}

Test(windows_file, names_the_line_that_is_wrong)
{
    cr_assert_eq(read_text("W:370102\nB:105451099995\n"), STATUS_CONFIG);
    cr_assert_not_null(strstr(why, "line 2"), "%s", why);
    cr_assert_eq(read_text("W:370102\nW:370102\n"), STATUS_CONFIG);
    cr_assert_not_null(strstr(why, "stands twice"), "%s", why);
    cr_assert_eq(read_text("# nobody\n"), STATUS_CONFIG);
    cr_assert_eq(windows_file_read("/nowhere", &names, why, sizeof why), STATUS_NOT_FOUND);
}

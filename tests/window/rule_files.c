#include "agents/window/rule_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/onevisit-rules-XXXXXX";
static const struct window_names served = {.items = {"W:370102", "W:370103"}, .count = 2};
static struct rule_files files;
static char why[512];

static const char *write_file(const char *name, const char *text)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void begin(void)
{
    cr_assert_not_null(mkdtemp(folder));
}

static void end(void)
{
    static const char *const names[] = {"a.rules", "b.rules", "c.rules", "notes.txt"};
    char path[128];
    rule_files_free(&files);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

TestSuite(rule_files, .init = begin, .fini = end);

Test(rule_files, of_a_folder_are_taken_for_the_windows_served)
{
    write_file("a.rules", "window = \"W:370102\"; version = 3; fee_first = true;\n");
    write_file("b.rules", "window = \"W:370104\"; version = 1;\n");
    write_file("notes.txt", "not a rule file");
    cr_assert_eq(rule_files_read(&files, folder, &served, why, sizeof why), STATUS_OK, "%s", why);
    cr_assert_eq(files.count, 1);
    cr_assert_eq(rule_files_of(&files, text_of("W:370102"))->fee_first.value, 1);
    cr_assert_null(rule_files_of(&files, text_of("W:370103")));
    cr_assert_null(rule_files_of(NULL, text_of("W:370102")));
}

Test(rule_files, of_a_window_that_is_not_served_are_refused)
{
    const char *path = write_file("a.rules", "window = \"W:370104\"; version = 1;\n");
    cr_assert_eq(rule_files_read(&files, path, &served, why, sizeof why), STATUS_CONFIG);
    cr_assert_not_null(strstr(why, "W:370104 is not served here"), "%s", why);
}

Test(rule_files, that_break_a_rule_are_refused_with_file_line_and_reason)
{
    write_file("a.rules", "window = \"W:370102\"; version = 3;\n"
                          "translations = ( { dictionary = \"qllx\"; code = \"23\"; local = \"37\"; } );\n");
    cr_assert_eq(rule_files_read(&files, folder, &served, why, sizeof why), STATUS_CONFIG);
    cr_assert_not_null(strstr(why, "a.rules: line 2"), "%s", why);
    cr_assert_not_null(strstr(why, "no code 23"), "%s", why);
}

Test(rule_files, of_one_window_twice_are_refused)
{
    write_file("a.rules", "window = \"W:370102\"; version = 3;\n");
    write_file("b.rules", "window = \"W:370102\"; version = 4;\n");
    cr_assert_eq(rule_files_read(&files, folder, &served, why, sizeof why), STATUS_CONFIG);
    cr_assert_not_null(strstr(why, "another file"), "%s", why);
}

Test(rule_files, that_are_not_there_are_refused)
{
    cr_assert_neq(rule_files_read(&files, "/nowhere/x.rules", &served, why, sizeof why), STATUS_OK);
    cr_assert_not_null(strstr(why, "/nowhere/x.rules"), "%s", why);
}

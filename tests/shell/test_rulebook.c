#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/core/rules.h"
#include "broker/rulebook.h"
#include "tests/shell/house.h"

/* Rule files and calendar of a running broker. */

static const int64_t NOW = INT64_C(1790740800000000); /* 2026-09-30 */
static char rules[80];
static char calendar[96];
static struct keeper *keeper;
static struct rulebook *rulebook;
static struct effects effects;
static uint8_t memory[RULEBOOK_VIEW_SIZE];
static struct rules_list list;

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static void write_rules(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", rules, name);
    write_text(path, text);
}

static void remove_rules(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", rules, name);
    cr_assert_eq(remove(path), 0);
}

static void start(const char *calendar_path)
{
    keeper = open_keeper(1000);
    cr_assert_eq(rulebook_new(keeper, rules, calendar_path, &rulebook), STATUS_OK);
}

static void stop(void)
{
    rulebook_free(&rulebook);
    keeper_close(&keeper, true);
}

static void begin(void)
{
    make_folder();
    snprintf(rules, sizeof rules, "%s-rules", folder);
    snprintf(calendar, sizeof calendar, "%s/calendar.csv", rules);
    cr_assert_eq(mkdir(rules, 0700), 0);
    start("");
}

static void end(void)
{
    char command[160];
    stop();
    effects_fini(&effects);
    snprintf(command, sizeof command, "rm -rf %s", rules);
    cr_assert_eq(system(command), 0);
    remove_folder();
}

TestSuite(rulebook, .init = begin, .fini = end);

static int64_t load(void)
{
    struct arena arena = arena_over(memory, sizeof memory);
    int64_t changed = -1;
    cr_assert_eq(rulebook_load(rulebook, NOW, &effects, &changed, why), STATUS_OK, "%s", why);
    cr_assert_eq(rulebook_view(rulebook, text_of(NULL), &arena, &list), STATUS_OK);
    return changed;
}

static void expect_view(uint32_t index, const char *window, int64_t version, const char *refused)
{
    cr_assert_lt(index, list.windows.count);
    const struct rules_view *view = &list.windows.items[index];
    char text[512];
    snprintf(text, sizeof text, "%.*s", TEXT_ARGS(view->refused));
    cr_expect(text_equal(view->window, text_of(window)), "%.*s", TEXT_ARGS(view->window));
    cr_expect_eq(view->version.value, version);
    if (refused == NULL)
        cr_expect_null(view->refused.data, "%s", text);
    else
        cr_expect_not_null(strstr(text, refused), "%s, not %s", refused, text);
}

Test(rulebook, journals_each_file_once_and_shows_the_windows_in_order)
{
    write_rules("b.rules", "window = \"W:370103\"; version = 7;");
    write_rules("a.rules", "window = \"W:370102\"; version = 1; needs_title = true;");
    write_rules("notes.txt", "not mine");
    write_rules(".hidden.rules", "nor this");
    cr_expect_eq(load(), 3, "two windows and the calendar");
    cr_assert_eq(list.windows.count, 2);
    expect_view(0, "W:370102", 1, NULL);
    expect_view(1, "W:370103", 7, NULL);
    cr_expect_eq(list.windows.items[0].sequence.value, 2, "after the calendar");
    cr_expect_eq(list.windows.items[1].sequence.value, 3);
    cr_expect(text_is(list.calendar_end, "2026-12-31"));
    cr_expect_eq(load(), 0, "nothing is new");
}

Test(rulebook, a_file_changes_hot_with_a_higher_version_alone)
{
    write_rules("a.rules", "window = \"W:370102\"; version = 2;");
    load();
    write_rules("a.rules", "# a remark changes nothing\nwindow = \"W:370102\"; version = 2;");
    cr_expect_eq(load(), 0);
    expect_view(0, "W:370102", 2, NULL);
    write_rules("a.rules", "window = \"W:370102\";\nversion = 2;\nneeds_title = true;");
    cr_expect_eq(load(), 0);
    expect_view(0, "W:370102", 2, "line 2: version: 2 is in force");
    cr_expect_not(core_rules(keeper_core(keeper), text_of("W:370102"))->needs_title.is_present);
    write_rules("a.rules", "window = \"W:370102\";\nversion = 1;\n");
    load();
    expect_view(0, "W:370102", 2, "higher version");
    write_rules("a.rules", "window = \"W:370102\";\nversion = 3;\nneeds_title = true;");
    cr_expect_eq(load(), 1);
    expect_view(0, "W:370102", 3, NULL);
    cr_expect_eq(core_rules(keeper_core(keeper), text_of("W:370102"))->needs_title.value, 1);
}

Test(rulebook, a_wrong_file_is_refused_whole_and_those_in_force_stay)
{
    write_rules("a.rules", "window = \"W:370102\"; version = 1;");
    load();
    write_rules("a.rules", "window = \"W:370102\";\nversion = 2;\nneeds_title = true;\ntitle_minutes = 0;");
    write_rules("b.rules", "window = \"W:370103\"; version = 1;");
    write_rules("c.rules", "window = ;");
    cr_expect_eq(load(), 1, "the good one is taken");
    cr_assert_eq(list.windows.count, 3);
    expect_view(0, "W:370102", 1, "a.rules: line 4: title_minutes");
    expect_view(1, "W:370103", 1, NULL);
    expect_view(2, NULL, 0, "c.rules: line 1: syntax");
    remove_rules("a.rules");
    remove_rules("c.rules");
    load();
    cr_assert_eq(list.windows.count, 2, "a file that goes away changes nothing");
    expect_view(0, "W:370102", 1, NULL);
}

Test(rulebook, two_files_of_one_window_are_both_refused)
{
    write_rules("a.rules", "window = \"W:370102\"; version = 1;");
    write_rules("b.rules", "window = \"W:370102\"; version = 2;");
    cr_expect_eq(load(), 1, "the calendar alone");
    cr_assert_eq(list.windows.count, 1);
    expect_view(0, "W:370102", 0, "leave one of the two files");
}

Test(rulebook, survives_a_restart_and_a_folder_that_is_gone)
{
    write_rules("a.rules", "window = \"W:370102\"; version = 4; needs_seal = true;");
    load();
    cr_assert_eq(keeper_commit(keeper, why), STATUS_OK);
    stop();
    remove_rules("a.rules");
    start("");
    cr_expect_eq(core_rules(keeper_core(keeper), text_of("W:370102"))->version.value, 4, "before any file is read");
    cr_expect_eq(load(), 0);
    cr_assert_eq(rmdir(rules), 0);
    cr_expect_eq(load(), 0);
    expect_view(0, "W:370102", 4, NULL);
    expect_view(1, NULL, 0, "cannot read the folder");
    cr_expect_eq(rulebook_judge(rules, why), STATUS_CONFIG, "but no broker starts on it");
}

Test(rulebook, the_calendar_changes_hot_and_a_wrong_one_is_refused)
{
    load();
    cr_assert_eq(keeper_commit(keeper, why), STATUS_OK);
    stop();
    start(calendar);
    write_text(calendar, "# version 2027-1: x\ndate,kind\n2027-01-01,holiday\n");
    cr_expect_eq(load(), 1);
    cr_expect(text_is(list.calendar, "2027-1"));
    cr_expect(text_is(list.calendar_end, "2027-12-31"));
    write_text(calendar, "# version 2027-2: x\ndate,kind\n2027-01-01,closed\n");
    cr_expect_eq(load(), 0);
    cr_expect(text_is(list.calendar, "2027-1"));
    cr_expect(list.calendar_refused.size > 0);
    write_text(calendar, "# version 2027-2: x\ndate,kind\n2027-01-01,workday\n");
    cr_expect_eq(load(), 1);
    cr_expect_null(list.calendar_refused.data);
    cr_expect_eq(core_calendar(keeper_core(keeper))->days.items[0].is_working.value, 1);
    cr_assert_eq(keeper_commit(keeper, why), STATUS_OK);
    stop();
    start("");
    cr_expect_eq(load(), 0, "the one built in is older");
    cr_expect(text_is(list.calendar, "2027-2"));
}

Test(rulebook, a_wrong_calendar_at_the_first_start_leaves_the_one_built_in)
{
    stop();
    start(calendar);
    write_text(calendar, "rubbish\n");
    cr_expect_eq(load(), 1);
    cr_expect(text_is(list.calendar_end, "2026-12-31"));
    cr_expect(list.calendar_refused.size > 0);
}

/* One agent between the house and registries that call its codes by other names. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "agents/window/program.h"
#include "tests/window/house.h"

/* One window of the old codes, one of the new. */
static const char *const two_windows[] = {"W:370102", "W:370103"};
static const char *const units[] = {"370102999001GB00001F00010203", "370103999001GB00001F00010203"};

static struct house house;
static struct rule_files files;

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", house.data, name);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
    cr_assert_eq(chmod(path, mode), 0);
}

/* What it calls a mortgage is what the house calls a prenotice. */
static void write_rules(const char *method, const char *mortgage)
{
    char text[1024];
    snprintf(text, sizeof text,
             "window = \"W:370103\";\nversion = 2;\ntranslations = (\n"
             "  { dictionary = \"dyfs\"; code = \"1\"; local = \"%s\"; },\n"
             "  { dictionary = \"qllx\"; code = \"4\"; local = \"4\"; },\n"
             "  { dictionary = \"qllx\"; code = \"37\"; local = \"%s\"; },\n"
             "  { dictionary = \"qllx\"; code = \"96\"; local = \"37\"; } );\n",
             method, mortgage);
    write_file("370103.rules", text, 0600);
}

/* Accepts and books what is handed, in the very codes that it was handed and with QLLX as said in the file `mortgage`.
 */
static const char registry[] =
    "#!/bin/sh\n"
    "D=$(dirname $0)\n"
    "question=$(cat)\n"
    "window=$(echo \"$question\" | sed 's/.*\"window\":\"W:\\([0-9]*\\)\".*/\\1/')\n"
    "if [ $1 = hand ]; then echo \"$question\" > $D/question.$window; exit 0; fi\n"
    "[ -e $D/question.$window ] || { echo '{\"known\":false}'; exit 1; }\n"
    "method=$(sed 's/.*\"dyfs\":\"\\([^\"]*\\)\".*/\\1/' $D/question.$window)\n"
    "[ -e $D/booked.$window ] || cat > $D/booked.$window <<END\n"
    "{\"type\":\"CASE_ACCEPTED\",\"body\":{\"ywh\":\"N-1\",\"slsj\":1}},\n"
    "{\"type\":\"CASE_BOOKED\",\"body\":{\"ywh\":\"N-1\",\"djsj\":2,\"dybdclx\":\"2\",\"dyr\":\"x\",\"djlx\":\"100\",\n"
    "\"dyfs\":\"$method\",\"qllx\":\"$(cat $D/mortgage.$window)\",\n"
    "\"qxdm\":\"$window\",\"djjg\":\"x\",\"dbr\":\"T\",\"qszt\":\"1\",\n"
    "\"units\":[{\"bdcdyh\":\"${window}999001GB00001F00010203\"}]}}\n"
    "END\n"
    "echo \"{\\\"known\\\":true,\\\"deliveries\\\":1,\\\"answers\\\":[$(cat $D/booked.$window $D/more.$window)]}\"\n";

static void read_rules(void)
{
    char path[128];
    char why[512] = "";
    struct window_names served = {.items = {"W:370102", "W:370103"}, .count = 2};
    snprintf(path, sizeof path, "%s/370103.rules", house.data);
    rule_files_free(&files);
    cr_assert_eq(rule_files_read(&files, path, &served, why, sizeof why), STATUS_OK, "%s", why);
}

static void start(void)
{
    static char path[128]; /* borrowed by the adapter */
    char why[512] = "";
    struct adapter adapter;
    uint32_t count = house_count(&house, MESSAGE_WINDOW_STATE, "");
    read_rules();
    snprintf(path, sizeof path, "%s/registry.sh", house.data);
    struct program_settings settings = {path, 20000, 10, 4, false, NULL, &files};
    cr_assert_eq(program_open(&settings, &adapter, why, sizeof why), STATUS_OK, "%s", why);
    house_start(&house, &adapter);
    house_await(&house, MESSAGE_WINDOW_STATE, "", count + 2);
}

static void begin(const char *method, const char *mortgage)
{
    house_open(&house, two_windows, 2);
    write_rules(method, mortgage);
    write_file("registry.sh", registry, 0700);
    write_file("mortgage.370102", "37", 0600);
    write_file("mortgage.370103", mortgage, 0600);
    write_file("more.370102", "", 0600);
    write_file("more.370103", "", 0600);
    start();
}

static void end(void)
{
    house_close(&house);
    rule_files_free(&files);
}

static void submit(uint32_t window, char case_id[31])
{
    struct house_delivery delivery = {two_windows[window],
                                      house_case_id(window + 1, case_id),
                                      1,
                                      MESSAGE_CASE_SUBMIT,
                                      house_application(window ? "DY-2" : "DY-1", units[window]),
                                      false};
    house_deliver(&house, &delivery);
}

static bool file_says(const char *name, const char *text)
{
    char path[128];
    char line[16384] = "";
    snprintf(path, sizeof path, "%s/%s", house.data, name);
    FILE *file = fopen(path, "re");
    cr_assert_not_null(file);
    cr_assert_not_null(fgets(line, sizeof line, file));
    fclose(file);
    return strstr(line, text) != NULL;
}

static void assert_held(const char *column, const char *reason)
{
    char sql[128];
    char text[512] = "";
    snprintf(sql, sizeof sql, "SELECT %s", column);
    sqlite3_stmt *query = base_query(&house.folder.base, sql);
    cr_assert(base_next(&house.folder.base, query));
    base_copy_text(query, 0, text, sizeof text);
    book_end(query);
    cr_assert_not_null(strstr(text, reason), "%s", text);
}

Test(program_codes, go_to_each_window_as_it_calls_them_and_come_back_the_same)
{
    char plain[31];
    char translated[31];
    struct case_booked booked;
    begin("B1", "23");
    submit(0, plain);
    submit(1, translated);
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, plain, 1), &booked);
    cr_assert(text_is(booked.method, "1") && text_is(booked.right, "37"));
    house_decode(&house, house_await(&house, MESSAGE_CASE_BOOKED, translated, 1), &booked);
    cr_assert(text_is(booked.method, "1") && text_is(booked.right, "37"));
    cr_assert(file_says("question.370102", "\"dyfs\":\"1\""));
    cr_assert(file_says("question.370103", "\"dyfs\":\"B1\""));
    end();
}

/* 96 is a code of the house, and no code of this window: passed on it would read as a prenotice. */
Test(program_codes, that_the_window_does_not_have_are_held_for_a_person_and_never_sent)
{
    char id[31];
    begin("B1", "23");
    write_file("mortgage.370103", "96", 0600);
    submit(1, id);
    house_await_number(&house, "SELECT count(*) FROM docket WHERE held IS NOT NULL", 1);
    assert_held("held FROM docket", "answers/1: CASE_BOOKED qllx: 本窗口代码对照表中没有“96”");
    house_await(&house, MESSAGE_CASE_ACCEPTED, id, 1);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_BOOKED, id), 0);
    end();
}

Test(program_codes, of_the_house_that_the_window_lacks_are_held_before_the_registry_is_called)
{
    char id[31];
    house_open(&house, two_windows, 2);
    write_file("registry.sh", registry, 0700);
    write_file("370103.rules",
               "window = \"W:370103\";\nversion = 2;\n"
               "translations = ( { dictionary = \"dyfs\"; code = \"2\"; local = \"B2\"; } );\n",
               0600);
    start();
    submit(1, id);
    house_await_number(&house, "SELECT count(*) FROM delivery WHERE state = 'held'", 1);
    assert_held("reason FROM delivery", "dyfs: 本窗口代码对照表中没有“1”");
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL"
                                      " AND type <> 'DELIVERY_FAILED'"),
                 0);
    end();
}

/* Story 21: what was said in the old codes is known again, and what follows is read by the new ones. */
Test(program_codes, change_at_a_window_in_the_middle_of_a_case)
{
    char id[31];
    struct correction correction;
    begin("B1", "23");
    submit(1, id);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL AND state = 'stored'", 2);
    house_kill(&house);
    write_rules("C1", "24");
    write_file("more.370103",
               ",{\"type\":\"CORRECTION\",\"body\":{\"ywh\":\"N-2\",\"djsj\":3,\"ground\":\"x\","
               "\"changes\":[{\"path\":\"qllx\",\"old\":\"\\\"37\\\"\",\"new\":\"\\\"24\\\"\"}]}}",
               0600);
    start();
    house_decode(&house, house_await(&house, MESSAGE_CORRECTION, id, 1), &correction);
    cr_assert(text_is(correction.changes.items[0].old_value, "\"96\""));
    cr_assert(text_is(correction.changes.items[0].new_value, "\"37\""));
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM docket WHERE held IS NOT NULL"), 0);
    cr_assert_eq(house_count(&house, MESSAGE_CASE_BOOKED, id), 1);
    end();
}

/* The file of the new codes may leave out one that an open case still has. */
Test(program_codes, that_went_out_of_use_do_not_stop_the_answers_of_a_case)
{
    char id[31];
    begin("B1", "23");
    submit(1, id);
    house_await(&house, MESSAGE_CASE_BOOKED, id, 1);
    house_await_number(&house, "SELECT count(*) FROM answer WHERE case_id IS NOT NULL AND state = 'stored'", 2);
    house_kill(&house);
    write_file("370103.rules",
               "window = \"W:370103\";\nversion = 3;\n"
               "translations = ( { dictionary = \"dyfs\"; code = \"2\"; local = \"B2\"; } );\n",
               0600);
    write_file("more.370103", ",{\"type\":\"FEE_NOTICE\",\"body\":{\"bill\":\"JK-1\",\"amount\":0}}", 0600);
    start();
    house_await(&house, MESSAGE_FEE_NOTICE, id, 1);
    cr_assert_eq(house_number(&house, "SELECT count(*) FROM docket WHERE held IS NOT NULL"), 0);
    end();
}

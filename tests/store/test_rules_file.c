#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/store/rules_file.h"

/* Rule files of windows: whole or not at all, with line and reason. */

static char path[64];
static char why[RULES_WHY_SIZE];
static uint8_t memory[RULES_ARENA_SIZE];

static enum status judge(const char *text, struct fact_rules *out, rules_take_problem *take, void *context)
{
    struct arena arena = arena_over(memory, sizeof memory);
    snprintf(path, sizeof path, "/tmp/onevisit-rules-XXXXXX");
    int file = mkstemp(path);
    cr_assert_geq(file, 0);
    cr_assert_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    enum status status = rules_file_judge(path, &arena, out, why, take, context);
    remove(path);
    return status;
}

Test(rules_file, takes_the_example_of_the_manual_whole)
{
    struct arena arena = arena_over(memory, sizeof memory);
    struct fact_rules fact;
    cr_assert_eq(rules_file_judge("docs/examples/370102.rules", &arena, &fact, why, NULL, NULL), STATUS_OK, "%s", why);
    cr_expect_eq(fact.digest.size, 32);
    cr_expect(text_is(fact.rules.window, "W:370102"));
    cr_expect_eq(fact.rules.version.value, 3);
    cr_expect(text_is(fact.rules.materials.items[0].codes.items[0], "JHZM"));
    cr_expect(text_is(fact.rules.fields.items[0].path, "mortgagors/*/tel"));
    cr_expect_eq(fact.rules.hours.count, 3);
    cr_expect(text_is(fact.rules.hours.items[1].opens, "13:30"));
    cr_expect_eq(fact.rules.clocks.items[0].amount.value, 3);
    cr_expect(text_is(fact.rules.translations.items[1].local, "23"));
    cr_expect_eq(fact.rules.needs_title.value, 1);
    cr_expect(fact.rules.fee_first.is_present);
    cr_expect_eq(fact.rules.fee_first.value, 0);
}

Test(rules_file, window_and_version_are_enough)
{
    struct fact_rules fact;
    cr_expect_eq(judge("window=\"W:371728\";version=1;", &fact, NULL, NULL), STATUS_OK, "%s", why);
    cr_expect_not(fact.rules.hours.is_present);
}

#define HEAD "window = \"W:370102\";\nversion = 1;\n"

static const struct fault {
    const char *text;
    const char *line;   /* "line 3" */
    const char *reason; /* a part of it */
} faults[] = {
    {HEAD "materialz = ();\n", "line 3", "materialz"},
    {HEAD "note = = 1;\n", "line 3", "syntax"},
    {"version = 1;\n", "line 1", "window"},
    {"window = \"W:370102\";\n", "line 1", "version"},
    {"window = \"W:370102\";\nversion = 0;\n", "line 2", "version"},
    {"window = \"W:370102\";\nversion = \"3\";\n", "line 2", "version"},
    {"window = \"W:370102\";\nversion = 1.5;\n", "line 2", "version"},
    {"window = \"W:370199\";\nversion = 1;\n", "line 1", "nobody knows the window"},
    {"window = \"W:370684\";\nversion = 1;\n", "line 1", "W:370614"},
    {"window = \"B:105451099995\";\nversion = 1;\n", "line 1", "window"},
    {HEAD "materials = ( { kind = \"M01\"; codes = [\"JHZM\", \"XXXX\"]; } );\n", "line 3", "material code"},
    {HEAD "materials = (\n{ kind = \"M99\"; codes = [\"JHZM\"]; } );\n", "line 4", "M99"},
    {HEAD "materials = ( { codes = [\"JHZM\"]; } );\n", "line 3", "kind"},
    {HEAD "materials = ( { kind = \"*\"; codes = \"JHZM\"; } );\n", "line 3", "codes"},
    {HEAD "fields = ( { kind = \"*\"; path = \"mortgagors/*/fax\"; } );\n", "line 3", "mortgagors/*/fax"},
    {HEAD "fields = ( { kind = \"*\"; path = \"mortgagors/0/tel\"; } );\n", "line 3", "mortgagors/0/tel"},
    {HEAD "fields = ( { kind = \"M0\"; path = \"appraisal\"; } );\n", "line 3", "M0"},
    {HEAD "hours = ( { days = \"128\"; opens = \"09:00\"; closes = \"17:00\"; } );\n", "line 3", "1 (Monday)"},
    {HEAD "hours = ( { days = \"11\"; opens = \"09:00\"; closes = \"17:00\"; } );\n", "line 3", "each once"},
    {HEAD "hours = ( { days = \"1\"; opens = \"17:00\";\ncloses = \"09:00\"; } );\n", "line 4", "before it opens"},
    {HEAD "hours = ( { days = \"1\"; opens = \"09:00\"; closes = \"09:00\"; } );\n", "line 3", "before it opens"},
    {HEAD "hours = ( { days = \"1\"; opens = \"9:00\"; closes = \"17:00\"; } );\n", "line 3", "opens"},
    {HEAD "hours = ( { days = \"1\"; opens = \"09:00\"; closes = \"24:30\"; } );\n", "line 3", "HH:MM"},
    {HEAD "hours = ( { days = \"12\"; opens = \"09:00\"; closes = \"12:00\"; },\n"
          "{ days = \"23\"; opens = \"11:59\"; closes = \"17:00\"; } );\n",
     "line 4", "overlap"},
    {HEAD "open_days = [\"2026-02-29\"];\n", "line 3", "date"},
    {HEAD "open_days = [\"2026-02-28\",\n\"2026-02-28\"];\n", "line 4", "twice"},
    {HEAD "open_days = [\"2026-02-28\"];\nclosed_days = [\"2026-02-28\"];\n", "line 4", "twice"},
    {HEAD "clocks = ( { clock = \"DECISION\"; amount = 1; unit = \"weeks\"; } );\n", "line 3", "working_minutes"},
    {HEAD "clocks = ( { clock = \"DECISION\"; amount = 0; unit = \"days\"; } );\n", "line 3", "amount"},
    {HEAD "clocks = ( { clock = \"DECISION\"; kind = \"*\"; amount = 1; unit = \"days\"; } );\n", "line 3",
     "leave kind out"},
    {HEAD "clocks = ( { clock = \"LUNCH\"; amount = 1; unit = \"days\"; } );\n", "line 3", "LUNCH"},
    {HEAD "clocks = ( { clock = \"DECISION\"; amount = 1; unit = \"days\"; },\n"
          "{ clock = \"DECISION\"; amount = 2; unit = \"days\"; } );\n",
     "line 4", "already"},
    {HEAD "translations = ( { dictionary = \"qlxx\"; code = \"37\"; local = \"23\"; } );\n", "line 3", "qlxx"},
    {HEAD "translations = ( { dictionary = \"qllx\"; code = \"23\"; local = \"37\"; } );\n", "line 3", "no code 23"},
    {HEAD "translations = ( { dictionary = \"qllx\"; code = \"37\"; local = \"23\"; },\n"
          "{ dictionary = \"qllx\"; code = \"37\"; local = \"24\"; } );\n",
     "line 4", "translated twice"},
    {HEAD "translations = ( { dictionary = \"qllx\"; code = \"37\"; local = \"23\"; },\n"
          "{ dictionary = \"qllx\"; code = \"96\"; local = \"23\"; } );\n",
     "line 4", "one-to-one"},
    {HEAD "supplement_rounds = 10;\n", "line 3", "supplement_rounds"},
    {HEAD "title_minutes = 0;\n", "line 3", "title_minutes"},
    {HEAD "needs_title = 1;\n", "line 3", "needs_title"},
    {HEAD "note = \"\xff\";\n", "line 3", "UTF-8"},
    {HEAD "  @include \"more.rules\"\n", "line 3", "@include"},
    {HEAD "version = 2;\n", "line 3", "duplicate"},
};

Test(rules_file, refuses_each_fault_with_its_line_and_reason)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const struct fault *fault = &faults[i];
        char place[32];
        struct fact_rules fact;
        cr_expect_eq(judge(fault->text, &fact, NULL, NULL), STATUS_CONFIG, "%s", fault->text);
        snprintf(place, sizeof place, ": %s: ", fault->line);
        cr_expect_not_null(strstr(why, place), "%s, not %s", fault->line, why);
        cr_expect_not_null(strstr(why, fault->reason), "%s, not %s", fault->reason, why);
    }
}

Test(rules_file, hours_that_touch_and_other_dictionaries_with_the_same_code_are_good)
{
    struct fact_rules fact;
    cr_expect_eq(judge(HEAD "hours = ( { days = \"1\"; opens = \"09:00\"; closes = \"12:00\"; },\n"
                            "{ days = \"1\"; opens = \"12:00\"; closes = \"17:00\"; } );\n"
                            "translations = ( { dictionary = \"dyfs\"; code = \"1\"; local = \"01\"; },\n"
                            "{ dictionary = \"gyfs\"; code = \"1\"; local = \"01\"; } );\n",
                       &fact, NULL, NULL),
                 STATUS_OK, "%s", why);
}

static void count_problem(unsigned line, const char *where, const char *sentence, void *context)
{
    cr_expect_gt(line, 0);
    cr_expect_gt(strlen(where) + strlen(sentence), 0);
    (*(unsigned *)context)++;
}

Test(rules_file, every_fault_is_told)
{
    unsigned count = 0;
    struct fact_rules fact;
    cr_expect_eq(judge(HEAD "title_minutes = 0;\nmaterials = ( { kind = \"M99\"; codes = [\"X\"]; } );\n", &fact,
                       count_problem, &count),
                 STATUS_CONFIG);
    cr_expect_eq(count, 3);
    cr_expect(text_is(fact.rules.window, "W:370102"), "whose rules they would be is known");
}

Test(rules_file, one_that_is_not_there_is_said)
{
    struct arena arena = arena_over(memory, sizeof memory);
    struct fact_rules fact;
    cr_expect_eq(rules_file_judge("/tmp/onevisit-no-such.rules", &arena, &fact, why, NULL, NULL), STATUS_NOT_FOUND);
    cr_expect_not_null(strstr(why, "/tmp/onevisit-no-such.rules"));
}

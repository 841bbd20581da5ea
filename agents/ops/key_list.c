/* `onevisit key list`: the directory file as a table. */
#include <stdlib.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/settings.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "broker/store/directory_file.h"

struct key_list {
    struct settings settings;
    struct text only; /* a participant; data NULL: all */
};

static const struct argp_child children[] = {
    {&settings_directory_argp, 0, NULL, 0},
    {&settings_json_argp, 0, NULL, 0},
    {0},
};

static const char sentences[] =
    "Shows the keys of the directory file, in force and revoked; of one participant where it is named."
    "\vExit codes: 0 done; 1 no such file, or no key of that participant; 2 wrong usage, or the file breaks a "
    "rule; 4 I/O error.";

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct key_list *command = context;
    if (!command->settings.directory)
        argp_error(state, "--directory FILE is needed");
}

static void parse(struct key_list *command, int argc, char **argv)
{
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .words_named = "[PARTICIPANT]",
                                      .words = &command->only,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge_usage,
                                      .command = command};
    command_parse(&form, argc, argv);
}

static bool is_wanted(const struct key_list *command, const struct directory_row *row)
{
    return !command->only.data || text_equal(command->only, row->participant);
}

static void add_row(struct table *table, const struct directory_row *row)
{
    char time[SHOW_TIME_SIZE];
    table_text(table, row->participant);
    table_text(table, row->key);
    table_cell(table, row->revoked_at.is_present ? "revoked" : "in force");
    table_cell(table, "%s", show_time(row->added_at, time));
    table_cell(table, "%s", show_time(row->valid_until, time));
    table_cell(table, "%s", show_time(row->revoked_at, time));
    table_text(table, row->name);
    table_text(table, row->revoked_why);
}

static void print_rows_table(const struct key_list *command, const struct directory_row_list *rows)
{
    static const struct table_column columns[] = {
        {"PARTICIPANT", false}, {"PUBLIC KEY", false}, {"STATE", false}, {"ADDED", false},
        {"VALID UNTIL", false}, {"REVOKED", false},    {"NAME", false},  {"WHY", false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < rows->count; i++)
        if (is_wanted(command, &rows->items[i]))
            add_row(table, &rows->items[i]);
    table_print(table, stdout);
    table_free(&table);
}

static void print_rows_json(const struct key_list *command, const struct directory_row_list *rows)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < rows->count; i++)
        if (is_wanted(command, &rows->items[i]))
            json_array_append_new(list, record_to_json(&record_directory_row, &rows->items[i]));
    print_json(list);
}

static uint32_t count_wanted(const struct key_list *command, const struct directory_row_list *rows)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows->count; i++)
        count += is_wanted(command, &rows->items[i]);
    return count;
}

static enum exit_code print_directory(const struct key_list *command, const struct fact_directory *directory)
{
    if (command->settings.is_json)
        print_rows_json(command, &directory->rows);
    else
        print_rows_table(command, &directory->rows);
    bool is_found = !command->only.data || count_wanted(command, &directory->rows) > 0;
    return is_found ? EXIT_CODE_DONE : EXIT_CODE_NO;
}

enum exit_code key_list_run(int argc, char **argv)
{
    struct key_list command = {0};
    parse(&command, argc, argv);
    uint8_t *memory = malloc(DIRECTORY_ARENA_SIZE);
    struct arena arena = arena_over(memory, memory ? DIRECTORY_ARENA_SIZE : 0);
    struct fact_directory directory;
    char why[DIRECTORY_WHY_SIZE];
    enum status status = directory_file_read(command.settings.directory, &arena, &directory, why);
    enum exit_code code = exit_code_of(status);
    if (status == STATUS_OK)
        code = print_directory(&command, &directory);
    else
        complain("%s", why);
    free(memory);
    return code;
}

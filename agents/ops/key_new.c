/* `onevisit key new`: key pairs for participants, their files and their rows in
 * the directory. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/key_batch.h"
#include "agents/ops/settings.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "schemas/calendar.h"
#include "schemas/windows.h"

struct key_new {
    struct settings settings;
    struct text name;
    struct text valid_until;   /* YYYY-MM-DD */
    struct text *participants; /* ends with one that is absent */
    size_t count;
    bool all_windows;
};

enum { NAME_SIZE_MAX = 128, WINDOW_NAME_SIZE = 128 };
#define HOUR_US (INT64_C(3600) * 1000000)

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The first moment after that day at UTC+8; 0 for no day. */
static int64_t end_of_day(struct text day)
{
    struct date date;
    return date_parse(day, &date) ? ((int64_t)(date_days(date) + 1) * 24 - 8) * HOUR_US : 0;
}

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct key_new *command = context;
    if (state->arg_num == 0 && !command->all_windows)
        argp_error(state, "name a participant, as B:105451099995, W:370102, O:li or K, or say --all-windows");
    if (command->name.data && (state->arg_num != 1 || command->all_windows))
        argp_error(state, "--name goes with exactly one participant");
    if (command->name.size > NAME_SIZE_MAX)
        argp_error(state, "--name is longer than %d bytes", NAME_SIZE_MAX);
    if (command->valid_until.data && end_of_day(command->valid_until) <= now_us())
        argp_error(state, "--valid-until %.*s: a day YYYY-MM-DD to come is meant", TEXT_ARGS(command->valid_until));
    if (!command->settings.keys)
        argp_error(state, "--keys DIR is needed: where the key files go");
}

static const struct argp_child children[] = {
    {&settings_keys_argp, 0, NULL, 0},
    {&settings_directory_argp, 0, NULL, 0},
    {&settings_json_argp, 0, NULL, 0},
    {0},
};

static const char sentences[] =
    "Makes a CURVE key pair per participant: DIR/B-105451099995.key (mode 0600) and a row in the directory. "
    "`key new K` makes the broker's own pair, K.key and K.pub, which has no row. All of a call or nothing. A "
    "key file that is there is never written over: to rotate, make the new pair in another folder, and revoke "
    "the old key when the new one is in use."
    "\vExit codes: 0 done; 1 a key file is there already, or the participant has two keys in force; 2 wrong "
    "usage, or the directory file breaks a rule; 4 I/O error.";

static void parse(struct key_new *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("name", 0, "NAME", &command->name, "name in the directory; windows bring their own"),
        option_text("valid-until", 0, "DAY", &command->valid_until,
                    "last day of the keys, YYYY-MM-DD; after it they only receive. Default: no end"),
        option_flag("all-windows", 0, &command->all_windows, "also the 136 windows"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .options = options,
                                      .words_named = "PARTICIPANT...",
                                      .words = command->participants,
                                      .word_count_max = (unsigned)argc,
                                      .sentences = sentences,
                                      .judge = judge_usage,
                                      .command = command};
    command_parse(&form, argc, argv);
    while (command->participants[command->count].data)
        command->count++;
}

/* Names of counties repeat, so the city always stands before them. */
static const char *window_name(const struct window *window, char out[WINDOW_NAME_SIZE])
{
    snprintf(out, WINDOW_NAME_SIZE, "%s%s", window->city_name, window->name);
    return out;
}

static enum exit_code plan_window(struct key_batch *batch, const struct window *window)
{
    char name[WINDOW_NAME_SIZE];
    return key_batch_plan(batch, text_of(window->participant), text_of(window_name(window, name)));
}

static const struct window *window_of_participant(struct text participant)
{
    for (uint32_t i = 0; i < window_count(); i++)
        if (text_is(participant, window_at(i)->participant))
            return window_at(i);
    return NULL;
}

static enum exit_code plan_all(struct key_new *command, struct key_batch *batch)
{
    enum exit_code code = EXIT_CODE_DONE;
    for (size_t i = 0; i < command->count && code == EXIT_CODE_DONE; i++) {
        struct text participant = command->participants[i];
        const struct window *window = command->name.data ? NULL : window_of_participant(participant);
        code = window ? plan_window(batch, window) : key_batch_plan(batch, participant, command->name);
    }
    for (uint32_t i = 0; command->all_windows && i < window_count() && code == EXIT_CODE_DONE; i++)
        code = plan_window(batch, window_at(i));
    return code;
}

static void print_keys_json(const struct key_batch *batch)
{
    json_t *list = json_array();
    for (size_t i = 0; i < batch->count; i++) {
        const struct new_key *key = &batch->keys[i];
        json_array_append_new(list,
                              json_pack("{s:s%, s:s, s:s}", "participant", key->participant.data,
                                        (size_t)key->participant.size, "key", key->public_key, "file", key->path));
    }
    print_json(list);
}

static void print_keys_table(const struct key_batch *batch)
{
    static const struct table_column columns[] = {{"PARTICIPANT", false}, {"PUBLIC KEY", false}, {"FILE", false}};
    struct table *table = table_new(columns, 3);
    for (size_t i = 0; i < batch->count; i++) {
        table_text(table, batch->keys[i].participant);
        table_cell(table, "%s", batch->keys[i].public_key);
        table_cell(table, "%s", batch->keys[i].path);
    }
    table_print(table, stdout);
    table_free(&table);
}

static enum exit_code make_and_print(struct key_new *command)
{
    struct key_batch batch;
    enum exit_code code =
        key_batch_init(&batch, command->settings.keys, command->settings.directory, command->count + window_count());
    if (code == EXIT_CODE_DONE)
        code = plan_all(command, &batch);
    if (code == EXIT_CODE_DONE)
        code = key_batch_make(&batch, now_us(), end_of_day(command->valid_until));
    if (code == EXIT_CODE_DONE && command->settings.is_json)
        print_keys_json(&batch);
    else if (code == EXIT_CODE_DONE)
        print_keys_table(&batch);
    key_batch_fini(&batch);
    return code;
}

enum exit_code key_new_run(int argc, char **argv)
{
    struct key_new command = {0};
    command.participants = calloc((size_t)argc + 1, sizeof *command.participants);
    if (!command.participants)
        return EXIT_CODE_DAMAGE;
    parse(&command, argc, argv);
    enum exit_code code = make_and_print(&command);
    free(command.participants);
    return code;
}

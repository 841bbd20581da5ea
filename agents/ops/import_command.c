/* `onevisit replay import`: a journal into an empty folder, and a broker goes on from there. */
#include <inttypes.h>
#include <stdio.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/gauge.h"
#include "agents/ops/hex.h"
#include "agents/ops/show.h"
#include "broker/keep/import.h"

struct import_command {
    struct settings settings;
    struct text file;
    struct text data;
    struct text keys;
    struct text head;
    struct gauge gauge;
    bool is_begun;
};

static const struct argp_child children[] = {{&settings_json_argp, 0, NULL, 0}, {0}};

static const char sentences[] =
    "Makes a broker's data folder of a whole journal (`onevisit replay export --compact` without filters) and the keys "
    "kept apart from it: the same broker, the same records and chain, all rows made anew. onevisitd starts on it and "
    "goes on from there; messages that come again get the answers they had. Never run two brokers on one journal: "
    "start it with --take-over where the old one may live."
    "\vThe folder is made as FOLDER.new and renamed when it is whole: whatever stops the import leaves nothing.\n\n"
    "Exit codes: 0 done; 1 broken off, or no such file; 2 wrong usage, a folder that is not empty, a file that leaves "
    "records out, keys that are missing; 4 damage, a newer version, or I/O error.";

static void judge(const void *context, const struct argp_state *state)
{
    const struct import_command *command = context;
    if (!command->file.data)
        argp_error(state, "which file?");
    if (!command->data.data)
        argp_error(state, "into which folder? --data FOLDER");
    if (!command->keys.data)
        argp_error(state, "with which keys? --keys FOLDER: a copy of the broker's keys/");
}

static void parse(struct import_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("data", 'd', "FOLDER", &command->data, "the data folder to make; not there yet, or empty"),
        option_text("keys", 'k', "FOLDER", &command->keys, "day-YYYYMMDD and mac, as in a broker's keys/"),
        option_text("head", 0, "FOLDER", &command->head,
                    "where HEAD shall lie, as for onevisitd; within the data folder"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .options = options,
                                      .words_named = "FILE",
                                      .words = &command->file,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
}

static bool show_progress(uint64_t done, uint64_t all, void *context)
{
    struct import_command *command = context;

    if (!command->is_begun)
        gauge_start(&command->gauge, "bytes", 0, all);
    command->is_begun = true;
    gauge_set(&command->gauge, done);
    return !gauge_is_stopped();
}

static void print_result(const struct import_command *command, const struct import_result *result)
{
    char id[HEX_SIZE(BROKER_ID_SIZE)];

    hex_show(result->broker_id, BROKER_ID_SIZE, id);
    if (command->settings.is_json)
        print_json(json_pack("{s:I, s:s, s:b}", "records", (json_int_t)result->records, "broker", id, "test",
                             result->is_test));
    else
        printf("%.*s: broker %s (%s), %" PRIu64 " records, all rows made anew\n", TEXT_ARGS(command->data), id,
               result->is_test ? "test" : "production", result->records);
}

enum exit_code replay_import_run(int argc, char **argv)
{
    struct import_command command = {.file = {NULL, 0}};
    struct import_result result;
    char why[KEEPER_WHY_SIZE];

    parse(&command, argc, argv);
    const struct import_settings settings = {.file = command.file.data,
                                             .keys = command.keys.data,
                                             .folder = command.data.data,
                                             .head_folder = command.head.data};
    const enum status status = import_run(&settings, show_progress, &command, &result, why);
    if (command.is_begun)
        gauge_end(&command.gauge);
    if (status != STATUS_OK) {
        complain("%s", why[0] != '\0' ? why : status_english(status));
        return exit_code_of(status);
    }
    if (result.is_stopped) {
        complain("broken off; nothing was left of %.*s", TEXT_ARGS(command.data));
        return EXIT_CODE_NO;
    }
    print_result(&command, &result);
    return EXIT_CODE_DONE;
}

/* `onevisit key revoke`: first the file, then the broker. A key is out of force
 * only when the broker has read the directory, so the command does not say
 * "done" before that, unless the operator wanted the file alone. */
#include <inttypes.h>
#include <stdlib.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/directory_command.h"
#include "agents/ops/directory_edit.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"

struct key_revoke {
    struct settings settings;
    struct text target; /* a participant, or one key */
    struct text reason;
    bool is_offline;
    uint32_t revoked_total; /* in the file, after the change */
    json_t *rows;           /* what was revoked now */
};

enum { REASON_SIZE_MAX = 256 };

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct key_revoke *command = context;
    if (!command->target.data)
        argp_error(state, "whose key? A participant, as B:105451099995, or a public key");
    command_judge_text(command->reason, REASON_SIZE_MAX, "--reason TEXT", state);
    if (!command->settings.directory)
        argp_error(state, "--directory FILE is needed");
}

static const struct argp_child children[] = {
    {&settings_broker_argp, 0, NULL, 0},
    {&settings_directory_argp, 0, NULL, 0},
    {&settings_json_argp, 0, NULL, 0},
    {0},
};

static const char sentences[] =
    "Marks keys as revoked in the directory file: the one key named, or all keys in force of the participant. "
    "Then the broker reads the file again, and refuses the keys from that moment on, in sessions that stand "
    "as well."
    "\vExit codes: 0 out of force (with --offline: the file is changed); 1 no such key in force, or the broker "
    "refused the directory; 2 wrong usage, or the file breaks a rule; 3 the file is changed, but the broker "
    "did not confirm it: the key may still be in force; 4 I/O error.";

static void parse(struct key_revoke *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &command->reason, "why; needed, at most 256 bytes"),
        option_flag("offline", 0, &command->is_offline, "change the file and ask no broker"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = children,
                                      .options = options,
                                      .words_named = "PARTICIPANT|KEY",
                                      .words = &command->target,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge_usage,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* ---- the file ---- */

static bool is_meant(const struct key_revoke *command, const struct directory_row *row)
{
    return text_equal(command->target, row->participant) || text_equal(command->target, row->key);
}

static uint32_t mark_rows(struct key_revoke *command, struct directory_edit *edit, int64_t now_us)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < edit->count; i++) {
        struct directory_row *row = &edit->rows[i];
        if (is_meant(command, row) && !row->revoked_at.is_present) {
            row->revoked_at =
                number_of(row->added_at.is_present && row->added_at.value > now_us ? row->added_at.value : now_us);
            row->revoked_why = command->reason;
            json_array_append_new(command->rows, record_to_json(&record_directory_row, row));
            count++;
        }
        command->revoked_total += row->revoked_at.is_present;
    }
    return count;
}

static enum exit_code change_file(struct key_revoke *command)
{
    char why[DIRECTORY_WHY_SIZE] = "";
    struct directory_edit edit;
    enum exit_code code = EXIT_CODE_DONE;
    enum status status = directory_edit_open(command->settings.directory, false, &edit, why);
    if (status == STATUS_OK && mark_rows(command, &edit, clock_now_us()) == 0) {
        complain("%.*s has no key in force in %s; nothing was changed", TEXT_ARGS(command->target),
                 command->settings.directory);
        code = EXIT_CODE_NO;
    } else if (status == STATUS_OK) {
        status = directory_edit_save(&edit, why);
    }
    if (status != STATUS_OK) {
        complain("%s", why);
        code = exit_code_of(status);
    }
    directory_edit_close(&edit);
    return code;
}

static void print_rows(const struct key_revoke *command)
{
    size_t index;
    json_t *row;
    if (command->settings.is_json) {
        print_json(json_incref(command->rows));
        return;
    }
    json_array_foreach(command->rows, index, row)
    {
        printf("revoked in %s: %s of %s\n", command->settings.directory, json_string_value(json_object_get(row, "key")),
               json_string_value(json_object_get(row, "participant")));
    }
}

/* ---- the broker ---- */

static enum exit_code tell_broker(const struct key_revoke *command)
{
    struct directory_result result;
    enum exit_code code = directory_ask_load(&command->settings, command->reason, &result);
    if (code != EXIT_CODE_DONE) {
        complain("NOT CONFIRMED: %s is changed, but the broker did not say that it took it and may still accept the "
                 "key. It reads the directory at its next start, on SIGHUP, or with `onevisit directory load`",
                 command->settings.directory);
        return code == EXIT_CODE_USAGE ? EXIT_CODE_UNREACHABLE : code;
    }
    if (result.revoked.value != command->revoked_total) {
        complain("NOT IN FORCE: the broker's directory has %" PRId64 " revoked keys, %s has %" PRIu32
                 ": does it read another file?",
                 result.revoked.value, command->settings.directory, command->revoked_total);
        return EXIT_CODE_NO;
    }
    if (!command->settings.is_json)
        printf("out of force at the broker since journal sequence %" PRId64 "\n", result.sequence.value);
    return EXIT_CODE_DONE;
}

enum exit_code key_revoke_run(int argc, char **argv)
{
    struct key_revoke command = {.rows = json_array()};
    parse(&command, argc, argv);
    enum exit_code code = change_file(&command);
    if (code == EXIT_CODE_DONE) {
        print_rows(&command);
        if (command.is_offline)
            complain("the broker was not told: it takes this at its next start, on SIGHUP, or with `onevisit directory "
                     "load`");
        else
            code = tell_broker(&command);
    }
    json_decref(command.rows);
    return code;
}

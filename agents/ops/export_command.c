/* `onevisit replay export`: records of the journal for people, scripts and other machines. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/export_source.h"
#include "agents/ops/moment.h"
#include "schemas/rule.h"

enum { UNIT_SIZE_MAX = 128, SCOPE_SIZE = 48 };
static const int64_t SEQUENCE_MAX = 9007199254740991;

struct export_command {
    struct settings settings;
    struct text data;
    struct text file;
    struct number first, last;
    struct text since, until;
    struct text case_id, unit, window, branch, type;
    bool is_compact;
    bool is_unmasked;
};

static const char sentences[] =
    "Exports records of the journal, from a data folder that stands still (--data, or a copy of one), else from the "
    "live broker: to FILE, or to standard output. Without --compact one JSON object a line: sequence, time, sender, "
    "type, case, state after it, chain, envelope and body; names, ids, numbers and free texts are masked, files are "
    "left out. With --compact the records as they are stored, sealed, in a file that `onevisit replay verify --file` "
    "verifies on its own and `onevisit replay import` takes, if it holds all of them. All filters given must hold."
    "\vFILE is written as FILE.new and renamed when it is whole; Ctrl-C leaves nothing of it.\n\n"
    "Exit codes: 0 done; 1 refused, broken off, or no such records; 2 wrong usage; 3 the broker cannot be reached; "
    "4 damage, or I/O error.";

static void judge_kind(const struct export_command *command, const struct argp_state *state)
{
    if (command->type.data != NULL && message_type_of(command->type) == MESSAGE_COUNT)
        argp_error(state, "--type %.*s is no type of message; as CASE_SUBMIT, see docs/messages.md",
                   TEXT_ARGS(command->type));
    if (command->window.data != NULL && participant_role(command->window) != ROLE_WINDOW)
        argp_error(state, "--window %.*s is no window: W:<district6>", TEXT_ARGS(command->window));
    if (command->branch.data != NULL && participant_role(command->branch) != ROLE_BRANCH)
        argp_error(state, "--branch %.*s is no branch: B:<CNAPS12>", TEXT_ARGS(command->branch));
    if (command->unit.data != NULL)
        command_judge_text(command->unit, UNIT_SIZE_MAX, "--unit NUMBER", state);
}

static void judge_times(const struct export_command *command, const struct argp_state *state)
{
    int64_t since = INT64_MIN, until = INT64_MAX;

    if (command->since.data != NULL && !moment_parse(command->since, &since))
        argp_error(state, "--since %.*s: a day, as 2026-09-30, or a moment, as 2026-09-30T14:00 (UTC+8)",
                   TEXT_ARGS(command->since));
    if (command->until.data != NULL && !moment_parse(command->until, &until))
        argp_error(state, "--until %.*s: a day, as 2026-09-30, or a moment, as 2026-09-30T14:00 (UTC+8)",
                   TEXT_ARGS(command->until));
    if (since >= until)
        argp_error(state, "--since is not before --until");
}

static void judge(const void *context, const struct argp_state *state)
{
    const struct export_command *command = context;

    if (command->case_id.data != NULL)
        command_judge_case(command->case_id, state);
    if (command->first.is_present && command->last.is_present && command->first.value > command->last.value)
        argp_error(state, "the range is backwards: --first %" PRId64 " is behind --last %" PRId64, command->first.value,
                   command->last.value);
    judge_kind(command, state);
    judge_times(command, state);
    if (command->is_compact && command->file.data == NULL)
        argp_error(state, "--compact needs a FILE");
    if (command->is_compact && command->is_unmasked)
        argp_error(state, "with --compact bodies stay sealed: nothing can be unmasked");
    if (command->is_unmasked && command->data.data != NULL)
        argp_error(state, "a copied folder has no journal to write down who saw what, and why: ask the live broker for "
                          "--unmasked, after two operators said so with `onevisit replay unmask`");
    if (command->is_unmasked && command->case_id.data == NULL &&
        !(command->first.is_present && command->last.is_present))
        argp_error(state, "--unmasked needs --case, or --first and --last: what was allowed with `onevisit replay "
                          "unmask`");
}

static void parse(struct export_command *command, int argc, char **argv)
{
    const struct command_option options[] = {
        option_text("data", 'd', "FOLDER", &command->data,
                    "a broker's data folder, or a copy of it; without it the live broker is asked"),
        option_number("first", 0, "SEQUENCE", &command->first, 1, SEQUENCE_MAX, "from this record on; 1"),
        option_number("last", 0, "SEQUENCE", &command->last, 1, SEQUENCE_MAX, "up to this record; the last one"),
        option_text("since", 0, "TIME", &command->since, "only what the broker took then or later (UTC+8)"),
        option_text("until", 0, "TIME", &command->until, "only what it took before then"),
        option_text("case", 'c', "CASE", &command->case_id, "only of this case, its application too"),
        option_text("unit", 'u', "NUMBER", &command->unit, "only of cases on this unit, and what else names it"),
        option_text("window", 'w', "WINDOW", &command->window, "only of this window's cases, and what else it said"),
        option_text("branch", 'b', "BRANCH", &command->branch, "only of this branch's cases, and what else it said"),
        option_text("type", 't', "TYPE", &command->type, "only messages of this type, as CASE_BOOKED"),
        option_flag("compact", 'C', &command->is_compact, "records as they are stored, to FILE"),
        option_flag("unmasked", 0, &command->is_unmasked,
                    "all of it in clear, as two operators allowed with `onevisit replay unmask`"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .words_named = "[FILE]",
                                      .words = &command->file,
                                      .word_count_max = 1,
                                      .sentences = sentences,
                                      .judge = judge,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* It was judged already. */
static struct number moment_of(struct text text)
{
    int64_t time_us = 0;
    const bool is_said = text.data != NULL && moment_parse(text, &time_us);
    return (struct number){time_us, is_said};
}

static struct export_job job_of(const struct export_command *command, char scope[SCOPE_SIZE])
{
    struct export_job job = {
        .settings = &command->settings,
        .folder = command->data.data,
        .selection = {.first = command->first.is_present ? (uint64_t)command->first.value : 1,
                      .last = command->last.is_present ? (uint64_t)command->last.value : UINT64_MAX,
                      .since = moment_of(command->since),
                      .until = moment_of(command->until),
                      .case_id = command->case_id,
                      .unit = command->unit,
                      .window = command->window,
                      .branch = command->branch,
                      .type = command->type},
        .is_compact = command->is_compact,
    };
    if (command->is_unmasked && command->case_id.data != NULL)
        job.scope = command->case_id;
    else if (command->is_unmasked) {
        snprintf(scope, SCOPE_SIZE, "%" PRId64 "-%" PRId64, command->first.value, command->last.value);
        job.scope = text_of(scope);
    }
    job.out_settings = (struct export_out_settings){.path = command->file.data,
                                                    .is_compact = command->is_compact,
                                                    .is_filtered = selection_is_filtered(&job.selection),
                                                    .first = job.selection.first};
    return job;
}

/* On standard error: standard output may be the records. */
static void say_what_was_done(const struct export_job *job)
{
    if (job->is_stopped && job->out_settings.path == NULL)
        complain("broken off behind record %" PRIu64 ": go on with --first %" PRIu64, job->looked_at,
                 job->looked_at + 1);
    else if (job->is_stopped)
        complain("broken off at record %" PRIu64 "; nothing of %s was left", job->looked_at, job->out_settings.path);
    else if (job->out_settings.path != NULL)
        printf("%s: %" PRIu64 " records\n", job->out_settings.path, export_out_count(job->out));
}

enum exit_code replay_export_run(int argc, char **argv)
{
    struct export_command command = {.file = {NULL, 0}};
    char scope[SCOPE_SIZE];

    parse(&command, argc, argv);
    struct export_job job = job_of(&command, scope);
    enum exit_code code = job.folder != NULL ? export_from_folder(&job) : export_from_broker(&job);
    if (code == EXIT_CODE_DONE) {
        say_what_was_done(&job);
        code = job.is_stopped ? EXIT_CODE_NO : EXIT_CODE_DONE;
    }
    export_out_close(&job.out);
    return code;
}

/* `onevisit directory check` judges a file without a broker; `directory load`
 * has the broker swap its directory for what the file says now. */
#include "agents/ops/directory_command.h"

#include <inttypes.h>
#include <stdlib.h>

#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "broker/store/directory_file.h"

/* ---- check ---- */

struct check {
    struct settings settings;
    json_t *problems; /* for --json, else NULL */
    uint32_t count;
};

static const struct argp_child check_children[] = {
    {&settings_directory_argp, 0, NULL, 0},
    {&settings_json_argp, 0, NULL, 0},
    {0},
};

static error_t parse_check(int key, char *argument, struct argp_state *state)
{
    struct check *command = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        settings_hand_on(&command->settings, check_children, state);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            return ARGP_ERR_UNKNOWN;
        command->settings.directory = argument;
        return 0;
    case ARGP_KEY_END:
        if (!command->settings.directory)
            argp_error(state, "which FILE?");
        return 0;
    default: /* argp's keys are no enum of ours */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp check_parser = {
    .parser = parse_check,
    .children = check_children,
    .args_doc = "[FILE]",
    .doc = "Judges a directory file as the broker does when it reads it, and says every problem with line and path."
           "\vExit codes: 0 the broker would take it; 1 problems, or no such file; 2 wrong usage; 4 I/O error.",
};

static void take_problem(unsigned line, const char *path, const char *sentence, void *context)
{
    struct check *command = context;
    command->count++;
    if (command->problems)
        json_array_append_new(command->problems,
                              json_pack("{s:i, s:s, s:s}", "line", (int)line, "path", path, "text", sentence));
    else
        printf("%s:%u: %s%s%s\n", command->settings.directory, line, path, *path ? ": " : "", sentence);
}

static enum exit_code say_judgement(struct check *command, enum status status, const char *why, uint32_t rows)
{
    if (status != STATUS_OK && command->count == 0)
        complain("%s", why);
    else if (command->problems)
        print_json(json_incref(command->problems));
    else if (status == STATUS_OK)
        printf("%s: %" PRIu32 " keys, no problems\n", command->settings.directory, rows);
    return status == STATUS_CONFIG || status == STATUS_LIMIT ? EXIT_CODE_NO : exit_code_of(status);
}

enum exit_code directory_check_run(int argc, char **argv)
{
    struct check command = {0};
    settings_init(&command.settings);
    argp_parse(&check_parser, argc, argv, 0, NULL, &command);
    command.problems = command.settings.is_json ? json_array() : NULL;
    uint8_t *memory = malloc(DIRECTORY_ARENA_SIZE);
    struct arena arena = arena_over(memory, memory ? DIRECTORY_ARENA_SIZE : 0);
    struct fact_directory directory;
    char why[DIRECTORY_WHY_SIZE];
    enum status status =
        directory_file_judge(command.settings.directory, &arena, &directory, why, take_problem, &command);
    enum exit_code code = say_judgement(&command, status, why, directory.rows.count);
    json_decref(command.problems);
    free(memory);
    return code;
}

/* ---- load ---- */

struct load {
    struct settings settings;
    const char *reason;
};

static const struct argp_option load_options[] = {
    {"reason", 'r', "TEXT", 0, "why; stands in the broker's log", 0},
    {0},
};

static error_t parse_load(int key, char *argument, struct argp_state *state)
{
    struct load *command = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        settings_hand_on(&command->settings, settings_ask_children, state);
        return 0;
    case 'r':
        command->reason = argument;
        return 0;
    default: /* argp's keys are no enum of ours */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp load_parser = {
    .options = load_options,
    .parser = parse_load,
    .children = settings_ask_children,
    .doc = "Has the broker read its directory file again: judged whole, then swapped and journaled, or refused and "
           "nothing changes."
           "\vExit codes: 0 done; 1 refused; 2 wrong usage; 3 the broker cannot be reached; 4 I/O error.",
};

enum exit_code directory_ask_load(const struct settings *settings, const char *reason, struct directory_result *out)
{
    struct session *session;
    enum exit_code code = session_open(settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    struct ops_directory_load body = {.reason = text_of(reason), .is_present = true};
    struct question question = {.type = MESSAGE_OPS_DIRECTORY_LOAD, .body = &body, .answer = MESSAGE_DIRECTORY_RESULT};
    struct link_message answer;
    code = session_ask(session, &question, &answer);
    if (code == EXIT_CODE_DONE)
        *out = *(const struct directory_result *)answer.body; /* numbers only */
    session_close(&session);
    return code;
}

enum exit_code directory_load_run(int argc, char **argv)
{
    struct load command = {0};
    settings_init(&command.settings);
    argp_parse(&load_parser, argc, argv, 0, NULL, &command);
    struct directory_result result;
    enum exit_code code = directory_ask_load(&command.settings, command.reason, &result);
    if (code != EXIT_CODE_DONE)
        return code;
    if (command.settings.is_json)
        print_record_json(&record_directory_result, &result);
    else
        printf("directory %s: %" PRId64 " keys, %" PRId64 " of them revoked, in force since journal sequence %" PRId64
               "\n",
               result.has_changed.value ? "changed" : "unchanged", result.participants.value, result.revoked.value,
               result.sequence.value);
    return code;
}

/* `onevisit directory check` judges a file without a broker; `directory load`
 * has the broker swap its directory for what the file says now. */
#include "agents/ops/directory_command.h"

#include <inttypes.h>
#include <stdlib.h>

#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "broker/store/directory_file.h"

/* ---- check ---- */

struct check {
    struct settings settings;
    struct text file;
    json_t *problems; /* for --json, else NULL */
    uint32_t count;
};

static const struct argp_child check_children[] = {
    {&settings_directory_argp, 0, NULL, 0},
    {&settings_json_argp, 0, NULL, 0},
    {0},
};

static const char check_sentences[] =
    "Judges a directory file as the broker does when it reads it, and says every problem with line and path."
    "\vExit codes: 0 the broker would take it; 1 problems, or no such file; 2 wrong usage; 4 I/O error.";

static void judge_check(const void *context, const struct argp_state *state)
{
    const struct check *command = context;
    if (!command->file.data && !command->settings.directory)
        argp_error(state, "which FILE?");
}

static void parse_check(struct check *command, int argc, char **argv)
{
    const struct command_form form = {.settings = &command->settings,
                                      .children = check_children,
                                      .words_named = "[FILE]",
                                      .words = &command->file,
                                      .word_count_max = 1,
                                      .sentences = check_sentences,
                                      .judge = judge_check,
                                      .command = command};
    command_parse(&form, argc, argv);
    if (command->file.data)
        command->settings.directory = command->file.data; /* a whole word of the command line */
}

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
    parse_check(&command, argc, argv);
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

static const char load_sentences[] =
    "Has the broker read its directory file again: judged whole, then swapped and journaled, or refused and "
    "nothing changes." COMMAND_ASK_EXIT_CODES;

enum exit_code directory_ask_load(const struct settings *settings, struct text reason, struct directory_result *out)
{
    struct session *session;
    enum exit_code code = session_open(settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    struct ops_directory_load body = {.reason = reason, .is_present = true};
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
    struct settings settings;
    struct text reason = {0};
    const struct command_option options[] = {
        option_text("reason", 'r', "TEXT", &reason, "why; stands in the broker's log"),
        {0},
    };
    const struct command_form form = {
        .settings = &settings, .children = settings_ask_children, .options = options, .sentences = load_sentences};
    command_parse(&form, argc, argv);
    struct directory_result result;
    enum exit_code code = directory_ask_load(&settings, reason, &result);
    if (code != EXIT_CODE_DONE)
        return code;
    if (settings.is_json)
        print_record_json(&record_directory_result, &result);
    else
        printf("directory %s: %" PRId64 " keys, %" PRId64 " of them revoked, in force since journal sequence %" PRId64
               "\n",
               result.has_changed.value ? "changed" : "unchanged", result.participants.value, result.revoked.value,
               result.sequence.value);
    return code;
}

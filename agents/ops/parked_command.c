/* `onevisit parked retry|discard`: what a person decides about cases that were set aside, one by its name or all that a
 * filter names. Each decision is a journal record of its own, so its answer is a RECEIPT; --dry-run decides nothing. */
#include <inttypes.h>
#include <stdlib.h>

#include "agents/ops/ask.h"
#include "agents/ops/commands.h"
#include "agents/ops/parked_filter.h"
#include "agents/ops/show.h"
#include "schemas/codes.h"

struct parked_command {
    struct settings settings;
    struct parked_filter filter;
    struct text case_id;
    struct text reason;
    struct text approver;
    bool needs_approver;
    bool is_dry_run;
};

enum { REASON_SIZE_MAX = 256, APPROVER_SIZE_MAX = 64, CASE_COUNT_MAX = 10000 };

#define EXIT_CODES                                                                                                     \
    "\vExit codes: 0 stored, or shown by --dry-run; 1 refused (no such case, or not parked any more); 2 wrong usage; " \
    "3 the broker cannot be reached, or no receipt in time: look with `onevisit parked list` before trying again; 4 "  \
    "I/O error. A case that somebody else decided meanwhile is refused and changes nothing."

static const char retry_sentences[] =
    "Puts a parked case, or all that --window, --branch, --class and --older name, back to its place in the lanes of "
    "its units; the same message is sent to its window again, which knows it by its id." EXIT_CODES;

static const char discard_sentences[] =
    "Gives a parked case, or all that --window, --branch, --class and --older name, up: it expires, its branch is "
    "told, and the lanes of its units are free. Two persons decide." EXIT_CODES;

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct parked_command *command = context;
    parked_filter_judge(&command->filter, state);
    if (command->case_id.data != NULL && parked_filter_is_given(&command->filter))
        argp_error(state, "either a CASE or a filter");
    if (!parked_filter_is_given(&command->filter))
        command_judge_case(command->case_id, state);
    if (command->is_dry_run)
        return;
    command_judge_text(command->reason, REASON_SIZE_MAX, "--reason TEXT", state);
    if (command->needs_approver)
        command_judge_text(command->approver, APPROVER_SIZE_MAX, "--approver WHO", state);
}

static void parse(struct parked_command *command, int argc, char **argv)
{
    struct command_option options[PARKED_FILTER_OPTION_COUNT + 4] = {{0}};
    parked_filter_options(&command->filter, options);
    struct command_option *next = options + PARKED_FILTER_OPTION_COUNT;
    *next++ = option_text("reason", 'r', "TEXT", &command->reason, "why; needed, journaled");
    *next++ = option_flag("dry-run", 'n', &command->is_dry_run, "only list what would be decided");
    if (command->needs_approver)
        *next =
            option_text("approver", 'p', "WHO", &command->approver, "the second person who agrees; needed, journaled");
    const struct command_form form = {.settings = &command->settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .words_named = "[CASE]",
                                      .words = &command->case_id,
                                      .word_count_max = 1,
                                      .sentences = command->needs_approver ? discard_sentences : retry_sentences,
                                      .judge = judge_usage,
                                      .command = command};
    command_parse(&form, argc, argv);
}

/* ---- which ---- */

struct chosen {
    char (*ids)[CASE_ID_SIZE + 1];
    uint32_t count;
};

static bool choose(struct chosen *chosen, struct text case_id)
{
    if (chosen->count == CASE_COUNT_MAX)
        return false;
    snprintf(chosen->ids[chosen->count++], CASE_ID_SIZE + 1, "%.*s", TEXT_ARGS(case_id));
    return true;
}

/* All are named before the first one is decided, so that what is decided does not move the pages. */
static enum exit_code find(struct session *session, const struct parked_command *command, struct chosen *out)
{
    bool has_more = true;
    while (has_more) {
        struct link_message answer;
        struct text after = out->count > 0 ? text_of(out->ids[out->count - 1]) : text_of(NULL);
        struct ops_case_list body = parked_filter_question(&command->filter, after);
        struct question question = {.type = MESSAGE_OPS_CASE_LIST, .body = &body, .answer = MESSAGE_CASE_LIST};
        enum exit_code code = session_ask(session, &question, &answer);
        if (code != EXIT_CODE_DONE)
            return code;
        const struct case_list *list = answer.body;
        if (command->is_dry_run && (list->cases.count > 0 || out->count == 0))
            parked_print(list);
        for (uint32_t i = 0; i < list->cases.count; i++)
            if (!choose(out, list->cases.items[i].case_id))
                return EXIT_CODE_DONE;
        has_more = list->has_more.value != 0 && list->cases.count > 0;
    }
    return EXIT_CODE_DONE;
}

/* ---- deciding ---- */

static void print_receipt(const struct parked_command *command, const char *case_id, const struct receipt *receipt)
{
    if (command->settings.is_json)
        print_record_json(&record_receipt, receipt);
    else
        printf("已存 / stored: %s, journal sequence %" PRId64 "\n", case_id, receipt->sequence.value);
}

static enum exit_code decide(struct session *session, const struct parked_command *command, const char *case_id)
{
    struct link_message answer;
    struct ops_parked_retry retry = {.reason = command->reason, .is_present = true};
    struct ops_parked_discard discard = {.reason = command->reason, .approver = command->approver, .is_present = true};
    struct question question = {
        .type = MESSAGE_OPS_PARKED_RETRY, .body = &retry, .case_id = text_of(case_id), .answer = MESSAGE_RECEIPT};
    if (command->needs_approver) {
        question.type = MESSAGE_OPS_PARKED_DISCARD;
        question.body = &discard;
    }
    enum exit_code code = session_ask(session, &question, &answer);
    if (code == EXIT_CODE_DONE)
        print_receipt(command, case_id, answer.body);
    return code;
}

/* A refused one stops no other; a broker that does not answer stops all. */
static enum exit_code decide_all(struct session *session, const struct parked_command *command,
                                 const struct chosen *chosen)
{
    uint32_t refused_count = 0;
    for (uint32_t i = 0; i < chosen->count; i++) {
        enum exit_code code = decide(session, command, chosen->ids[i]);
        if (code != EXIT_CODE_DONE && code != EXIT_CODE_NO)
            return code;
        refused_count += code == EXIT_CODE_NO;
    }
    if (!command->settings.is_json && parked_filter_is_given(&command->filter))
        printf("%" PRIu32 " decided, %" PRIu32 " refused\n", chosen->count - refused_count, refused_count);
    return refused_count > 0 ? EXIT_CODE_NO : EXIT_CODE_DONE;
}

static enum exit_code act(struct session *session, const struct parked_command *command, struct chosen *chosen)
{
    enum exit_code code = EXIT_CODE_DONE;
    if (command->case_id.data != NULL)
        (void)choose(chosen, command->case_id);
    else
        code = find(session, command, chosen);
    if (code != EXIT_CODE_DONE)
        return code;
    if (!command->is_dry_run)
        return decide_all(session, command, chosen);
    printf("%" PRIu32 " would be decided\n", chosen->count);
    return EXIT_CODE_DONE;
}

static enum exit_code run(struct parked_command *command, int argc, char **argv)
{
    struct session *session = NULL;
    parse(command, argc, argv);
    struct chosen chosen = {.ids = malloc((size_t)CASE_COUNT_MAX * sizeof *chosen.ids)};
    if (chosen.ids == NULL) {
        complain("%s", status_english(STATUS_NO_MEMORY));
        return EXIT_CODE_DAMAGE;
    }
    enum exit_code code = session_open(&command->settings, &session);
    if (code == EXIT_CODE_DONE)
        code = act(session, command, &chosen);
    if (session != NULL)
        session_close(&session);
    free(chosen.ids);
    return code;
}

enum exit_code parked_retry_run(int argc, char **argv)
{
    struct parked_command command = {.needs_approver = false};
    return run(&command, argc, argv);
}

enum exit_code parked_discard_run(int argc, char **argv)
{
    struct parked_command command = {.needs_approver = true};
    return run(&command, argc, argv);
}

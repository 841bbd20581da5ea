/* `onevisit case find`: cases by what is known of them. A person is looked for
 * by the id: that is journaled with the operator and the reason first, and the
 * search names the record. Pages with nothing on them are passed over. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agents/ops/ask.h"
#include "agents/ops/case_table.h"
#include "agents/ops/command.h"
#include "agents/ops/commands.h"
#include "agents/ops/show.h"
#include "schemas/codes.h"

/* So many questions one command asks before it says where to go on. */
enum { QUESTION_COUNT_MAX = 100, REASON_SIZE_MAX = 256, ID_SIZE_MAX = 32, AGE_COUNT_MAX = 36500 };

struct find_command {
    struct settings settings;
    struct ops_case_find body;
    struct text citizen; /* data NULL: none; "-": read from standard input */
    struct text reason;
    struct text older, newer;
    char id[ID_SIZE_MAX + 2];
};

static const char find_sentences[] =
    "Finds the cases for which all of this holds, newest first. The id of a person (--citizen) wants a --reason: both "
    "are journaled under your name before anything is found."
    "\vUnits, contract, certificates and persons are those the case was filed with. AGE is a number and d, h or m: "
    "30d, "
    "12h, 45m.\n"
    "Exit codes: 0 done, also when nothing is found; 1 refused; 2 wrong usage; 3 the broker cannot be reached; 4 I/O "
    "error.";

/* ---- what is asked for ---- */

/* "30d", "12h", "45m". */
static bool age_read(struct text text, int64_t *out_us)
{
    static const int64_t minute_us = 60000000;
    int64_t count = 0;
    uint32_t at = 0;
    for (; at < text.size && text.data[at] >= '0' && text.data[at] <= '9' && count <= AGE_COUNT_MAX; at++)
        count = count * 10 + (text.data[at] - '0');
    if (at == 0 || at + 1 != text.size || count > AGE_COUNT_MAX)
        return false;
    const char unit = text.data[at];
    if (unit != 'd' && unit != 'h' && unit != 'm')
        return false;
    *out_us = count * minute_us * (unit == 'm' ? 1 : unit == 'h' ? 60 : 24 * 60);
    return true;
}

static void judge_age(struct text text, const char *option, const struct argp_state *state)
{
    int64_t age_us;
    if (text.data != NULL && !age_read(text, &age_us))
        argp_error(state, "%s: '%.*s' is no age as 30d, 12h or 45m", option, TEXT_ARGS(text));
}

static bool asks_for_nothing(const struct find_command *command)
{
    const struct ops_case_find *body = &command->body;
    return body->case_id.data == NULL && body->unit.data == NULL && body->certificate.data == NULL &&
           body->number.data == NULL && body->contract.data == NULL && command->citizen.data == NULL &&
           !body->lookup.is_present && body->branch.data == NULL && body->window.data == NULL &&
           body->state.data == NULL && command->older.data == NULL && command->newer.data == NULL;
}

static void judge_person(const struct find_command *command, const struct argp_state *state)
{
    if (command->citizen.data == NULL)
        return;
    command_judge_text(command->citizen, ID_SIZE_MAX, "the id behind --citizen", state);
    command_judge_text(command->reason, REASON_SIZE_MAX, "with --citizen, --reason TEXT", state);
    if (command->body.lookup.is_present)
        argp_error(state, "--citizen or --lookup, not both");
}

static void judge_usage(const void *context, const struct argp_state *state)
{
    const struct find_command *command = context;
    const struct ops_case_find *body = &command->body;
    if (asks_for_nothing(command))
        argp_error(state, "find what? See --help");
    if (body->case_id.data != NULL)
        command_judge_case(body->case_id, state);
    judge_person(command, state);
    case_judge_state(body->state, state);
    case_judge_participant(body->window, ROLE_WINDOW, "--window", state);
    case_judge_participant(body->branch, ROLE_BRANCH, "--branch", state);
    case_judge_after(body->after, state);
    judge_age(command->older, "--older", state);
    judge_age(command->newer, "--newer", state);
}

static void parse_find(struct find_command *command, int argc, char **argv)
{
    struct ops_case_find *body = &command->body;
    const struct command_option options[] = {
        option_text("case", 'c', "CASE", &body->case_id, "this case"),
        option_text("unit", 'u', "BDCDYH", &body->unit, "of this property unit (不动产单元号)"),
        option_text("certificate", 'z', "NUMBER", &body->certificate,
                    "with this certificate or proof (不动产权证书号, 不动产登记证明号)"),
        option_text("number", 'y', "YWH", &body->number, "with this number of the window (业务号)"),
        option_text("contract", 'x', "DYHTH", &body->contract, "of this mortgage contract (抵押合同号)"),
        option_text(
            "citizen", 'i', "ID", &command->citizen,
            "of the person with this id; - reads it from standard input, so that no list of processes shows it"),
        option_text("reason", 'r', "TEXT", &command->reason, "why a person is looked for; journaled"),
        option_number("lookup", 0, "SEQUENCE", &body->lookup, 1, INT64_C(9007199254740991),
                      "of the person that was named in this record of yours within the last hour"),
        option_text("branch", 'b', "B:NUMBER", &body->branch, "filed by this branch"),
        option_text("window", 'w', "W:DISTRICT", &body->window, "filed at this window"),
        option_text("state", 's', "STATE", &body->state, "in this state, as `case list`; open: in any open one"),
        option_text("older", 0, "AGE", &command->older, "stored longer ago than this"),
        option_text("newer", 0, "AGE", &command->newer, "stored within this time"),
        option_number("count", 'n', "COUNT", &body->count, 1, CASE_FIND_COUNT_MAX, "at most so many, 1 to 100; 50"),
        option_text("after", 0, "CASE", &body->after, "go on after this case"),
        {0},
    };
    const struct command_form form = {.settings = &command->settings,
                                      .children = settings_ask_children,
                                      .options = options,
                                      .sentences = find_sentences,
                                      .judge = judge_usage,
                                      .command = command};
    command_parse(&form, argc, argv);
}

static void set_times(struct find_command *command)
{
    const int64_t now_us = clock_now_us();
    int64_t age_us;
    if (age_read(command->older, &age_us))
        command->body.until = number_of(now_us - age_us);
    if (age_read(command->newer, &age_us))
        command->body.from = number_of(now_us - age_us);
}

static enum exit_code read_id(struct find_command *command)
{
    if (!text_is(command->citizen, "-"))
        return EXIT_CODE_DONE;
    if (fgets(command->id, sizeof command->id, stdin) == NULL)
        command->id[0] = '\0';
    command->id[strcspn(command->id, "\r\n")] = '\0';
    command->citizen = text_of(command->id);
    if (command->citizen.size > 0 && command->citizen.size <= ID_SIZE_MAX)
        return EXIT_CODE_DONE;
    complain("no id came on standard input");
    return EXIT_CODE_USAGE;
}

/* ---- asking ---- */

/* Nobody is looked for before it is on the broker's disk who asks, for whom and why. */
static enum exit_code name_person(struct find_command *command, struct session *session)
{
    const struct ops_citizen_lookup body = {.id = command->citizen, .reason = command->reason, .is_present = true};
    const struct question question = {.type = MESSAGE_OPS_CITIZEN_LOOKUP, .body = &body, .answer = MESSAGE_RECEIPT};
    struct link_message answer;
    if (command->citizen.data == NULL)
        return EXIT_CODE_DONE;
    const enum exit_code code = session_ask(session, &question, &answer);
    if (code == EXIT_CODE_DONE)
        command->body.lookup = ((const struct receipt *)answer.body)->sequence;
    return code;
}

static void print_rest(const struct find_command *command, const struct case_found *found)
{
    char time[SHOW_TIME_SIZE];
    if (found->has_more.value && command->body.lookup.is_present)
        printf("\nThere may be others: --lookup %" PRId64 " --after %.*s\n", command->body.lookup.value,
               TEXT_ARGS(found->next));
    else if (found->has_more.value)
        printf("\nThere may be others: --after %.*s\n", TEXT_ARGS(found->next));
    if (!found->indexed_from.is_present)
        puts("\nThis broker keeps no index: a case is found by --case, --state and age alone.");
    else if (found->indexed_from.value > 1)
        printf("\nCases filed before %s (record %" PRId64 ") stand in no index: see `onevisit case list`.\n",
               show_time(found->indexed_at, time), found->indexed_from.value);
}

static void print_found(const struct find_command *command, const struct case_found *found)
{
    if (command->settings.is_json) {
        json_t *json = record_to_json(&record_case_found, found);
        case_json_mask_all(json_object_get(json, "cases"), &found->cases);
        if (command->body.lookup.is_present)
            json_object_set_new(json, "lookup", json_integer(command->body.lookup.value));
        print_json(json);
        return;
    }
    if (found->cases.count > 0)
        case_table_print(&found->cases);
    else
        puts("没有找到 / nothing is found");
    print_rest(command, found);
}

/* Pages with nothing on them are passed over. */
static enum exit_code find(struct find_command *command, struct session *session)
{
    const struct question question = {
        .type = MESSAGE_OPS_CASE_FIND, .body = &command->body, .answer = MESSAGE_CASE_FOUND};
    char after[CASE_ID_SIZE + 1];
    for (int count = 1;; count++) {
        struct link_message answer;
        const enum exit_code code = session_ask(session, &question, &answer);
        if (code != EXIT_CODE_DONE)
            return code;
        const struct case_found *found = answer.body;
        if (found->cases.count > 0 || !found->has_more.value || found->next.size != CASE_ID_SIZE ||
            count == QUESTION_COUNT_MAX) {
            print_found(command, found);
            return EXIT_CODE_DONE;
        }
        memcpy(after, found->next.data, CASE_ID_SIZE);
        command->body.after = (struct text){after, CASE_ID_SIZE};
    }
}

enum exit_code case_find_run(int argc, char **argv)
{
    struct find_command command = {.body.is_present = true};
    struct session *session;
    parse_find(&command, argc, argv);
    set_times(&command);
    enum exit_code code = read_id(&command);
    if (code == EXIT_CODE_DONE)
        code = session_open(&command.settings, &session);
    if (code != EXIT_CODE_DONE)
        return code;
    code = name_person(&command, session);
    if (code == EXIT_CODE_DONE)
        code = find(&command, session);
    session_close(&session);
    return code;
}

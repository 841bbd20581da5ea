#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent.h"
#include "agents/branch/commands.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/group_name.h"
#include "agents/branch/queries.h"
#include "agents/branch/show.h"
#include "agents/client/link.h"

enum { KEY_JSON = 0x200, WAIT_MS = AGENT_QUERY_MS_MAX + 2000 };

struct group_arguments {
    struct settings *settings;
    const char *name;
    bool is_json;
};

static const struct argp_option group_options[] = {
    {"json", KEY_JSON, NULL, 0, "one JSON object", 0},
    {0},
};

static error_t group_parse(int key, char *argument, struct argp_state *state)
{
    struct group_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->settings;
        return 0;
    case KEY_JSON:
        arguments->is_json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->name)
            argp_error(state, "one NAME only");
        if (!group_name_judge(argument))
            argp_error(state, "NAME is 1 to 40 bytes in UTF-8");
        arguments->name = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say which group");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child group_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp group_argp = {
    .options = group_options,
    .parser = group_parse,
    .args_doc = "NAME",
    .doc = "Asks the broker, through the `run` of this folder, where the cases stand that were handed in with `submit "
           "--group NAME`. They are independent: one may be booked and another not.\v" EXIT_CODES_TEXT,
    .children = group_children,
};

/* ---- showing ---- */

static enum status group_show_case(const json_t *row)
{
    const char *case_id = "";
    const char *window = "";
    const char *state = "";
    const char *chinese = "";
    const char *english = "";
    if (json_unpack((json_t *)row, "{s:s, s:s, s:s, s:s, s:s}", "cid", &case_id, "window", &window, "state", &state,
                    "level_zh", &chinese, "level_en", &english) != 0)
        return STATUS_CORRUPT;
    printf("  %s %s  %s %s  (%s)\n", case_id, window, chinese, english, state);
    return STATUS_OK;
}

static enum status group_show(const json_t *json)
{
    const char *name = "";
    const char *chinese = "";
    const char *english = "";
    json_t *cases = NULL;
    size_t index;
    json_t *row;
    enum status status = STATUS_OK;
    if (json_unpack((json_t *)json, "{s:s, s:s, s:s, s:o}", "grp", &name, "word_zh", &chinese, "word_en", &english,
                    "cases", &cases) != 0)
        return STATUS_CORRUPT;
    printf("group 组 %s  %s %s\n", name, chinese, english);
    json_array_foreach(cases, index, row)
    {
        if (status == STATUS_OK)
            status = group_show_case(row);
    }
    return status;
}

static enum exit_code group_end(const char *answer, bool is_json)
{
    json_t *json = json_loads(answer, 0, NULL);
    enum status status = json ? STATUS_OK : STATUS_CORRUPT;
    if (json && is_json)
        puts(answer);
    else if (json)
        status = group_show(json);
    json_decref(json);
    return status == STATUS_OK ? EXIT_DONE : complain(status, "the broker's answer cannot be shown");
}

/* A REJECT begins with its code: the broker was reached and knows no such group of ours. */
static enum exit_code group_fail(const char *failure)
{
    static const char unknown[] = "NOT_FOUND";
    if (strncmp(failure, unknown, sizeof unknown - 1) == 0)
        return complain(STATUS_NOT_FOUND, "the broker knows no group of this name from this branch");
    return complain(STATUS_TIMEOUT, failure);
}

static enum exit_code group_ask(struct book *book, const struct group_arguments *arguments)
{
    uint8_t body[GROUP_QUERY_SIZE_MAX];
    size_t size = 0;
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    if (!folder_lock_is_held(arguments->settings->data))
        return complain(STATUS_NO_SESSION, "no `onevisit-branch run` works on this folder; start it first");
    enum status status = group_query_encode(arguments->name, body, &size);
    if (status == STATUS_OK)
        status = queries_ask_body(book, MESSAGE_GROUP_QUERY, bytes_of(body, size), clock_now_us(), &id);
    if (status == STATUS_OK)
        status = queries_await(book, id, WAIT_MS, &answer, &failure);
    if (status != STATUS_OK)
        return complain(status, status == STATUS_TIMEOUT ? "no answer in time" : book_why(book));
    enum exit_code code = answer ? group_end(answer, arguments->is_json) : group_fail(failure);
    free(answer);
    free(failure);
    return code;
}

enum exit_code command_group(int argc, char **argv, struct settings *settings)
{
    struct group_arguments arguments = {.settings = settings};
    struct book *book = NULL;
    if (argp_parse(&group_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &book);
    if (code == EXIT_DONE)
        code = group_ask(book, &arguments);
    book_close(&book);
    return code;
}

#include <inttypes.h>
#include <stdio.h>

#include "agents/branch/branch_book.h"
#include "agents/branch/commands.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/show.h"
#include "schemas/calendar.h"

enum { KEY_ALL = 0x200, KEY_JSON };

struct outbox_arguments {
    struct settings *settings;
    bool with_stored;
    bool is_json;
};

static const struct argp_option outbox_options[] = {
    {"all", KEY_ALL, NULL, 0, "also what the broker has stored", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object a line", 0},
    {0},
};

static error_t outbox_parse(int key, char *argument, struct argp_state *state)
{
    struct outbox_arguments *arguments = state->input;
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->settings;
        return 0;
    case KEY_ALL:
        arguments->with_stored = true;
        return 0;
    case KEY_JSON:
        arguments->is_json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "outbox takes no argument");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child outbox_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp outbox_argp = {
    .options = outbox_options,
    .parser = outbox_parse,
    .doc = "What is still owed to the broker, and what it rejected with all reasons; then how the connection "
           "stands.\v" EXIT_CODES_TEXT,
    .children = outbox_children,
};

static enum status outbox_show(struct book *book, const struct outbox_arguments *arguments)
{
    struct outbox_row row = {0};
    enum status status = outbox_list_next(book, 0, arguments->with_stored, &row);
    while (status == STATUS_OK) {
        if (arguments->is_json && !show_json(stdout, outbox_row_json(&row)))
            status = STATUS_IO;
        if (!arguments->is_json) {
            show_outbox_row(stdout, &row);
            show_reject(stdout, row.reject);
        }
        if (status == STATUS_OK)
            status = outbox_list_next(book, row.id, arguments->with_stored, &row);
    }
    outbox_row_fini(&row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status outbox_show_link(struct book *book, const char *data)
{
    char trouble[384] = "";
    bool is_standing = false;
    int64_t since_us = 0;
    int64_t waiting = 0;
    char time[32];
    enum status status = outbox_count_waiting(book, &waiting);
    if (status != STATUS_OK)
        return status;
    printf("%" PRId64 " 待发 waiting. ", waiting);
    status = link_note_read(book, &is_standing, trouble, sizeof trouble, &since_us);
    if (!folder_lock_is_held(data))
        printf("未运行 `onevisit-branch run` is not running on this folder.\n");
    else if (status == STATUS_OK && is_standing)
        printf("已连接 Connected since %s%s%s.\n", time_show(since_us, time, sizeof time), trouble[0] ? ", but: " : "",
               trouble);
    else
        printf("未连接 Not connected: %s.\n", trouble);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum exit_code command_outbox(int argc, char **argv, struct settings *settings)
{
    struct outbox_arguments arguments = {.settings = settings};
    struct book *book = NULL;
    if (argp_parse(&outbox_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    enum status status = outbox_show(book, &arguments);
    if (status == STATUS_OK && !arguments.is_json)
        status = outbox_show_link(book, settings->data);
    if (status != STATUS_OK)
        code = complain(status, book_why(book));
    book_close(&book);
    return code;
}

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent.h"
#include "agents/branch/booked.h"
#include "agents/branch/branch_book.h"
#include "agents/branch/commands.h"
#include "agents/branch/folder_lock.h"
#include "agents/branch/handed.h"
#include "agents/branch/queries.h"
#include "agents/branch/show.h"
#include "agents/client/link.h"
#include "schemas/calendar.h"
#include "schemas/risk.h"

enum { KEY_REMOTE = 0x200, KEY_JSON };

struct status_arguments {
    struct settings *settings;
    const char *case_id;
    bool is_remote;
    bool is_json;
};

static const struct argp_option status_options[] = {
    {"remote", KEY_REMOTE, NULL, 0, "ask the broker, through the `run` of this folder", 0},
    {"json", KEY_JSON, NULL, 0, "one JSON object", 0},
    {0},
};

static error_t status_parse(int key, char *argument, struct argp_state *state)
{
    struct status_arguments *arguments = state->input;
    char why[240];
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = arguments->settings;
        return 0;
    case KEY_REMOTE:
        arguments->is_remote = true;
        return 0;
    case KEY_JSON:
        arguments->is_json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->case_id)
            argp_error(state, "one CASE only");
        if (!case_id_judge(argument, why, sizeof why))
            argp_error(state, "%s", why);
        arguments->case_id = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say which CASE");
        return EINVAL;
    default: /* argp's own keys */
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child status_children[] = {{&settings_argp, 0, "Options of all commands:", 10}, {0}};
static const struct argp status_argp = {
    .options = status_options,
    .parser = status_parse,
    .args_doc = "CASE",
    .doc = "What this branch knows of a case from its own book: the messages it sent and the events it received. With "
           "--remote what the broker knows.\v" EXIT_CODES_TEXT,
    .children = status_children,
};

/* ---- from the book ---- */

struct case_view {
    struct book *book;
    json_t *messages;
    json_t *events;
    size_t message_count;
    size_t event_count;
    struct handed handed; /* level and end of the whole */
    struct word end_word; /* of the event that ended the case; chinese NULL: none did */
    char state[17];       /* what the broker said last; "" for nothing */
    bool differs;         /* booked otherwise than filed, as the broker found */
    bool is_json;
    bool is_failed; /* out of memory */
};

static void view_append(struct case_view *view, json_t *list, json_t *item)
{
    if (!item || json_array_append_new(list, item) != 0)
        view->is_failed = true;
}

static enum status view_take_messages(struct book *book, struct text case_id, struct case_view *view)
{
    struct outbox_row row = {0};
    enum status status = outbox_case_next(book, case_id, 0, &row);
    if (status == STATUS_OK && !view->is_json)
        printf("  sent 本网点发出\n");
    while (status == STATUS_OK) {
        view->message_count++;
        if (view->is_json) {
            view_append(view, view->messages, outbox_row_json(&row));
        } else {
            show_outbox_row(stdout, &row);
            show_reject(stdout, row.reject);
        }
        status = outbox_case_next(book, case_id, row.id, &row);
    }
    outbox_row_fini(&row);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static bool view_note_state(const struct event_row *event, void *context)
{
    struct case_view *view = context;
    view->event_count++;
    if (event->ends)
        view->end_word = event_word(event->what);
    if (text_is(event->what, "ECHO_DIFF"))
        view->differs = true;
    snprintf(view->state, sizeof view->state, "%.*s", TEXT_ARGS(event->state));
    return true;
}

static bool view_take_event(const struct event_row *event, void *context)
{
    struct case_view *view = context;
    struct echo echo = {.count = 0};
    if (text_is(event->what, message_kind(MESSAGE_CASE_BOOKED)->name) && event->body.data &&
        booked_compare(view->book, event, &echo) != STATUS_OK)
        echo.count = 0; /* filed elsewhere: nothing to hold it against here */
    if (view->is_json) {
        view_append(view, view->events, echo_json(event_json(event, true), &echo));
    } else {
        show_event(stdout, event);
        show_event_notes(stdout, event);
        show_echo(stdout, &echo);
    }
    return !view->is_failed;
}

/* The level: waiting messages of the case claim nothing; a receipt or an event does. */
static enum status view_weigh(struct book *book, struct text case_id, struct case_view *view)
{
    struct outbox_row row = {0};
    enum status status = outbox_case_next(book, case_id, 0, &row);
    bool is_known = status == STATUS_OK;
    outbox_row_fini(&row);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    status = events_each(book, case_id, 0, view_note_state, view);
    if (status != STATUS_OK)
        return status;
    if (!is_known && view->event_count == 0)
        return STATUS_NOT_FOUND;
    return events_level(book, case_id, &view->handed.level, &view->handed.has_ended);
}

static struct word view_word(const struct case_view *view)
{
    return view->end_word.chinese ? view->end_word : handed_word(&view->handed);
}

static void view_show_head(const char *case_id, const struct case_view *view)
{
    printf("case 案件 %s\n", case_id);
    printf("  level 状态  ");
    show_word(stdout, view_word(view), 0);
    if (view->state[0])
        printf("  (%s)", view->state);
    printf("\n");
    if (view->differs) {
        printf("  !           ");
        show_word(stdout, event_word(text_of("ECHO_DIFF")), 0);
        printf("\n");
    }
}

static json_t *view_json(const char *case_id, struct case_view *view)
{
    struct word word = view_word(view);
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:O, s:O}", "case", case_id, "level", word.english, "level_zh",
                     word.chinese, "state", view->state, "ended", view->handed.has_ended, "messages", view->messages,
                     "events", view->events);
}

static enum status status_local(struct book *book, const struct status_arguments *arguments)
{
    struct text case_id = text_of(arguments->case_id);
    struct case_view view = {
        .book = book, .messages = json_array(), .events = json_array(), .is_json = arguments->is_json};
    view.handed.state = OUTBOX_STORED;
    enum status status = view_weigh(book, case_id, &view);
    if (status == STATUS_OK && !view.is_json)
        view_show_head(arguments->case_id, &view);
    if (status == STATUS_OK)
        status = view_take_messages(book, case_id, &view);
    if (status == STATUS_OK && !view.is_json && view.event_count > 0)
        printf("  received 收到\n");
    if (status == STATUS_OK)
        status = events_each(book, case_id, 0, view_take_event, &view);
    if (status == STATUS_OK && view.is_json && !show_json(stdout, view_json(arguments->case_id, &view)))
        status = STATUS_IO;
    json_decref(view.messages);
    json_decref(view.events);
    return view.is_failed ? STATUS_NO_MEMORY : status;
}

/* ---- from the broker ---- */

static void remote_show_history(const json_t *history)
{
    size_t index;
    json_t *entry;
    char time[32];
    json_array_foreach(history, index, entry)
    {
        const char *type = json_string_value(json_object_get(entry, "typ"));
        const char *state = json_string_value(json_object_get(entry, "state"));
        int64_t time_us = json_integer_value(json_object_get(entry, "time"));
        printf("  %s  ", time_show(time_us, time, sizeof time));
        show_column(stdout, text_of(type ? type : ""), 20);
        printf("%s\n", state ? state : "");
    }
}

static void remote_show_clock(const json_t *clock)
{
    const char *name = json_string_value(json_object_get(clock, "name"));
    int64_t due_us = json_integer_value(json_object_get(clock, "due_at"));
    char time[32];
    if (!name)
        return;
    printf("  clock 时限  ");
    show_clock(stdout, text_of(name), json_integer_value(json_object_get(clock, "stage")));
    printf("; due 到期 %s%s\n", time_show(due_us, time, sizeof time), clock_now_us() > due_us ? "  已超期 late" : "");
}

/* Alerts with the number `acknowledge` takes; those that stand come in loud words. */
static void remote_show_risks(const json_t *risks)
{
    size_t index;
    json_t *risk;
    json_array_foreach(risks, index, risk)
    {
        const char *kind = json_string_value(json_object_get(risk, "risk"));
        const char *document = json_string_value(json_object_get(risk, "document"));
        const char *user = json_string_value(json_object_get(risk, "user"));
        char words[128];
        risk_show(text_of(kind ? kind : ""), words, sizeof words);
        printf("  %s %" PRId64 "  ", json_is_true(json_object_get(risk, "blocks")) ? "ALERT 风险提示！" : "alert 提示",
               (int64_t)json_integer_value(json_object_get(risk, "alert")));
        show_column(stdout, text_of(words), 30);
        show_column(stdout, text_of(document ? document : ""), 24);
        printf("  read by 已阅 ");
        show_column(stdout, text_of(user ? user : "-"), 0);
        printf("%s\n", json_is_true(json_object_get(risk, "ended")) ? "  ended 已解除" : "");
    }
}

static void remote_show_disburse(const json_t *json)
{
    size_t index;
    json_t *condition;
    const json_t *evidence = json_object_get(json, "evidence");
    if (!json_is_array(evidence))
        return;
    printf("  may disburse 可放款  %s\n",
           json_is_true(json_object_get(json, "may_disburse")) ? "yes 是 (advice 供参考)" : "NO 否");
    json_array_foreach(evidence, index, condition)
    {
        const char *chinese = json_string_value(json_object_get(condition, "text_zh"));
        const char *english = json_string_value(json_object_get(condition, "text_en"));
        printf("    %s %s %s\n", json_is_true(json_object_get(condition, "holds")) ? "+" : "-", chinese ? chinese : "",
               english ? english : "");
    }
}

/* 缴费状态 by its code, and what is to be paid. */
static void remote_show_fee(const json_t *json)
{
    static const char *const names[] = {
        "不收费 free",       "未缴费 to pay",          "已缴费 paid",   "部分缴费 paid in part", "退款中 refunding",
        "退款成功 refunded", "退款失败 refund failed", "已核验 checked"};
    const char *state = json_string_value(json_object_get(json, "fee_state"));
    const json_t *amount = json_object_get(json, "fee");
    if (!state)
        return;
    bool is_named = state[0] >= '0' && state[0] <= '7';
    printf("  fee 缴费    %s", is_named ? names[state[0] - '0'] : "已作废 void");
    if (amount)
        printf("  %" JSON_INTEGER_FORMAT " 分 fen", json_integer_value(amount));
    printf("\n");
}

static enum status remote_show(const char *answer, bool is_json)
{
    const char *case_id = "";
    const char *chinese = "";
    const char *english = "";
    const char *state = "";
    const char *waits_for = "";
    if (is_json)
        return puts(answer) < 0 ? STATUS_IO : STATUS_OK;
    json_t *json = json_loads(answer, 0, NULL);
    if (!json || json_unpack(json, "{s:s, s:s, s:s, s:s, s:s}", "cid", &case_id, "level_zh", &chinese, "level_en",
                             &english, "state", &state, "waits_for", &waits_for) != 0) {
        json_decref(json);
        return STATUS_CORRUPT;
    }
    printf("case 案件 %s\n  level 状态  %s %s  (%s)\n  waits for 等待  %s\n", case_id, chinese, english, state,
           waits_for);
    remote_show_clock(json_object_get(json, "clock"));
    remote_show_risks(json_object_get(json, "risks"));
    remote_show_disburse(json);
    remote_show_fee(json);
    remote_show_history(json_object_get(json, "history"));
    json_decref(json);
    return STATUS_OK;
}

static enum exit_code remote_end(const char *answer, const char *failure, bool is_json)
{
    enum status status = answer ? remote_show(answer, is_json) : STATUS_TIMEOUT;
    if (answer)
        return status == STATUS_OK ? EXIT_DONE : complain(status, "the broker's answer cannot be shown");
    /* A REJECT begins with its code: the broker was reached and said no. */
    if (strncmp(failure, "UNKNOWN_CASE", 12) == 0 || strncmp(failure, "NOT_YOURS", 9) == 0)
        return complain(STATUS_NOT_FOUND, failure);
    return complain(STATUS_TIMEOUT, failure);
}

static enum exit_code status_remote(struct book *book, const struct status_arguments *arguments)
{
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    if (!folder_lock_is_held(arguments->settings->data))
        return complain(STATUS_NO_SESSION,
                        "no `onevisit-branch run` works on this folder; start it, or ask without --remote");
    enum status status = queries_ask(book, text_of(arguments->case_id), clock_now_us(), &id);
    if (status == STATUS_OK)
        status = queries_await(book, id, AGENT_QUERY_MS_MAX + 2000, &answer, &failure);
    if (status == STATUS_TIMEOUT)
        return complain(STATUS_TIMEOUT, "no answer in time");
    if (status != STATUS_OK)
        return complain(status, book_why(book));
    enum exit_code code = remote_end(answer, failure, arguments->is_json);
    free(answer);
    free(failure);
    return code;
}

enum exit_code command_status(int argc, char **argv, struct settings *settings)
{
    struct status_arguments arguments = {.settings = settings};
    struct book *book = NULL;
    if (argp_parse(&status_argp, argc, argv, 0, NULL, &arguments) != 0)
        return EXIT_USAGE_WRONG;
    enum exit_code code = settings_open_book(settings, false, &book);
    if (code != EXIT_DONE)
        return code;
    if (arguments.is_remote) {
        code = status_remote(book, &arguments);
    } else {
        enum status status = status_local(book, &arguments);
        if (status != STATUS_OK)
            code = complain(status, status == STATUS_NOT_FOUND ? "this branch knows no such case" : book_why(book));
    }
    book_close(&book);
    return code;
}

#include "agents/window/clerk_act.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/client/link.h"
#include "agents/window/application.h"
#include "agents/window/inbox.h"
#include "agents/window/outbox.h"

enum { KEPT_SIZE = 2 << 20 };

/* ---- the command line ---- */

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct clerk_act *act = state->input;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = &act->settings;
    } else if (key == KEY_WORD + WORD_ITEM) {
        if (act->item_count == CLERK_ITEM_COUNT_MAX)
            argp_error(state, "more than %d items", CLERK_ITEM_COUNT_MAX);
        act->items[act->item_count++] = argument;
    } else if (key >= KEY_WORD && key < KEY_WORD + WORD_COUNT) {
        act->words[key - KEY_WORD] = argument ? argument : "";
    } else if (key == ARGP_KEY_ARG && !act->case_id) {
        act->case_id = argument;
    } else if (key == ARGP_KEY_ARG) {
        argp_error(state, "one case only: \"%s\" is too much", argument);
    } else if (key == ARGP_KEY_END && !act->case_id) {
        argp_error(state, "say which case");
    } else {
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

void clerk_parse(struct clerk_act *act, const struct argp_option *options, const char *text, int argc, char **argv)
{
    static const struct argp_child children[] = {{&settings_argp, 0, NULL, 0}, {0}};
    const struct argp argp = {options, parse, "CASE", text, children, NULL, NULL};
    *act = (struct clerk_act){.folder = {.lock = -1}, .now_us = clock_now_us()};
    settings_init(&act->settings);
    argp_parse(&argp, argc, argv, 0, NULL, act);
}

bool clerk_want(struct clerk_act *act, enum clerk_word word, const char *option)
{
    if (!act->words[word])
        snprintf(act->why, sizeof act->why, "say --%s", option);
    return act->words[word] != NULL;
}

struct text clerk_text(const struct clerk_act *act, enum clerk_word word)
{
    return text_of(act->words[word]);
}

enum status clerk_fen(struct clerk_act *act, enum clerk_word word, const char *option, struct number *out)
{
    int64_t fen = 0;
    if (!act->words[word])
        return STATUS_OK;
    if (!number_parse(act->words[word], 0, INT64_C(999999999999999), &fen)) {
        snprintf(act->why, sizeof act->why, "--%s %s: 应为以分计的整数 / fen are meant, a whole number", option,
                 act->words[word]);
        return STATUS_USAGE;
    }
    *out = number_of(fen);
    return STATUS_OK;
}

struct text clerk_part(const char **at)
{
    if (!*at)
        return (struct text){0};
    const char *start = *at;
    size_t size = strcspn(start, "|");
    *at = start[size] ? start + size + 1 : NULL;
    return (struct text){start, (uint32_t)size};
}

/* ---- the case ---- */

enum exit_code clerk_open(struct clerk_act *act)
{
    enum exit_code code = settings_open_folder(&act->settings, &act->folder);
    if (code != EXIT_DONE)
        return code;
    act->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    enum status status = act->arena.memory ? digest_new(&act->digest) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = answer_maker_init(&act->maker, act->digest, KEPT_SIZE);
    if (status != STATUS_OK)
        return complain(status, status_english(status));
    base_begin(&act->folder.base);
    if (docket_find(&act->folder.base, clerk_text(act, WORD_WINDOW), text_of(act->case_id), &act->row))
        return EXIT_DONE;
    snprintf(act->why, sizeof act->why, "%s: no such case in this folder; `inbox` lists them", act->case_id);
    return complain(STATUS_UNKNOWN_CASE, act->why);
}

void clerk_close(struct clerk_act *act)
{
    answer_maker_fini(&act->maker);
    if (act->digest)
        digest_free(&act->digest);
    free(act->arena.memory);
    folder_close(&act->folder);
}

void clerk_note(struct clerk_act *act, const char *what, const char *reason)
{
    const struct passwd *user = getpwuid(getuid());
    sqlite3_stmt *query = base_query(&act->folder.base, "INSERT INTO act(time, who, what, case_id, reason)"
                                                        " VALUES(?1, ?2, ?3, ?4, ?5)");
    book_bind_number(query, 1, act->now_us);
    book_bind_text(query, 2, text_of(user ? user->pw_name : "?"));
    book_bind_text(query, 3, text_of(what));
    book_bind_text(query, 4, text_of(act->row.case_id));
    book_bind_text(query, 5, text_of(reason));
    base_run(&act->folder.base, query);
}

static enum status add_supplements(struct clerk_act *act, struct bytes *body)
{
    static const char sql[] = "SELECT origin FROM delivery WHERE window = ?1 AND case_id = ?2"
                              " AND type = 'SUPPLEMENT_SUBMIT' ORDER BY number";
    char path[RECORD_PATH_SIZE_MAX];
    enum status status = STATUS_OK;
    sqlite3_stmt *query = base_query(&act->folder.base, sql);
    book_bind_text(query, 1, text_of(act->row.window));
    book_bind_text(query, 2, text_of(act->row.case_id));
    while (status == STATUS_OK && base_next(&act->folder.base, query)) {
        size_t size = 0;
        uint8_t *changed = malloc(MESSAGE_SIZE_MAX);
        if (!changed)
            status = STATUS_NO_MEMORY;
        else
            status = application_change(*body, book_bytes(query, 0), &act->maker.scratch, changed, MESSAGE_SIZE_MAX,
                                        &size, path);
        uint8_t *kept = status == STATUS_OK ? arena_take(&act->maker.kept, size) : NULL;
        if (kept)
            memcpy(kept, changed, size);
        *body = kept ? bytes_of(kept, size) : *body;
        free(changed);
    }
    book_end(query);
    if (status == STATUS_NOT_FOUND)
        snprintf(act->why, sizeof act->why, "a supplement changes \"%s\", which the application does not have", path);
    return status;
}

enum status clerk_application(struct clerk_act *act, struct case_submit *out)
{
    struct inbox_row row;
    struct base *base = &act->folder.base;
    int64_t id = inbox_row_of(base, text_of(act->row.window), text_of(act->row.case_id), 1);
    if (id == 0 || !inbox_row_read(base, id, &row))
        return STATUS_NOT_FOUND;
    uint8_t *copy = arena_take(&act->maker.kept, row.origin.size);
    if (copy)
        memcpy(copy, row.origin.data, row.origin.size);
    struct bytes body = bytes_of(copy, copy ? row.origin.size : 0);
    inbox_row_end(base);
    enum status status = copy ? add_supplements(act, &body) : STATUS_LIMIT;
    return status == STATUS_OK ? application_read(body, &act->arena, out) : status;
}

/* ---- the answer ---- */

static enum status judge_step(struct clerk_act *act, enum message_type type)
{
    char possible[256];
    bool is_ok = type != MESSAGE_WITHDRAW_RESULT || !act->words[WORD_TOO_LATE];
    if (act->row.is_polled) {
        snprintf(act->why, sizeof act->why, "%s is with the registry, which answers by itself", act->row.case_id);
        return STATUS_WRONG_STATE;
    }
    if (!inbox_is_with_person(&act->folder.base, text_of(act->row.window), text_of(act->row.case_id))) {
        snprintf(act->why, sizeof act->why,
                 "%s is not at the desk yet: an earlier application on the same unit comes first, or it is on its way "
                 "to the registry",
                 act->row.case_id);
        return STATUS_WRONG_STATE;
    }
    if (docket_next(&act->row, type, is_ok))
        return STATUS_OK;
    docket_possible(&act->row, possible, sizeof possible);
    snprintf(act->why, sizeof act->why, "%s is %s: %s is not possible now; possible: %s", act->row.case_id,
             act->row.state, message_kind(type)->name, possible[0] ? possible : "nothing");
    return STATUS_WRONG_STATE;
}

static enum status store_answer(struct clerk_act *act, const struct clerk_command *command, const void *body)
{
    struct adapter_answer answer = {.position = OUTBOX_POSITION_NONE};
    struct base *base = &act->folder.base;
    enum status status = answer_from_struct(&act->maker, command->type, body, &answer, act->why);
    if (status != STATUS_OK)
        return status;
    struct outbox_entry entry = {.window = text_of(act->row.window),
                                 .case_id = text_of(act->row.case_id),
                                 .type = command->type,
                                 .position = OUTBOX_POSITION_NONE,
                                 .body = answer.body,
                                 .chunk = act->file};
    (void)outbox_add(base, act->digest, &entry, act->now_us);
    docket_enter(base, &act->row, command->type, body, act->now_us);
    docket_hold(base, &act->row, NULL);
    inbox_set_case_handed(base, text_of(act->row.window), text_of(act->row.case_id), act->now_us);
    clerk_note(act, message_kind(command->type)->name, NULL);
    status = base_commit(base);
    if (status != STATUS_OK)
        snprintf(act->why, sizeof act->why, "%s", book_why(base->book));
    return status;
}

static enum status answer_case(struct clerk_act *act, const struct clerk_command *command)
{
    const struct record *record = message_kind(command->type)->record;
    void *body = arena_take(&act->arena, record->struct_size);
    enum status status = body ? judge_step(act, command->type) : STATUS_NO_MEMORY;
    if (status == STATUS_OK)
        status = command->fill(act, body);
    if (status == STATUS_OK)
        status = store_answer(act, command, body);
    return status;
}

int clerk_answer(const struct clerk_command *command, int argc, char **argv)
{
    struct clerk_act act;
    clerk_parse(&act, command->options, command->text, argc, argv);
    enum exit_code code = clerk_open(&act);
    if (code == EXIT_DONE) {
        enum status status = answer_case(&act, command);
        if (status == STATUS_OK)
            printf("%s %s -> %s\n", act.row.case_id, message_kind(command->type)->name, act.row.state);
        else
            code = complain(status, act.why[0] ? act.why : status_english(status));
    }
    clerk_close(&act);
    return (int)code;
}

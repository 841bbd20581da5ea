#include "agents/window/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/client/link.h"

enum {
    DONE_COUNT_MAX = 1024,
    QUESTION_COUNT_MAX = 256,
    QUESTION_SIZE_MAX = 4096, /* more than any valid TITLE_QUERY */
    PERCENT = 100,
    WHOLE = 100 * PERCENT
};

/* A task that ended, until the agent takes its result. */
struct done {
    int64_t delivery;
    enum adapter_verb verb;
    enum adapter_outcome outcome;
    int64_t number_last;
    int64_t from; /* its answers start here; -1: none */
    char window[33];
    char case_id[31];
    char why[ADAPTER_WHY_SIZE_MAX];
    bool has_crashed;
};

/* A title query, until the agent takes its answer: it is looked up only then, when all before it is committed. */
struct question {
    int64_t query;
    char window[33];
    uint8_t body[QUESTION_SIZE_MAX];
    size_t size;
};

struct sandbox {
    struct registry *registry;
    struct registry_settings settings;
    struct question questions[QUESTION_COUNT_MAX]; /* a ring */
    uint32_t question_first;
    uint32_t question_count;
    uint8_t *title;                   /* MESSAGE_SIZE_MAX bytes: the result told last */
    struct done done[DONE_COUNT_MAX]; /* a ring */
    uint32_t first;
    uint32_t count;
    uint32_t committed; /* of these; the others become visible with the next commit */
    struct adapter_answer answers[ADAPTER_ANSWER_COUNT_MAX];
    struct registry_news news[REGISTRY_NEWS_COUNT_MAX];
    int64_t due_at;
};

static struct done *done_add(struct sandbox *sandbox)
{
    struct done *done = &sandbox->done[(sandbox->first + sandbox->count++) % DONE_COUNT_MAX];
    *done = (struct done){.from = -1, .number_last = -1};
    return done;
}

/* What the registry tells without being asked. */
static void add_told(struct sandbox *sandbox, struct text window, struct text case_id, int64_t from)
{
    struct done *done = done_add(sandbox);
    done->verb = ADAPTER_FIND;
    done->outcome = ADAPTER_KNOWN;
    done->from = from;
    snprintf(done->window, sizeof done->window, "%.*s", TEXT_ARGS(window));
    snprintf(done->case_id, sizeof done->case_id, "%.*s", TEXT_ARGS(case_id));
}

/* Room is kept for the news of one work besides. */
static uint32_t sandbox_room(void *context, struct text window, uint32_t chosen)
{
    struct sandbox *sandbox = context;
    uint32_t taken = sandbox->count + chosen + REGISTRY_NEWS_COUNT_MAX;
    (void)window;
    return taken < DONE_COUNT_MAX ? DONE_COUNT_MAX - taken : 0;
}

static bool is_answered_at_once(struct text type)
{
    return text_is(type, "WITHDRAW_REQ") || text_is(type, "FEE_PAID");
}

static enum adapter_outcome hand(struct sandbox *sandbox, const struct adapter_task *task, int64_t now_us,
                                 struct done *done)
{
    enum failure failure = registry_fails(&sandbox->settings, task);
    if (failure == FAILURE_COUNT)
        return registry_hand(sandbox->registry, task, now_us, done->why);
    snprintf(done->why, sizeof done->why, "test: %s by the share set", failure_row(failure)->word);
    done->has_crashed = failure == FAILURE_POISON;
    if (failure == FAILURE_PERMANENT)
        return ADAPTER_CANNOT;
    return failure == FAILURE_BUSY ? ADAPTER_LATER : ADAPTER_DOUBT;
}

static enum status sandbox_start(void *context, const struct adapter_task *task, int64_t now_us)
{
    struct sandbox *sandbox = context;
    struct done *done = done_add(sandbox);
    done->delivery = task->delivery;
    done->verb = task->verb;
    snprintf(done->window, sizeof done->window, "%.*s", TEXT_ARGS(task->window));
    snprintf(done->case_id, sizeof done->case_id, "%.*s", TEXT_ARGS(task->case_id));
    if (task->verb == ADAPTER_HAND) {
        done->outcome = hand(sandbox, task, now_us, done);
        sandbox->due_at = 0;
        if (done->outcome == ADAPTER_TAKEN && is_answered_at_once(task->origin_type))
            add_told(sandbox, task->window, task->case_id, 0);
    } else if (registry_knows(sandbox->registry, task->window, task->case_id, &done->number_last)) {
        done->outcome = ADAPTER_KNOWN;
        done->from = 0;
        if (registry_asked(sandbox->registry, task->window, task->case_id, now_us))
            sandbox->due_at = 0;
    } else {
        done->outcome = ADAPTER_NOT_KNOWN;
    }
    return STATUS_OK;
}

static void add_news(struct sandbox *sandbox, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        add_told(sandbox, text_of(sandbox->news[i].window), text_of(sandbox->news[i].case_id),
                 sandbox->news[i].position);
}

static enum status sandbox_work(void *context, int64_t now_us)
{
    struct sandbox *sandbox = context;
    if (sandbox->due_at <= now_us && sandbox->count + REGISTRY_NEWS_COUNT_MAX <= DONE_COUNT_MAX)
        add_news(sandbox, registry_work(sandbox->registry, now_us, sandbox->news));
    enum status status = registry_commit(sandbox->registry);
    if (status != STATUS_OK)
        return status;
    sandbox->committed = sandbox->count;
    if (sandbox->due_at <= now_us)
        sandbox->due_at = registry_due_at(sandbox->registry);
    return STATUS_OK;
}

static bool sandbox_result(void *context, struct adapter_result *out)
{
    struct sandbox *sandbox = context;
    if (sandbox->committed == 0)
        return false;
    const struct done *done = &sandbox->done[sandbox->first];
    *out = (struct adapter_result){.delivery = done->delivery,
                                   .verb = done->verb,
                                   .outcome = done->outcome,
                                   .number_last = done->number_last,
                                   .has_crashed = done->has_crashed,
                                   .answers = sandbox->answers};
    memcpy(out->window, done->window, sizeof out->window);
    memcpy(out->case_id, done->case_id, sizeof out->case_id);
    memcpy(out->why, done->why, sizeof out->why);
    if (done->from >= 0)
        out->answer_count = registry_answers(sandbox->registry, text_of(done->window), text_of(done->case_id),
                                             done->from, sandbox->answers);
    sandbox->first = (sandbox->first + 1) % DONE_COUNT_MAX;
    sandbox->count--;
    sandbox->committed--;
    return true;
}

/* ---- title queries ---- */

static enum status sandbox_ask(void *context, const struct adapter_question *question, int64_t now_us)
{
    struct sandbox *sandbox = context;
    (void)now_us;
    if (sandbox->question_count == QUESTION_COUNT_MAX)
        return STATUS_BUSY;
    if (question->body.size > QUESTION_SIZE_MAX)
        return STATUS_LIMIT;
    uint32_t place = (sandbox->question_first + sandbox->question_count++) % QUESTION_COUNT_MAX;
    struct question *kept = &sandbox->questions[place];
    kept->query = question->query;
    kept->size = question->body.size;
    memcpy(kept->body, question->body.data, question->body.size);
    snprintf(kept->window, sizeof kept->window, "%.*s", TEXT_ARGS(question->window));
    return STATUS_OK;
}

static bool sandbox_told(void *context, struct adapter_title *out)
{
    struct sandbox *sandbox = context;
    while (sandbox->question_count > 0) {
        size_t size = 0;
        const struct question *kept = &sandbox->questions[sandbox->question_first];
        const struct adapter_question question = {
            .query = kept->query, .window = text_of(kept->window), .body = bytes_of(kept->body, kept->size)};
        sandbox->question_first = (sandbox->question_first + 1) % QUESTION_COUNT_MAX;
        sandbox->question_count--;
        if (registry_look(sandbox->registry, &question, clock_now_us(), sandbox->title, &size) != STATUS_OK)
            continue; /* as a registry that does not answer: whoever asked is told by the broker */
        *out = (struct adapter_title){.query = kept->query, .body = bytes_of(sandbox->title, size)};
        memcpy(out->window, kept->window, sizeof out->window);
        return true;
    }
    return false;
}

static uint32_t sandbox_watch(void *context, struct pollfd *out)
{
    (void)context;
    (void)out;
    return 0;
}

static int64_t sandbox_wake_us(void *context)
{
    const struct sandbox *sandbox = context;
    return sandbox->count > 0 || sandbox->question_count > 0 ? 0 : sandbox->due_at;
}

static void sandbox_close(void *context)
{
    struct sandbox *sandbox = context;
    registry_close(&sandbox->registry);
    free(sandbox->title);
    free(sandbox);
}

enum status sandbox_open(const char *data_path, const struct registry_settings *settings, struct adapter *out,
                         char *why, size_t why_size)
{
    char path[4096];
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
    if (sandbox)
        sandbox->title = malloc(MESSAGE_SIZE_MAX);
    if (!sandbox || !sandbox->title) {
        free(sandbox);
        return STATUS_NO_MEMORY;
    }
    /* A name that is too long is cut and then not found: SQLite says so. */
    snprintf(path, sizeof path, "%s/registry.db", data_path);
    enum status status = registry_open(path, settings, &sandbox->registry, why, why_size);
    if (status != STATUS_OK) {
        free(sandbox->title);
        free(sandbox);
        return status;
    }
    sandbox->settings = *settings;
    *out = (struct adapter){.context = sandbox,
                            .poll_ms = 60000,
                            .room = sandbox_room,
                            .start = sandbox_start,
                            .work = sandbox_work,
                            .result = sandbox_result,
                            .ask = sandbox_ask,
                            .told = sandbox_told,
                            .watch = sandbox_watch,
                            .wake_us = sandbox_wake_us,
                            .close = sandbox_close};
    return STATUS_OK;
}

/* ---- options ---- */

struct named_number {
    const char *name;
    double value;
};

/* "name=number,name=number" into the list; a name that is not there is refused. */
static bool read_list(const char *text, struct named_number *list, uint32_t count, double maximum, char *why,
                      size_t why_size)
{
    while (*text) {
        size_t size = strcspn(text, "=");
        uint32_t i = 0;
        char *end = NULL;
        while (i < count && !(strlen(list[i].name) == size && strncmp(list[i].name, text, size) == 0))
            i++;
        if (i < count && text[size] == '=')
            list[i].value = strtod(text + size + 1, &end);
        if (!end || end == text + size + 1 || (*end && *end != ',') || !(list[i].value >= 0) ||
            list[i].value > maximum) {
            snprintf(why, why_size, "\"%s\": a list of name=number is meant, from 0 to %g", text, maximum);
            return false;
        }
        text = *end ? end + 1 : end;
    }
    return true;
}

bool sandbox_read_shares(const char *text, struct registry_settings *settings, char *why, size_t why_size)
{
    struct named_number list[] = {{"not-accepted", settings->not_accepted / (double)PERCENT},
                                  {"supplement", settings->supplement / (double)PERCENT},
                                  {"refuse", settings->refuse / (double)PERCENT},
                                  {"fee", settings->fee / (double)PERCENT},
                                  {"transient", settings->failed[FAILURE_TRANSIENT] / (double)PERCENT},
                                  {"busy", settings->failed[FAILURE_BUSY] / (double)PERCENT},
                                  {"permanent", settings->failed[FAILURE_PERMANENT] / (double)PERCENT},
                                  {"poison", settings->failed[FAILURE_POISON] / (double)PERCENT}};
    uint32_t failed_sum = 0;
    if (!read_list(text, list, sizeof list / sizeof list[0], 100, why, why_size))
        return false;
    for (uint32_t i = 0; i < FAILURE_COUNT; i++)
        failed_sum += settings->failed[i] = (uint32_t)(list[4 + i].value * PERCENT + 0.5);
    settings->not_accepted = (uint32_t)(list[0].value * PERCENT + 0.5);
    settings->supplement = (uint32_t)(list[1].value * PERCENT + 0.5);
    settings->refuse = (uint32_t)(list[2].value * PERCENT + 0.5);
    settings->fee = (uint32_t)(list[3].value * PERCENT + 0.5);
    if (settings->not_accepted + settings->supplement + settings->refuse <= WHOLE && failed_sum <= WHOLE)
        return true;
    snprintf(why, why_size, "the shares are more than 100 percent together");
    return false;
}

bool sandbox_read_delays(const char *text, struct registry_settings *settings, char *why, size_t why_size)
{
    struct named_number list[] = {{"accept", (double)settings->accept_ms},
                                  {"book", (double)settings->book_ms},
                                  {"cert", (double)settings->certify_ms},
                                  {"archive", (double)settings->archive_ms}};
    if (!read_list(text, list, 4, 86400000.0 * 30, why, why_size))
        return false;
    settings->accept_ms = (int64_t)list[0].value;
    settings->book_ms = (int64_t)list[1].value;
    settings->certify_ms = (int64_t)list[2].value;
    settings->archive_ms = (int64_t)list[3].value;
    return true;
}

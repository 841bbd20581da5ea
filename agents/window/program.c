#include "agents/window/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/window/answer.h"
#include "agents/window/child.h"
#include "agents/window/program_title.h"
#include "schemas/body_codes.h"

enum { FIND_KNOWN = 0, FIND_NOT_KNOWN = 1, HAND_TAKEN = 0, HAND_CANNOT = 65, HAND_LATER = 75 };
enum { KEPT_SIZE = 8 << 20 };

struct job {
    bool is_used;
    bool is_started; /* false: the program could not even be started */
    bool is_refused; /* a hand whose codes the window does not have: the program was not called; the result says why */
    struct child child;
    int64_t answers_known;        /* so many of its answers were taken before */
    struct adapter_result result; /* without answers until it ended */
};

struct program {
    struct program_settings settings;
    struct job jobs[PROGRAM_JOB_COUNT_MAX];
    uint32_t running;
    int64_t now_us; /* of this wake */
    struct digest *digest;
    struct answer_maker maker;
    struct title_jobs titles;
    struct adapter_answer answers[ADAPTER_ANSWER_COUNT_MAX];
};

/* ---- start ---- */

static uint32_t program_room(void *context, struct text window, uint32_t chosen)
{
    const struct program *program = context;
    if (program->running + chosen >= program->settings.jobs)
        return 0;
    for (uint32_t i = 0; i < PROGRAM_JOB_COUNT_MAX; i++)
        if (program->jobs[i].is_used && text_is(window, program->jobs[i].result.window))
            return 0;
    return 1;
}

static json_t *text_json(struct text text)
{
    return json_stringn(text.data, text.size);
}

/* The body in the codes of the window; STATUS_BAD_BODY with the first code that its rules do not list. */
static enum status origin_json(const struct program *program, const struct adapter_task *task, json_t **out,
                               struct code_fault *fault)
{
    enum message_type type = message_type_of(task->origin_type);
    if (msgpack_to_json(task->origin, out) != STATUS_OK)
        *out = json_object();
    if (type == MESSAGE_COUNT)
        return STATUS_OK;
    return body_codes_turn(rule_files_of(program->settings.rules, task->window), message_kind(type)->record,
                           CODES_TO_WINDOW, *out, fault);
}

/* What the program reads, as one line of JSON; NULL when out of memory. The origin is taken; NULL: no body is said. */
static char *question(const struct program *program, const struct adapter_task *task, json_t *origin)
{
    json_t *json = json_pack("{s:i, s:s, s:o, s:o, s:I, s:o, s:o, s:o*}", "version", 1, "verb",
                             task->verb == ADAPTER_FIND ? "find" : "hand", "window", text_json(task->window), "case_id",
                             text_json(task->case_id), "number", (json_int_t)task->number, "type",
                             text_json(task->origin_type), "source", text_json(task->origin_source), "body", origin);
    if (json && program->settings.materials)
        (void)!json_object_set_new(json, "materials", json_string(program->settings.materials));
    char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return line;
}

static struct job *job_take(struct program *program)
{
    for (uint32_t i = 0; i < PROGRAM_JOB_COUNT_MAX; i++)
        if (!program->jobs[i].is_used) {
            program->jobs[i].is_used = true;
            program->running++;
            return &program->jobs[i];
        }
    return NULL;
}

static enum status program_start(void *context, const struct adapter_task *task, int64_t now_us)
{
    struct program *program = context;
    struct code_fault fault;
    json_t *origin = NULL;
    enum status status = origin_json(program, task, &origin, &fault);
    if (status == STATUS_NO_MEMORY) {
        json_decref(origin);
        return status;
    }
    if (status == STATUS_BAD_BODY && task->verb == ADAPTER_FIND) { /* a code that went out of use since it was handed */
        json_decref(origin);
        origin = NULL;
    }
    char *line = question(program, task, origin);
    struct job *job = line ? job_take(program) : NULL;
    if (!job) {
        free(line);
        return STATUS_NO_MEMORY;
    }
    job->result = (struct adapter_result){.delivery = task->delivery, .verb = task->verb, .number_last = -1};
    snprintf(job->result.window, sizeof job->result.window, "%.*s", TEXT_ARGS(task->window));
    snprintf(job->result.case_id, sizeof job->result.case_id, "%.*s", TEXT_ARGS(task->case_id));
    job->answers_known = task->answers;
    job->is_refused = status == STATUS_BAD_BODY && task->verb == ADAPTER_HAND;
    if (job->is_refused) {
        snprintf(job->result.why, sizeof job->result.why, "%s", fault.text);
        job->is_started = false;
        free(line);
        return STATUS_OK;
    }
    job->is_started = child_start(&job->child, program->settings.path, task->verb == ADAPTER_FIND ? "find" : "hand",
                                  &line, strlen(line), now_us + program->settings.timeout_ms * 1000) == STATUS_OK;
    return STATUS_OK;
}

/* ---- the end of a run ---- */

/* The first line of what it wrote to stderr, or what its end looked like. */
static void explain_end(struct job *job)
{
    struct child *child = &job->child;
    char *why = job->result.why;
    child->complaint[child->complaint_size] = 0;
    size_t size = strcspn(child->complaint, "\r\n");
    if (child->is_too_slow)
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "the program took too long and was ended");
    else if (child->is_too_loud)
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "the program wrote more than %d bytes and was ended",
                 CHILD_OUTPUT_SIZE_MAX);
    else if (child->exit_code < 0)
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "the program was ended by a signal");
    else if (size > 0)
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "%.*s", (int)(size < 200 ? size : 200), child->complaint);
    else
        snprintf(why, ADAPTER_WHY_SIZE_MAX, "the program ended with code %d and said nothing", child->exit_code);
}

static void judge_hand(struct job *job)
{
    const struct child *child = &job->child;
    job->result.outcome = ADAPTER_DOUBT;
    job->result.has_crashed = child->exit_code < 0 && !child->is_too_slow;
    if (child->is_too_slow || child->is_too_loud)
        return;
    if (child->exit_code == HAND_TAKEN)
        job->result.outcome = ADAPTER_TAKEN;
    else if (child->exit_code == HAND_CANNOT)
        job->result.outcome = ADAPTER_CANNOT;
    else if (child->exit_code == HAND_LATER)
        job->result.outcome = ADAPTER_LATER;
}

/* What the registry said, in its words and with its file; data NULL when memory is short: then it is compared as it
 * goes out. */
static struct bytes said_digest(struct program *program, const json_t *json, struct bytes file)
{
    uint8_t both[2 * SM3_SIZE];
    char *line = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    uint8_t *out = line ? arena_take(&program->maker.kept, SM3_SIZE) : NULL;
    bool is_made = out && digest_make(program->digest, bytes_of(line, strlen(line)), both) == STATUS_OK &&
                   digest_make(program->digest, file, both + SM3_SIZE) == STATUS_OK &&
                   digest_make(program->digest, bytes_of(both, sizeof both), out) == STATUS_OK;
    free(line);
    return is_made ? bytes_of(out, SM3_SIZE) : (struct bytes){0};
}

/* Answers up to the first that cannot go out; that one becomes the fault, unless it went out before. */
static void take_answers(struct program *program, const struct job *job, struct adapter_result *result,
                         const json_t *answers)
{
    char why[ANSWER_WHY_SIZE_MAX];
    size_t count = json_array_size(answers);
    if (count > ADAPTER_ANSWER_COUNT_MAX) {
        snprintf(result->fault, sizeof result->fault, "answers: more than %d", ADAPTER_ANSWER_COUNT_MAX);
        count = ADAPTER_ANSWER_COUNT_MAX;
    }
    arena_reset(&program->maker.kept);
    program->maker.rules = rule_files_of(program->settings.rules, text_of(result->window));
    result->answers = program->answers;
    for (size_t i = 0; i < count; i++) {
        const json_t *said = json_array_get(answers, i);
        struct adapter_answer *answer = &program->answers[i];
        answer->position = (int64_t)i;
        enum status status = answer_from_json(&program->maker, said, answer, why);
        answer->said = said_digest(program, said, answer->chunk);
        if (status != STATUS_OK && (int64_t)i >= job->answers_known) {
            snprintf(result->fault, sizeof result->fault, "answers/%zu: %.220s", i, why);
            return;
        }
        if (status != STATUS_OK)
            answer->body = (struct bytes){0};
        result->answer_count++;
    }
}

static void judge_known(struct program *program, struct job *job, const json_t *json)
{
    struct adapter_result *result = &job->result;
    const json_t *deliveries = json_object_get(json, "deliveries");
    const json_t *answers = json_object_get(json, "answers");
    if (!json_is_true(json_object_get(json, "known")) || (answers && !json_is_array(answers)) ||
        (deliveries && !json_is_integer(deliveries))) {
        snprintf(result->why, sizeof result->why,
                 "find ended with 0, but its output is not {\"known\":true,"
                 "\"deliveries\":N,\"answers\":[...]}");
        return;
    }
    result->outcome = ADAPTER_KNOWN;
    if (deliveries)
        result->number_last = json_integer_value(deliveries);
    if (answers)
        take_answers(program, job, result, answers);
}

/* "Not known" must be said and not only ended with: many a language ends with
 * code 1 after any fault, and a fault must never lead to a second filing. */
static void judge_find(struct program *program, struct job *job)
{
    json_error_t error;
    const struct child *child = &job->child;
    job->result.outcome = ADAPTER_NO_ANSWER;
    if (child->is_too_slow || child->is_too_loud)
        return;
    json_t *json = json_loadb(child->heard, child->heard_size, JSON_REJECT_DUPLICATES, &error);
    if (child->exit_code == FIND_KNOWN)
        judge_known(program, job, json);
    else if (child->exit_code == FIND_NOT_KNOWN && json_is_false(json_object_get(json, "known")))
        job->result.outcome = ADAPTER_NOT_KNOWN;
    json_decref(json);
}

static void job_judge(struct program *program, struct job *job)
{
    if (job->is_refused) {
        job->result.outcome = ADAPTER_CANNOT;
        return;
    }
    if (!job->is_started) {
        job->result.outcome = job->result.verb == ADAPTER_HAND ? ADAPTER_LATER : ADAPTER_NO_ANSWER;
        snprintf(job->result.why, sizeof job->result.why, "%s cannot be started", program->settings.path);
        return;
    }
    explain_end(job);
    if (job->result.verb == ADAPTER_HAND)
        judge_hand(job);
    else
        judge_find(program, job);
    child_free(&job->child);
}

/* ---- the seam ---- */

static enum status program_work(void *context, int64_t now_us)
{
    struct program *program = context;
    program->now_us = now_us; /* the runs are looked after where their results are taken */
    return STATUS_OK;
}

static bool program_result(void *context, struct adapter_result *out)
{
    struct program *program = context;
    for (uint32_t i = 0; i < PROGRAM_JOB_COUNT_MAX; i++) {
        struct job *job = &program->jobs[i];
        if (!job->is_used || (job->is_started && !child_work(&job->child, program->now_us)))
            continue;
        job_judge(program, job);
        job->is_used = false;
        program->running--;
        *out = job->result;
        return true;
    }
    return false;
}

static enum status program_ask(void *context, const struct adapter_question *question, int64_t now_us)
{
    struct program *program = context;
    return title_jobs_ask(&program->titles, program->settings.path,
                          rule_files_of(program->settings.rules, question->window), question,
                          now_us + program->settings.timeout_ms * 1000);
}

static bool program_told(void *context, struct adapter_title *out)
{
    struct program *program = context;
    return title_jobs_told(&program->titles, program->now_us, out);
}

static uint32_t program_watch(void *context, struct pollfd *out)
{
    const struct program *program = context;
    uint32_t count = title_jobs_watch(&program->titles, out);
    for (uint32_t i = 0; i < PROGRAM_JOB_COUNT_MAX; i++)
        if (program->jobs[i].is_used && program->jobs[i].is_started)
            count += child_watch(&program->jobs[i].child, out + count);
    return count;
}

static int64_t program_wake_us(void *context)
{
    const struct program *program = context;
    int64_t wake = title_jobs_wake_us(&program->titles);
    for (uint32_t i = 0; i < PROGRAM_JOB_COUNT_MAX; i++) {
        const struct job *job = &program->jobs[i];
        int64_t at = !job->is_used ? INT64_MAX : job->is_started ? job->child.deadline_us : 0;
        wake = at < wake ? at : wake;
    }
    return wake;
}

static void program_close(void *context)
{
    struct program *program = context;
    for (uint32_t i = 0; i < PROGRAM_JOB_COUNT_MAX; i++)
        if (program->jobs[i].is_used && program->jobs[i].is_started)
            child_free(&program->jobs[i].child);
    title_jobs_fini(&program->titles);
    answer_maker_fini(&program->maker);
    if (program->digest)
        digest_free(&program->digest);
    free(program);
}

enum status program_open(const struct program_settings *settings, struct adapter *out, char *why, size_t why_size)
{
    if (!settings->path) {
        snprintf(why, why_size, "--adapter program needs --program PATH");
        return STATUS_CONFIG;
    }
    if (access(settings->path, X_OK) != 0) {
        snprintf(why, why_size, "--program %s: no program that can be run", settings->path);
        return STATUS_CONFIG;
    }
    snprintf(why, why_size, "%s", status_english(STATUS_NO_MEMORY));
    struct program *program = calloc(1, sizeof *program);
    if (!program)
        return STATUS_NO_MEMORY;
    program->settings = *settings;
    enum status status = digest_new(&program->digest);
    if (status == STATUS_OK)
        status = answer_maker_init(&program->maker, program->digest, KEPT_SIZE);
    if (status == STATUS_OK)
        status = title_jobs_init(&program->titles);
    if (status != STATUS_OK) {
        program_close(program);
        return status;
    }
    *out = (struct adapter){.context = program,
                            .poll_ms = settings->poll_ms,
                            .room = program_room,
                            .start = program_start,
                            .work = program_work,
                            .result = program_result,
                            .ask = settings->answers_titles ? program_ask : NULL,
                            .told = settings->answers_titles ? program_told : NULL,
                            .watch = program_watch,
                            .wake_us = program_wake_us,
                            .close = program_close};
    return STATUS_OK;
}

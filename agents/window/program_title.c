#include "agents/window/program_title.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/client/log.h"
#include "schemas/body_codes.h"

enum status title_jobs_init(struct title_jobs *jobs)
{
    jobs->body = malloc(MESSAGE_SIZE_MAX);
    jobs->arena = arena_over(malloc(MESSAGE_ARENA_SIZE), MESSAGE_ARENA_SIZE);
    return jobs->body && jobs->arena.memory ? STATUS_OK : STATUS_NO_MEMORY;
}

void title_jobs_fini(struct title_jobs *jobs)
{
    for (uint32_t i = 0; i < TITLE_JOB_COUNT_MAX; i++)
        if (jobs->items[i].is_used)
            child_free(&jobs->items[i].child);
    free(jobs->arena.memory);
    free(jobs->body);
    *jobs = (struct title_jobs){0};
}

/* ---- asking ---- */

static enum status question_body(const struct adapter_question *question, const struct window_rules *rules,
                                 json_t **out)
{
    struct code_fault fault;
    if (msgpack_to_json(question->body, out) != STATUS_OK)
        *out = json_object();
    enum status status = body_codes_turn(rules, &record_title_query, CODES_TO_WINDOW, *out, &fault);
    if (status == STATUS_BAD_BODY)
        log_warning("%.*s: a title query is not put: %s", TEXT_ARGS(question->window), fault.text);
    return status;
}

/* What the program reads, as one line of JSON; NULL when out of memory. The body is taken. */
static char *question_line(const struct adapter_question *question, json_t *body)
{
    json_t *json =
        json_pack("{s:i, s:s, s:o, s:I, s:o, s:o}", "version", 1, "verb", "title", "window",
                  json_stringn(question->window.data, question->window.size), "query", (json_int_t)question->query,
                  "source", json_stringn(question->source.data, question->source.size), "body", body);
    char *line = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return line;
}

static struct title_job *job_free(struct title_jobs *jobs)
{
    for (uint32_t i = 0; i < TITLE_JOB_COUNT_MAX; i++)
        if (!jobs->items[i].is_used)
            return &jobs->items[i];
    return NULL;
}

enum status title_jobs_ask(struct title_jobs *jobs, const char *path, const struct window_rules *rules,
                           const struct adapter_question *question, int64_t deadline_us)
{
    json_t *body = NULL;
    struct title_job *job = job_free(jobs);
    if (!job)
        return STATUS_BUSY;
    enum status status = question_body(question, rules, &body);
    if (status != STATUS_OK) {
        json_decref(body);
        return status;
    }
    char *line = question_line(question, body);
    if (!line)
        return STATUS_NO_MEMORY;
    *job = (struct title_job){.query = question->query, .rules = rules};
    snprintf(job->window, sizeof job->window, "%.*s", TEXT_ARGS(question->window));
    status = child_start(&job->child, path, "title", &line, strlen(line), deadline_us);
    job->is_used = status == STATUS_OK;
    return status;
}

/* ---- what it said ---- */

/* The program's object is a TITLE_RESULT without its query, which is known here. */
static bool read_result(struct title_jobs *jobs, const struct title_job *job, size_t *size)
{
    struct title_result result;
    struct problems problems = {0};
    const struct child *child = &job->child;
    if (child->exit_code != 0 || child->is_too_slow || child->is_too_loud)
        return false;
    json_t *json = json_loadb(child->heard, child->heard_size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json) || json_object_set_new(json, "query", json_integer((json_int_t)job->query)) != 0) {
        json_decref(json);
        return false;
    }
    struct code_fault fault;
    arena_reset(&jobs->arena);
    enum status status = body_codes_turn(job->rules, &record_title_result, CODES_FROM_WINDOW, json, &fault);
    if (status == STATUS_BAD_BODY)
        log_warning("%s: the title result %s", job->window, fault.text);
    if (status == STATUS_OK)
        status = record_from_json(&record_title_result, json, &jobs->arena, &result, &problems);
    if (status == STATUS_OK)
        status = record_encode(&record_title_result, &result, jobs->body, MESSAGE_SIZE_MAX, size);
    json_decref(json);
    if (problems.count > 0)
        log_warning("%s: the title result breaks a rule at '%s'", job->window, problems.items[0].path);
    return status == STATUS_OK;
}

bool title_jobs_told(struct title_jobs *jobs, int64_t now_us, struct adapter_title *out)
{
    for (uint32_t i = 0; i < TITLE_JOB_COUNT_MAX; i++) {
        struct title_job *job = &jobs->items[i];
        size_t size = 0;
        if (!job->is_used || !child_work(&job->child, now_us))
            continue;
        bool is_told = read_result(jobs, job, &size);
        if (is_told) {
            *out = (struct adapter_title){.query = job->query, .body = bytes_of(jobs->body, size)};
            memcpy(out->window, job->window, sizeof out->window);
        } else {
            log_warning("%s: no result of title query %lld", job->window, (long long)job->query);
        }
        child_free(&job->child);
        job->is_used = false;
        if (is_told)
            return true;
    }
    return false;
}

uint32_t title_jobs_watch(const struct title_jobs *jobs, struct pollfd *out)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < TITLE_JOB_COUNT_MAX; i++)
        if (jobs->items[i].is_used)
            count += child_watch(&jobs->items[i].child, out + count);
    return count;
}

int64_t title_jobs_wake_us(const struct title_jobs *jobs)
{
    int64_t wake = INT64_MAX;
    for (uint32_t i = 0; i < TITLE_JOB_COUNT_MAX; i++)
        if (jobs->items[i].is_used && jobs->items[i].child.deadline_us < wake)
            wake = jobs->items[i].child.deadline_us;
    return wake;
}

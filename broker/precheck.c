#include "broker/precheck.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/claim.h"
#include "broker/counter_input.h"
#include "schemas/checks/check.h"

/* An application, which is no larger as it is written here than as it came, and what was found in it. */
enum { DIGEST_HEX_SIZE = 2 * DIGEST_SIZE, CANONICAL_SIZE_MAX = MESSAGE_SIZE_MAX + CHECK_FOUND_COUNT_MAX * 256 };

struct precheck {
    struct keeper *keeper;    /* borrowed */
    struct peers *peers;      /* borrowed */
    struct outlet *outlet;    /* borrowed */
    struct title_stand stand; /* behind input.title and input.titles */
    struct check_input input;
    struct check_result result;
    char digest[DIGEST_HEX_SIZE + 1];
    uint8_t *canonical; /* CANONICAL_SIZE_MAX bytes */
    struct finding findings[CHECK_FOUND_COUNT_MAX];
    struct finding_texts texts[CHECK_FOUND_COUNT_MAX];
};

enum status precheck_new(struct keeper *keeper, struct peers *peers, struct outlet *outlet, struct precheck **out)
{
    struct precheck *precheck = calloc(1, sizeof *precheck);

    *out = precheck;
    if (precheck == NULL)
        return STATUS_NO_MEMORY;
    precheck->keeper = keeper;
    precheck->peers = peers;
    precheck->outlet = outlet;
    precheck->canonical = malloc(CANONICAL_SIZE_MAX);
    return precheck->canonical != NULL ? title_stand_init(&precheck->stand) : STATUS_NO_MEMORY;
}

void precheck_free(struct precheck **precheck)
{
    if (*precheck == NULL)
        return;
    title_stand_fini(&(*precheck)->stand);
    free((*precheck)->canonical);
    free(*precheck);
    *precheck = NULL;
}

/* ---- the digest ---- */

/* Each part with its size before it, so that no two lists of parts give the same bytes. */
static bool canonical_add(struct precheck *precheck, size_t *used, struct text part)
{
    if (*used + 4 + part.size > CANONICAL_SIZE_MAX)
        return false;
    for (int shift = 24; shift >= 0; shift -= 8)
        precheck->canonical[(*used)++] = (uint8_t)(part.size >> shift);
    if (part.size != 0)
        memcpy(precheck->canonical + *used, part.data, part.size);
    *used += part.size;
    return true;
}

static bool canonical_add_number(struct precheck *precheck, size_t *used, struct number number)
{
    char bytes[9] = {(char)number.is_present};

    for (int i = 0; i < 8; i++)
        bytes[1 + i] = (char)((uint64_t)number.value >> (56 - 8 * i));
    return canonical_add(precheck, used, (struct text){bytes, sizeof bytes});
}

static bool canonical_add_findings(struct precheck *precheck, size_t *used)
{
    bool fits = true;

    for (uint32_t i = 0; i < precheck->result.count && fits; i++) {
        const struct found *found = &precheck->result.items[i];
        fits = canonical_add(precheck, used, text_of(finding_row(found->name)->id)) &&
               canonical_add(precheck, used, text_of(finding_row(found->name)->level)) &&
               canonical_add(precheck, used, text_of(found->path));
    }
    return fits;
}

static struct number rules_version(const struct precheck *precheck)
{
    return precheck->input.rules != NULL ? precheck->input.rules->version : (struct number){0};
}

static enum status make_digest(struct precheck *precheck)
{
    struct case_submit application = *precheck->input.application;
    uint8_t digest[DIGEST_SIZE];
    size_t used = 0;

    application.precheck = application.supersedes = (struct text){NULL, 0};
    application.contests = (struct contest_list){0};
    const enum status status =
        record_encode(&record_case_submit, &application, precheck->canonical, CANONICAL_SIZE_MAX, &used);
    if (status != STATUS_OK)
        return status;
    if (!canonical_add_findings(precheck, &used) || !canonical_add_number(precheck, &used, rules_version(precheck)) ||
        !canonical_add_number(precheck, &used, application.title))
        return STATUS_LIMIT;
    digest_sm3(bytes_of(precheck->canonical, used), digest);
    for (uint32_t i = 0; i < DIGEST_SIZE; i++) {
        static const char hex[] = "0123456789abcdef";
        precheck->digest[2 * i] = hex[digest[i] >> 4];
        precheck->digest[2 * i + 1] = hex[digest[i] & 15];
    }
    return STATUS_OK;
}

static enum status look(struct precheck *precheck, const struct event *event, const struct problems *problems,
                        char *why)
{
    const enum status status =
        counter_input_make(precheck->keeper, event, problems, &precheck->stand, &precheck->input, why);

    if (status != STATUS_OK)
        return status;
    check_application(&precheck->input, &precheck->result);
    return make_digest(precheck);
}

/* ---- a submission ---- */

/* Filed again after a loss it was held against the digest then; what the broker knew is lost. */
static bool is_stale(const struct precheck *precheck, const struct event *event)
{
    const struct text named = precheck->input.application->precheck;

    return named.data != NULL && !claim_is_made(event) && !text_is(named, precheck->digest);
}

enum status precheck_judge(struct precheck *precheck, const struct intake_message *message, const struct event *event,
                           const struct door_route *route, bool *is_good, char *why)
{
    const struct problems *problems = message->problems;
    const enum status status = look(precheck, event, problems, why);
    const bool is_blocked = precheck->result.error_count > 0;

    *is_good = status == STATUS_OK && !is_stale(precheck, event) && !is_blocked && problems->count == 0;
    if (status != STATUS_OK || *is_good)
        return status;
    struct refusal reject = {.status = is_blocked ? STATUS_FINDINGS : STATUS_BAD_BODY, .path = ""};
    if (is_stale(precheck, event)) {
        reject.status = STATUS_PRECHECK_STALE;
        reject.path = "precheck";
    }
    if (precheck->result.count > 0)
        reject.findings = &precheck->result;
    else
        reject.problems = problems;
    outlet_reject(precheck->outlet, route, message->participant, message->envelope.message_id.data, &reject,
                  event->time_us);
    return STATUS_OK;
}

/* ---- a draft ---- */

/* Of several results the one that looked first and the one that runs out first. */
static void fill_titles(const struct check_input *input, struct precheck_result *out)
{
    for (uint32_t i = 0; i < input->title_count; i++) {
        const struct title_stood *stood = &input->titles[i];
        if (stood->result == NULL)
            continue;
        if (!out->title_as_of.is_present || stood->result->as_of.value < out->title_as_of.value)
            out->title_as_of = stood->result->as_of;
        if (!out->title_valid_until.is_present || stood->valid_until_us < out->title_valid_until.value)
            out->title_valid_until = number_of(stood->valid_until_us);
    }
}

static void fill_result(struct precheck *precheck, struct precheck_result *out)
{
    const struct check_input *input = &precheck->input;
    const struct check_result *result = &precheck->result;
    const char *window =
        input->application->district.data != NULL ? window_of_district(input->application->district) : NULL;

    for (uint32_t i = 0; i < result->count; i++)
        finding_fill(&result->items[i], &precheck->texts[i], &precheck->findings[i]);
    *out = (struct precheck_result){
        .findings = {precheck->findings, result->count, true},
        .has_more = number_of(result->has_more),
        .error_count = number_of(result->error_count),
        .digest = text_of(precheck->digest),
        .window = text_of(window),
        .rules_version = rules_version(precheck),
        .title = input->application->title,
        .is_present = true,
    };
    for (uint32_t i = 0; i < result->count; i++)
        out->warning_count.value += finding_row(result->items[i].name)->level[0] == 'W';
    out->warning_count.is_present = true;
    fill_titles(input, out);
}

enum status precheck_answer(struct precheck *precheck, const struct intake_message *message, int64_t now_us, char *why)
{
    struct peer *peer = peers_find(precheck->peers, message->participant);
    struct event event = {.type = EVENT_MESSAGE,
                          .time_us = now_us,
                          .participant = message->participant,
                          .message = MESSAGE_CASE_SUBMIT, /* judged as if it were submitted now */
                          .envelope = &message->envelope,
                          .body = message->body};
    struct precheck_result result;
    enum status status = keeper_prepare(precheck->keeper, &event, why);

    if (status == STATUS_OK)
        status = look(precheck, &event, message->problems, why);
    if (status != STATUS_OK || peer == NULL)
        return status;
    fill_result(precheck, &result);
    return outlet_send(precheck->outlet, peer, MESSAGE_PRECHECK_RESULT, &result, message->envelope.message_id.data, "",
                       now_us);
}

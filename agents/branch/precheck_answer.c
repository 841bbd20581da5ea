#include "agents/branch/precheck_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/branch/agent.h"
#include "agents/branch/queries.h"
#include "agents/client/link.h"

enum { WAIT_MS = AGENT_QUERY_MS_MAX + 2000 };

/* The list of clerks is the branch's own; true when it has a finding. */
static bool findings_add_clerk(json_t *findings, const json_t *own)
{
    size_t index;
    json_t *finding;
    json_array_foreach((json_t *)own, index, finding)
    {
        const char *id = json_string_value(json_object_get(finding, "id"));
        if (id && strcmp(id, "B02") == 0)
            return json_array_append(findings, finding) == 0;
    }
    return false;
}

static enum status answer_read(const char *text, const json_t *own, struct precheck_answer *out)
{
    out->json = json_loads(text, 0, NULL);
    out->digest = json_string_value(json_object_get(out->json, "digest"));
    out->findings = json_object_get(out->json, "findings");
    if (!out->digest || !json_is_array(out->findings))
        return STATUS_CORRUPT;
    out->is_ok = json_integer_value(json_object_get(out->json, "errors")) == 0;
    if (findings_add_clerk(out->findings, own))
        out->is_ok = false;
    return STATUS_OK;
}

enum status precheck_ask(struct book *book, const struct checked_line *draft, struct text group,
                         struct precheck_answer *out)
{
    char *answer = NULL;
    char *failure = NULL;
    int64_t id = 0;
    memset(out, 0, sizeof *out);
    enum status status = queries_ask_draft(book, draft->body, group, clock_now_us(), &id);
    if (status == STATUS_OK)
        status = queries_await(book, id, WAIT_MS, &answer, &failure);
    if (status == STATUS_OK && failure) {
        fprintf(stderr, "onevisit-branch: %s\n", failure);
        status = STATUS_TIMEOUT;
    } else if (status == STATUS_OK) {
        status = answer_read(answer, draft->findings, out);
    }
    free(answer);
    free(failure);
    if (status != STATUS_OK)
        precheck_answer_fini(out);
    return status;
}

void precheck_answer_fini(struct precheck_answer *answer)
{
    json_decref(answer->json);
    memset(answer, 0, sizeof *answer);
}

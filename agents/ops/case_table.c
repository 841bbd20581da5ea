#include "agents/ops/case_table.h"

#include "agents/client/link.h"
#include "agents/ops/show.h"
#include "agents/ops/table.h"
#include "schemas/lifecycle.h"

enum { FLAGS_SIZE_MAX = 160 };

void case_json_mask(json_t *json, const struct case_status *status)
{
    char masked[MASK_SIZE_MAX];
    if (status->proof.data)
        json_object_set_new(json, "bdcdjzmh", json_string(show_certificate(status->proof, masked)));
}

void case_json_mask_all(json_t *cases, const struct case_status_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        case_json_mask(json_array_get(cases, i), &list->items[i]);
}

/* ---- the table ---- */

bool case_clock_is_late(const struct case_clock *clock, int64_t now_us)
{
    return clock->is_present && clock->due_at.value < now_us;
}

/* A case whose clock ran out is LATE. */
static const char *join_flags(const struct text_list *flags, bool is_late, char out[FLAGS_SIZE_MAX])
{
    size_t used = 0;
    snprintf(out, FLAGS_SIZE_MAX, "-");
    for (uint32_t i = 0; i < flags->count && used < FLAGS_SIZE_MAX; i++)
        used += (size_t)snprintf(out + used, FLAGS_SIZE_MAX - used, "%s%.*s", i ? "," : "", TEXT_ARGS(flags->items[i]));
    if (is_late && used < FLAGS_SIZE_MAX)
        snprintf(out + used, FLAGS_SIZE_MAX - used, "%sLATE", used ? "," : "");
    return out;
}

static void add_case(struct table *table, const struct case_status *status, int64_t now_us)
{
    char text[MASK_SIZE_MAX];
    table_text(table, status->case_id);
    table_text(table, status->kind);
    table_text(table, status->branch);
    table_text(table, status->window);
    table_text(table, status->state);
    table_cell(table, "%s", show_duration(now_us - status->since.value, text));
    table_text(table, status->waits_for);
    table_text(table, status->level_zh);
    table_cell(table, "%s", join_flags(&status->flags, case_clock_is_late(&status->clock, now_us), text));
    table_cell(table, "%s", show_certificate(status->proof, text));
}

void case_table_print(const struct case_status_list *cases)
{
    static const struct table_column columns[] = {
        {"CASE", false}, {"KIND", false},      {"BRANCH", false}, {"WINDOW", false}, {"STATE", false},
        {"FOR", true},   {"NEXT STEP", false}, {"LEVEL", false},  {"FLAGS", false},  {"PROOF", false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    int64_t now_us = clock_now_us();
    for (uint32_t i = 0; i < cases->count; i++)
        add_case(table, &cases->items[i], now_us);
    table_print(table, stdout);
    table_free(&table);
}

/* ---- what narrows a list ---- */

void case_judge_participant(struct text text, unsigned role, const char *option, const struct argp_state *argp)
{
    if (text.data && (participant_role(text) != role || !rule_holds(RULE_PARTICIPANT, text)))
        argp_error(argp, "%s: '%.*s' is not %s", option, TEXT_ARGS(text), rule_english(RULE_PARTICIPANT));
}

void case_judge_state(struct text state, const struct argp_state *argp)
{
    if (state.data && !text_is(state, "open") && lifecycle_state_of(state) == STATE_COUNT)
        argp_error(argp, "--state: nobody knows '%.*s'; see --help", TEXT_ARGS(state));
}

void case_judge_after(struct text case_id, const struct argp_state *argp)
{
    if (case_id.data && !rule_holds(RULE_CASE_ID, case_id))
        argp_error(argp, "--after wants %s", rule_english(RULE_CASE_ID));
}

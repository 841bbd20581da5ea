#include <assert.h>

#include "broker/core/handler.h"
#include "broker/core/title.h"
#include "broker/core/title_rate.h"
#include "schemas/checks/check.h"

enum status title_query_judge(struct turn *turn)
{
    const struct title_query *query = turn->event->body;
    if (query->unit.data == NULL && query->certificate.data == NULL) {
        turn->path = "bdcdyh";
        return STATUS_BAD_BODY;
    }
    return title_judge(turn, query);
}

void on_title_query(struct turn *turn)
{
    const struct event *event = turn->event;
    const struct title_query *query = event->body;
    const char *window = window_of_district(query->district);
    assert(window != NULL); /* RULE_DISTRICT */
    struct row_key key = row_key_title(event->sequence);
    struct title_row row = {.branch = event->participant, .window = text_of(window), .is_present = true};
    core_put(turn->core, &key, &record_title_row, &row);
    title_rate_count(turn);
    if (!event->is_replay)
        title_ask(turn, event->sequence);
}

#include "broker/core/risk.h"

#include "broker/core/course.h"
#include "broker/core/disburse.h"
#include "broker/core/urgent.h"
#include "schemas/risk.h"

bool risk_row_blocks(const struct risk_row *risk)
{
    if (risk->has_ended.value != 0)
        return false;
    switch (risk_blocks(risk->risk)) {
    case RISK_BLOCKS_NEVER:
        return false;
    case RISK_BLOCKS_UNTIL_READ:
        return !risk->acknowledged.is_present;
    case RISK_BLOCKS_UNTIL_ENDED:
        return true;
    }
    return true;
}

static bool is_unread(const struct risk_row *risk)
{
    return !risk->acknowledged.is_present && risk_blocks(risk->risk) != RISK_BLOCKS_NEVER;
}

void risk_flag(struct case_file *file)
{
    bool stands = false;
    for (uint32_t i = 0; i < file->row.risks.count; i++)
        stands |= risk_row_blocks(&file->row.risks.items[i]) || is_unread(&file->row.risks.items[i]);
    if (stands)
        case_flag(file, CASE_RISK);
    else
        case_unflag(file, CASE_RISK);
}

struct risk_row *risk_find(const struct case_file *file, int64_t alert)
{
    for (uint32_t i = 0; i < file->row.risks.count; i++)
        if (file->row.risks.items[i].alert.value == alert)
            return &file->row.risks.items[i];
    return NULL;
}

static struct risk_row *find_same(const struct case_file *file, const struct risk_alert *alert)
{
    for (uint32_t i = 0; i < file->row.risks.count; i++) {
        struct risk_row *risk = &file->row.risks.items[i];
        if (text_equal(risk->risk, alert->risk) && text_equal(risk->document, alert->document))
            return risk;
    }
    return NULL;
}

static void risk_keep(const struct turn *turn, struct case_file *file, const struct risk_alert *alert)
{
    bool has_ended = alert->has_ended.is_present && alert->has_ended.value != 0;
    struct risk_row *known = find_same(file, alert);
    if (known != NULL && has_ended) {
        known->has_ended = number_of(true); /* under the number it was told by: its reading still counts */
        return;
    }
    struct risk_row risk = {.alert = number_of((int64_t)turn->event->sequence),
                            .risk = alert->risk,
                            .document = alert->document,
                            .time = number_of(turn->event->time_us),
                            .has_ended = number_of(has_ended),
                            .is_present = true};
    if (known == NULL) {
        (void)case_add_risk(file, &risk);
        return;
    }
    known->alert = risk.alert;
    known->time = risk.time;
    known->has_ended = risk.has_ended;
    known->acknowledged = known->acknowledged_at = (struct number){0};
    case_keep_text(&known->user, (struct text){0});
}

/* A seizure fixes what a maximum-amount mortgage secures, once the bank knows (S2 art 423(4)). */
static const char *advice_of(const struct case_file *file, const struct risk_alert *alert)
{
    bool is_seizure = text_is(alert->risk, "seizure") || text_is(alert->risk, "waiting_seizure");
    bool is_maximum = text_is(file->row.kind, "M07") || text_is(file->row.kind, "M08");
    bool has_ended = alert->has_ended.is_present && alert->has_ended.value != 0;
    return is_seizure && is_maximum && !has_ended ? "M09" : NULL;
}

/* A prenotice lapses ninety days after the real registration becomes possible (S2 art 221). */
static void note_registrable(struct case_file *file, const struct risk_alert *alert)
{
    bool is_prenotice = text_is(file->row.kind, "M05") || text_is(file->row.kind, "M11");
    bool has_ended = alert->has_ended.is_present && alert->has_ended.value != 0;
    if (is_prenotice && text_is(alert->risk, "registrable") && !has_ended && !file->row.registrable_at.is_present)
        file->row.registrable_at = alert->time;
}

void risk_take(struct turn *turn, struct case_file *file)
{
    const struct risk_alert *alert = turn->event->body;
    risk_keep(turn, file, alert);
    case_note_alert(file, turn->event->sequence);
    risk_flag(file);
    note_registrable(file, alert);
    file->row.revision.value++;
    core_touch_case(turn->core, file);
    feed_append_urgent(turn, file, advice_of(file, alert));
    disburse_tell(turn, file);
    course_settle(turn->core, file); /* another clock may run now */
}

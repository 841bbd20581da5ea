#include "broker/core/measure.h"

#include "broker/core/rules.h"
#include "schemas/working_time.h"

/* ---- what the handlers remember ---- */

void measure_reasons(struct case_file *file, const struct reason_list *reasons)
{
    for (uint32_t i = 0; i < reasons->count; i++) {
        const struct reason *reason = &reasons->items[i];
        case_add_defect(file, &(struct defect_row){
                                  .family = reason->family, .check = reason->check, .avoidable = reason->avoidable});
    }
}

void measure_return(struct case_file *file, int64_t round)
{
    struct case_row *row = &file->row;
    const int64_t bit = INT64_C(1) << round;
    if ((row->return_rounds.value & bit) != 0)
        return;
    row->return_rounds = number_of(row->return_rounds.value | bit);
    row->returns = number_of(row->returns.value + 1);
}

void measure_round(struct case_file *file, const struct supplement_req *request)
{
    const int64_t round = request->round.value;
    if (round > 1)
        case_add_defect(file, &(struct defect_row){.family = text_of("REGISTRY"), .avoidable = text_of("yes")});
    for (uint32_t i = 0; i < request->items.count; i++) {
        const struct supplement_item *item = &request->items.items[i];
        const struct text avoidable = item->avoidable.data != NULL ? item->avoidable : text_of("unknown");
        case_add_defect(file, &(struct defect_row){.family = item->code, .check = item->check, .avoidable = avoidable});
        if (item->needs_citizen.value != 0)
            measure_return(file, round);
    }
}

/* ---- the row ---- */

static struct text measure_day(const struct case_row *row, char out[24])
{
    const struct number *decided = row->booked_here.is_present ? &row->booked_here : &row->since;
    (void)time_show(decided->value, out, 24);
    return (struct text){out, 10};
}

static struct number minutes_between(const struct working_time *time, struct number from, struct number to)
{
    if (!from.is_present || !to.is_present)
        return (struct number){0};
    return number_of(working_time_minutes(time, from.value, to.value));
}

static struct number days_between(const struct working_time *time, struct number from, struct number to)
{
    if (!to.is_present)
        return (struct number){0};
    return number_of(working_time_days(time, from.value, to.value));
}

static uint32_t count_rounds(const struct case_row *row)
{
    uint32_t count = 0;
    for (int64_t rounds = row->rounds.value; rounds != 0; rounds &= rounds - 1)
        count++;
    return count;
}

static void copy_defects(const struct defect_row_list *from, struct defect *to)
{
    for (uint32_t i = 0; i < from->count; i++)
        to[i] = (struct defect){.family = from->items[i].family,
                                .check = from->items[i].check,
                                .avoidable = from->items[i].avoidable,
                                .is_present = true};
}

/* Archiving is the house's own business: the case stays certified. */
static const char *measure_state(const struct case_file *file)
{
    return lifecycle_state(file->base == STATE_ARCHIVED ? STATE_CERTIFIED : file->base)->wire;
}

static struct measure measure_of(const struct core *core, const struct case_file *file, struct text day)
{
    const struct case_row *row = &file->row;
    const struct working_time time = {.calendar = core_calendar(core), .rules = core_rules(core, row->window)};
    return (struct measure){
        .case_id = row->case_id,
        .day = day,
        .window = row->window,
        .branch = row->branch,
        .clerk = row->clerk,
        .kind = row->kind,
        .state = text_of(measure_state(file)),
        .submitted_at = row->submitted_at,
        .accepted_at = row->accepted_here,
        .booked_at = row->booked_here,
        .certified_at = row->certified_here,
        .acceptance_minutes = minutes_between(&time, row->submitted_at, row->accepted_here),
        .booking_minutes = minutes_between(&time, row->accepted_here, row->booked_here),
        .certificate_minutes = minutes_between(&time, row->submitted_at, row->certified_here),
        .certificate_days = days_between(&time, row->submitted_at, row->certified_here),
        .rounds = number_of(count_rounds(row)),
        .returns = number_of(row->returns.value),
        .had_deemed_claim = number_of(case_has(file, CASE_DEEMED_CLAIM)),
        .is_present = true,
    };
}

void measure_keep(struct core *core, const struct case_file *file)
{
    const enum lifecycle_class class = lifecycle_state(file->base)->class;
    if (class != CLASS_BOOK && class != CLASS_CLOSED)
        return;
    char time[24];
    struct defect defects[DEFECT_COUNT_MAX];
    struct measure measure = measure_of(core, file, measure_day(&file->row, time));
    copy_defects(&file->row.defects, defects);
    if (file->row.defects.count > 0)
        measure.defects = (struct defect_list){defects, file->row.defects.count, true};
    struct row_key key = row_key_measure(measure.day, measure.case_id);
    core_put(core, &key, &record_measure, &measure);
}

#include "broker/core/clock.h"
#include "broker/core/handler.h"

/* A claim that the case counts as accepted: told, never applied (DOMAIN 2.1). */
static void take_claim(struct turn *turn)
{
    case_flag(turn->file, CASE_DEEMED_CLAIM);
    turn->fact = "DEEMED_ACCEPT_CLAIM";
}

static void take_alarm(struct turn *turn, const struct fact_alarm *alarm)
{
    struct case_row *row = &turn->file->row;
    case_keep_text(&row->clock, alarm->clock);
    row->clock_started = alarm->started_at;
    row->clock_stage = alarm->stage;
    if (clock_of(alarm->clock) == CLOCK_EXAMINATION) {
        row->examination_started = alarm->started_at;
        row->examination_stage = alarm->stage;
    }
    turn->fact = "ALARM";
}

static void tell_window(struct turn *turn, const struct fact_alarm *alarm)
{
    const struct case_file *file = turn->file;
    if (file->window->session == NULL || file->row.is_dispatched.value == 0)
        return;
    struct effect *effect = turn_effect(turn, EFFECT_ALARM, file->row.window);
    effect->number = (uint64_t)alarm->stage.value;
    memcpy(effect->case_id, file->case_id, sizeof effect->case_id);
}

/* Alarms inform; whatever they say, the state stays. */
void on_fact_alarm(struct turn *turn)
{
    const struct fact_alarm *alarm = turn->event->body;
    turn->told = TOLD_FACT;
    if (text_is(alarm->clock, CLOCK_CLAIM)) {
        take_claim(turn);
        return;
    }
    take_alarm(turn, alarm);
    if (!turn->event->is_replay)
        tell_window(turn, alarm);
}

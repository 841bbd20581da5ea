#include "broker/core/handler.h"

static void ask_window(struct turn *turn)
{
    const struct case_file *file = turn->file;
    if (file->window->session == NULL)
        return;
    struct effect *effect = turn_effect(turn, EFFECT_CERT_ASK, file->row.window);
    effect->number = (uint64_t)file->row.pulls.value;
    memcpy(effect->case_id, file->case_id, sizeof effect->case_id);
}

void on_fact_cert_pull(struct turn *turn)
{
    const struct fact_cert_pull *pull = turn->event->body;
    turn->file->row.pulls = pull->attempt;
    turn->file->row.pulled_at = number_of(turn->event->time_us);
    if (!turn->event->is_replay)
        ask_window(turn);
}

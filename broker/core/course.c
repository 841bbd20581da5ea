#include "broker/core/course.h"
#include "broker/core/contract.h"

#include <assert.h>

#include "broker/core/clock.h"
#include "broker/core/delivery.h"
#include "broker/core/due.h"
#include "broker/core/lane.h"
#include "broker/core/unit.h"

/* The cell that decides, and in `*state` whose it is. */
static const struct lifecycle_cell *find_cell(const struct case_file *file, enum lifecycle_event event,
                                              enum lifecycle_state *state)
{
    enum lifecycle_state layers[CASE_LAYER_COUNT_MAX];
    uint32_t count = case_layers(file, layers);
    const struct lifecycle_cell *cell = lifecycle_cell(*state = layers[0], event);
    for (uint32_t i = 1; i < count && cell->outcome == OUTCOME_BENEATH; i++)
        cell = lifecycle_cell(*state = layers[i], event);
    assert(cell->outcome != OUTCOME_BENEATH && cell->outcome != OUTCOME_UNDECIDED);
    return cell;
}

const struct lifecycle_cell *course_cell(const struct case_file *file, enum lifecycle_event event)
{
    enum lifecycle_state state;
    return find_cell(file, event, &state);
}

enum lifecycle_outcome course_outcome(const struct case_file *file, enum lifecycle_event event)
{
    const struct lifecycle_cell *cell = course_cell(file, event);
    assert(cell->outcome != OUTCOME_AS); /* what a window says is never asked about */
    return cell->outcome;
}

static enum case_flag flag_of_layer(enum lifecycle_state layer)
{
    if (layer == STATE_SUSPENDED)
        return CASE_SUSPENDED;
    return layer == STATE_WITHDRAWING ? CASE_WITHDRAWING : CASE_PARKED;
}

/* What is final ends all layers, and nothing more goes to the window. */
static void course_move(struct case_file *file, enum lifecycle_state to)
{
    file->base = to;
    if (lifecycle_state(to)->class == CLASS_GOING)
        return;
    case_void_deliveries(file);
    case_unflag(file, CASE_SUSPENDED);
    case_unflag(file, CASE_WITHDRAWING);
    case_unpark(file);
}

static void course_take(struct case_file *file, const struct lifecycle_cell *cell)
{
    switch (cell->outcome) {
    case OUTCOME_JUMP:
        case_flag(file, CASE_OUT_OF_ORDER);
        course_move(file, cell->to);
        break;
    case OUTCOME_MOVE:
        course_move(file, cell->to);
        break;
    case OUTCOME_COVER:
        case_flag(file, flag_of_layer(cell->to));
        break;
    case OUTCOME_LIFT:
        case_unflag(file, flag_of_layer(cell->to));
        break;
    case OUTCOME_LATE:
    case OUTCOME_KEEP:
        case_flag(file, CASE_OUT_OF_ORDER);
        break;
    case OUTCOME_CONTRADICTION:
        case_flag(file, CASE_CONTRADICTION);
        break;
    case OUTCOME_STAY:
    case OUTCOME_NOTHING:
    case OUTCOME_REFUSE:
    case OUTCOME_UNDECIDED:
    case OUTCOME_AS:
    case OUTCOME_BENEATH:
        break;
    }
}

static void note_decision(struct turn *turn, enum lifecycle_state state, enum lifecycle_event event,
                          const struct lifecycle_cell *cell)
{
    if (turn->step.decision_count < STEP_DECISION_MAX)
        turn->step.decisions[turn->step.decision_count++] = (struct step_decision){state, event, cell};
}

enum lifecycle_outcome course_apply(struct turn *turn, struct case_file *file, enum lifecycle_event event)
{
    enum lifecycle_state state;
    const struct lifecycle_cell *cell = find_cell(file, event, &state);
    note_decision(turn, state, event, cell);
    if (cell->outcome == OUTCOME_AS) {
        file->base = cell->to;
        case_delivered(file, 0);
        cell = lifecycle_cell(file->base, event);
        note_decision(turn, file->base, event, cell);
    }
    course_take(file, cell);
    case_show(file, turn->event->time_us);
    return cell->outcome;
}

/* ---- what follows from the state ---- */

static bool course_needs_lanes(const struct case_file *file)
{
    return file->base == STATE_SUBMITTED || file->base == STATE_QUEUED || file->base == STATE_SENT;
}

void course_open(struct core *core, struct case_file *file)
{
    file->window = core_window(core, file->row.window);
    file->branch = core_branch(core, file->row.branch);
    file->is_open = true;
    list_append(&core->open, &file->of_all);
    list_append(&file->window->cases, &file->of_window);
    list_append(&file->branch->cases, &file->of_branch);
    file->window->open_count++;
    core->open_count++;
}

static void course_close(struct core *core, struct case_file *file)
{
    file->is_open = false;
    list_remove(&core->open, &file->of_all);
    list_append(&core->closed, &file->of_all);
    list_remove(&file->window->cases, &file->of_window);
    list_remove(&file->branch->cases, &file->of_branch);
    list_remove(&core->due, &file->of_due);
    file->due = 0;
    file->window->open_count--;
    core->open_count--;
    struct row_key business = row_key_business(file->business_key);
    struct row_key open = row_key_open(file->row.case_id);
    rows_delete(&core->rows, &business);
    rows_delete(&core->rows, &open);
    contract_leave(core, file);
    if (!file->row.booked_at.is_present)
        unit_leave(core, file);
}

void course_settle(struct core *core, struct case_file *file)
{
    if (!file->is_open)
        return;
    bool needs_lanes = course_needs_lanes(file);
    if (needs_lanes && !file->is_in_lanes) {
        queue_enter(&file->window->queue, file);
        lanes_enter(core, file);
        file->window->queued_count++;
    }
    if (!needs_lanes && file->is_in_lanes) {
        file->window->queued_count--;
        lanes_leave(core, file);
    }
    if (!lifecycle_is_open(file->base))
        course_close(core, file);
    if (file->is_open && case_has(file, CASE_PARKED))
        list_append(&core->parked, &file->of_parked);
    else
        list_remove(&core->parked, &file->of_parked);
    delivery_settle(core, file);
    if (!needs_lanes && file->share != NULL)
        queue_leave(&file->window->queue, file);
    clock_settle(core, file);
}

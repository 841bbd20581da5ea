#include <stdio.h>

#include "broker/core/clock.h"
#include "broker/core/due.h"
#include "broker/core/lane.h"
#include "broker/core/timer.h"

/* Every invariant of the core, numbered. A broken one is our own mistake; the
 * tests and the daemon call this, and the sentence names the number. */
struct check {
    const struct core *core;
    char *why;
    size_t size;
    bool is_broken;
};

static void check_that(struct check *check, bool holds, const char *sentence, const char *what)
{
    if (holds || check->is_broken)
        return;
    check->is_broken = true;
    (void)snprintf(check->why, check->size, "%s: %s", sentence, what);
}

/* 1. A lane holds its cases in the order they were submitted in, and none that counts as bulk before one that does not.
 */
static void check_lane(struct check *check, const struct lane *lane)
{
    int64_t last = 0;
    for (const struct list_node *node = lane->cases.first; node != NULL; node = node->next) {
        const struct case_file *file = node->owner;
        check_that(check, file->row.submitted.value > last, "1 a lane is out of order", file->case_id);
        last = file->row.submitted.value;
    }
    check_that(check, lane->cases.first != NULL, "1 an empty lane stands", lane->key);
    check_that(check, lane_is_sound(lane), "1 bulk keeps a citizen waiting", lane->key);
}

/* 2. An undelivered case stands in all its lanes, any other in none. */
static void check_places(struct check *check, const struct case_file *file)
{
    bool is_waiting = file->base == STATE_SUBMITTED || file->base == STATE_QUEUED || file->base == STATE_SENT;
    uint32_t headed = 0;
    check_that(check, file->is_in_lanes == is_waiting, "2 in lanes against its state", file->case_id);
    for (uint32_t i = 0; i < file->row.lanes.count; i++) {
        const struct lane_place *place = &file->places[i];
        check_that(check, (place->lane != NULL) == is_waiting, "2 not in all its lanes", file->case_id);
        headed += place->lane != NULL && place->lane->cases.first == &place->node;
    }
    check_that(check, headed == file->headed_count, "2 miscounts the lanes it heads", file->case_id);
}

/* 3. The row says what the state is; no layer lies over what is final or was never sent. */
static void check_state(struct check *check, const struct case_file *file)
{
    enum lifecycle_state shown = case_shown(file);
    bool is_layered = shown != file->base;
    bool was_sent = file->row.is_dispatched.value != 0;
    bool is_unsent = file->base == STATE_SUBMITTED || file->base == STATE_QUEUED;
    check_that(check, text_is(file->row.state, lifecycle_state(shown)->wire), "3 shows another state", file->case_id);
    check_that(check, (file->row.state_before.data != NULL) == is_layered, "3 remembers wrongly", file->case_id);
    check_that(check, !is_unsent || (!is_layered && !was_sent), "3 sent and unsent at once", file->case_id);
    check_that(check, file->base != STATE_BOOKED || !is_layered || shown == STATE_HELD, "3 a layer over the book",
               file->case_id);
    check_that(check, lifecycle_state(file->base)->class != CLASS_LAYER, "3 a layer as base", file->case_id);
    check_that(check, file->of_parked.is_in == (file->is_open && case_has(file, CASE_PARKED)),
               "3 parked against its flag", file->case_id);
    check_that(check, file->is_open == lifecycle_is_open(file->base), "3 open against its state", file->case_id);
}

/* 4. Deliveries are done in order; the first one is open exactly as long as the case stands in lanes. */
static void check_deliveries(struct check *check, const struct case_file *file)
{
    bool is_open = false;
    for (uint32_t i = 0; i < file->row.deliveries.count; i++) {
        int64_t state = file->row.deliveries.items[i].is_delivered.value;
        check_that(check, !is_open || state != DELIVERY_DONE, "4 delivered out of order", file->case_id);
        is_open |= state == DELIVERY_OPEN;
    }
    bool first_is_open = file->row.deliveries.items[0].is_delivered.value == DELIVERY_OPEN;
    check_that(check, first_is_open == file->is_in_lanes, "4 delivered and in lanes", file->case_id);
    check_that(check, file->is_open || !is_open, "4 a closed case owes a delivery", file->case_id);
}

/* 5. What is due for sending stands in the window's queue for it, and nothing else does. */
static void check_sending(struct check *check, const struct case_file *file)
{
    bool is_queued =
        file->sending == SENDING_READY || file->sending == SENDING_AGAIN || file->sending == SENDING_FOLLOW;
    bool is_out = file->sending == SENDING_OUT || file->sending == SENDING_FOLLOW_OUT;
    check_that(check, (file->turn.place != 0) == is_queued, "5 in a queue against its state", file->case_id);
    check_that(check, file->sending != SENDING_READY || lanes_are_headed(file), "5 ready behind another",
               file->case_id);
    check_that(check, (file->share != NULL) == file->is_in_lanes, "5 has a share against its state", file->case_id);
    check_that(check, file->base != STATE_QUEUED || !lanes_are_headed(file) || file->sending == SENDING_READY,
               "5 heads its lanes and is not ready", file->case_id);
    check_that(check, !is_out || file->window->session != NULL, "5 out without a session", file->case_id);
    check_that(check, !is_out || timer_is_set(&file->timer) || (file->due & DUE_PARK) != 0, "5 out without a lease",
               file->case_id);
}

/* 6. The open case is found under its business key, and nothing else is. */
static void check_indexes(struct check *check, const struct case_file *file)
{
    struct row_key business = row_key_business(file->business_key);
    struct row_key open = row_key_open(file->row.case_id);
    const struct known_row *business_row = rows_find(&check->core->rows, &business);
    const struct known_row *open_row = rows_find(&check->core->rows, &open);
    check_that(check, business_row == NULL || business_row->value != NULL, "6 lost its business key", file->case_id);
    check_that(check, open_row == NULL || open_row->value != NULL, "6 lost its open row", file->case_id);
}

/* 10. No silent wait: every open case has an owner of the next step and a clock, and no closed one has. */
static void check_clock(struct check *check, const struct case_file *file)
{
    struct case_clock clock;
    bool runs = clock_of_case(check->core, &file->row, &clock);
    check_that(check, runs == file->is_open, "10 a clock against its state", file->case_id);
    check_that(check, !runs || clock.owner.size != 0, "10 nobody has the next step", file->case_id);
    check_that(check, runs || !timer_is_set(&file->clock_timer), "10 an alarm of a closed case", file->case_id);
}

static void check_case(struct check *check, const struct case_file *file)
{
    check_state(check, file);
    check_deliveries(check, file);
    check_clock(check, file);
    if (!file->is_open)
        return;
    check_places(check, file);
    check_sending(check, file);
    check_indexes(check, file);
}

/* 7. A window's counts are the counts of its cases; its queues are heaps of them. */
static void check_window(struct check *check, const struct window_file *window)
{
    uint32_t open = 0, queued = 0, out = 0, follow = 0, ready = 0, again = 0, following = 0;
    for (const struct list_node *node = window->cases.first; node != NULL; node = node->next) {
        const struct case_file *file = node->owner;
        open++;
        queued += file->is_in_lanes;
        out += file->sending == SENDING_OUT;
        follow += file->sending == SENDING_FOLLOW_OUT;
        ready += file->sending == SENDING_READY;
        again += file->sending == SENDING_AGAIN;
        following += file->sending == SENDING_FOLLOW;
    }
    check_that(check, open == window->open_count && queued == window->queued_count, "7 miscounts", window->name);
    check_that(check, out == window->out_count && follow == window->follow_out_count, "7 miscounts what is out",
               window->name);
    check_that(check,
               ready == queue_count(&window->queue) && again == window->again.count &&
                   following == window->follow.count,
               "7 queues hold others", window->name);
    check_that(check, queue_is_sound(&window->queue) && heap_is_sound(&window->again) && heap_is_sound(&window->follow),
               "7 a queue is no heap", window->name);
    check_that(check, window->session != NULL || out + follow == 0, "7 out without a session", window->name);
}

/* 8. A branch never acknowledged more than it was given. */
static void check_branch(struct check *check, const struct branch_file *branch)
{
    check_that(check, branch->row.event_acknowledged.value <= branch->row.event_last.value, "8 acknowledged too much",
               branch->name);
    check_that(check, branch->base <= branch->cursor || branch->session == NULL, "8 has more than was sent",
               branch->name);
    check_that(check, branch->cursor <= (uint64_t)branch->row.event_last.value, "8 was sent too much", branch->name);
    int64_t owed = branch->row.urgent_last.value - branch->row.urgent_acknowledged.value;
    check_that(check, owed == (int64_t)branch->urgent.behind_count, "8 miscounts what is urgent", branch->name);
    check_that(check, branch->urgent.cursor <= (uint64_t)branch->row.urgent_last.value,
               "8 was sent too much that is urgent", branch->name);
}

/* 9. The open cases stand in one list, oldest first, and are counted. */
static void check_open(struct check *check)
{
    uint32_t count = 0;
    int64_t last = 0;
    for (const struct list_node *node = check->core->open.first; node != NULL; node = node->next) {
        const struct case_file *file = node->owner;
        check_that(check, file->is_open && file->row.submitted.value > last, "9 a wrong case is open", file->case_id);
        last = file->row.submitted.value;
        count++;
    }
    check_that(check, count == check->core->open_count, "9 miscounts open cases", "all");
    check_that(check, heap_is_sound(&check->core->timers), "9 the timers are no heap", "all");
}

bool core_check(const struct core *core, char *why, size_t size)
{
    struct check check = {.core = core, .why = why, .size = size};
    uint32_t cursor = 0;
    for (const struct lane *lane; (lane = table_next(&core->lanes, &cursor)) != NULL;)
        check_lane(&check, lane);
    cursor = 0;
    for (const struct case_file *file; (file = table_next(&core->cases, &cursor)) != NULL;)
        check_case(&check, file);
    cursor = 0;
    for (const struct window_file *window; (window = table_next(&core->windows, &cursor)) != NULL;)
        check_window(&check, window);
    cursor = 0;
    for (const struct branch_file *branch; (branch = table_next(&core->branches, &cursor)) != NULL;)
        check_branch(&check, branch);
    check_open(&check);
    return !check.is_broken;
}

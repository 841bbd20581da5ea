#include <criterion/criterion.h>

#include "broker/core/heap.h"
#include "broker/core/lane.h"
#include "tests/core/house.h"

/* core_check tells of each thing that is broken on purpose, by the number of its invariant, and of nothing else. */

/* A case that is out, one ready elsewhere, and one that waits behind the first. */
struct scene {
    struct house *house;
    struct core *core;
    struct window_file *window;
    struct branch_file *branch;
    struct case_file *out, *ready, *behind;
    struct lane *lane; /* of the first */
};

static struct case_file *file_of(struct house *house, const char *unit, const char *contract)
{
    const char *id = submit(house, BRANCH, unit, contract);
    return core_find_case(house->core, text_of(id));
}

static struct scene scene_new(void)
{
    struct house *house = house_new();
    branch_comes(house, BRANCH, 0);
    window_comes(house, WINDOW, 1);
    struct scene scene = {.house = house, .core = house->core};
    scene.out = file_of(house, UNIT, "DY-1");
    scene.ready = file_of(house, UNIT_2, "DY-2");
    (void)file_of(house, UNIT_3, "DY-3");
    scene.behind = file_of(house, UNIT, "DY-4");
    scene.window = scene.out->window;
    scene.branch = scene.out->branch;
    scene.lane = scene.out->places[0].lane;
    return scene;
}

/* ---- what can be broken ---- */

static void order_of_a_lane(struct scene *scene)
{
    scene->behind->row.submitted = scene->out->row.submitted;
}

static void empty_lane(struct scene *scene)
{
    scene->lane->cases.first = NULL;
}

static void bulk_before_a_citizen(struct scene *scene)
{
    scene->out->row.is_bulk = number_of(true);
}

static void place_without_lane(struct scene *scene)
{
    scene->behind->places[0].lane = NULL;
}

static void headed_lanes(struct scene *scene)
{
    scene->out->headed_count++;
}

static void state_shown(struct scene *scene)
{
    scene->out->row.state = text_of("BOOKED");
}

static void state_before(struct scene *scene)
{
    scene->out->row.state_before = text_of("BOOKED");
}

static void sent_and_unsent(struct scene *scene)
{
    scene->ready->row.is_dispatched = number_of(true);
}

static void open_mark(struct scene *scene)
{
    scene->out->is_open = false;
}

static void first_delivery(struct scene *scene)
{
    scene->out->row.deliveries.items[0].is_delivered = number_of(DELIVERY_DONE);
}

static void queued_mark(struct scene *scene)
{
    scene->ready->sending = SENDING_NOTHING;
}

static void place_in_queue(struct scene *scene)
{
    scene->ready->turn.place += 7;
}

static void share_of_branch(struct scene *scene)
{
    scene->ready->share = NULL;
}

static void session_of_window(struct scene *scene)
{
    scene->window->session = NULL;
}

static void open_of_window(struct scene *scene)
{
    scene->window->open_count++;
}

static void out_of_window(struct scene *scene)
{
    scene->window->out_count++;
}

static void counts_of_queue(struct scene *scene)
{
    scene->window->queue.counts[QUEUE_BULK]++;
}

static void class_of_queue(struct scene *scene)
{
    scene->window->queue.counts[QUEUE_BULK]++;
    scene->window->queue.counts[QUEUE_INTERACTIVE]--;
}

static void undelivered_of_share(struct scene *scene)
{
    scene->out->share->undelivered_count = 0;
}

static void turn_of_share(struct scene *scene)
{
    scene->out->share->classes[QUEUE_BULK].turn.is_in = true;
}

static void rank_in_queue(struct scene *scene)
{
    scene->ready->turn.rank += 1000;
}

static void acknowledged(struct scene *scene)
{
    scene->branch->row.event_acknowledged = number_of(scene->branch->row.event_last.value + 1);
}

static void sent_to_branch(struct scene *scene)
{
    scene->branch->cursor = (uint64_t)scene->branch->row.event_last.value + 1;
}

static void held_by_branch(struct scene *scene)
{
    scene->branch->base = scene->branch->cursor + 1;
}

static void urgent_of_branch(struct scene *scene)
{
    scene->branch->urgent.behind_count++;
}

static void urgent_sent(struct scene *scene)
{
    scene->branch->urgent.cursor++;
}

static void open_of_all(struct scene *scene)
{
    scene->core->open_count++;
}

static void timers(struct scene *scene)
{
    scene->out->timer.node.place += 7;
}

static const struct breakage {
    const char *number;
    void (*make)(struct scene *scene);
} breakages[] = {
    {"1", order_of_a_lane},   {"1", empty_lane},     {"1", bulk_before_a_citizen}, {"2", place_without_lane},
    {"2", headed_lanes},      {"3", state_shown},    {"3", state_before},          {"3", sent_and_unsent},
    {"3", open_mark},         {"4", first_delivery}, {"5", queued_mark},           {"5", share_of_branch},
    {"5", session_of_window}, {"7", place_in_queue}, {"7", open_of_window},        {"7", out_of_window},
    {"7", counts_of_queue},   {"7", class_of_queue}, {"7", undelivered_of_share},  {"7", turn_of_share},
    {"7", rank_in_queue},     {"8", acknowledged},   {"8", sent_to_branch},        {"8", held_by_branch},
    {"8", urgent_of_branch},  {"8", urgent_sent},    {"9", open_of_all},           {"9", timers},
};

/* Breaks one thing, looks, and puts all back. */
static void expect_told(struct scene *scene, const struct breakage *breakage, size_t index)
{
    char why[256] = "";
    const struct scene kept = *scene;
    struct core core = *scene->core;
    struct window_file window = *scene->window;
    struct branch_file branch = *scene->branch;
    struct case_file out = *scene->out, ready = *scene->ready, behind = *scene->behind;
    struct lane lane = *scene->lane;
    struct share share = *scene->out->share;
    struct lane_place place = scene->behind->places[0];
    struct delivery_row delivery = scene->out->row.deliveries.items[0];
    breakage->make(scene);
    cr_expect_not(core_check(scene->core, why, sizeof why), "breakage %zu is not told", index);
    cr_expect_eq(strncmp(why, breakage->number, strlen(breakage->number)), 0, "breakage %zu: %s", index, why);
    *scene = kept;
    *scene->core = core;
    *scene->window = window;
    *scene->branch = branch;
    *scene->out = out;
    *scene->ready = ready;
    *scene->behind = behind;
    *scene->lane = lane;
    *scene->out->share = share;
    scene->behind->places[0] = place;
    scene->out->row.deliveries.items[0] = delivery;
    cr_assert(core_check(scene->core, why, sizeof why), "%s", why);
}

Test(check, tells_of_whatever_is_broken)
{
    struct scene scene = scene_new();
    for (size_t i = 0; i < sizeof breakages / sizeof breakages[0]; i++)
        expect_told(&scene, &breakages[i], i);
    house_free(scene.house);
}

Test(check, tells_of_an_open_case_whose_rows_are_gone)
{
    for (int i = 0; i < 2; i++) {
        char why[256] = "";
        struct scene scene = scene_new();
        struct row_key key = i == 0 ? row_key_business(scene.out->business_key) : row_key_open(scene.out->row.case_id);
        rows_delete(&scene.core->rows, &key);
        cr_expect_not(core_check(scene.core, why, sizeof why));
        cr_expect_eq(why[0], '6', "%s", why);
        house_free(scene.house);
    }
}

Test(check, tells_of_the_first_thing_when_several_are_broken)
{
    char why[256] = "";
    struct scene scene = scene_new();
    scene.core->open_count++;
    scene.window->open_count++;
    cr_expect_not(core_check(scene.core, why, sizeof why));
    cr_expect_eq(why[0], '7', "%s", why);
    house_free(scene.house);
}

Test(check, a_case_that_stands_in_no_lane_heads_none)
{
    struct scene scene = scene_new();
    cr_expect(lanes_are_headed(scene.out));
    cr_expect_not(lanes_are_headed(scene.behind));
    deliver(scene.house, scene.out->case_id, 1);
    cr_expect_not(lanes_are_headed(scene.out));
    house_free(scene.house);
}

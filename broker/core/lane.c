#include "broker/core/lane.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/core/delivery.h"
#include "broker/core/memory.h"

static int text_compare(struct text a, struct text b)
{
    uint32_t size = a.size < b.size ? a.size : b.size;
    int order = size != 0 ? memcmp(a.data, b.data, size) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Keeps the list sorted and each lane once. */
static uint32_t lanes_insert(struct text lanes[LANE_COUNT_MAX], uint32_t count, struct text lane)
{
    uint32_t at = count;
    while (at > 0 && text_compare(lanes[at - 1], lane) > 0)
        at--;
    if (at > 0 && text_equal(lanes[at - 1], lane))
        return count;
    memmove(&lanes[at + 1], &lanes[at], (count - at) * sizeof *lanes);
    lanes[at] = lane;
    return count + 1;
}

uint32_t lanes_of_units(const struct unit_list *units, char *memory, struct text lanes[LANE_COUNT_MAX])
{
    uint32_t count = 0;
    assert(units->count <= LANE_COUNT_MAX);
    for (uint32_t i = 0; i < units->count; i++) {
        char *key = memory + (size_t)i * (LANE_KEY_SIZE_MAX + 1);
        struct text number = units->items[i].number;
        struct text lane = {number.data, number.size < LANE_KEY_SIZE_MAX ? number.size : LANE_KEY_SIZE_MAX};
        if (unit_lane_key(number, key))
            lane = text_of(key);
        count = lanes_insert(lanes, count, lane);
    }
    return count;
}

static struct lane *lane_of_key(struct core *core, struct text key)
{
    struct lane *lane = table_find(&core->lanes, key_of_text(key));
    if (lane != NULL)
        return lane;
    lane = memory_take(sizeof *lane);
    assert(key.size < sizeof lane->key);
    memcpy(lane->key, key.data, key.size);
    lane->key_size = key.size;
    table_put(&core->lanes, bytes_of(lane->key, lane->key_size), lane);
    return lane;
}

static struct case_file *lane_head(const struct lane *lane)
{
    return lane->cases.first != NULL ? lane->cases.first->owner : NULL;
}

static void lane_close(struct core *core, struct lane *lane)
{
    table_remove(&core->lanes, bytes_of(lane->key, lane->key_size));
    free(lane);
}

/* In order of submitting: a case that comes back goes before those that came after it. */
static void lane_put(struct lane *lane, struct lane_place *place, const struct case_file *file)
{
    struct list_node *before = lane->cases.last;
    while (before != NULL && ((const struct case_file *)before->owner)->row.submitted.value > file->row.submitted.value)
        before = before->previous;
    list_insert_after(&lane->cases, before, &place->node);
}

/* Cases that were hurried, and whose own lanes are still to be looked at. */
struct hurried {
    struct case_file **items;
    uint32_t count;
};

static void hurried_add(struct hurried *hurried, struct case_file *file)
{
    if ((hurried->count & (hurried->count - 1)) == 0)
        hurried->items =
            memory_grow(hurried->items, (hurried->count != 0 ? 2 * hurried->count : 1) * sizeof(struct case_file *));
    hurried->items[hurried->count++] = file;
}

/* Before a case that does not count as bulk none does (core_check): the walk ends at the first such, so that each case
 * is hurried once, however many come behind it. */
static void lane_hurry(const struct lane_place *place, struct hurried *hurried)
{
    for (struct list_node *node = place->node.previous; node != NULL; node = node->previous) {
        struct case_file *before = node->owner;
        if (!queue_is_bulk(before))
            return;
        queue_hurry(&before->window->queue, before);
        hurried_add(hurried, before);
    }
}

static void lanes_hurry(const struct case_file *file, struct hurried *hurried)
{
    for (uint32_t i = 0; i < file->row.lanes.count; i++)
        lane_hurry(&file->places[i], hurried);
}

/* Whoever an interactive case waits for is what a citizen waits for, and so is what that one waits for in another lane.
 */
static void hurry_all_before(const struct case_file *file)
{
    struct hurried hurried = {0};
    lanes_hurry(file, &hurried);
    for (uint32_t i = 0; i < hurried.count; i++)
        lanes_hurry(hurried.items[i], &hurried);
    free(hurried.items);
}

bool lane_is_sound(const struct lane *lane)
{
    for (const struct list_node *node = lane->cases.first; node != NULL && node->next != NULL; node = node->next)
        if (queue_is_bulk(node->owner) && !queue_is_bulk(node->next->owner))
            return false;
    return true;
}

/* It headed the lane until now, and does no longer. What was sent already stays with the window, in its order. */
static void lane_loses_head(struct core *core, struct case_file *was_head)
{
    was_head->headed_count--;
    delivery_settle(core, was_head);
}

/* Bulk that comes back before a case that does not count as bulk is waited for by a citizen, too. */
static bool is_waited_for(const struct case_file *file)
{
    for (uint32_t i = 0; i < file->row.lanes.count; i++) {
        const struct list_node *next = file->places[i].node.next;
        if (next != NULL && !queue_is_bulk(next->owner))
            return true;
    }
    return false;
}

void lanes_enter(struct core *core, struct case_file *file)
{
    file->is_in_lanes = true;
    file->headed_count = 0;
    for (uint32_t i = 0; i < file->row.lanes.count; i++) {
        struct lane_place *place = &file->places[i];
        place->lane = lane_of_key(core, file->row.lanes.items[i]);
        struct case_file *was_head = lane_head(place->lane);
        lane_put(place->lane, place, file);
        bool is_head = lane_head(place->lane) == file;
        file->headed_count += is_head;
        if (is_head && was_head != NULL)
            lane_loses_head(core, was_head);
    }
    if (queue_is_bulk(file) && is_waited_for(file))
        queue_hurry(&file->window->queue, file);
    if (!queue_is_bulk(file))
        hurry_all_before(file);
}

void lanes_leave(struct core *core, struct case_file *file)
{
    file->is_in_lanes = false;
    file->headed_count = 0;
    for (uint32_t i = 0; i < file->row.lanes.count; i++) {
        struct lane *lane = file->places[i].lane;
        bool was_head = lane_head(lane) == file;
        list_remove(&lane->cases, &file->places[i].node);
        file->places[i].lane = NULL;
        struct case_file *next = lane_head(lane);
        if (next == NULL)
            lane_close(core, lane);
        else if (was_head && ++next->headed_count == next->row.lanes.count)
            delivery_settle(core, next);
    }
}

bool lanes_are_headed(const struct case_file *file)
{
    return file->is_in_lanes && file->headed_count == file->row.lanes.count;
}

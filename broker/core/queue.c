#include "broker/core/queue.h"

#include <assert.h>
#include <stdlib.h>

#include "broker/core/memory.h"

/* ---- shares ---- */

static struct share *share_new(struct text branch)
{
    struct share *share = memory_take(sizeof *share);
    assert(branch.size < sizeof share->branch);
    memcpy(share->branch, branch.data, branch.size);
    for (unsigned class = 0; class < QUEUE_CLASS_COUNT; class ++)
        share->classes[class].turn.owner = share;
    return share;
}

static void share_free(struct share *share)
{
    for (unsigned class = 0; class < QUEUE_CLASS_COUNT; class ++)
        heap_fini(&share->classes[class].waiting);
    free(share);
}

void queue_fini(struct queue *queue)
{
    uint32_t cursor = 0;
    for (void *share; (share = table_next(&queue->shares, &cursor)) != NULL;)
        share_free(share);
    table_fini(&queue->shares);
}

void queue_enter(struct queue *queue, struct case_file *file)
{
    struct share *share = table_find(&queue->shares, key_of_text(file->row.branch));
    if (share == NULL) {
        share = share_new(file->row.branch);
        table_put(&queue->shares, key_of_text(text_of(share->branch)), share);
    }
    file->share = share;
    share->undelivered_count++;
}

void queue_leave(struct queue *queue, struct case_file *file)
{
    struct share *share = file->share;
    file->share = NULL;
    if (--share->undelivered_count != 0)
        return;
    table_remove(&queue->shares, key_of_text(text_of(share->branch)));
    share_free(share);
}

uint32_t queue_undelivered(const struct queue *queue, struct text branch)
{
    const struct share *share = table_find(&queue->shares, key_of_text(branch));
    return share != NULL ? share->undelivered_count : 0;
}

/* ---- waiting ---- */

static enum queue_class class_of(const struct case_file *file)
{
    return file->row.is_bulk.value != 0 && !file->is_hurried ? QUEUE_BULK : QUEUE_INTERACTIVE;
}

void queue_put(struct queue *queue, struct case_file *file)
{
    enum queue_class class = class_of(file);
    struct share_class *of_class = &file->share->classes[class];
    heap_put(&of_class->waiting, &file->turn, (uint64_t)file->row.submitted.value);
    list_append(&queue->turns[class], &of_class->turn);
    queue->counts[class]++;
}

void queue_remove(struct queue *queue, struct case_file *file)
{
    enum queue_class class = class_of(file);
    struct share_class *of_class = &file->share->classes[class];
    heap_remove(&of_class->waiting, &file->turn);
    if (of_class->waiting.count == 0)
        list_remove(&queue->turns[class], &of_class->turn);
    queue->counts[class]--;
}

bool queue_is_bulk(const struct case_file *file)
{
    return class_of(file) == QUEUE_BULK;
}

void queue_hurry(struct queue *queue, struct case_file *file)
{
    bool is_waiting = file->sending == SENDING_READY;
    if (is_waiting)
        queue_remove(queue, file);
    file->is_hurried = true;
    if (is_waiting)
        queue_put(queue, file);
}

/* ---- turns ---- */

uint32_t queue_count(const struct queue *queue)
{
    return queue->counts[QUEUE_INTERACTIVE] + queue->counts[QUEUE_BULK];
}

static enum queue_class class_of_turn(const struct queue *queue, uint32_t bulk_every)
{
    if (queue->counts[QUEUE_BULK] == 0)
        return QUEUE_INTERACTIVE;
    bool is_turn_of_bulk = bulk_every != 0 && queue->passed_count + 1 >= bulk_every;
    return queue->counts[QUEUE_INTERACTIVE] == 0 || is_turn_of_bulk ? QUEUE_BULK : QUEUE_INTERACTIVE;
}

struct case_file *queue_first(const struct queue *queue, uint32_t bulk_every)
{
    enum queue_class class = class_of_turn(queue, bulk_every);
    const struct list_node *turn = queue->turns[class].first;
    return turn != NULL ? heap_first(&((struct share *)turn->owner)->classes[class].waiting) : NULL;
}

void queue_took_turn(struct queue *queue, struct case_file *file)
{
    enum queue_class class = class_of(file);
    struct list_node *turn = &file->share->classes[class].turn;
    list_remove(&queue->turns[class], turn);
    list_append(&queue->turns[class], turn);
    if (class == QUEUE_BULK || queue->counts[QUEUE_BULK] == 0)
        queue->passed_count = 0;
    else
        queue->passed_count++;
}

/* ---- looking ---- */

bool queue_is_sound(const struct queue *queue)
{
    uint32_t counts[QUEUE_CLASS_COUNT] = {0};
    uint32_t cursor = 0;
    for (const struct share *share; (share = table_next(&queue->shares, &cursor)) != NULL;) {
        if (share->undelivered_count == 0)
            return false;
        for (unsigned class = 0; class < QUEUE_CLASS_COUNT; class ++) {
            const struct share_class *of_class = &share->classes[class];
            if (!heap_is_sound(&of_class->waiting) || of_class->turn.is_in != (of_class->waiting.count != 0))
                return false;
            counts[class] += of_class->waiting.count;
        }
    }
    return memcmp(counts, queue->counts, sizeof counts) == 0;
}

#include "agents/branch/handed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/client/link.h"

enum { HANDED_LOOK_US = 20000 };

void handed_list_fini(struct handed_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        json_decref(list->items[i].warnings);
    free(list->items);
    memset(list, 0, sizeof *list);
}

struct handed *handed_list_add(struct handed_list *list, const struct handed *handed)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 64;
        struct handed *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return NULL;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count] = *handed;
    return &list->items[list->count++];
}

enum status handed_look(struct book *book, struct handed *handed)
{
    struct outbox_row row = {0};
    enum status status = outbox_find(book, handed->id, &row);
    if (status == STATUS_OK) {
        handed->state = row.state;
        handed->level = row.state == OUTBOX_WAITING ? LEVEL_OUTBOX : LEVEL_STORED;
        handed->has_ended = row.state == OUTBOX_REJECTED;
        snprintf(handed->case_id, sizeof handed->case_id, "%.*s", TEXT_ARGS(row.case_id));
    }
    if (status == STATUS_OK && row.state == OUTBOX_STORED && row.case_id.data)
        status = events_level(book, row.case_id, &handed->level, &handed->has_ended);
    outbox_row_fini(&row);
    return status;
}

bool handed_is_settled(const struct handed *handed, enum level level)
{
    return handed->id == 0 || handed->has_ended || (handed->state == OUTBOX_STORED && handed->level >= level);
}

static enum status handed_look_at_all(struct book *book, struct handed_list *list, enum level level, bool *is_settled)
{
    enum status status = STATUS_OK;
    *is_settled = true;
    for (size_t i = 0; i < list->count && status == STATUS_OK; i++) {
        struct handed *handed = &list->items[i];
        if (handed_is_settled(handed, level))
            continue;
        status = handed_look(book, handed);
        *is_settled = *is_settled && handed_is_settled(handed, level);
    }
    return status;
}

enum status handed_await(struct book *book, struct handed_list *list, enum level level, int64_t timeout_ms)
{
    int64_t end_us = clock_now_us() + timeout_ms * 1000;
    bool is_settled = false;
    book_has_changed(book);
    enum status status = handed_look_at_all(book, list, level, &is_settled);
    while (status == STATUS_OK && !is_settled) {
        if (clock_now_us() >= end_us)
            return STATUS_TIMEOUT;
        usleep(HANDED_LOOK_US);
        if (book_has_changed(book))
            status = handed_look_at_all(book, list, level, &is_settled);
    }
    return status;
}

struct word handed_word(const struct handed *handed)
{
    if (handed->id == 0 && handed->is_held_back)
        return (struct word){"未提交，提示须说明理由", "held back: warnings need a reason"};
    if (handed->id == 0)
        return (struct word){"未提交", "refused at the counter"};
    if (handed->state == OUTBOX_REJECTED)
        return outbox_word(OUTBOX_REJECTED);
    if (handed->has_ended)
        return (struct word){"已终结", "ended without a certificate"};
    return level_word(handed->level);
}

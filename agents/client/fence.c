#include "agents/client/fence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum status fence_init(struct fence *fence, struct book *book)
{
    *fence = (struct fence){.book = book};
    sqlite3_stmt *row = book_statement(book, "SELECT broker FROM opening ORDER BY met DESC LIMIT 1");
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    struct bytes broker = book_bytes(row, 0);
    fence->has_broker = broker.size == sizeof fence->broker;
    if (fence->has_broker)
        memcpy(fence->broker, broker.data, sizeof fence->broker);
    book_end(row);
    return STATUS_OK;
}

/* What is known of the folder, with bytes in `fence`; epoch 0 when it was never met. */
static enum status fence_read(struct fence *fence, int64_t *epoch, struct receipt *opening)
{
    sqlite3_stmt *row =
        book_statement(fence->book, "SELECT epoch, sequence, time, chain, mac FROM opening WHERE broker = ?");
    *epoch = 0;
    *opening = (struct receipt){0};
    book_bind_bytes(row, 1, bytes_of(fence->broker, sizeof fence->broker));
    enum status status = book_next(fence->book, row);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    struct bytes chain = book_bytes(row, 3);
    struct bytes mac = book_bytes(row, 4);
    *epoch = book_number(row, 0).value;
    if (chain.size == sizeof fence->chain && mac.size == sizeof fence->mac) {
        memcpy(fence->chain, chain.data, sizeof fence->chain);
        memcpy(fence->mac, mac.data, sizeof fence->mac);
        opening->sequence = book_number(row, 1);
        opening->time = book_number(row, 2);
        opening->chain = bytes_of(fence->chain, sizeof fence->chain);
        opening->mac = bytes_of(fence->mac, sizeof fence->mac);
        opening->is_present = true;
    }
    book_end(row);
    return STATUS_OK;
}

static bool is_same_start(const struct receipt *met, const struct receipt *said)
{
    return !met->is_present || !said->is_present || bytes_equal(met->chain, said->chain);
}

enum status fence_judge(struct fence *fence, const struct hello_ack *ack, char *why, size_t why_size)
{
    struct receipt met;
    int64_t epoch = 0;
    memcpy(fence->broker, ack->broker.data, sizeof fence->broker);
    fence->has_broker = true;
    enum status status = fence_read(fence, &epoch, &met);
    if (status != STATUS_OK) {
        snprintf(why, why_size, "whether this broker is the newest cannot be looked up: %s", book_why(fence->book));
        return status;
    }
    if (ack->epoch.value > epoch || (ack->epoch.value == epoch && is_same_start(&met, &ack->opening)))
        return STATUS_OK;
    snprintf(why, why_size,
             "this broker is epoch %" PRId64 " of its folder, and epoch %" PRId64
             " of it was met before: it is an older copy that must not serve",
             ack->epoch.value, epoch);
    return STATUS_FENCED;
}

enum status fence_keep(struct fence *fence, const struct hello_ack *ack, int64_t now_us)
{
    sqlite3_stmt *row = book_statement(fence->book, "INSERT OR REPLACE INTO opening VALUES(?, ?, ?, ?, ?, ?, ?)");
    book_bind_bytes(row, 1, ack->broker);
    book_bind_number(row, 2, ack->epoch.value);
    book_bind_number_or_null(row, 3, ack->opening.sequence);
    book_bind_number_or_null(row, 4, ack->opening.time);
    book_bind_bytes(row, 5, ack->opening.chain);
    book_bind_bytes(row, 6, ack->opening.mac);
    book_bind_number(row, 7, now_us);
    return book_run(fence->book, row);
}

void fence_fill_hello(struct fence *fence, struct hello *hello)
{
    struct receipt met;
    int64_t epoch = 0;
    if (!fence->has_broker || fence_read(fence, &epoch, &met) != STATUS_OK || !met.is_present)
        return;
    hello->epoch = number_of(epoch);
    hello->opening = met;
}

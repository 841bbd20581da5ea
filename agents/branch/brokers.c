#include "agents/branch/brokers.h"

#include <string.h>

#define BROKER_COLUMNS "id, event_number, seq, time, chain, mac, generation, lost, urgent_number"

static enum status brokers_read(struct book *book, sqlite3_stmt *row, struct broker_row *out)
{
    memset(out, 0, sizeof *out);
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    struct bytes chain = book_bytes(row, 4);
    struct bytes mac = book_bytes(row, 5);
    out->id = book_number(row, 0).value;
    out->event_number = book_number(row, 1).value;
    out->generation = book_number(row, 6).value;
    out->is_lost = book_number(row, 7).value != 0;
    out->urgent_number = book_number(row, 8).value;
    if (chain.size == sizeof out->chain && mac.size == sizeof out->mac) {
        out->sequence = book_number(row, 2);
        out->time_us = book_number(row, 3);
        memcpy(out->chain, chain.data, sizeof out->chain);
        memcpy(out->mac, mac.data, sizeof out->mac);
    }
    book_end(row);
    return STATUS_OK;
}

enum status brokers_last(struct book *book, struct broker_row *out)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT " BROKER_COLUMNS " FROM brokers ORDER BY met DESC, id DESC LIMIT 1");
    enum status status = brokers_read(book, row, out);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum status brokers_find(struct book *book, struct bytes broker, struct broker_row *out)
{
    sqlite3_stmt *row = book_statement(book, "SELECT " BROKER_COLUMNS
                                             " FROM brokers WHERE broker = ? ORDER BY generation DESC LIMIT 1");
    book_bind_bytes(row, 1, broker);
    return brokers_read(book, row, out);
}

static enum status brokers_add(struct book *book, struct bytes broker, int64_t generation, const struct hello_ack *ack,
                               int64_t now_us)
{
    sqlite3_stmt *row = book_statement(book, "INSERT INTO brokers(broker, generation, met, event_number, urgent_number)"
                                             " VALUES(?, ?, ?, ?, ?)");
    book_bind_bytes(row, 1, broker);
    book_bind_number(row, 2, generation);
    book_bind_number(row, 3, now_us);
    book_bind_number(row, 4, ack->event_number.value);
    book_bind_number(row, 5, ack->urgent_number.value);
    return book_run(book, row);
}

static enum status brokers_touch(struct book *book, int64_t id, int64_t now_us)
{
    sqlite3_stmt *row = book_statement(book, "UPDATE brokers SET met = ? WHERE id = ?");
    book_bind_number(row, 1, now_us);
    book_bind_number(row, 2, id);
    return book_run(book, row);
}

enum status brokers_meet(struct book *book, const struct hello_ack *ack, int64_t now_us, struct broker_row *out)
{
    const struct bytes broker = ack->broker;
    enum status status = brokers_find(book, broker, out);
    if (status == STATUS_OK && !out->is_lost)
        return brokers_touch(book, out->id, now_us);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return status;
    status = brokers_add(book, broker, status == STATUS_OK ? out->generation + 1 : 1, ack, now_us);
    return status == STATUS_OK ? brokers_find(book, broker, out) : status;
}

enum status brokers_mark_lost(struct book *book)
{
    return book_run(book, book_statement(book, "UPDATE brokers SET lost = 1 WHERE id ="
                                               " (SELECT id FROM brokers ORDER BY met DESC, id DESC LIMIT 1)"));
}

void broker_take_receipt(struct broker_row *broker, const struct receipt *receipt, bool is_duplicate)
{
    if (is_duplicate && broker->sequence.is_present && receipt->sequence.value <= broker->sequence.value)
        return;
    broker->sequence = receipt->sequence;
    broker->time_us = receipt->time;
    memcpy(broker->chain, receipt->chain.data, sizeof broker->chain);
    memcpy(broker->mac, receipt->mac.data, sizeof broker->mac);
}

enum status brokers_write(struct book *book, const struct broker_row *broker)
{
    bool has_receipt = broker->sequence.is_present;
    sqlite3_stmt *row =
        book_statement(book, "UPDATE brokers SET event_number = ?, seq = ?, time = ?, chain = ?, mac = ?,"
                             " urgent_number = ? WHERE id = ?");
    book_bind_number(row, 1, broker->event_number);
    book_bind_number_or_null(row, 2, broker->sequence);
    book_bind_number_or_null(row, 3, broker->time_us);
    book_bind_bytes(row, 4, bytes_of(has_receipt ? broker->chain : NULL, sizeof broker->chain));
    book_bind_bytes(row, 5, bytes_of(has_receipt ? broker->mac : NULL, sizeof broker->mac));
    book_bind_number(row, 6, broker->urgent_number);
    book_bind_number(row, 7, broker->id);
    return book_run(book, row);
}

struct receipt broker_receipt(const struct broker_row *broker)
{
    struct receipt receipt = {.sequence = broker->sequence, .time = broker->time_us};
    receipt.chain = bytes_of(broker->chain, sizeof broker->chain);
    receipt.mac = bytes_of(broker->mac, sizeof broker->mac);
    receipt.is_present = broker->sequence.is_present;
    return receipt;
}

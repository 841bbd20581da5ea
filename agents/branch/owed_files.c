#include "agents/branch/owed_files.h"

#include <stdlib.h>
#include <string.h>

#include "agents/client/material_file.h"

enum status owed_file_copy(const char *data, struct digest *digest, const struct attached *file)
{
    uint8_t *content = NULL;
    uint32_t size = 0;
    if (material_file_is_there(data, file->sm3))
        return STATUS_OK;
    enum status status = file_take(file->path, &content, &size);
    if (status == STATUS_OK)
        status = material_file_put(data, file->sm3, 0, bytes_of(content, size));
    if (status == STATUS_OK)
        status = material_file_finish(data, file->sm3, file->size, digest);
    free(content);
    return status;
}

enum status owed_files_add(struct book *book, int64_t outbox, const struct attached *file)
{
    sqlite3_stmt *row = book_statement(book, "INSERT OR IGNORE INTO material(outbox, sm3, size) VALUES(?, ?, ?)");
    book_bind_number(row, 1, outbox);
    book_bind_bytes(row, 2, bytes_of(file->sm3, SM3_SIZE));
    book_bind_number(row, 3, file->size);
    return book_run(book, row);
}

enum status owed_files_next(struct book *book, struct owed_file *out)
{
    sqlite3_stmt *row =
        book_statement(book, "SELECT o.id, o.mid, m.sm3, m.size FROM material m JOIN outbox o ON o.id = m.outbox"
                             " WHERE m.held = 0 AND o.state = 0 ORDER BY o.is_behind, o.id, m.sm3 LIMIT 1");
    enum status status = book_next(book, row);
    if (status != STATUS_OK)
        return status;
    struct bytes message_id = book_bytes(row, 1);
    struct bytes sm3 = book_bytes(row, 2);
    out->outbox = book_number(row, 0).value;
    out->size = book_number(row, 3).value;
    if (message_id.size == sizeof out->message_id && sm3.size == SM3_SIZE) {
        memcpy(out->message_id, message_id.data, sizeof out->message_id);
        memcpy(out->sm3, sm3.data, SM3_SIZE);
    } else {
        status = STATUS_CORRUPT;
    }
    book_end(row);
    return status;
}

enum status owed_files_settle(struct book *book, const uint8_t sm3[SM3_SIZE])
{
    sqlite3_stmt *row = book_statement(book, "UPDATE material SET held = 1 WHERE sm3 = ?");
    book_bind_bytes(row, 1, bytes_of(sm3, SM3_SIZE));
    return book_run(book, row);
}

enum status owed_files_owe_again(struct book *book, struct bytes message_id)
{
    sqlite3_stmt *row =
        book_statement(book, "UPDATE material SET held = 0 WHERE outbox = (SELECT id FROM outbox WHERE mid = ?)");
    book_bind_bytes(row, 1, message_id);
    return book_run(book, row);
}

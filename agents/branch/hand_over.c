#include "agents/branch/hand_over.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/branch/handed.h"
#include "agents/branch/show.h"
#include "agents/client/digest.h"
#include "agents/client/link.h"

static enum status hand_over_store(struct book *book, enum message_type type, struct text case_id, struct bytes body,
                                   struct handed *handed)
{
    enum status status = book_begin(book);
    if (status != STATUS_OK)
        return status;
    status = outbox_add(book, type, case_id, body, clock_now_us(), &handed->id, handed->message_id);
    if (status == STATUS_OK)
        return book_commit(book);
    book_rollback(book);
    return status;
}

static bool hand_over_show(struct book *book, const struct handed *handed, const struct wait_options *wait)
{
    struct outbox_row row = {0};
    bool is_shown = outbox_find(book, handed->id, &row) == STATUS_OK;
    if (is_shown && wait->is_json) {
        is_shown = show_json(stdout, outbox_row_json(&row));
    } else if (is_shown) {
        show_outbox_row(stdout, &row);
        show_reject(stdout, row.reject);
    }
    outbox_row_fini(&row);
    return is_shown;
}

enum exit_code hand_over(struct book *book, enum message_type type, struct text case_id, struct bytes body,
                         const struct wait_options *wait)
{
    struct handed_list list = {0};
    struct handed handed = {0};
    enum status status = hand_over_store(book, type, case_id, body, &handed);
    if (status == STATUS_OK && !handed_list_add(&list, &handed))
        status = STATUS_NO_MEMORY;
    /* The level of the case may be higher already: the receipt of this very message is what is waited for. */
    if (status == STATUS_OK && wait->level > LEVEL_OUTBOX)
        status = handed_await(book, &list, wait->level, wait->timeout_ms);
    bool is_rejected = list.count > 0 && list.items[0].state == OUTBOX_REJECTED;
    if (handed.id != 0 && !hand_over_show(book, &handed, wait) && status == STATUS_OK)
        status = STATUS_IO;
    handed_list_fini(&list);
    if (status != STATUS_OK)
        return complain(status, status == STATUS_TIMEOUT ? "no answer in time; the message stays in the outbox"
                                                         : book_why(book));
    return is_rejected ? EXIT_NO : EXIT_DONE;
}

#include "agents/window/setback.h"

#include <stdio.h>

#include "agents/client/log.h"
#include "agents/window/outbox.h"

enum { BODY_SIZE_MAX = 512 };

/* ---- telling the broker ---- */

/* At most FAILURE_CAUSE_SIZE_MAX bytes of whole characters, on one line. */
static struct text cause_of(const char *why, char out[FAILURE_CAUSE_SIZE_MAX + 1])
{
    size_t size = 0;
    for (; why[size] != '\0' && size < FAILURE_CAUSE_SIZE_MAX; size++)
        out[size] = (unsigned char)why[size] < ' ' ? ' ' : why[size];
    while (size > 0 && why[size] != '\0' && ((unsigned char)why[size] & 0xc0) == 0x80)
        size--;
    out[size] = '\0';
    return size > 0 ? (struct text){out, (uint32_t)size} : text_of("no reason was given");
}

static void tell(const struct setback *setback, struct text window, struct text case_id,
                 const struct delivery_failed *failed, int64_t now_us)
{
    uint8_t bytes[BODY_SIZE_MAX];
    size_t used = 0;
    if (record_encode(&record_delivery_failed, failed, bytes, sizeof bytes, &used) != STATUS_OK)
        return;
    const struct outbox_entry entry = {.window = window,
                                       .case_id = case_id,
                                       .type = MESSAGE_DELIVERY_FAILED,
                                       .position = OUTBOX_POSITION_NONE,
                                       .body = bytes_of(bytes, used)};
    (void)outbox_add(setback->base, setback->digest, &entry, now_us);
}

void setback_refuse(const struct setback *setback, struct text window, const struct link_message *message,
                    enum failure failure, const char *why, int64_t now_us)
{
    char cause[FAILURE_CAUSE_SIZE_MAX + 1];
    const struct case_deliver *deliver = message->body;
    const struct delivery_failed failed = {.number = deliver->number,
                                           .class = text_of(failure_row(failure)->word),
                                           .cause = cause_of(why, cause),
                                           .is_present = true};
    tell(setback, window, message->envelope.case_id, &failed, now_us);
}

/* ---- attempts ---- */

static void give_back(const struct setback *setback, const struct inbox_row *delivery, enum failure failure,
                      const char *why, int64_t now_us)
{
    char cause[FAILURE_CAUSE_SIZE_MAX + 1];
    const struct delivery_failed failed = {.number = number_of(delivery->brought),
                                           .class = text_of(failure_row(failure)->word),
                                           .cause = cause_of(why, cause),
                                           .attempts = number_of(inbox_failed(delivery) + 1),
                                           .is_returned = number_of(true),
                                           .is_present = true};
    log_warning("%s %s: delivery %d is given back to the broker: %s: %s", delivery->window, delivery->case_id,
                (int)delivery->number, failure_row(failure)->word, why);
    inbox_set_state(setback->base, delivery->id, "held", 0, why);
    inbox_set_returned(setback->base, delivery->id);
    tell(setback, text_of(delivery->window), text_of(delivery->case_id), &failed, now_us);
}

/* Spread by the delivery and the attempt, so that many do not come again in the same moment. */
static int64_t wait_us(const struct setback *setback, const struct inbox_row *delivery, enum failure failure,
                       int64_t attempt, int64_t retry_ms)
{
    uint64_t spread = ((uint64_t)delivery->id * 31 + (uint64_t)attempt) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    int64_t wait_ms = failure_wait_ms(failure, attempt, spread);
    return (retry_ms > wait_ms ? retry_ms : wait_ms) * setback->pace;
}

bool setback_count(const struct setback *setback, const struct inbox_row *delivery, enum failure failure,
                   const char *why, int64_t retry_ms, int64_t now_us)
{
    int64_t attempt = delivery->failed[failure] + 1;
    const char *reason = why[0] != '\0' ? why : failure_row(failure)->word;
    inbox_count_failure(setback->base, delivery->id, failure);
    if (attempt >= failure_row(failure)->attempts_max) {
        give_back(setback, delivery, failure, reason, now_us);
        return true;
    }
    inbox_set_state(setback->base, delivery->id, "new", now_us + wait_us(setback, delivery, failure, attempt, retry_ms),
                    reason);
    return false;
}

/* ---- what became of those given back ---- */

void setback_ask(struct base *base, struct text window, struct link *link)
{
    char case_ids[SETBACK_ASK_COUNT_MAX][31];
    const struct status_query query = {.is_present = true};
    uint32_t count = inbox_returned(base, window, case_ids, SETBACK_ASK_COUNT_MAX);
    for (uint32_t i = 0; i < count; i++) {
        const struct link_outgoing message = {.type = MESSAGE_STATUS_QUERY, .case_id = text_of(case_ids[i])};
        if (link_send_struct(link, &message, &query) != STATUS_OK)
            return;
    }
}

bool setback_take(struct base *base, struct text window, const struct link_message *message)
{
    const struct case_status *status = message->body;
    if (!text_is(status->state, "EXPIRED") && !text_is(status->state, "WITHDRAWN"))
        return false;
    base_begin(base);
    if (!inbox_give_up(base, window, message->envelope.case_id))
        return false;
    log_warning("%.*s %.*s: given up at the broker; what comes behind it on its units goes on", TEXT_ARGS(window),
                TEXT_ARGS(message->envelope.case_id));
    return true;
}

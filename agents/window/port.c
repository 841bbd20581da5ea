#include "agents/window/port.h"

#include <inttypes.h>
#include <stdio.h>

#include "agents/client/log.h"

enum { RESEND_US = 10000000, BUSY_RETRY_MS = 1000 };

static int64_t credit_wanted(const struct port *port)
{
    int64_t room = port->backlog_max - port->backlog;
    if (room <= 0)
        return 0;
    return room < port->credit_max ? room : port->credit_max;
}

static void fill_hello(struct hello *hello, void *context)
{
    struct port *port = context;
    fence_fill_hello(&port->fence, hello);
    port->credit_said = credit_wanted(port);
    hello->credit = number_of(port->credit_said);
    if (port->rules_version > 0)
        hello->rules_version = number_of(port->rules_version);
    if (port->offers_title)
        hello->capabilities = (struct text_list){&port->capability, 1, true};
    if (outbox_last_receipt(port->base, text_of(port->window), &hello->last_receipt, port->receipt_bytes))
        hello->last_receipt.is_present = true;
}

static enum status judge_broker(const struct hello_ack *ack, void *context, char *why, size_t why_size)
{
    struct port *port = context;
    return fence_judge(&port->fence, ack, why, why_size);
}

enum status port_open(struct port *port, struct base *base, const struct port_settings *settings)
{
    *port = (struct port){.base = base,
                          .fd = -1,
                          .is_dirty = true,
                          .has_more_owed = true,
                          .credit_max = settings->credit_max,
                          .backlog_max = settings->backlog_max,
                          .rules_version = settings->rules_version,
                          .offers_title = settings->offers_title,
                          .capability = text_of("title")};
    snprintf(port->window, sizeof port->window, "%s", settings->keys.participant);
    struct link_settings link = {.endpoint = settings->endpoint,
                                 .broker_key = settings->broker_key,
                                 .keys = settings->keys,
                                 .software = "onevisit-window " ONEVISIT_VERSION,
                                 .is_test = settings->is_test,
                                 .heartbeat_ms = 1000,
                                 .silence_ms_max = 5000};
    const struct link_owner owner = {fill_hello, judge_broker, port};
    enum status status = fence_init(&port->fence, base->book);
    return status == STATUS_OK ? link_open(settings->context, &link, &owner, &port->link) : status;
}

void port_close(struct port *port)
{
    link_close(&port->link);
}

void port_watch(struct port *port)
{
    void *socket = link_socket(port->link);
    size_t size = sizeof port->fd;
    if (socket == port->socket && port->fd >= 0)
        return;
    port->socket = socket;
    port->fd = -1;
    if (socket && zmq_getsockopt(socket, ZMQ_FD, &port->fd, &size) != 0)
        port->fd = -1;
    port->is_dirty = true;
}

void port_tick(struct port *port, int64_t now_us)
{
    if (now_us < port->tick_at)
        return;
    link_tick(port->link, now_us);
    port->tick_at = link_wake_us(port->link);
    port->is_dirty = true;
}

void port_meet(struct port *port, int64_t now_us)
{
    struct base *base = port->base;
    if (link_state(port->link) != LINK_STANDING || port->session == link_session(port->link))
        return;
    base_begin(base);
    if (base->status == STATUS_OK)
        base->status = fence_keep(&port->fence, link_hello_ack(port->link), now_us);
    outbox_forget_lost(base, text_of(port->window), link_hello_ack(port->link)->broker,
                       link_hello_ack(port->link)->sequence.value);
    port->session = link_session(port->link);
}

/* ---- what is owed ---- */

static void load_owed(struct port *port)
{
    struct outbox_owed found[PORT_OWED_COUNT_MAX];
    uint32_t room = PORT_OWED_COUNT_MAX - port->owed_count;
    int64_t after = port->owed_count ? port->owed[port->owed_count - 1].entry.id : 0;
    if (!port->has_more_owed || room < PORT_OWED_COUNT_MAX / 2)
        return;
    uint32_t count = outbox_owed(port->base, text_of(port->window), after, found, room);
    for (uint32_t i = 0; i < count; i++)
        port->owed[port->owed_count++] = (struct owed){.entry = found[i]};
    port->has_more_owed = count == room;
}

/* What is under way goes once more, under its old id. */
void port_reload(struct port *port)
{
    port->owed_count = 0;
    port->has_more_owed = true;
}

static void forget_owed(struct port *port, uint32_t index)
{
    port->owed_count--;
    memmove(&port->owed[index], &port->owed[index + 1], (port->owed_count - index) * sizeof port->owed[0]);
}

static bool is_first_of_case(const struct port *port, uint32_t index)
{
    const char *case_id = port->owed[index].entry.case_id;
    for (uint32_t i = 0; i < index && case_id[0]; i++)
        if (strcmp(port->owed[i].entry.case_id, case_id) == 0)
            return false;
    return true;
}

static enum status send_owed(struct port *port, const struct owed *owed)
{
    struct outbox_row row;
    if (!outbox_row_read(port->base, owed->entry.id, &row))
        return STATUS_NOT_FOUND;
    struct link_outgoing message = {.type = row.type, .message_id = owed->entry.message_id, .body = row.body};
    if (row.case_id[0])
        message.case_id = text_of(row.case_id);
    if (row.chunk.data)
        message.chunks[message.chunk_count++] = row.chunk;
    enum status status = link_send(port->link, &message);
    outbox_row_end(port->base);
    return status;
}

static int64_t owed_due_at(const struct port *port, const struct owed *owed)
{
    bool is_sent = owed->session != 0 && owed->session == link_session(port->link);
    int64_t again = is_sent ? owed->sent_at + RESEND_US : 0;
    return again > owed->retry_at ? again : owed->retry_at;
}

static void send_all_owed(struct port *port, int64_t now_us)
{
    for (uint32_t i = 0; i < port->owed_count; i++) {
        struct owed *owed = &port->owed[i];
        if (owed_due_at(port, owed) > now_us || !is_first_of_case(port, i))
            continue;
        enum status status = send_owed(port, owed);
        if (status == STATUS_BUSY || status == STATUS_NO_SESSION)
            return;
        if (status != STATUS_OK)
            log_warning("%s: answer %" PRId64 " cannot be sent: %s", port->window, owed->entry.id,
                        status_english(status));
        owed->session = link_session(port->link);
        owed->sent_at = now_us;
        port->is_dirty = true;
    }
}

static void send_credit(struct port *port)
{
    int64_t wanted = credit_wanted(port);
    struct credit credit = {.deliveries = number_of(wanted), .is_present = true};
    struct link_outgoing message = {.type = MESSAGE_CREDIT};
    bool is_worth_it = wanted == 0 || wanted == port->credit_max || port->credit_said == 0;
    if (wanted == port->credit_said || !is_worth_it)
        return;
    if (link_send_struct(port->link, &message, &credit) == STATUS_OK)
        port->credit_said = wanted;
    port->is_dirty = true;
}

void port_send(struct port *port, int64_t now_us)
{
    load_owed(port);
    if (link_state(port->link) != LINK_STANDING)
        return;
    send_all_owed(port, now_us);
    send_credit(port);
}

int64_t port_due_at(const struct port *port)
{
    int64_t due = INT64_MAX;
    if (link_state(port->link) != LINK_STANDING)
        return due;
    for (uint32_t i = 0; i < port->owed_count; i++) {
        int64_t at = owed_due_at(port, &port->owed[i]);
        if (at < due && is_first_of_case(port, i))
            due = at;
    }
    return due;
}

/* ---- what the broker says to it ---- */

static void take_reject(struct port *port, uint32_t index, const struct reject *reject, int64_t now_us)
{
    struct owed *owed = &port->owed[index];
    if (reject->may_retry.value) {
        int64_t wait_ms = reject->retry_ms.is_present ? reject->retry_ms.value : BUSY_RETRY_MS;
        owed->session = 0;
        owed->retry_at = now_us + wait_ms * 1000;
        return;
    }
    log_warning("%s %s: the broker refuses an answer for good: %.*s %.*s", port->window,
                owed->entry.case_id[0] ? owed->entry.case_id : "-", TEXT_ARGS(reject->code),
                TEXT_ARGS(reject->text_en));
    outbox_rejected(port->base, owed->entry.id, reject, now_us);
    forget_owed(port, index);
}

bool port_take_answer(struct port *port, const struct link_message *message, int64_t now_us)
{
    for (uint32_t i = 0; i < port->owed_count; i++) {
        if (!bytes_equal(message->envelope.answers, bytes_of(port->owed[i].entry.message_id, 16)))
            continue;
        base_begin(port->base);
        if (message->type == MESSAGE_REJECT) {
            take_reject(port, i, message->body, now_us);
        } else {
            const struct outbox_receipt receipt = {message->body, link_hello_ack(port->link)->broker,
                                                   message->envelope.is_duplicate.value == 0};
            outbox_stored(port->base, port->owed[i].entry.id, &receipt, now_us);
            forget_owed(port, i);
        }
        return true;
    }
    return false;
}

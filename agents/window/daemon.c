#include "agents/window/daemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/client/log.h"
#include "agents/client/material_file.h"
#include "agents/window/brought.h"
#include "agents/window/inbox.h"
#include "schemas/calendar.h"
#include "schemas/clocks.h"

enum { OTHERS_LOOK_MS = 20, WAIT_MS_MAX = 1000 };

enum status daemon_init(struct daemon *daemon, struct folder *folder, struct adapter *adapter, struct port *ports,
                        uint32_t port_count, int stop_fd)
{
    daemon->folder = folder;
    daemon->adapter = adapter;
    daemon->ports = ports;
    daemon->port_count = port_count;
    daemon->acknowledgement_count = 0;
    daemon->chosen_count = 0;
    daemon->turn = 0;
    daemon->stop_fd = stop_fd;
    daemon->is_stopping = false;
    daemon->comparing = (struct comparing){.items = NULL};
    enum status status = desk_init(&daemon->desk, &folder->base, adapter);
    if (status != STATUS_OK)
        return status;
    return comparing_init(&daemon->comparing, &folder->base, daemon->desk.digest, ports, port_count);
}

void daemon_fini(struct daemon *daemon)
{
    comparing_fini(&daemon->comparing);
    desk_fini(&daemon->desk);
}

/* ---- start ---- */

static void say_open(struct daemon *daemon, struct port *port, int64_t now_us)
{
    uint8_t encoded[256];
    size_t used = 0;
    struct window_state state = {.window = text_of(port->window), .state = text_of("open"), .is_present = true};
    struct base *base = &daemon->folder->base;
    struct outbox_entry entry = {
        .window = text_of(port->window), .type = MESSAGE_WINDOW_STATE, .position = OUTBOX_POSITION_NONE};
    sqlite3_stmt *query = base_query(base, "SELECT 1 FROM answer WHERE window = ?1 AND state = 'owed'"
                                           " AND type = 'WINDOW_STATE'");
    book_bind_text(query, 1, entry.window);
    bool is_owed = base_next(base, query);
    book_end(query);
    if (is_owed || record_encode(&record_window_state, &state, encoded, sizeof encoded, &used) != STATUS_OK)
        return;
    entry.body = bytes_of(encoded, used);
    (void)outbox_add(base, daemon->desk.digest, &entry, now_us);
}

enum status daemon_start(struct daemon *daemon)
{
    int64_t now_us = clock_now_us();
    desk_recover(&daemon->desk, now_us);
    brought_tell_rest(&daemon->folder->base);
    for (uint32_t i = 0; i < daemon->port_count; i++) {
        struct port *port = &daemon->ports[i];
        say_open(daemon, port, now_us);
        port->backlog = inbox_backlog(&daemon->folder->base, text_of(port->window));
        port->fetch.has_more = true;
    }
    return base_commit(&daemon->folder->base);
}

/* ---- hearing ---- */

static void acknowledge_after_commit(struct daemon *daemon, uint32_t index, struct text case_id, int64_t number,
                                     const uint8_t message_id[16])
{
    struct acknowledgement *acknowledgement = &daemon->acknowledgements[daemon->acknowledgement_count++];
    acknowledgement->port = index;
    memcpy(acknowledgement->message_id, message_id, 16);
    snprintf(acknowledgement->case_id, sizeof acknowledgement->case_id, "%.*s", TEXT_ARGS(case_id));
    acknowledgement->number = number;
}

/* Does it wait for files? Those of a new delivery are noted. */
static bool waits_for_files(struct daemon *daemon, struct port *port, const struct link_message *message, bool is_new)
{
    struct desk *desk = &daemon->desk;
    const struct case_deliver *deliver = message->body;
    int64_t delivery =
        inbox_row_of(desk->base, text_of(port->window), message->envelope.case_id, deliver->number.value);
    if (is_new)
        (void)files_want(desk->base, &desk->arena, daemon->folder->path, delivery,
                         message_type_of(deliver->origin_type), message->chunks[0]);
    bool is_held = files_hold(desk->base, delivery);
    port->fetch.has_more |= is_held;
    return is_held;
}

static void acknowledge(struct daemon *daemon, uint32_t index, const struct link_message *message, bool is_new)
{
    const struct case_deliver *deliver = message->body;
    if (!waits_for_files(daemon, &daemon->ports[index], message, is_new))
        acknowledge_after_commit(daemon, index, message->envelope.case_id, deliver->number.value,
                                 message->envelope.message_id.data);
}

/* An operator of the broker put back what was given back. */
static void take_repeated(struct daemon *daemon, uint32_t index, const struct link_message *message)
{
    struct port *port = &daemon->ports[index];
    const struct case_deliver *deliver = message->body;
    if (inbox_renew(daemon->desk.base, text_of(port->window), message->envelope.case_id, deliver->number.value)) {
        port->look_at = 0;
        port->backlog++;
    }
    acknowledge(daemon, index, message, false);
}

/* What it cannot store it tells, so that the broker need not wait for an answer. */
static void take_odd(struct daemon *daemon, struct port *port, const struct link_message *message, const char *why,
                     int64_t now_us)
{
    log_warning("%s %.*s: a delivery is kept apart and not acknowledged: %s", port->window,
                TEXT_ARGS(message->envelope.case_id), why);
    setback_refuse(&daemon->desk.setback, text_of(port->window), message, FAILURE_POISON, why, now_us);
    port->has_more_owed = true;
}

static void take_delivery(struct daemon *daemon, uint32_t index, const struct link_message *message, int64_t now_us)
{
    char why[128];
    struct port *port = &daemon->ports[index];
    struct desk *desk = &daemon->desk;
    base_begin(desk->base);
    switch (
        inbox_take(desk->base, desk->digest, &desk->arena, text_of(port->window), message, now_us, why, sizeof why)) {
    case INBOX_STORED:
        port->look_at = 0;
        port->backlog++;
        acknowledge(daemon, index, message, true);
        break;
    case INBOX_BROUGHT:
        log_warning("%s %.*s: a broker that lost it brings again what is here; what was said of it is told again",
                    port->window, TEXT_ARGS(message->envelope.case_id));
        acknowledge(daemon, index, message, false);
        port_reload(port);
        break;
    case INBOX_REPEATED:
        take_repeated(daemon, index, message);
        break;
    case INBOX_ODD:
        take_odd(daemon, port, message, why, now_us);
        break;
    }
}

/* For whoever looks: a clock informs, it decides nothing. */
static void log_alarm(const struct port *port, const struct link_message *message)
{
    const struct alarm *alarm = message->body;
    enum clock_name name = clock_of(alarm->clock);
    char time[24];
    log_warning("%s %.*s: %" PRId64 " %% of the time for %s is over; the next step is with the %.*s, due %s",
                port->window, TEXT_ARGS(message->envelope.case_id), alarm->stage.value,
                name != CLOCK_COUNT ? clock_row(name)->english : "the case", TEXT_ARGS(alarm->owner),
                time_show(alarm->due_at.value, time, sizeof time));
}

/* The registry is asked at once; a person without a registry system reads it here. */
static void take_cert_ask(struct daemon *daemon, struct port *port, const struct link_message *message, int64_t now_us)
{
    const struct cert_ask *ask = message->body;
    const struct text case_id = message->envelope.case_id;
    bool is_owed_again = false;
    if (desk_look_again(&daemon->desk, text_of(port->window), case_id, now_us, &is_owed_again) != STATUS_OK) {
        log_warning("%s %.*s: the broker asks for the proof of a case that is not known here", port->window,
                    TEXT_ARGS(case_id));
        return;
    }
    log_warning("%s %.*s: booked as %.*s, and the broker has no proof of it yet; it asks for the %" PRId64
                ". time, and the registry is asked again",
                port->window, TEXT_ARGS(case_id), TEXT_ARGS(ask->number), ask->attempt.value);
    port->look_at = 0;
    if (is_owed_again)
        port_reload(port);
}

/* Who asks is waiting: what cannot be asked now is not kept, the broker tells that there was no answer. */
static void take_question(struct daemon *daemon, const struct port *port, const struct link_message *message,
                          int64_t now_us)
{
    const struct title_ask *ask = message->body;
    if (!daemon->adapter->ask || message->chunk_count == 0 ||
        !digest_holds(daemon->desk.digest, message->chunks[0], ask->origin_digest))
        return;
    const struct adapter_question question = {.query = ask->sequence.value,
                                              .window = text_of(port->window),
                                              .source = ask->origin_source,
                                              .body = message->chunks[0]};
    enum status status = daemon->adapter->ask(daemon->adapter->context, &question, now_us);
    if (status != STATUS_OK)
        log_warning("%s: a title query is not put to the registry: %s", port->window, status_english(status));
}

/* ---- files ---- */

static void file_is_here(struct daemon *daemon, struct port *port)
{
    struct base *base = &daemon->folder->base;
    base_begin(base);
    files_settle(base, port->fetch.file.sm3);
    port->fetch.is_active = false;
    for (uint32_t i = 0; i < daemon->port_count; i++)
        daemon->ports[i].fetch.has_more = true; /* others may have waited for the same file */
}

static bool take_of_file(struct daemon *daemon, struct port *port, const struct link_message *message, int64_t now_us)
{
    enum fetch_answer answer = fetch_take(&port->fetch, message, daemon->folder->path, daemon->desk.digest, now_us);
    if (answer == FETCH_WHOLE)
        file_is_here(daemon, port);
    return answer != FETCH_NOT_MINE;
}

/* What has all its files now goes on as if it came now. */
static void release_deliveries(struct daemon *daemon, uint32_t index)
{
    struct complete_delivery complete;
    struct port *port = &daemon->ports[index];
    while (daemon->acknowledgement_count < DAEMON_ACKNOWLEDGEMENT_COUNT_MAX &&
           files_release(&daemon->folder->base, text_of(port->window), &complete)) {
        acknowledge_after_commit(daemon, index, text_of(complete.case_id), complete.number, complete.message_id);
        port->look_at = 0;
    }
}

static void choose_file(struct daemon *daemon, uint32_t index)
{
    struct wanted_file file;
    struct port *port = &daemon->ports[index];
    while (!port->fetch.is_active && port->fetch.has_more) {
        base_begin(&daemon->folder->base);
        release_deliveries(daemon, index);
        port->fetch.has_more = files_next(&daemon->folder->base, text_of(port->window), &file);
        if (!port->fetch.has_more)
            return;
        fetch_begin(&port->fetch, daemon->folder->path, &file);
        if (material_file_is_there(daemon->folder->path, file.sm3))
            file_is_here(daemon, port);
    }
}

static void choose_files(struct daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->port_count; i++)
        choose_file(daemon, i);
}

static void take_message(struct daemon *daemon, uint32_t index, const struct link_message *message, int64_t now_us)
{
    struct port *port = &daemon->ports[index];
    if (comparing_take(&daemon->comparing, index, message, now_us))
        return;
    if (message->type == MESSAGE_CASE_DELIVER)
        take_delivery(daemon, index, message, now_us);
    else if (message->type == MESSAGE_ALARM)
        log_alarm(port, message);
    else if (message->type == MESSAGE_CERT_ASK)
        take_cert_ask(daemon, port, message, now_us);
    else if (message->type == MESSAGE_CASE_STATUS)
        port->look_at = setback_take(daemon->desk.base, text_of(port->window), message) ? 0 : port->look_at;
    else if (message->type == MESSAGE_TITLE_ASK)
        take_question(daemon, port, message, now_us);
    else if ((message->type == MESSAGE_MATERIAL_PART || message->type == MESSAGE_REJECT) &&
             take_of_file(daemon, port, message, now_us))
        return;
    else if (message->type == MESSAGE_RECEIPT)
        (void)port_take_answer(port, message, now_us); /* a receipt for what has one already says nothing new */
    else if (message->type == MESSAGE_REJECT && !port_take_answer(port, message, now_us))
        log_warning("%s: the broker rejects something: %.*s", port->window,
                    TEXT_ARGS(((const struct reject *)message->body)->code));
}

/* Takes all that waits; a window with more than its share is heard again at once. */
static void hear_port(struct daemon *daemon, uint32_t index, int64_t now_us)
{
    struct port *port = &daemon->ports[index];
    struct link_message message;
    uint32_t count = 0;
    while (count < PORT_HEAR_COUNT_MAX && daemon->acknowledgement_count < DAEMON_ACKNOWLEDGEMENT_COUNT_MAX) {
        const bool has_message = link_receive(port->link, now_us, &message);
        port_meet(port, now_us);
        if (!has_message) {
            port->is_dirty = false;
            return;
        }
        take_message(daemon, index, &message, now_us);
        count++;
    }
}

static void hear_ports(struct daemon *daemon, int64_t now_us)
{
    for (uint32_t i = 0; i < daemon->port_count; i++) {
        struct port *port = &daemon->ports[i];
        port->is_dirty |= daemon->watched[i].revents != 0;
        port_tick(port, now_us);
        if (port->is_dirty)
            hear_port(daemon, i, now_us);
    }
}

/* ---- the registry ---- */

static int compare_window(const void *name, const void *port)
{
    return strcmp(name, ((const struct port *)port)->window);
}

static struct port *port_of(struct daemon *daemon, const char *window)
{
    return bsearch(window, daemon->ports, daemon->port_count, sizeof *daemon->ports, compare_window);
}

static enum status hear_registry(struct daemon *daemon, int64_t now_us)
{
    struct adapter_result result;
    enum status status = daemon->adapter->work(daemon->adapter->context, now_us);
    while (status == STATUS_OK && daemon->adapter->result(daemon->adapter->context, &result)) {
        struct port *port = port_of(daemon, result.window);
        bool has_new = desk_apply(&daemon->desk, &result, now_us);
        if (!port)
            continue; /* of a window that is not served today; it is kept */
        port->has_more_owed |= has_new;
        port->look_at = 0;
        if (result.verb == ADAPTER_HAND || result.delivery != 0)
            port->backlog = inbox_backlog(&daemon->folder->base, text_of(port->window));
    }
    return status;
}

static void send_titles(struct daemon *daemon)
{
    struct adapter_title title;
    while (daemon->adapter->told && daemon->adapter->told(daemon->adapter->context, &title)) {
        struct port *port = port_of(daemon, title.window);
        struct link_outgoing message = {.type = MESSAGE_TITLE_RESULT, .body = title.body};
        if (!port)
            continue;
        if (link_send(port->link, &message) != STATUS_OK)
            log_warning("%s: a title result cannot be sent now", port->window);
        port->is_dirty = true;
    }
}

/* The command line wrote to the file: everything may have changed. */
static void hear_others(struct daemon *daemon)
{
    if (!book_has_changed(daemon->folder->base.book))
        return;
    daemon->comparing.has_new = true;
    for (uint32_t i = 0; i < daemon->port_count; i++) {
        daemon->ports[i].has_more_owed = true;
        daemon->ports[i].look_at = 0;
    }
}

static void choose_for(struct daemon *daemon, struct port *port, int64_t now_us)
{
    struct text window = text_of(port->window);
    uint32_t room = DAEMON_CHOSEN_COUNT_MAX - daemon->chosen_count;
    if (port->look_at > now_us || room == 0 ||
        daemon->adapter->room(daemon->adapter->context, window, daemon->chosen_count) == 0)
        return;
    uint32_t count =
        desk_choose(&daemon->desk, window, now_us, daemon->chosen_count, daemon->chosen + daemon->chosen_count, room);
    daemon->chosen_count += count;
    if (count == 0)
        port->look_at = desk_due_at(&daemon->desk, window, now_us);
}

static void choose(struct daemon *daemon, int64_t now_us)
{
    daemon->chosen_count = 0;
    if (daemon->is_stopping)
        return;
    for (uint32_t i = 0; i < daemon->port_count; i++)
        choose_for(daemon, &daemon->ports[(daemon->turn + i) % daemon->port_count], now_us);
    daemon->turn = daemon->port_count ? (daemon->turn + 1) % daemon->port_count : 0;
}

/* Now and then: what became of the deliveries that were given back? */
static void ask_of_returned(struct daemon *daemon, int64_t now_us)
{
    for (uint32_t i = 0; i < daemon->port_count; i++) {
        struct port *port = &daemon->ports[i];
        if (port->ask_at > now_us || link_state(port->link) != LINK_STANDING)
            continue;
        port->ask_at = now_us + SETBACK_ASK_MS * daemon->desk.setback.pace;
        setback_ask(daemon->desk.base, text_of(port->window), port->link);
        port->is_dirty = true;
    }
}

/* ---- after the commit ---- */

static void send_delivered(struct daemon *daemon)
{
    for (uint32_t i = 0; i < daemon->acknowledgement_count; i++) {
        const struct acknowledgement *acknowledgement = &daemon->acknowledgements[i];
        struct port *port = &daemon->ports[acknowledgement->port];
        struct delivered body = {.number = number_of(acknowledgement->number), .is_present = true};
        struct link_outgoing message = {.type = MESSAGE_DELIVERED,
                                        .case_id = text_of(acknowledgement->case_id),
                                        .answers = acknowledgement->message_id};
        /* What cannot be said now is said when the broker brings the delivery again. */
        (void)!link_send_struct(port->link, &message, &body);
        port->is_dirty = true;
    }
    daemon->acknowledgement_count = 0;
}

static enum status start_chosen(struct daemon *daemon, int64_t now_us)
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < daemon->chosen_count && status == STATUS_OK; i++)
        status = desk_start(&daemon->desk, &daemon->chosen[i], now_us);
    return status;
}

static enum status act(struct daemon *daemon, int64_t now_us)
{
    enum status status = base_commit(&daemon->folder->base);
    if (status != STATUS_OK)
        return status;
    send_delivered(daemon);
    status = start_chosen(daemon, now_us);
    for (uint32_t i = 0; i < daemon->port_count && status == STATUS_OK; i++) {
        struct port *port = &daemon->ports[i];
        port_send(port, now_us);
        port->is_dirty |= fetch_send(&port->fetch, port->link, now_us);
    }
    return status == STATUS_OK ? daemon->folder->base.status : status;
}

/* ---- the wake ---- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t wake_at(struct daemon *daemon, int64_t now_us)
{
    int64_t wake = daemon->adapter->wake_us(daemon->adapter->context);
    for (uint32_t i = 0; i < daemon->port_count; i++) {
        const struct port *port = &daemon->ports[i];
        wake = least(wake, port->is_dirty ? 0 : port->tick_at);
        wake = least(wake, port_due_at(port));
        if (port->look_at > now_us || daemon->adapter->room(daemon->adapter->context, text_of(port->window), 0) > 0)
            wake = least(wake, port->look_at);
    }
    return wake;
}

static int wait_ms(struct daemon *daemon, int wait_ms_max)
{
    int64_t now_us = clock_now_us();
    int64_t wake = wake_at(daemon, now_us);
    int64_t wait = wake <= now_us ? 0 : (wake - now_us + 999) / 1000;
    wait = least(wait, wait_ms_max);
    return (int)least(wait, OTHERS_LOOK_MS);
}

static void wait_for_something(struct daemon *daemon, int wait_ms_max)
{
    uint32_t count = 0;
    for (; count < daemon->port_count; count++) {
        port_watch(&daemon->ports[count]);
        daemon->watched[count] = (struct pollfd){.fd = daemon->ports[count].fd, .events = POLLIN};
    }
    struct pollfd *stop = &daemon->watched[count++];
    *stop = (struct pollfd){.fd = daemon->stop_fd, .events = POLLIN};
    count += daemon->adapter->watch(daemon->adapter->context, daemon->watched + count);
    if (poll(daemon->watched, count, wait_ms(daemon, wait_ms_max)) < 0)
        for (uint32_t i = 0; i < count; i++)
            daemon->watched[i].revents = 0; /* a signal: look again */
    daemon->is_stopping |= stop->revents != 0;
}

enum status daemon_step(struct daemon *daemon, int wait_ms_max)
{
    wait_for_something(daemon, wait_ms_max);
    int64_t now_us = clock_now_us();
    hear_others(daemon);
    hear_ports(daemon, now_us);
    enum status status = hear_registry(daemon, now_us);
    if (status != STATUS_OK)
        return status;
    send_titles(daemon);
    comparing_look(&daemon->comparing, now_us);
    choose_files(daemon);
    choose(daemon, now_us);
    ask_of_returned(daemon, now_us);
    return act(daemon, now_us);
}

enum status daemon_run(struct daemon *daemon)
{
    enum status status = daemon_start(daemon);
    while (status == STATUS_OK && !daemon->is_stopping)
        status = daemon_step(daemon, WAIT_MS_MAX);
    return status;
}

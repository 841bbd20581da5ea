#include "broker/core/case.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "broker/core/memory.h"

static struct text text_keep(char *buffer, size_t size, struct text text)
{
    assert(text.size < size);
    if (text.data == NULL)
        return (struct text){0};
    memcpy(buffer, text.data, text.size);
    buffer[text.size] = '\0';
    return (struct text){buffer, text.size};
}

static void nodes_own(struct case_file *file)
{
    file->of_all.owner = file->of_window.owner = file->of_branch.owner = file->of_due.owner = file;
    file->of_parked.owner = file;
    file->turn.owner = file;
    file->timer.node.owner = &file->timer;
    file->timer.kind = TIMER_CASE;
    file->clock_timer = (struct timer){.node.owner = &file->clock_timer, .kind = TIMER_CLOCK};
}

struct case_file *case_new(struct text case_id)
{
    struct case_file *file = memory_take(sizeof *file);
    nodes_own(file);
    file->row.is_present = true;
    file->row.case_id = text_keep(file->case_id, sizeof file->case_id, case_id);
    file->row.deliveries.is_present = true;
    file->row.revision = file->row.flags = number_of(0);
    file->row.is_dispatched = number_of(0);
    return file;
}

void case_keep_text(struct text *member, struct text value)
{
    char *copy = value.data != NULL ? memory_take(value.size + 1) : NULL;
    if (copy != NULL)
        memcpy(copy, value.data, value.size);
    char *old = NULL;
    memcpy(&old, &member->data, sizeof old); /* a text's bytes are const, those of a kept one are ours */
    free(old);
    *member = (struct text){copy, copy != NULL ? value.size : 0};
}

static void risk_fini(struct risk_row *risk)
{
    case_keep_text(&risk->risk, (struct text){0});
    case_keep_text(&risk->document, (struct text){0});
    case_keep_text(&risk->user, (struct text){0});
}

static void defect_fini(struct defect_row *defect)
{
    case_keep_text(&defect->family, (struct text){0});
    case_keep_text(&defect->check, (struct text){0});
    case_keep_text(&defect->avoidable, (struct text){0});
}

void case_free(struct case_file *file)
{
    if (file == NULL)
        return;
    free(file->row.deliveries.items);
    free(file->row.seen.items);
#define EACH(member) case_keep_text(&file->row.member, (struct text){0});
    CASE_KEPT_TEXTS(EACH)
#undef EACH
    for (uint32_t i = 0; i < file->row.risks.count; i++)
        risk_fini(&file->row.risks.items[i]);
    for (uint32_t i = 0; i < file->row.defects.count; i++)
        defect_fini(&file->row.defects.items[i]);
    free(file->row.risks.items);
    free(file->row.alerts.items);
    free(file->row.defects.items);
    free(file->row.titles.items);
    free(file->row.lanes.items);
    free(file->seen_digests);
    free(file->lane_texts);
    free(file->places);
    free(file);
}

/* Room for one item more: 1, 2, 4 ... items at a time. */
static void *list_widen(void *items, uint32_t count, size_t size)
{
    if ((count & (count - 1)) == 0)
        items = memory_grow(items, (count != 0 ? 2 * (size_t)count : 1) * size);
    return items;
}

void case_set_kind(struct case_file *file, struct text kind)
{
    file->row.kind = text_keep(file->kind, sizeof file->kind, kind);
}

void case_set_branch(struct case_file *file, struct text branch)
{
    file->row.branch = text_keep(file->branch_name, sizeof file->branch_name, branch);
}

void case_set_window(struct case_file *file, struct text window)
{
    file->row.window = text_keep(file->window_name, sizeof file->window_name, window);
}

void case_set_number(struct case_file *file, struct text number)
{
    file->row.number = text_keep(file->number, sizeof file->number, number);
}

void case_set_proof(struct case_file *file, struct text proof)
{
    file->row.proof = text_keep(file->proof, sizeof file->proof, proof);
}

void case_set_park_cause(struct case_file *file, struct text cause)
{
    file->row.park_cause = text_keep(file->park_cause, sizeof file->park_cause, cause);
}

void case_unpark(struct case_file *file)
{
    case_unflag(file, CASE_PARKED);
    file->row.park_cause = (struct text){0};
    case_keep_text(&file->row.park_class, (struct text){0});
    file->row.park_attempts = file->row.parked_at = (struct number){0};
}

void case_forget_failures(struct case_file *file)
{
    struct case_row *row = &file->row;
    row->failed_number = row->failed_transient = row->failed_busy = (struct number){0};
    row->failed_permanent = row->failed_poison = row->is_returned = (struct number){0};
    case_keep_text(&row->failed_class, (struct text){0});
    case_keep_text(&row->failed_cause, (struct text){0});
}

void case_set_business_key(struct case_file *file, const uint8_t business_key[DIGEST_SIZE])
{
    memcpy(file->business_key, business_key, DIGEST_SIZE);
    file->row.business_key = bytes_of(file->business_key, DIGEST_SIZE);
}

void case_set_contract_key(struct case_file *file, const uint8_t contract_key[DIGEST_SIZE])
{
    memcpy(file->contract_key, contract_key, DIGEST_SIZE);
    file->row.contract_key = bytes_of(file->contract_key, DIGEST_SIZE);
}

void case_set_lanes(struct case_file *file, const struct text *lanes, uint32_t count)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += lanes[i].size;
    file->lane_texts = memory_take(size);
    file->row.lanes = (struct text_list){memory_take(count * sizeof(struct text)), count, true};
    file->places = memory_take(count * sizeof *file->places);
    char *end = file->lane_texts;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(end, lanes[i].data, lanes[i].size);
        file->row.lanes.items[i] = (struct text){end, lanes[i].size};
        file->places[i].node.owner = file;
        end += lanes[i].size;
    }
}

/* ---- the title results it stands on ---- */

static void titles_add(struct stood_row_list *list, const struct stood_row *stood)
{
    assert(list->count < TITLE_STAND_COUNT_MAX);
    list->items = list_widen(list->items, list->count, sizeof *list->items);
    list->items[list->count++] = *stood;
    list->is_present = true;
}

void case_stand(struct case_file *file, const struct stood_row *stood)
{
    struct case_row *row = &file->row;
    if (!row->title.is_present) {
        row->title = stood->query;
        row->title_as_of = stood->as_of;
        row->title_valid_until = stood->valid_until;
        return;
    }
    if (row->titles.count == 0)
        titles_add(&row->titles, &(struct stood_row){row->title, row->title_as_of, row->title_valid_until, true});
    titles_add(&row->titles, stood);
}

/* ---- from the row ---- */

/* QUEUED stands on the wire for two states, told apart by the first dispatch. */
static enum lifecycle_state state_of_wire(const struct case_row *row, struct text wire)
{
    enum lifecycle_state state = lifecycle_state_of(wire);
    return state == STATE_QUEUED && row->is_dispatched.value != 0 ? STATE_SENT : state;
}

/* How long a text or a list may be was found out when the row was read. The first delivery is the application. */
static bool row_fits(const struct case_row *row, enum lifecycle_state base)
{
    bool fits = base != STATE_COUNT && lifecycle_state(base)->class != CLASS_LAYER && row->deliveries.count > 0;
    for (uint32_t i = 0; fits && i < row->deliveries.count; i++)
        fits = message_type_of(row->deliveries.items[i].type) != MESSAGE_COUNT;
    return fits;
}

static void lists_of_row(struct case_file *file, const struct case_row *row)
{
    case_set_lanes(file, row->lanes.items, row->lanes.count);
    for (uint32_t i = 0; i < row->deliveries.count; i++) {
        case_add_delivery(file, message_type_of(row->deliveries.items[i].type),
                          (uint64_t)row->deliveries.items[i].sequence.value);
        file->row.deliveries.items[i].is_delivered = row->deliveries.items[i].is_delivered;
    }
    for (uint32_t i = 0; i < row->seen.count; i++) {
        const struct seen_row *seen = &row->seen.items[i];
        enum lifecycle_event event = lifecycle_event_of(seen->event);
        if (event != LIFE_COUNT)
            case_hear(file, event, seen->digest.data, seen->is_applied.value != 0);
    }
    for (uint32_t i = 0; i < row->risks.count; i++)
        (void)case_add_risk(file, &row->risks.items[i]);
    for (uint32_t i = 0; i < row->alerts.count; i++)
        case_note_alert(file, (uint64_t)row->alerts.items[i].sequence.value);
    for (uint32_t i = 0; i < row->defects.count; i++)
        case_add_defect(file, &row->defects.items[i]);
    for (uint32_t i = 0; i < row->titles.count; i++)
        titles_add(&file->row.titles, &row->titles.items[i]);
}

enum status case_of_row(const struct case_row *row, struct case_file **out)
{
    struct text wire = row->state_before.data != NULL ? row->state_before : row->state;
    enum lifecycle_state base = state_of_wire(row, wire);
    if (!row_fits(row, base))
        return STATUS_CORRUPT;
    struct case_file *file = case_new(row->case_id);
    struct case_row empty = file->row;
    file->row = *row;
    file->row.case_id = empty.case_id;
    file->row.deliveries = empty.deliveries;
    file->row.seen = empty.seen;
    file->base = base;
    case_set_kind(file, row->kind);
    case_set_branch(file, row->branch);
    case_set_window(file, row->window);
    case_set_number(file, row->number);
    case_set_proof(file, row->proof);
    case_set_park_cause(file, row->park_cause);
    case_set_business_key(file, row->business_key.data);
    if (row->contract_key.data != NULL)
        case_set_contract_key(file, row->contract_key.data);
#define EACH(member)                                                                                                   \
    file->row.member = (struct text){0};                                                                               \
    case_keep_text(&file->row.member, row->member);
    CASE_KEPT_TEXTS(EACH)
#undef EACH
    file->row.risks = (struct risk_row_list){0};
    file->row.alerts = (struct alert_row_list){0};
    file->row.defects = (struct defect_row_list){0};
    file->row.titles = (struct stood_row_list){0};
    lists_of_row(file, row);
    file->row.state = file->row.state_before = (struct text){0};
    case_show(file, row->since.value);
    *out = file;
    return STATUS_OK;
}

/* ---- flags and layers ---- */

bool case_has(const struct case_file *file, enum case_flag flag)
{
    return (file->row.flags.value & (int64_t)flag) != 0;
}

void case_flag(struct case_file *file, enum case_flag flag)
{
    file->row.flags.value |= (int64_t)flag;
}

void case_unflag(struct case_file *file, enum case_flag flag)
{
    file->row.flags.value &= ~(int64_t)flag;
}

uint32_t case_layers(const struct case_file *file, enum lifecycle_state out[CASE_LAYER_COUNT_MAX])
{
    uint32_t count = 0;
    if (case_has(file, CASE_PARKED))
        out[count++] = file->base == STATE_SENT ? STATE_PARKED : STATE_HELD;
    if (case_has(file, CASE_WITHDRAWING))
        out[count++] = STATE_WITHDRAWING;
    if (case_has(file, CASE_SUSPENDED))
        out[count++] = STATE_SUSPENDED;
    out[count++] = file->base;
    return count;
}

enum lifecycle_state case_shown(const struct case_file *file)
{
    enum lifecycle_state layers[CASE_LAYER_COUNT_MAX];
    (void)case_layers(file, layers);
    return layers[0];
}

/* QUEUED and PARKED stand on the wire for two states each. */
enum lifecycle_state row_state(const struct case_row *row)
{
    enum lifecycle_state state = lifecycle_state_of(row->state);
    if (state == STATE_QUEUED && row->is_dispatched.value != 0)
        return STATE_SENT;
    if (state == STATE_PARKED && !text_is(row->state_before, "QUEUED"))
        return STATE_HELD;
    return state;
}

void case_show(struct case_file *file, int64_t time_us)
{
    enum lifecycle_state shown = case_shown(file);
    struct text wire = text_of(lifecycle_state(shown)->wire);
    if (!text_equal(wire, file->row.state))
        file->row.since = number_of(time_us);
    file->row.state = wire;
    file->row.state_before = shown != file->base ? text_of(lifecycle_state(file->base)->wire) : (struct text){0};
}

/* ---- deliveries ---- */

void case_add_delivery(struct case_file *file, enum message_type type, uint64_t sequence)
{
    struct delivery_row_list *list = &file->row.deliveries;
    assert(list->count < CASE_DELIVERY_COUNT_MAX);
    list->items = list_widen(list->items, list->count, sizeof *list->items);
    list->items[list->count++] = (struct delivery_row){.sequence = number_of((int64_t)sequence),
                                                       .type = text_of(message_kind(type)->name),
                                                       .is_delivered = number_of(DELIVERY_OPEN),
                                                       .is_present = true};
}

uint32_t case_next_delivery(const struct case_file *file)
{
    uint32_t index = 0;
    while (index < file->row.deliveries.count && file->row.deliveries.items[index].is_delivered.value != DELIVERY_OPEN)
        index++;
    return index;
}

/* A payment, and the check of a proof that came before its booking, are owed to the window as long as the case is open.
 */
static bool is_owed(const struct case_file *file, uint32_t index)
{
    const struct text type = file->row.deliveries.items[index].type;
    return lifecycle_is_open(file->base) &&
           (text_is(type, message_kind(MESSAGE_FEE_PAID)->name) || text_is(type, message_kind(MESSAGE_CERT_ACK)->name));
}

void case_void_deliveries(struct case_file *file)
{
    for (uint32_t i = case_next_delivery(file); i < file->row.deliveries.count; i++)
        if (file->row.deliveries.items[i].is_delivered.value == DELIVERY_OPEN && !is_owed(file, i))
            file->row.deliveries.items[i].is_delivered = number_of(DELIVERY_VOID);
}

void case_delivered(struct case_file *file, uint32_t index)
{
    file->row.deliveries.items[index].is_delivered = number_of(DELIVERY_DONE);
    case_unflag(file, CASE_IN_DOUBT);
    case_unpark(file);
    case_forget_failures(file);
}

/* ---- what the window said ---- */

static const struct seen_row *seen_next(const struct case_file *file, uint32_t *index, enum lifecycle_event event)
{
    const char *name = lifecycle_event(event)->name;
    while (*index < file->row.seen.count) {
        const struct seen_row *seen = &file->row.seen.items[(*index)++];
        if (text_is(seen->event, name))
            return seen;
    }
    return NULL;
}

bool case_has_heard(const struct case_file *file, enum lifecycle_event event, const uint8_t digest[DIGEST_SIZE])
{
    uint32_t index = 0;
    for (const struct seen_row *seen; (seen = seen_next(file, &index, event)) != NULL;)
        if (memcmp(seen->digest.data, digest, DIGEST_SIZE) == 0)
            return true;
    return false;
}

bool case_has_applied(const struct case_file *file, enum lifecycle_event event)
{
    uint32_t index = 0;
    for (const struct seen_row *seen; (seen = seen_next(file, &index, event)) != NULL;)
        if (seen->is_applied.value != 0)
            return true;
    return false;
}

void case_disown(struct case_file *file, enum lifecycle_event event)
{
    const char *name = lifecycle_event(event)->name;
    for (uint32_t i = 0; i < file->row.seen.count; i++)
        if (text_is(file->row.seen.items[i].event, name))
            file->row.seen.items[i].is_applied = number_of(false);
}

static void seen_point(struct case_file *file)
{
    for (uint32_t i = 0; i < file->row.seen.count; i++)
        file->row.seen.items[i].digest = bytes_of(file->seen_digests[i], DIGEST_SIZE);
}

static void seen_forget(struct case_file *file)
{
    uint32_t index = 0;
    uint32_t gone = seen_next(file, &index, LIFE_STATUS) != NULL ? index - 1 : 0;
    uint32_t behind = --file->row.seen.count - gone;
    memmove(&file->row.seen.items[gone], &file->row.seen.items[gone + 1], behind * sizeof file->row.seen.items[0]);
    memmove(&file->seen_digests[gone], &file->seen_digests[gone + 1], behind * sizeof file->seen_digests[0]);
}

void case_hear(struct case_file *file, enum lifecycle_event event, const uint8_t digest[DIGEST_SIZE], bool is_applied)
{
    struct seen_row_list *list = &file->row.seen;
    if (list->count == CASE_SEEN_COUNT_MAX)
        seen_forget(file);
    else {
        list->items = list_widen(list->items, list->count, sizeof *list->items);
        file->seen_digests = list_widen(file->seen_digests, list->count, sizeof *file->seen_digests);
    }
    list->is_present = true;
    memcpy(file->seen_digests[list->count], digest, DIGEST_SIZE);
    list->items[list->count++] = (struct seen_row){
        .event = text_of(lifecycle_event(event)->name), .is_applied = number_of(is_applied), .is_present = true};
    seen_point(file);
}

/* ---- alerts and reasons ---- */

static uint32_t risk_to_forget(const struct risk_row_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].has_ended.value != 0)
            return i;
    return 0;
}

struct risk_row *case_add_risk(struct case_file *file, const struct risk_row *risk)
{
    struct risk_row_list *list = &file->row.risks;
    if (list->count == RISK_COUNT_MAX) {
        const uint32_t gone = risk_to_forget(list);
        risk_fini(&list->items[gone]);
        list->count--;
        memmove(&list->items[gone], &list->items[gone + 1], (list->count - gone) * sizeof list->items[0]);
    } else {
        list->items = list_widen(list->items, list->count, sizeof *list->items);
    }
    list->is_present = true;
    struct risk_row *added = &list->items[list->count++];
    *added = *risk;
    added->is_present = true;
    added->risk = added->document = added->user = (struct text){0};
    case_keep_text(&added->risk, risk->risk);
    case_keep_text(&added->document, risk->document);
    case_keep_text(&added->user, risk->user);
    return added;
}

void case_note_alert(struct case_file *file, uint64_t sequence)
{
    struct alert_row_list *list = &file->row.alerts;
    if (list->count == CASE_ALERT_COUNT_MAX) {
        list->count--;
        memmove(&list->items[0], &list->items[1], list->count * sizeof list->items[0]);
    } else {
        list->items = list_widen(list->items, list->count, sizeof *list->items);
    }
    list->is_present = true;
    list->items[list->count++] = (struct alert_row){.sequence = number_of((int64_t)sequence), .is_present = true};
}

void case_add_defect(struct case_file *file, const struct defect_row *defect)
{
    struct defect_row_list *list = &file->row.defects;
    if (list->count == DEFECT_COUNT_MAX)
        return;
    list->items = list_widen(list->items, list->count, sizeof *list->items);
    list->is_present = true;
    struct defect_row *added = &list->items[list->count++];
    *added = (struct defect_row){.is_present = true};
    case_keep_text(&added->family, defect->family);
    case_keep_text(&added->check, defect->check);
    case_keep_text(&added->avoidable, defect->avoidable);
}

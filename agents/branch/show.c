#include "agents/branch/show.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agents/client/digest.h"
#include "schemas/calendar.h"
#include "schemas/clocks.h"
#include "schemas/kind.h"
#include "schemas/risk.h"

/* ---- columns ---- */

/* Columns a character takes; only what this program prints matters: ASCII and CJK. */
static int width_of_lead(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    return (lead & 0xc0) == 0x80 ? 0 : lead >= 0xe1 ? 2 : 1;
}

void show_column(FILE *out, struct text text, int width)
{
    int used = 0;
    for (uint32_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        fputc(byte < 0x20 || byte == 0x7f ? '?' : byte, out);
        used += width_of_lead(byte);
    }
    for (; used < width; used++)
        fputc(' ', out);
}

void show_word(FILE *out, struct word word, int width)
{
    char both[128];
    snprintf(both, sizeof both, "%s %s", word.chinese, word.english);
    show_column(out, text_of(both), width);
}

void show_line_place(FILE *out, const char *file, uint64_t line)
{
    if (file) {
        show_column(out, text_of(file), 0);
        fputc(' ', out);
    }
    fprintf(out, "line %-6" PRIu64, line);
}

/* ---- JSON ---- */

json_t *file_json(const char *file)
{
    return file ? json_string(file) : NULL;
}

bool show_json(FILE *out, json_t *json)
{
    bool is_shown = json && json_dumpf(json, out, JSON_COMPACT) == 0 && fputc('\n', out) != EOF;
    json_decref(json);
    return is_shown;
}

static json_t *text_json(struct text text)
{
    return text.data ? json_stringn(text.data, text.size) : NULL;
}

static json_t *number_json(struct number number)
{
    return number.is_present ? json_integer(number.value) : NULL;
}

static json_t *bytes_json(struct bytes bytes)
{
    char hex[SM3_HEX_SIZE];
    return bytes.data ? json_string(hex_show(bytes, hex, sizeof hex)) : NULL;
}

/* "o*" leaves out what is NULL. */
json_t *outbox_row_json(const struct outbox_row *row)
{
    struct word word = outbox_word(row->state);
    const char *type = row->type < MESSAGE_COUNT ? message_kind(row->type)->name : "?";
    return json_pack("{s:I, s:o*, s:s, s:o*, s:I, s:I, s:s, s:s, s:o*, s:o*, s:o*}", "local", (json_int_t)row->id,
                     "mid", bytes_json(bytes_of(row->message_id, sizeof row->message_id)), "type", type, "case",
                     text_json(row->case_id), "created", (json_int_t)row->created_us, "attempts",
                     (json_int_t)row->attempts, "state", word.english, "state_zh", word.chinese, "seq",
                     number_json(row->sequence), "stored", number_json(row->stored_us), "reject",
                     row->reject.data ? json_loadb(row->reject.data, row->reject.size, 0, NULL) : NULL);
}

static json_t *event_body_json(const struct event_row *event)
{
    json_t *json = NULL;
    if (!event->body.data || msgpack_to_json(event->body, &json) != STATUS_OK)
        return NULL;
    return json;
}

json_t *event_json(const struct event_row *event, bool with_body)
{
    struct word word = event_word(event->what);
    return json_pack("{s:I, s:I, s:I, s:I, s:o*, s:o*, s:s, s:o*, s:s, s:s, s:o*, s:o*, s:o*, s:o*, s:o*}", "id",
                     (json_int_t)event->id, "number", (json_int_t)event->number, "seq", (json_int_t)event->sequence,
                     "time", (json_int_t)event->time_us, "case", text_json(event->case_id), "state",
                     text_json(event->state), "kind", event->is_fact ? "fact" : "message", "what",
                     text_json(event->what), "word", word.english, "word_zh", word.chinese, "from",
                     text_json(event->origin_source), "file", text_json(event->file), "file_why",
                     text_json(event->file_why), "detail", text_json(event->detail), "body",
                     with_body ? event_body_json(event) : NULL);
}

/* ---- lines ---- */

void show_outbox_row(FILE *out, const struct outbox_row *row)
{
    char time[32];
    const char *type = row->type < MESSAGE_COUNT ? message_kind(row->type)->name : "?";
    fprintf(out, "%6" PRId64 "  %s  ", row->id, time_show(row->created_us, time, sizeof time));
    show_column(out, text_of(type), 18);
    show_word(out, outbox_word(row->state), 22);
    show_column(out, row->case_id.data ? row->case_id : text_of("-"), 31);
    if (row->sequence.is_present)
        fprintf(out, " seq %" PRId64, row->sequence.value);
    if (row->attempts > 1)
        fprintf(out, " attempts %" PRId64, row->attempts);
    fputc('\n', out);
}

void show_event(FILE *out, const struct event_row *event)
{
    char time[32];
    fprintf(out, "%6" PRId64 "  %s  ", event->id, time_show(event->time_us, time, sizeof time));
    show_column(out, event->case_id, 31);
    fputc(' ', out);
    show_word(out, event_word(event->what), 38);
    show_column(out, event->state, 12);
    fputc('\n', out);
}

/* ---- notes ---- */

static void show_note(FILE *out, const char *label, const char *text)
{
    if (!text)
        return;
    fprintf(out, "          %s ", label);
    show_column(out, text_of(text), 0);
    fputc('\n', out);
}

static const char *json_text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void show_list(FILE *out, const json_t *list, const char *label_key, const char *text_key)
{
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item)
    {
        const char *label = json_text(item, label_key);
        const char *path = json_text(item, "path");
        char head[160];
        snprintf(head, sizeof head, "- %s%s%s", label ? label : "", path && path[0] ? " " : "", path ? path : "");
        show_note(out, head, json_text(item, text_key));
    }
}

void show_reject(FILE *out, struct text reject)
{
    json_t *json = reject.data ? json_loadb(reject.data, reject.size, 0, NULL) : NULL;
    if (!json)
        return;
    show_note(out, json_text(json, "code") ? json_text(json, "code") : "-", json_text(json, "text_zh"));
    show_note(out, "  ", json_text(json, "text_en"));
    show_note(out, "case", json_text(json, "cid"));
    show_list(out, json_object_get(json, "findings"), "id", "text_zh");
    json_decref(json);
}

void show_clock(FILE *out, struct text clock, int64_t stage)
{
    enum clock_name name = clock_of(clock);
    if (name == CLOCK_COUNT)
        show_column(out, clock, 0); /* of a newer broker */
    else
        fprintf(out, "%s %s", clock_row(name)->chinese, clock_row(name)->english);
    if (stage > 0)
        fprintf(out, ", %" PRId64 " %%", stage);
}

static void show_alarm(FILE *out, const json_t *event)
{
    const char *clock = json_text(event, "clock");
    if (!clock)
        return;
    fprintf(out, "          时限 clock ");
    show_clock(out, text_of(clock), json_integer_value(json_object_get(event, "stage")));
    fputc('\n', out);
}

/* Which alert, whose document, and the registration to think of now. `acknowledge` takes its number. */
static void show_alert(FILE *out, const struct event_row *event, const json_t *body)
{
    const struct kind *advised = kind_find(event->detail);
    const char *kind = json_text(body, "risk");
    bool has_ended = json_is_true(json_object_get(body, "ended"));
    char words[128];
    risk_show(text_of(kind ? kind : ""), words, sizeof words);
    fprintf(out, "          %s %" PRId64 ": ", has_ended ? "已解除 ended" : "!!! 风险提示 ALERT", event->sequence);
    show_column(out, text_of(words), 0);
    fputc('\n', out);
    show_note(out, "文号 document", json_text(body, "document"));
    show_note(out, "机关 authority", json_text(body, "authority"));
    show_note(out, "说明 text", json_text(body, "text"));
    if (advised != NULL)
        fprintf(out, "          建议 advice: %s %s %s\n", advised->code, advised->chinese, advised->english);
}

static bool is_alert(const struct event_row *event)
{
    return text_is(event->what, message_kind(MESSAGE_RISK_ALERT)->name);
}

void show_event_notes(FILE *out, const struct event_row *event)
{
    json_t *body = event_body_json(event);
    if (event->file.data)
        fprintf(out, "          certificates/%.*s\n", TEXT_ARGS(event->file));
    if (event->file_why.data)
        fprintf(out, "          %.*s\n", TEXT_ARGS(event->file_why));
    if (event->detail.data && !is_alert(event))
        fprintf(out, "          %.*s\n", TEXT_ARGS(event->detail));
    if (!body)
        return;
    if (is_alert(event)) {
        show_alert(out, event, body);
        json_decref(body);
        return;
    }
    show_alarm(out, body);
    show_note(out, "业务号 ywh", json_text(body, "ywh"));
    show_note(out, "证明号 bdcdjzmh", json_text(body, "bdcdjzmh"));
    show_note(out, "环节 step", json_text(body, "step"));
    show_note(out, "结果 result", json_text(body, "result"));
    show_note(out, "说明 text", json_text(body, "text"));
    show_note(out, "原因 reason", json_text(body, "reason"));
    show_note(out, "文书 document", json_text(body, "document"));
    show_list(out, json_object_get(body, "reasons"), "family", "text");
    show_list(out, json_object_get(body, "items"), "code", "text");
    json_decref(body);
}

/* ---- a booking that differs ---- */

void show_echo(FILE *out, const struct echo *echo)
{
    for (uint32_t i = 0; i < echo->count; i++) {
        char line[RECORD_PATH_SIZE_MAX + ECHO_VALUE_SIZE + 32];
        snprintf(line, sizeof line, "%s%s%s", echo->items[i].path, echo->items[i].booked[0] ? "  登簿 booked " : "",
                 echo->items[i].booked);
        show_note(out, "! 登簿与申请不一致 differs from what was filed:", line);
    }
}

json_t *echo_json(json_t *event, const struct echo *echo)
{
    json_t *list = event && echo->count > 0 ? json_array() : NULL;
    for (uint32_t i = 0; list && i < echo->count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "path", echo->items[i].path, "booked", echo->items[i].booked));
    if (list)
        json_object_set_new(event, "differs", list);
    return event;
}

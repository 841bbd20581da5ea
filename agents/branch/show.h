#ifndef ONEVISIT_AGENTS_BRANCH_SHOW_H
#define ONEVISIT_AGENTS_BRANCH_SHOW_H

#include <stdio.h>

#include "agents/branch/events.h"
#include "schemas/echo.h"

/* Printing for people (columns, both languages) and for programs (one JSON
 * object a line). Control characters never reach the terminal. */

/* Text padded to `width` columns; a Chinese character takes two. */
void show_column(FILE *out, struct text text, int width);
void show_word(FILE *out, struct word word, int width); /* "已存 stored" */

/* "line 7", of a folder "today.jsonl line 7"; `file` NULL: none. */
void show_line_place(FILE *out, const char *file, uint64_t line);

/* One JSON object and a newline; `json` is taken. False when out of memory or printing failed. */
bool show_json(FILE *out, json_t *json);

/* A file's name for a program; NULL for none, and for one that is not UTF-8. */
json_t *file_json(const char *file);
/* A row of the outbox or an event as JSON; NULL when out of memory. */
json_t *outbox_row_json(const struct outbox_row *row);
json_t *event_json(const struct event_row *event, bool with_body);
/* "受理决定 the decision on acceptance, 80 %" of a clock's name and its last alarm (0: none); for a line. */
void show_clock(FILE *out, struct text clock, int64_t stage);
/* One line each. */
void show_outbox_row(FILE *out, const struct outbox_row *row);
void show_event(FILE *out, const struct event_row *event);
/* The findings or reasons of a REJECT kept as JSON text, one a line, indented. */
void show_reject(FILE *out, struct text reject);
/* What the window's message says beyond its name: reasons, items, numbers. Never names or ids. */
void show_event_notes(FILE *out, const struct event_row *event);

/* What a booking has otherwise than what was filed; nothing when they are the same. */
void show_echo(FILE *out, const struct echo *echo);
/* Adds it to the event's JSON as "differs": [{"path", "booked"}]. Returns `event`. */
json_t *echo_json(json_t *event, const struct echo *echo);

#endif

#ifndef ONEVISIT_AGENTS_OPS_TABLE_H
#define ONEVISIT_AGENTS_OPS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "schemas/text.h"

/* A table for a terminal: columns as wide as their widest cell, counted in
 * columns of the screen (a Chinese character takes two). What cannot be shown
 * safely, as an escape character, becomes '?'. Out of memory ends the process:
 * a tool that prints half a table would lie. */
struct table;

struct table_column {
    const char *heading;
    bool is_right; /* numbers stand at the right */
};

struct table *table_new(const struct table_column *columns, size_t count);
void table_free(struct table **table);

/* The next cell, row by row. */
__attribute__((format(printf, 2, 3))) void table_cell(struct table *table, const char *format, ...);
void table_text(struct table *table, struct text text); /* absent: "-" */
void table_number(struct table *table, struct number number);
void table_print(const struct table *table, FILE *out);

/* Columns of the screen that a text takes. */
size_t text_width(struct text text);

#endif

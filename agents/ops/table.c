#include "agents/ops/table.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <wchar.h>

#include "agents/ops/complaint.h"
#include "agents/ops/exit_code.h"

enum { COLUMN_GAP = 2, CELL_SIZE_MAX = 1024 };

struct table {
    const struct table_column *columns; /* borrowed */
    size_t column_count;
    size_t *widths;
    char **cells;
    size_t cell_count;
    size_t cell_capacity;
};

static void *need(void *memory)
{
    if (memory)
        return memory;
    complain("out of memory");
    exit(EXIT_CODE_DAMAGE);
}

/* One character: its bytes and its width; what is no printable character is
 * one byte of width one. */
static size_t measure_character(struct text text, int *width)
{
    mbstate_t state = {0};
    wchar_t character = 0;
    size_t size = mbrtowc(&character, text.data, text.size, &state);
    bool is_good = size != 0 && size != (size_t)-1 && size != (size_t)-2;
    *width = is_good ? wcwidth(character) : -1;
    return is_good ? size : 1;
}

size_t text_width(struct text text)
{
    size_t sum = 0;
    while (text.size > 0) {
        int width;
        size_t size = measure_character(text, &width);
        sum += width < 0 ? 1 : (size_t)width;
        text.data += size;
        text.size -= (uint32_t)size;
    }
    return sum;
}

static char *copy_printable(struct text text)
{
    char *copy = need(malloc(text.size + 1));
    size_t used = 0;
    while (text.size > 0) {
        int width;
        size_t size = measure_character(text, &width);
        if (width < 0)
            copy[used++] = '?';
        else {
            memcpy(copy + used, text.data, size);
            used += size;
        }
        text.data += size;
        text.size -= (uint32_t)size;
    }
    copy[used] = '\0';
    return copy;
}

struct table *table_new(const struct table_column *columns, size_t count)
{
    assert(count > 0);
    struct table *table = need(calloc(1, sizeof *table));
    table->columns = columns;
    table->column_count = count;
    table->widths = need(calloc(count, sizeof *table->widths));
    for (size_t i = 0; i < count; i++)
        table->widths[i] = text_width(text_of(columns[i].heading));
    return table;
}

void table_free(struct table **table)
{
    if (!*table)
        return;
    for (size_t i = 0; i < (*table)->cell_count; i++)
        free((*table)->cells[i]);
    free((*table)->cells);
    free((*table)->widths);
    free(*table);
    *table = NULL;
}

static void add_cell(struct table *table, struct text text)
{
    if (table->cell_count == table->cell_capacity) {
        table->cell_capacity = table->cell_capacity ? 2 * table->cell_capacity : 256;
        table->cells = need(reallocarray(table->cells, table->cell_capacity, sizeof *table->cells));
    }
    char *cell = copy_printable(text);
    size_t width = text_width(text_of(cell));
    size_t column = table->cell_count % table->column_count;
    if (width > table->widths[column])
        table->widths[column] = width;
    table->cells[table->cell_count++] = cell;
}

void table_cell(struct table *table, const char *format, ...)
{
    char cell[CELL_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell, sizeof cell, format, arguments);
    va_end(arguments);
    add_cell(table, text_of(cell));
}

void table_text(struct table *table, struct text text)
{
    add_cell(table, text.data ? text : text_of("-"));
}

void table_number(struct table *table, struct number number)
{
    if (number.is_present)
        table_cell(table, "%" PRId64, number.value);
    else
        add_cell(table, text_of("-"));
}

static void print_cell(const struct table *table, size_t column, const char *cell, FILE *out)
{
    int padding = (int)(table->widths[column] - text_width(text_of(cell)));
    bool is_last = column + 1 == table->column_count;
    if (table->columns[column].is_right)
        fprintf(out, "%*s%s", padding, "", cell);
    else
        fprintf(out, "%s%*s", cell, is_last ? 0 : padding, "");
    if (is_last)
        fputc('\n', out);
    else
        fprintf(out, "%*s", COLUMN_GAP, "");
}

void table_print(const struct table *table, FILE *out)
{
    assert(table->column_count > 0);
    for (size_t column = 0; column < table->column_count; column++)
        print_cell(table, column, table->columns[column].heading, out);
    for (size_t i = 0; i < table->cell_count; i++)
        print_cell(table, i % table->column_count, table->cells[i], out);
}

#include "broker/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "broker/clock.h"
#include "schemas/calendar.h"

enum { LOG_LINE_SIZE_MAX = 1024 };

void log_line(enum log_level level, const char *what, const char *format, ...)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    char moment[32];
    char line[LOG_LINE_SIZE_MAX];
    va_list arguments;

    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0)
        line[0] = '\0';
    /* What came from outside must not forge a second line. */
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = '?';
    fprintf(stderr, "%s %-7s %s%s%s\n", time_show(clock_now(), moment, sizeof moment), names[level], what,
            line[0] != '\0' ? " " : "", line);
}

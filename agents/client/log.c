#include "agents/client/log.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "agents/client/link.h"
#include "schemas/calendar.h"

__attribute__((format(printf, 2, 0))) static void log_line(const char *level, const char *format, va_list arguments)
{
    char sentence[1024];
    char time[32];
    vsnprintf(sentence, sizeof sentence, format, arguments);
    for (char *at = sentence; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    fprintf(stderr, "%s %s %s\n", time_show(clock_now_us(), time, sizeof time), level, sentence);
}

void log_info(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line("info", format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_line("warning", format, arguments);
    va_end(arguments);
}

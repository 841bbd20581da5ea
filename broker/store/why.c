#include "broker/store/why.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "broker/store/store.h"

void why_set(char *why, const char *format, ...)
{
    if (!why)
        return;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(why, STORE_WHY_SIZE, format, arguments);
    va_end(arguments);
    if (size >= STORE_WHY_SIZE)
        memcpy(why + STORE_WHY_SIZE - 4, "...", 4);
}

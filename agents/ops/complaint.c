#include "agents/ops/complaint.h"

#include <stdarg.h>
#include <stdio.h>

#include "agents/client/log.h"

enum { SENTENCE_SIZE_MAX = 2048 };

void complain(const char *format, ...)
{
    char sentence[SENTENCE_SIZE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    for (char *at = sentence; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    fprintf(stderr, "onevisit: %s\n", sentence);
}

/* The client library tells its log that a session stands, or why it does not.
 * That serves a daemon; here the answer itself is the news, and a session that
 * cannot be had is said once, by session.c. So the log of this program is
 * silent: these two stand in for agents/client/log.c, in the same file as
 * complain() so that they are linked before it. */
void log_info(const char *format, ...)
{
    (void)format;
}

void log_warning(const char *format, ...)
{
    (void)format;
}

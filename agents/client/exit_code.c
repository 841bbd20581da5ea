#include "agents/client/exit_code.h"

#include <stdio.h>

enum exit_code exit_code_usual(enum status status)
{
    if (status == STATUS_OK)
        return EXIT_DONE;
    if (status == STATUS_NOT_FOUND || status == STATUS_BAD_BODY)
        return EXIT_NO;
    if (status == STATUS_USAGE || status == STATUS_CONFIG || status == STATUS_IN_USE || status == STATUS_NEWER ||
        status == STATUS_SEALED_OTHERWISE || status == STATUS_NO_KEY)
        return EXIT_USAGE_WRONG;
    return status == STATUS_TIMEOUT || status == STATUS_NO_SESSION ? EXIT_UNREACHABLE : EXIT_DAMAGE;
}

void complain_as(const char *program, enum status status, const char *sentence)
{
    fprintf(stderr, "%s: %s (%s)\n", program, sentence, status_chinese(status));
}

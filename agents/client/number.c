#include "agents/client/number.h"

#include <errno.h>
#include <stdlib.h>

bool number_parse(const char *text, int64_t minimum, int64_t maximum, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < minimum || number > maximum)
        return false;
    *out = number;
    return true;
}

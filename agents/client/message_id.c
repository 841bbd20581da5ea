#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "agents/client/link.h"

int64_t clock_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void link_new_message_id(uint8_t out[16])
{
    uint8_t random[10];
    /* Ten bytes come whole or not at all; without a random source the promise
     * that no two messages share an id cannot be kept. */
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort();
    message_id_make(clock_now_us(), random, out);
}

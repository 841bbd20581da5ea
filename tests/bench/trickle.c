#include "tests/bench/trickle.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TRICKLE_US = 200000 };

void trickle_begin(struct trickle *trickle, const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');
    *trickle = (struct trickle){.port = colon != NULL ? (int)strtol(colon + 1, NULL, 10) : 0};
    for (uint32_t i = 0; i < TRICKLE_COUNT; i++)
        trickle->handles[i] = -1;
}

static void connect_again(struct trickle *trickle, uint32_t index)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)trickle->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int handle = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    trickle->handles[index] = handle;
    trickle->sent[index] = 0;
    if (handle >= 0)
        (void)!connect(handle, (const struct sockaddr *)&address, sizeof address);
}

/* The greeting of ZMTP 3: a signature, then zeroes. */
static void send_byte(struct trickle *trickle, uint32_t index)
{
    const uint32_t place = trickle->sent[index];
    const unsigned char byte = place == 0 ? 0xff : place == 9 ? 0x7f : place == 10 ? 3 : 0;
    if (send(trickle->handles[index], &byte, 1, MSG_NOSIGNAL) == 1) {
        trickle->sent[index]++;
        return;
    }
    trickle->thrown_out++;
    close(trickle->handles[index]);
    trickle->handles[index] = -1;
}

void trickle_turn(struct trickle *trickle, int64_t now_us)
{
    if (now_us < trickle->due_us)
        return;
    trickle->due_us = now_us + TRICKLE_US;
    for (uint32_t i = 0; i < TRICKLE_COUNT; i++) {
        if (trickle->handles[i] < 0)
            connect_again(trickle, i);
        else
            send_byte(trickle, i);
    }
}

void trickle_end(struct trickle *trickle)
{
    for (uint32_t i = 0; i < TRICKLE_COUNT; i++)
        if (trickle->handles[i] >= 0)
            close(trickle->handles[i]);
}

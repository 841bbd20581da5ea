#include <string.h>

#include "tests/bench/bare.h"
#include "tests/bench/crowd.h"

/* The bare loop's dialect: a head and the payload, nothing checked. */

enum { DECISION_SIZE = 300 };

static void send_head(struct crowd *crowd, struct crowd_peer *peer, struct bare_head head, struct bytes payload)
{
    const struct bytes frames[] = {bytes_of(&head, sizeof head), payload};
    crowd_send(crowd, peer, frames, 2);
}

static void greet(struct crowd *crowd, struct crowd_peer *peer)
{
    send_head(crowd, peer, (struct bare_head){.kind = 'H', .from = peer->index}, bytes_of("", 0));
}

static void submit(struct crowd *crowd, uint32_t index)
{
    struct crowd_peer *peer = &crowd->peers[crowd->cases[index].branch];
    send_head(
        crowd, peer,
        (struct bare_head){
            .kind = 'S', .from = peer->index, .to = CROWD_BRANCH_COUNT + crowd->cases[index].window, .index = index},
        crowd->cases[index].application);
}

static void take(struct crowd *crowd, struct crowd_peer *peer, struct wire_frames *frames)
{
    struct bare_head head;
    uint8_t decision[DECISION_SIZE];

    memcpy(&head, wire_frame(frames, 0).data, sizeof head);
    if (head.kind == 'W') {
        peer->is_up = true;
    } else if (head.kind == 'R' && !crowd_is_window(peer)) {
        crowd->cases[head.index].stored_us = clock_now_us();
    } else if (head.kind == 'D') {
        memset(decision, 'x', sizeof decision);
        send_head(crowd, peer,
                  (struct bare_head){.kind = 'A', .from = peer->index, .to = head.from, .index = head.index},
                  bytes_of(decision, sizeof decision));
    } else if (head.kind == 'E') {
        crowd_decided(crowd, head.index);
    }
}

static void rest(struct crowd *crowd)
{
    (void)crowd;
}

static void beat(struct crowd *crowd, struct crowd_peer *peer)
{
    (void)crowd;
    (void)peer;
}

const struct dialect dialect_bare = {"bare loop", greet, submit, take, rest, beat};

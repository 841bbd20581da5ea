#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "broker/auth.h"
#include "broker/clock.h"
#include "broker/peers.h"
#include "broker/zap.h"
#include "tests/shell/house.h"

/* Door, ZAP and sessions over a real CURVE connection on loopback. */

#define BRANCH "B:105451099995"

enum { WAIT_US_MAX = 10000000, PAYLOAD_SIZE = 65536, WAITING_MAX = 16, SEND_COUNT_MAX = 4096 };

struct street {
    void *context;
    struct keeper *keeper;
    struct auth *auth;
    struct zap *zap;
    struct door *door;
    struct peers *peers;
    void *client;
    char server_public[41], server_secret[41];
    char client_public[41], client_secret[41];
};

static void enter_directory(struct street *street, bool is_revoked)
{
    struct effects effects = {NULL, 0, 0};
    struct directory_row row = {.participant = text_of(BRANCH),
                                .key = text_of(street->client_public),
                                .revoked_at = {1, is_revoked},
                                .is_present = true};
    const uint8_t digest[32] = {is_revoked};
    const struct fact_directory fact = {.digest = bytes_of(digest, 32), .rows = {&row, 1, true}, .is_present = true};

    cr_assert_eq(keeper_step_fact(street->keeper, MESSAGE_FACT_DIRECTORY, "", &fact, clock_now(), &effects, why),
                 STATUS_OK, "%s", why);
    cr_assert_eq(keeper_commit(street->keeper, why), STATUS_OK);
    effects_fini(&effects);
}

static void connect_client(struct street *street)
{
    const int none = 0;
    const int few = 1;

    street->client = zmq_socket(street->context, ZMQ_DEALER);
    zmq_setsockopt(street->client, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(street->client, ZMQ_RCVHWM, &few, sizeof few);
    zmq_setsockopt(street->client, ZMQ_CURVE_SERVERKEY, street->server_public, 41);
    zmq_setsockopt(street->client, ZMQ_CURVE_PUBLICKEY, street->client_public, 41);
    zmq_setsockopt(street->client, ZMQ_CURVE_SECRETKEY, street->client_secret, 41);
    cr_assert_eq(zmq_connect(street->client, door_endpoint(street->door)), 0);
}

static void street_open(struct street *street)
{
    memset(street, 0, sizeof *street);
    make_folder();
    street->context = zmq_ctx_new();
    street->keeper = open_keeper(16);
    cr_assert_eq(zmq_curve_keypair(street->server_public, street->server_secret), 0);
    cr_assert_eq(zmq_curve_keypair(street->client_public, street->client_secret), 0);
    cr_assert_eq(auth_new(keeper_core(street->keeper), &street->auth), STATUS_OK);
    cr_assert_eq(zap_open(street->context, street->auth, &street->zap), STATUS_OK);
    cr_assert_eq(door_open(street->context, "tcp://127.0.0.1:*", street->server_secret, &street->door, why), STATUS_OK,
                 "%s", why);
    cr_assert_eq(peers_new(WAITING_MAX, 1 << 30, &street->peers), STATUS_OK);
}

static void street_close(struct street *street)
{
    zmq_close(street->client);
    peers_free(&street->peers);
    door_close(&street->door);
    zap_close(&street->zap);
    auth_free(&street->auth);
    keeper_close(&street->keeper, true);
    zmq_ctx_term(street->context);
    remove_folder();
}

/* Serves ZAP until a message is there or the time is up. */
static bool wait_for_message(struct street *street, struct door_message *out)
{
    const int64_t deadline = clock_now() + WAIT_US_MAX;

    while (clock_now() < deadline) {
        zmq_pollitem_t items[] = {{.socket = door_socket(street->door), .events = ZMQ_POLLIN},
                                  {.socket = zap_socket(street->zap), .events = ZMQ_POLLIN}};
        zmq_poll(items, 2, 100);
        zap_serve(street->zap, clock_now());
        if (door_receive(street->door, out))
            return true;
    }
    return false;
}

static bool wait_for_refusal(struct street *street)
{
    const struct auth_refusal *refusals;
    const int64_t deadline = clock_now() + WAIT_US_MAX;

    while (clock_now() < deadline && auth_refusals(street->auth, &refusals) == 0) {
        zmq_pollitem_t item = {.socket = zap_socket(street->zap), .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, 100);
        zap_serve(street->zap, clock_now());
    }
    return auth_refusals(street->auth, &refusals) > 0;
}

Test(door, lets_a_known_key_in_and_says_whose_message_it_is)
{
    struct street street;
    struct door_message message;
    struct text participant;

    street_open(&street);
    enter_directory(&street, false);
    connect_client(&street);
    zmq_send(street.client, "envelope", 8, ZMQ_SNDMORE);
    zmq_send(street.client, "body", 4, 0);
    cr_assert(wait_for_message(&street, &message));
    cr_assert_eq(message.frame_count, 2);
    cr_assert_str_eq(message.key, street.client_public);
    cr_assert_eq(auth_judge(street.auth, text_of(message.key), &participant), STATUS_OK);
    cr_assert(text_is(participant, BRANCH));
    door_message_fini(&message);
    street_close(&street);
}

Test(door, counts_frames_and_keeps_no_more_than_a_message_may_have)
{
    struct street street;
    struct door_message message;

    street_open(&street);
    enter_directory(&street, false);
    connect_client(&street);
    for (int i = 0; i < 50; i++)
        zmq_send(street.client, "frame", 5, i < 49 ? ZMQ_SNDMORE : 0);
    cr_assert(wait_for_message(&street, &message));
    cr_assert(message.has_too_many);
    cr_assert_eq(message.frame_count, DOOR_FRAME_COUNT_MAX);
    door_message_fini(&message);
    street_close(&street);
}

/* In a process of its own: more than libzmq holds for a peer, and a sudden end. */
static _Noreturn void flood_and_die(const struct street *street)
{
    struct street own = *street;
    const int many = 100000;

    own.context = zmq_ctx_new();
    connect_client(&own);
    zmq_setsockopt(own.client, ZMQ_SNDHWM, &many, sizeof many);
    for (int i = 0; i < 8 * DOOR_RECEIVE_COUNT_MAX; i++)
        zmq_send(own.client, "one of too many", 15, 0);
    (void)zmq_poll(NULL, 0, 500); /* for libzmq to hand the last of it to the system */
    kill(getpid(), SIGKILL);
    _exit(1);
}

/* libzmq's own timers fire within. Handshakes go on, messages are left where they are. */
static void be_busy_elsewhere(struct street *street, int64_t us)
{
    const int64_t end_us = clock_now() + us;

    while (clock_now() < end_us) {
        zmq_pollitem_t item = {.socket = zap_socket(street->zap), .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, 10);
        zap_serve(street->zap, clock_now());
    }
}

/* libzmq 4.3.4 ends the process when it comes to say a heartbeat on a connection that broke while it was full. */
Test(door, lives_on_when_a_peer_dies_that_sent_more_than_is_read)
{
    struct street street;
    struct door_message message;
    int result = 0;

    street_open(&street);
    enter_directory(&street, false);
    const pid_t flooder = fork();
    if (flooder == 0)
        flood_and_die(&street);
    while (waitpid(flooder, &result, WNOHANG) == 0)
        be_busy_elsewhere(&street, 10000);
    be_busy_elsewhere(&street, 2500000);
    while (door_receive(street.door, &message))
        door_message_fini(&message);
    connect_client(&street);
    zmq_send(street.client, "hello", 5, 0);
    cr_assert(wait_for_message(&street, &message), "and others come through");
    door_message_fini(&message);
    street_close(&street);
}

static void expect_refusal(bool is_known, enum status expected)
{
    struct street street;
    struct door_message message;
    const struct auth_refusal *refusals;

    street_open(&street);
    if (is_known)
        enter_directory(&street, true);
    connect_client(&street);
    zmq_send(street.client, "let me in", 9, ZMQ_DONTWAIT);
    cr_assert(wait_for_refusal(&street), "a shut door is remembered");
    cr_assert_eq(auth_refusals(street.auth, &refusals), 1);
    cr_assert_eq(refusals[0].status, expected);
    cr_assert_str_eq(refusals[0].key, street.client_public);
    cr_assert_not(door_receive(street.door, &message), "and nothing came through it");
    street_close(&street);
}

Test(auth, refuses_a_key_nobody_knows)
{
    expect_refusal(false, STATUS_UNKNOWN_KEY);
}

Test(auth, refuses_a_revoked_key_and_says_whose_it_was)
{
    expect_refusal(true, STATUS_REVOKED_KEY);
}

/* Sends until something is dropped; the count that was. */
static uint32_t send_until_dropped(struct street *street, struct peer *peer)
{
    static uint8_t payload[PAYLOAD_SIZE];
    const struct door_outgoing message = {.frames = {bytes_of("e", 1), bytes_of(payload, sizeof payload)},
                                          .frame_count = 2};
    uint32_t count = 0;

    while (peer->dropped_count == 0 && count < SEND_COUNT_MAX) {
        peers_send(street->peers, street->door, peer, &message);
        count++;
    }
    return count;
}

static uint32_t read_all(struct street *street, uint32_t expected)
{
    static uint8_t payload[PAYLOAD_SIZE];
    const int64_t deadline = clock_now() + WAIT_US_MAX;
    uint32_t frames = 0;

    while (frames < expected * 2 && clock_now() < deadline) {
        zmq_pollitem_t item = {.socket = street->client, .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, 10);
        while (zmq_recv(street->client, payload, sizeof payload, ZMQ_DONTWAIT) >= 0)
            frames++;
        peers_flush(street->peers, street->door);
    }
    return frames / 2;
}

Test(peers, queue_for_a_slow_reader_up_to_a_limit_then_drop_and_go_on_in_order)
{
    struct street street;
    struct door_message message;

    street_open(&street);
    enter_directory(&street, false);
    connect_client(&street);
    zmq_send(street.client, "hello", 5, 0);
    cr_assert(wait_for_message(&street, &message));
    struct peer *peer = peers_open(street.peers, text_of(BRANCH), &message, text_of("test"), clock_now());
    door_message_fini(&message);

    const uint32_t sent = send_until_dropped(&street, peer);
    cr_assert_lt(sent, SEND_COUNT_MAX, "somewhere it is full");
    cr_assert_eq(peer->waiting_count, WAITING_MAX);
    cr_assert_eq(peer->dropped_count, 1);
    cr_assert_eq(read_all(&street, sent - 1), sent - 1, "all but the dropped one arrive");
    cr_assert_eq(peer->waiting_count, 0);
    street_close(&street);
}

Test(peers, a_new_hello_takes_the_place_of_the_old_session)
{
    struct street street;
    struct door_message first = {.route = {{1}, 1}, .key = "one"};
    struct door_message second = {.route = {{2}, 1}, .key = "two"};

    street_open(&street);
    connect_client(&street);
    peers_open(street.peers, text_of(BRANCH), &first, text_of("a"), 1);
    struct peer *peer = peers_open(street.peers, text_of(BRANCH), &second, text_of("b"), 2);
    cr_assert_eq(peers_count(street.peers), 1);
    cr_assert_eq(peer->route.id[0], 2);
    peers_shut(street.peers, text_of(BRANCH));
    cr_assert_null(peers_find(street.peers, text_of(BRANCH)));
    street_close(&street);
}

Test(peers, notice_that_a_connection_is_gone)
{
    struct street street;
    struct door_message nobody = {.route = {{0, 9, 9, 9, 9}, 5}};
    const struct door_outgoing message = {.frames = {bytes_of("e", 1)}, .frame_count = 1};

    street_open(&street);
    connect_client(&street);
    struct peer *peer = peers_open(street.peers, text_of(BRANCH), &nobody, text_of("a"), 1);
    cr_assert_null(peers_gone(street.peers));
    peers_send(street.peers, street.door, peer, &message);
    cr_assert_eq(peers_gone(street.peers), peer);
    street_close(&street);
}

Test(peers, who_comes_again_finds_its_allowance_as_it_left_it)
{
    const struct allowance_limits limits = {.rate = 1, .burst = 3};
    const struct door_message hello = {.route = {{1}, 1}, .key = "one"};
    struct peers *peers;

    cr_assert_eq(peers_new(WAITING_MAX, 1 << 20, &peers), STATUS_OK);
    struct peer *peer = peers_open(peers, text_of(BRANCH), &hello, text_of("test"), 1);
    for (int i = 0; i < 3; i++)
        cr_assert(allowance_take(peer->allowance, &limits, 1));
    peers_shut(peers, text_of(BRANCH));
    peer = peers_open(peers, text_of(BRANCH), &hello, text_of("test"), 2);
    cr_expect_not(allowance_take(peer->allowance, &limits, 2), "the same bucket");
    peer = peers_open(peers, text_of("B:105452099997"), &hello, text_of("test"), 2);
    cr_expect(allowance_take(peer->allowance, &limits, 2), "each its own");
    peers_free(&peers);
}

Test(peers, a_walk_in_pieces_meets_everybody_who_stays_and_nobody_who_went)
{
    static const char *const names[] = {"B:105451099995", "B:105452099997", "W:370102", "W:370103"};
    const struct door_message hello = {.route = {{1}, 1}, .key = "one"};
    struct peers *peers;

    cr_assert_eq(peers_new(WAITING_MAX, 1 << 20, &peers), STATUS_OK);
    for (int i = 0; i < 4; i++)
        peers_open(peers, text_of(names[i]), &hello, text_of("test"), 1);
    peers_walk(peers);
    const struct peer *first = peers_walk_next(peers);
    peers_shut(peers, text_of(first->next->participant));
    int count = 1;
    for (const struct peer *peer; (peer = peers_walk_next(peers)) != NULL; count++)
        cr_expect(peers_find(peers, text_of(peer->participant)) == peer);
    cr_expect_eq(count, 3);
    cr_expect_null(peers_walk_next(peers));
    peers_free(&peers);
}

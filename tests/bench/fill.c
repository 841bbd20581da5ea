#include "tests/bench/fill.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/keep/keeper.h"
#include "broker/server.h"
#include "tests/bench/applications.h"

enum { FILL_BATCH = 1024, ENVELOPE_ROOM = 512 };

struct fill {
    struct keeper *keeper;
    struct applications *applications;
    struct crowd *crowd;
    struct effects effects;
    int64_t now_us;
    char why[KEEPER_WHY_SIZE];
};

static void give_up(const struct fill *fill, const char *what)
{
    fprintf(stderr, "bench: fill: %s: %s\n", what, fill->why);
    _exit(1);
}

static void open_keeper(struct fill *fill, const char *folder)
{
    struct settings settings;
    settings_init(&settings);
    snprintf(settings.data, sizeof settings.data, "%s", folder);
    settings.is_test = true;
    const struct keeper_settings keeper_settings = server_keeper_settings(&settings);
    if (keeper_open(&keeper_settings, &fill->keeper, fill->why) != STATUS_OK)
        give_up(fill, "open");
}

static void come(struct fill *fill, const char *branch)
{
    struct text version = text_of("1");
    const struct hello hello = {.software = text_of("bench"),
                                .versions = {&version, 1, true},
                                .event_number = number_of(0),
                                .is_test = number_of(1),
                                .is_present = true};
    struct event event = {.type = EVENT_SESSION_UP,
                          .time_us = fill->now_us,
                          .participant = text_of(branch),
                          .message = MESSAGE_HELLO,
                          .body = &hello};
    struct step step;
    if (keeper_step(fill->keeper, &event, NULL, &fill->effects, &step, fill->why) != STATUS_OK)
        give_up(fill, "session");
}

static void submit(struct fill *fill, uint32_t index)
{
    uint8_t id[16], random[10] = {0}, bytes[ENVELOPE_ROOM];
    size_t size = 0;
    struct crowd_case one = {.branch = index % CROWD_BRANCH_COUNT, .window = index % CROWD_WINDOW_COUNT};
    struct case_submit body;
    struct problems problems = {.count = 0};
    const struct text branch = text_of(fill->crowd->peers[one.branch].keys.participant);

    memcpy(random + 6, &index, sizeof index);
    message_id_make(fill->now_us, random, id);
    arena_reset(&fill->crowd->arena);
    if (!applications_make(fill->applications, index, &one) ||
        record_decode(&record_case_submit, one.application, &fill->crowd->arena, &body, &problems) != STATUS_OK)
        give_up(fill, "an application");
    const struct envelope envelope = {.version = number_of(PROTOCOL_VERSION),
                                      .message_id = bytes_of(id, sizeof id),
                                      .type = text_of("CASE_SUBMIT"),
                                      .source = branch,
                                      .destination = text_of("K"),
                                      .sent_at = number_of(fill->now_us),
                                      .digest = bytes_of(one.digest, SM3_SIZE),
                                      .is_present = true};
    struct event event = {.type = EVENT_MESSAGE,
                          .time_us = fill->now_us,
                          .participant = branch,
                          .message = MESSAGE_CASE_SUBMIT,
                          .envelope = &envelope,
                          .body = &body};
    struct step step;
    memcpy(event.digest, one.digest, SM3_SIZE);
    if (record_encode(&record_envelope, &envelope, bytes, sizeof bytes, &size) != STATUS_OK)
        give_up(fill, "an envelope");
    const struct keeper_bytes message = {.envelope = bytes_of(bytes, size), .body = one.application};
    if (keeper_step(fill->keeper, &event, &message, &fill->effects, &step, fill->why) != STATUS_OK ||
        step.verdict != VERDICT_STORE)
        give_up(fill, "a case was not taken");
    free((void *)(uintptr_t)one.application.data);
}

static void settle(struct fill *fill)
{
    if (keeper_commit(fill->keeper, fill->why) != STATUS_OK ||
        keeper_checkpoint(fill->keeper, false, fill->why) != STATUS_OK)
        give_up(fill, "a write");
    fill->effects.count = 0;
}

/* Goes on behind what the folder has. */
static _Noreturn void fill_and_die(const char *folder, struct crowd *crowd, uint32_t case_count)
{
    struct fill fill = {.crowd = crowd};
    uint32_t since_batch = 0;
    if (!applications_new(crowd->digest, &fill.applications))
        give_up(&fill, "the template of an application");
    open_keeper(&fill, folder);
    for (uint32_t i = core_open_count(keeper_core(fill.keeper)); i < case_count; i++) {
        fill.now_us = clock_now_us();
        if (since_batch++ % FILL_BATCH == 0) {
            settle(&fill);
            for (uint32_t branch = 0; branch < CROWD_BRANCH_COUNT; branch++)
                come(&fill, crowd->peers[branch].keys.participant);
        }
        submit(&fill, i);
    }
    settle(&fill);
    if (journal_write_head(keeper_journal(fill.keeper), fill.why) != STATUS_OK)
        give_up(&fill, "HEAD");
    kill(getpid(), SIGKILL);
    _exit(1);
}

bool fill_folder(const char *folder, struct crowd *crowd, uint32_t case_count)
{
    int result = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0)
        fill_and_die(folder, crowd, case_count);
    return child > 0 && waitpid(child, &result, 0) == child && WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL;
}

#include "tests/sim/ruling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sim/business.h"
#include "tests/sim/world.h"

enum { ANSWER_US = 6000000, PATH_SIZE = 1024 };

static const char ASKED_FOR[] = "JHZM";

/* One window's rules: as the file says, and as the journal has them. */
struct window_ruling {
    uint64_t version; /* the highest one written */
    int64_t in_force;
    bool needs_more;
};

struct ruling {
    struct window_ruling windows[WINDOW_COUNT_MAX];
    uint64_t changes; /* of all files */
    uint64_t asked_changes;
    uint64_t loaded_changes; /* an operator was told that these were read */
    uint8_t asked[16];
    int64_t next_us;
};

void ruling_open(void)
{
    world->ruling = calloc(1, sizeof *world->ruling);
    if (world->ruling == NULL)
        abort();
}

void ruling_close(void)
{
    free(world->ruling);
    world->ruling = NULL;
}

/* ---- files ---- */

static void path_of(const char *folder, uint32_t window, char *out, size_t size)
{
    snprintf(out, size, "%s/%.6s.rules", folder, window_name(window) + 2);
}

static void remove_files(const char *folder)
{
    char path[PATH_SIZE];

    for (uint32_t i = 0; i < WINDOW_COUNT_MAX; i++) {
        path_of(folder, i, path, sizeof path);
        unlink(path);
    }
}

bool ruling_make_folder(const char *folder)
{
    struct stat found;

    remove_files(folder);
    return stat(folder, &found) == 0 || mkdir(folder, S_IRWXU) == 0;
}

void ruling_remove_folder(const char *folder)
{
    remove_files(folder);
    rmdir(folder);
}

enum fault { FAULT_NONE, FAULT_VERSION, FAULT_FORM };

static bool write_file(uint32_t window, enum fault fault)
{
    const struct window_ruling *ruling = &world->ruling->windows[window];
    const bool needs_more = random_once_in(&world->random, 2);
    char path[PATH_SIZE];

    path_of(world->settings.rules, window, path, sizeof path);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fprintf(file, "window = \"%s\";\nversion = %llu;\nnote = \"%llu\";\n", window_name(window),
            (unsigned long long)ruling->version, (unsigned long long)world->ruling->changes);
    fprintf(file, "supplement_rounds = %u;\n", 1 + random_below(&world->random, 3));
    if (needs_more)
        fprintf(file, "materials = ( { kind = \"*\"; codes = [\"%s\"]; } );\n", ASKED_FOR);
    if (fault == FAULT_FORM)
        fprintf(file, "materials = (\n");
    world_say("%s: rules %llu%s%s", window_name(window), (unsigned long long)ruling->version,
              needs_more ? ", with one more material" : "", fault != FAULT_NONE ? ", a file to be refused" : "");
    return fclose(file) == 0;
}

void ruling_trouble(void)
{
    struct ruling *ruling = world->ruling;
    const uint32_t window = random_below(&world->random, world->options.window_count);
    const enum fault fault =
        random_once_in(&world->random, 4) ? FAULT_VERSION + random_below(&world->random, 2) : FAULT_NONE;

    ruling->changes++;
    if (fault != FAULT_VERSION || ruling->windows[window].version == 0)
        ruling->windows[window].version++;
    if (!write_file(window, fault))
        abort();
    if (random_once_in(&world->random, 2))
        world->has_hangup = true;
    for (uint32_t i = 0; i < world->peer_count; i++)
        if (world->peers[i].role == ROLE_OPERATOR)
            peer_wake_at(&world->peers[i], world->now_us);
}

/* ---- applications under them ---- */

struct material_list ruling_materials(const struct material_list *materials)
{
    static struct material items[MATERIAL_COUNT_MAX];
    const uint32_t count = materials->count < MATERIAL_COUNT_MAX - 1 ? materials->count : MATERIAL_COUNT_MAX - 1;

    memcpy(items, materials->items, count * sizeof items[0]);
    items[count] = (struct material){
        .code = text_of(ASKED_FOR), .pages = number_of(1), .sm3 = materials->items[0].sm3, .is_present = true};
    return (struct material_list){items, count + 1, true};
}

bool ruling_may_refuse(const struct filed *filed)
{
    return world_has(FEATURE_RULES) && filed != NULL && !filed->has_more;
}

void ruling_seen(struct told_case *told, struct number version)
{
    if (told->is_ruling_seen && told->ruling_seen != version.value)
        oracle_fails(&world->oracle, told->id, "P8: %s stands under rules %lld, and stood under %lld", told->id,
                     (long long)version.value, (long long)told->ruling_seen);
    told->is_ruling_seen = true;
    told->ruling_seen = version.value;
}

/* ---- as a business: an operator has the files read ---- */

static bool is_loader(const struct peer *peer)
{
    return peer->role == ROLE_OPERATOR && peer->has_session && world->ruling->changes > world->ruling->loaded_changes;
}

static void wakes(struct peer *peer)
{
    struct ruling *ruling = world->ruling;
    const struct ops_rules_load ask = {.reason = text_of("sim"), .is_present = true};

    if (!is_loader(peer) || world->now_us < ruling->next_us)
        return;
    peer_tell(peer, MESSAGE_OPS_RULES_LOAD, text_of(NULL), NULL, &ask);
    memcpy(ruling->asked, peer->told, sizeof ruling->asked);
    ruling->asked_changes = ruling->changes;
    ruling->next_us = world->now_us + ANSWER_US;
}

static int64_t next_us(const struct peer *peer)
{
    return is_loader(peer) ? world->ruling->next_us : INT64_MAX;
}

static void dies(struct peer *peer)
{
    (void)peer; /* who asked asks again */
}

static void takes(struct peer *peer, const struct envelope *envelope, const struct parcel *parcel)
{
    struct ruling *ruling = world->ruling;

    (void)peer;
    (void)parcel;
    if (text_is(envelope->type, "RULES_LIST") && envelope->answers.size == 16 &&
        memcmp(envelope->answers.data, ruling->asked, 16) == 0)
        ruling->loaded_changes = ruling->asked_changes;
}

static bool keeps(struct peer *peer, struct owed *owed, const struct receipt *receipt)
{
    (void)peer;
    (void)owed;
    (void)receipt;
    return false;
}

/* ---- at rest ---- */

static bool asks_for_more(const struct window_rules *rules)
{
    for (uint32_t i = 0; i < rules->materials.count; i++)
        if (rules->materials.items[i].codes.count > 0)
            return true;
    return false;
}

static void take_rules(struct bytes body, uint64_t sequence)
{
    struct fact_rules fact;
    struct problems problems = {.count = 0};

    arena_reset(peer_arena());
    if (record_decode(&record_fact_rules, body, peer_arena(), &fact, &problems) != STATUS_OK)
        return;
    for (uint32_t i = 0; i < WINDOW_COUNT_MAX; i++) {
        struct window_ruling *window = &world->ruling->windows[i];
        if (!text_is(fact.rules.window, window_name(i)))
            continue;
        if (fact.rules.version.value <= window->in_force)
            oracle_fails(&world->oracle, "", "P8: rules %lld of %s take the place of rules %lld (record %llu)",
                         (long long)fact.rules.version.value, window_name(i), (long long)window->in_force,
                         (unsigned long long)sequence);
        window->in_force = fact.rules.version.value;
        window->needs_more = asks_for_more(&fact.rules);
    }
}

static const struct told_case *told_of(const struct filed *filed)
{
    for (uint32_t i = 0; i < world->oracle.case_count; i++)
        if (world->oracle.in_order[i]->filed == filed)
            return world->oracle.in_order[i];
    return NULL;
}

static void judge_application(const struct filed *filed, uint64_t sequence)
{
    const struct window_ruling *window = &world->ruling->windows[filed->window];
    const struct told_case *told = told_of(filed);

    if (window->needs_more && !filed->has_more)
        oracle_fails(&world->oracle, "", "P6: record %llu lacks what rules %lld of %s ask for",
                     (unsigned long long)sequence, (long long)window->in_force, window_name(filed->window));
    if (told != NULL && told->is_ruling_seen && told->ruling_seen != window->in_force)
        oracle_fails(&world->oracle, told->id, "P8: %s is shown under rules %lld, and was stored under %lld", told->id,
                     (long long)told->ruling_seen, (long long)window->in_force);
}

void ruling_judge_record(const struct keeper_origin *origin)
{
    const uint64_t sequence = origin->entry.sequence;

    if (!world_has(FEATURE_RULES))
        return;
    if (text_is(origin->envelope.type, "CASE_SUBMIT")) {
        const struct filed *filed = table_find(&world->oracle.filed, origin->envelope.message_id);
        if (filed != NULL)
            judge_application(filed, sequence);
    }
    if (text_is(origin->envelope.type, "FACT_RULES"))
        take_rules(origin->entry.body, sequence);
}

const struct business ruling_business = {wakes, next_us, dies, takes, keeps};

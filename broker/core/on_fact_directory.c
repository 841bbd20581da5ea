#include "broker/core/directory.h"
#include "broker/core/handler.h"

void on_fact_directory(struct turn *turn)
{
    const struct fact_directory *loaded = turn->event->body;
    struct core *core = turn->core;
    directory_replace(core, &loaded->rows);
    memcpy(core->directory_digest, loaded->digest.data, DIGEST_SIZE);
    core->meta.directory_digest = bytes_of(core->directory_digest, DIGEST_SIZE);
    core->meta.directory_sequence = number_of((int64_t)turn->event->sequence);
}

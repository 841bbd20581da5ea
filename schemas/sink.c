#include "schemas/sink.h"

static int sink_write(void *data, const char *bytes, size_t size)
{
    struct sink *sink = data;
    if (sink->is_full || size > sink->capacity - sink->used) {
        sink->is_full = true;
        return -1;
    }
    if (size > 0)
        memcpy(sink->buffer + sink->used, bytes, size);
    sink->used += size;
    return 0;
}

void sink_packer(struct sink *sink, msgpack_packer *out)
{
    msgpack_packer_init(out, sink, sink_write);
}

void pack_text(msgpack_packer *packer, struct text text)
{
    msgpack_pack_str(packer, text.size);
    msgpack_pack_str_body(packer, text.data, text.size);
}

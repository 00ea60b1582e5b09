#include "server_time.h"

#include "json_text.h"

#define NS_PER_MS INT64_C(1000000)

bool server_time_read(const char *body, size_t size, int64_t *out_ns)
{
    enum reason reason;
    struct err err;
    json_t *root;
    if (!json_text_load(&root, body, size, &(struct json_fault){&reason, &err})) {
        return false;
    }
    const json_t *time = json_object_get(root, "serverTime");
    const int64_t time_ms = json_is_integer(time) ? (int64_t)json_integer_value(time) : 0;
    const bool told = time_ms > 0 && time_ms <= INT64_MAX / NS_PER_MS;
    json_decref(root);
    if (told) {
        *out_ns = time_ms * NS_PER_MS;
    }
    return told;
}

#include "target.h"

#include <string.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"

enum { PORT_WS = 80, PORT_WSS = 443 };

/* A part of it on our heap; "" when there is none. */
static char *part_of(CURLU *parts, CURLUPart which)
{
    char *part = NULL;
    const bool there = curl_url_get(parts, which, &part, 0) == CURLUE_OK;
    char *copy = mem_copy_string(there ? part : "");
    curl_free(part);
    return copy;
}

static char *joined(const char *first, const char *between, const char *second)
{
    struct text text = text_growing();
    text_addf(&text, "%s%s%s", first, between, second);
    char *copy = mem_copy_string(text_string(&text));
    text_finish(&text);
    return copy;
}

static char *without_brackets(const char *host)
{
    char *plain = mem_copy_string(host[0] == '[' ? host + 1 : host);
    plain[strcspn(plain, "]")] = '\0';
    return plain;
}

static void take_parts(struct target *target, CURLU *parts)
{
    char *host = part_of(parts, CURLUPART_HOST);
    char *path = part_of(parts, CURLUPART_PATH);
    char *query = part_of(parts, CURLUPART_QUERY);
    char *port = part_of(parts, CURLUPART_PORT);
    int64_t number = target->tls ? PORT_WSS : PORT_WS;
    const bool readable = port[0] == '\0' || num_parse_int64(port, strlen(port), &number);
    target->port = readable && number > 0 && number <= UINT16_MAX ? (int32_t)number : 0;
    target->host = without_brackets(host);
    target->label = joined(host, port[0] != '\0' ? ":" : "", port);
    target->path = joined(path, query[0] != '\0' ? "?" : "", query);
    mem_free(host);
    mem_free(path);
    mem_free(query);
    mem_free(port);
}

bool target_parse(struct target *out, const char *url, struct err *err)
{
    const bool tls = strncmp(url, "wss://", 6) == 0;
    CURLU *parts = curl_url();
    const bool good =
        parts != NULL && (tls || strncmp(url, "ws://", 5) == 0) &&
        curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
    struct target target = {.tls = tls};
    if (good) {
        take_parts(&target, parts);
    }
    curl_url_cleanup(parts);
    if (!good || target.port == 0 || target.host[0] == '\0') {
        target_finish(&target);
        return err_set(err, ERR_INPUT, "'%s' is not a ws:// or wss:// address", url);
    }
    *out = target;
    return true;
}

void target_finish(struct target *target)
{
    mem_free(target->host);
    mem_free(target->label);
    mem_free(target->path);
    *target = (struct target){.tls = false};
}

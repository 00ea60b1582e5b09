#include "doctor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/num.h"
#include "base/text.h"
#include "io/http.h"
#include "io/loop.h"
#include "io/net.h"

/* The venues, as far as a look from outside tells: names, certificates, clocks, limits. All are
 * asked at once, so that it takes no longer than the slowest. */

enum { TIMEOUT_MS = 4000, ANSWER_SIZE_MAX = 1 << 20, URL_SIZE = 512 };

struct look {
    struct loop *loop;
    const struct config *config;
    struct finding *findings;
    int waiting;
};

/* One address, and what to make of its answer. */
struct call {
    struct look *look;
    struct finding *out;
    char url[URL_SIZE], shown[URL_SIZE]; /* asked for, and as the config says it */
    bool is_socket; /* any answer will do: its handshake is not ours to make here */
    int64_t sent_wall_ns;
};

static const char *advice_for(enum net_fault fault)
{
    switch (fault) {
    case NET_DNS:
        return "is this machine online? look at its resolver (/etc/resolv.conf)";
    case NET_CONNECT:
    case NET_RESET:
        return "a firewall may be in the way; a proxy is named by https_proxy";
    case NET_TLS:
        return "install ca-certificates, set the clock, or name the authority in live.ca_file";
    case NET_PROXY:
        return "the proxy of https_proxy refuses; no_proxy goes around it";
    case NET_TIMEOUT:
    case NET_SLOW:
    case NET_SILENT:
        return "the way there is slow or blocked; a session tries again for ever";
    default:
        return "see the venue's status page";
    }
}

/* The variable that names a proxy, which requests obey and sockets pass by; NULL: none does. */
static const char *proxy_passed_by(const struct call *call)
{
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; call->is_socket && i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return names[i];
        }
    }
    return NULL;
}

static const char *advice_for_status(int32_t status)
{
    return status == 418 || status == 429 ? "asked too often from this address: wait"
           : status == 403 || status == 451
               ? "the venue does not serve this address; some regions are barred"
               : "see the venue's status page";
}

/* The number behind "name": in a JSON object of numbers. */
static bool find_number(const char *body, const char *name, int64_t *out)
{
    const char *at = strstr(body, name);
    at = at == NULL ? NULL : strchr(at, ':');
    if (at == NULL) {
        return false;
    }
    at += 1 + strspn(at + 1, " ");
    return num_parse_int64(at, strspn(at, "0123456789"), out);
}

/* What the answer tells of the venue's clock and limits, behind what is there already. */
static void add_clock(const struct call *call, const struct http_answer *answer,
                      struct text *text, bool *skewed)
{
    int64_t server_ms = 0;
    if (!find_number(answer->body, "\"serverTime\"", &server_ms)) {
        return;
    }
    const int64_t way_ns = answer->done_mono_ns - answer->sent_mono_ns;
    const int64_t ours_ms = (call->sent_wall_ns + way_ns / 2) / CLOCK_NS_PER_MS;
    const int64_t offset_ms = server_ms - ours_ms;
    *skewed = (double)llabs(offset_ms) > call->look->config->live.clock_skew_ms;
    text_addf(text, ", its clock %+" PRId64 " ms from ours", offset_ms);
}

static void add_limits(const struct http_answer *answer, struct text *text)
{
    const char *weight = http_header(answer, "x-mbx-used-weight-1m");
    const char *left = http_header(answer, "remaining-req");
    if (weight != NULL) {
        text_addf(text, ", request weight %.12s used this minute", weight);
    }
    if (left != NULL) {
        text_addf(text, ", requests left: %.60s", left);
    }
}

static void take_answer(struct call *call, const struct http_answer *answer)
{
    char buffer[sizeof call->out->text];
    struct text text = text_fixed(buffer, sizeof buffer);
    bool skewed = false;
    const char *proxy = proxy_passed_by(call);
    if (answer->fault != NET_NONE) {
        finding_set(call->out, FINDING_FAIL,
                    proxy == NULL
                        ? advice_for(answer->fault)
                        : "sockets go straight: let this machine through to that address",
                    "%s: %s: %s%s%s", call->shown, net_fault_name(answer->fault), answer->text,
                    proxy != NULL ? ", past the proxy of " : "", proxy != NULL ? proxy : "");
        return;
    }
    const bool fine = call->is_socket ? answer->status < 500 : answer->status == 200;
    const int64_t way_ms = (answer->done_mono_ns - answer->sent_mono_ns) / CLOCK_NS_PER_MS;
    text_addf(&text, "%s answers in %" PRId64 " ms", call->shown, way_ms);
    if (proxy != NULL) {
        text_addf(&text, ", past the proxy of %s", proxy);
    }
    if (!fine) {
        finding_set(call->out, FINDING_FAIL, advice_for_status(answer->status),
                    "%s with status %" PRId32, text_string(&text), answer->status);
        return;
    }
    add_clock(call, answer, &text, &skewed);
    add_limits(answer, &text);
    finding_set(call->out, skewed ? FINDING_WARN : FINDING_OK,
                skewed ? "keep the clock in time: run chrony or systemd-timesyncd" : "", "%s",
                text_string(&text));
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct call *call = context;
    take_answer(call, answer);
    if (--call->look->waiting == 0) {
        loop_stop(call->look->loop, 0);
    }
}

/* wss:// is asked as https://, which needs the same name, connection and certificate. */
static void make_url(struct call *call, const char *base, const char *path)
{
    const char *rest = strstr(base, "://");
    const bool tls = strncmp(base, "wss:", 4) == 0 || strncmp(base, "https:", 6) == 0;
    text_cut(call->shown, sizeof call->shown, "%s%s", base, path);
    if (rest == NULL) {
        text_cut(call->url, sizeof call->url, "%s", base);
        return;
    }
    text_cut(call->url, sizeof call->url, "%s%s%s", tls ? "https" : "http", rest, path);
}

static void ask(struct http *http, struct call *call)
{
    const struct http_request request = {
        .method = "GET",
        .url = call->url,
        .timeout_ms = TIMEOUT_MS,
        .size_max = ANSWER_SIZE_MAX,
        .straight = call->is_socket,
    };
    call->sent_wall_ns = clock_wall_ns();
    if (http_send(http, &request, on_answer, call) != 0) {
        call->look->waiting++;
    } else {
        finding_set(call->out, FINDING_FAIL, "see live.* in the config", "%s: no address",
                    call->shown);
    }
}

void doctor_look_live(const struct config *config, struct finding out[DOCTOR_LIVE_FINDINGS])
{
    const struct {
        const char *name, *base, *path;
        bool is_socket;
    } rows[] = {
        {"upbit", config->live.upbit_rest_url, "/v1/ticker?markets=KRW-BTC", false},
        {"upbit ws", config->live.upbit_socket_url, "", true},
        {"binance", config->live.binance_rest_url, "/fapi/v1/time", false},
        {"binance ws", config->live.binance_public_url, "", true},
        {"binance mark", config->live.binance_market_url, "", true},
    };
    _Static_assert(sizeof rows / sizeof rows[0] == DOCTOR_LIVE_FINDINGS, "a finding for each");
    struct call calls[DOCTOR_LIVE_FINDINGS];
    struct look look = {.loop = loop_create(), .config = config, .findings = out};
    struct http *http = NULL;
    struct err err = {0};
    const struct http_options options = {
        .ca_file = config->live.ca_file[0] != '\0' ? config->live.ca_file : NULL,
        .user_agent = "arblite",
        .requests_max = DOCTOR_LIVE_FINDINGS,
    };
    const bool opened = http_create(&http, look.loop, &options, &err);
    for (int i = 0; i < DOCTOR_LIVE_FINDINGS; i++) {
        out[i] = (struct finding){.name = rows[i].name};
        calls[i] = (struct call){.look = &look, .out = &out[i], .is_socket = rows[i].is_socket};
        make_url(&calls[i], rows[i].base, rows[i].path);
        if (opened) {
            ask(http, &calls[i]);
        } else {
            finding_set(&out[i], FINDING_FAIL, "see live.ca_file", "%s", err.text);
        }
    }
    if (look.waiting > 0) {
        (void)loop_run(look.loop);
    }
    http_destroy(http);
    loop_destroy(look.loop);
}

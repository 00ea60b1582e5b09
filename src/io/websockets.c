#include "websockets.h"

#include <assert.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/safe.h"
#include "channel.h"

enum {
    RECEIVE_SIZE = 64 * 1024, /* read at once */
    DESCRIPTORS_MAX = 256,    /* of one context */
    LWS_TIMEOUT_S = 120,      /* beyond every deadline of ours, which say what was waited for */
    LAST_TURNS_MAX = 1000,
};

static void log_line(int level, const char *line)
{
    char text[400];
    const size_t length = strcspn(line, "\n");
    log_debug("io", "libwebsockets: %s", safe_text(text, sizeof(text), line, length));
}

static void on_timer(void *context, int64_t now_ns);

/* Waits for what libuv waits for. */
static void arm(struct websockets *all)
{
    loop_remove_timer(all->loop, all->timer);
    all->timer = 0;
    uv_update_time(&all->uv);
    const int timeout_ms = all->stirred ? 0 : uv_backend_timeout(&all->uv);
    if (timeout_ms >= 0) {
        const int64_t due_ns = clock_monotonic_ns() + (int64_t)timeout_ms * CLOCK_NS_PER_MS;
        all->timer = loop_add_timer(all->loop, due_ns, on_timer, all);
    }
}

static void take_turn(struct websockets *all)
{
    all->stirred = false;
    uv_run(&all->uv, UV_RUN_NOWAIT);
    /* After each read libwebsockets wants another turn at once: not worth a wait of our own. */
    if (!all->stirred && uv_backend_timeout(&all->uv) == 0) {
        uv_run(&all->uv, UV_RUN_NOWAIT);
    }
    arm(all);
}

static void on_timer(void *context, int64_t now_ns)
{
    struct websockets *all = context;
    all->timer = 0;
    take_turn(all);
}

static void on_ready(void *context, int fd, short revents)
{
    take_turn(context);
}

void websockets_stir(struct websockets *all)
{
    if (!all->stirred) {
        all->stirred = true;
        /* It looks at its own timers only when something happens. */
        lws_cancel_service(all->lws);
        arm(all);
    }
}

static struct lws_context *create_context(struct websockets *all, const char *ca_file)
{
    static const struct lws_protocols PROTOCOLS[] = {
        {CHANNEL_PROTOCOL, channel_callback, 0, RECEIVE_SIZE, 0, NULL, 0},
        {NULL, NULL, 0, 0, 0, NULL, 0},
    };
    void *loops[] = {&all->uv};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .protocols = PROTOCOLS,
        .foreign_loops = loops,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
        .pt_serv_buf_size = RECEIVE_SIZE,
        .fd_limit_per_thread = DESCRIPTORS_MAX,
        .timeout_secs = LWS_TIMEOUT_S,
        .connect_timeout_secs = LWS_TIMEOUT_S,
        /* TLS 1.2 at least, whatever the system's OpenSSL is set to. */
        .ssl_client_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1,
        /* It would take http_proxy for everything, no_proxy unheeded. */
        .http_proxy_address = "",
    };
    if (ca_file != NULL) {
        info.options |= LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
        info.client_ssl_ca_filepath = ca_file;
    }
    return lws_create_context(&info);
}

bool websockets_create(struct websockets **out, struct loop *loop, const char *ca_file,
                       struct err *err)
{
    if (ca_file != NULL && access(ca_file, R_OK) != 0) {
        return err_set(err, ERR_INPUT, "cannot read the certificates of '%s'", ca_file);
    }
    struct websockets *all = mem_zalloc(sizeof(*all));
    all->loop = loop;
    lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
    if (uv_loop_init(&all->uv) != 0) {
        mem_free(all);
        return err_set(err, ERR_IO, "cannot start libuv");
    }
    all->lws = create_context(all, ca_file);
    if (all->lws == NULL) {
        uv_loop_close(&all->uv);
        mem_free(all);
        return err_set(err, ERR_IO, "cannot start libwebsockets (is its libuv plugin there?)");
    }
    loop_add_fd(loop, uv_backend_fd(&all->uv), POLLIN, on_ready, all);
    websockets_stir(all);
    *out = all;
    return true;
}

/* libuv closes handles a turn later than it is asked to. */
static void take_last_turns(struct websockets *all)
{
    for (int i = 0; i < LAST_TURNS_MAX && uv_run(&all->uv, UV_RUN_NOWAIT) != 0; i++) {
    }
}

void websockets_destroy(struct websockets *all)
{
    if (all == NULL) {
        return;
    }
    assert(all->lines == 0);
    loop_remove_fd(all->loop, uv_backend_fd(&all->uv));
    lws_context_destroy(all->lws);
    take_last_turns(all);
    /* With a loop that is not its own it wants to be told that the handles are closed. By then
     * libwebsockets 4.1.6 has closed the descriptor of its event twice: at the first call, and
     * in the turns behind it with the handle. Nothing of this thread opens one in between. */
    lws_context_destroy(all->lws);
    take_last_turns(all);
    assert(all->channels == 0);
    const int closed = uv_loop_close(&all->uv);
    assert(closed == 0);
    loop_remove_timer(all->loop, all->timer);
    mem_free(all);
}

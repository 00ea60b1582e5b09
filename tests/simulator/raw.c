#include "support/check.h"

#include "raw.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

struct raw *raw_connect(uint16_t port)
{
    struct raw *raw = calloc(1, sizeof(*raw));
    const int on = 1;
    raw->fd = connect_to(port);
    assert_true(raw->fd >= 0);
    /* What is sent first is there first, also before what another client sends. */
    setsockopt(raw->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return raw;
}

bool raw_knock(uint16_t port)
{
    const int fd = connect_to(port);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

void raw_close(struct raw *raw)
{
    close(raw->fd);
    free(raw);
}

void raw_send(struct raw *raw, const void *bytes, size_t size)
{
    const char *next = bytes;
    while (size > 0) {
        const ssize_t sent = send(raw->fd, next, size, MSG_NOSIGNAL);
        if (sent < 0) {
            raw->send_failed = true; /* it takes the error from the reading side */
            return;
        }
        next += sent;
        size -= (size_t)sent;
    }
}

void raw_say(struct raw *raw, const char *text)
{
    raw_send(raw, text, strlen(text));
}

void raw_hold(struct raw *raw, bool on)
{
    const int value = on;
    setsockopt(raw->fd, IPPROTO_TCP, TCP_CORK, &value, sizeof(value));
}

/* One read; false: nothing came until then. */
static bool read_some(struct raw *raw, int64_t until_ns)
{
    struct pollfd poll_fd = {.fd = raw->fd, .events = POLLIN};
    const int64_t wait_ns = until_ns - clock_monotonic_ns();
    const int64_t wait_ms = wait_ns > 0 ? wait_ns / CLOCK_NS_PER_MS + 1 : 0;
    if (poll(&poll_fd, 1, (int)wait_ms) <= 0) {
        return false;
    }
    assert_true(raw->size < RAW_SIZE);
    const ssize_t got = recv(raw->fd, raw->bytes + raw->size, RAW_SIZE - raw->size, 0);
    if (got > 0) {
        raw->size += (size_t)got;
        raw->bytes[raw->size] = '\0';
    } else {
        raw->state = got == 0 && !raw->send_failed ? RAW_ENDED : RAW_RESET;
    }
    return true;
}

static int64_t deadline(void)
{
    return clock_monotonic_ns() + RAW_MS * (int64_t)CLOCK_NS_PER_MS;
}

static void give_up(const struct raw *raw, const char *wanted)
{
    print_error("no %s; state %d, so far %zu: %.200s\n", wanted, (int)raw->state, raw->size,
                raw->bytes);
    fail();
}

void raw_take(struct raw *raw, size_t size)
{
    const int64_t until_ns = deadline();
    while (raw->size < size) {
        if (raw->state != RAW_OPEN || !read_some(raw, until_ns)) {
            give_up(raw, "such many bytes");
        }
    }
}

void raw_until(struct raw *raw, const char *text)
{
    const int64_t until_ns = deadline();
    while (memmem(raw->bytes, raw->size, text, strlen(text)) == NULL) {
        if (raw->state != RAW_OPEN || !read_some(raw, until_ns)) {
            give_up(raw, text);
        }
    }
}

void raw_to_end(struct raw *raw)
{
    const int64_t until_ns = deadline();
    while (raw->state == RAW_OPEN) {
        if (!read_some(raw, until_ns)) {
            give_up(raw, "end");
        }
    }
}

void raw_quiet(struct raw *raw, int64_t for_ms)
{
    const size_t before = raw->size;
    if (read_some(raw, clock_monotonic_ns() + for_ms * CLOCK_NS_PER_MS)) {
        print_error("%zu bytes came, state %d: %.200s\n", raw->size - before, (int)raw->state,
                    raw->bytes + before);
        fail();
    }
}

void raw_skip(struct raw *raw, size_t size)
{
    const int64_t until_ns = deadline();
    while (size > 0) {
        const size_t some = size < raw->size ? size : raw->size;
        raw_forget(raw, some);
        size -= some;
        if (size > 0 && (raw->state != RAW_OPEN || !read_some(raw, until_ns))) {
            give_up(raw, "such many bytes");
        }
    }
}

void raw_forget(struct raw *raw, size_t size)
{
    assert_true(size <= raw->size);
    raw->size -= size;
    memmove(raw->bytes, raw->bytes + size, raw->size + 1);
}

void raw_upgrade(struct raw *raw, const char *path)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "GET %s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
             path);
    raw_say(raw, text);
    /* The key and its answer are the example of RFC 6455 1.3. */
    raw_until(raw, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    raw_forget(raw, (size_t)(strstr(raw->bytes, "\r\n\r\n") + 4 - raw->bytes));
}

void raw_frame(struct raw *raw, int first, const void *bytes, size_t size)
{
    static const unsigned char MASK[4] = {0x12, 0x34, 0x56, 0x78};
    unsigned char *frame = malloc(size + 14);
    size_t at = 0;
    const int more = size > 65535 ? 8 : size > 125 ? 2 : 0;
    frame[at++] = (unsigned char)first;
    frame[at++] = (unsigned char)(0x80 | (more == 8 ? 127 : more == 2 ? 126 : (int)size));
    for (int i = more - 1; i >= 0; i--) {
        frame[at++] = (unsigned char)(size >> 8 * i);
    }
    memcpy(frame + at, MASK, sizeof(MASK));
    at += sizeof(MASK);
    for (size_t i = 0; i < size; i++) {
        frame[at++] = ((const unsigned char *)bytes)[i] ^ MASK[i % 4];
    }
    raw_send(raw, frame, at);
    free(frame);
}

void raw_text(struct raw *raw, const char *text)
{
    raw_frame(raw, 0x81, text, strlen(text));
}

void raw_expect(struct raw *raw, int first, const char *text)
{
    const size_t size = strlen(text);
    assert_true(size <= 125);
    raw_take(raw, 2 + size);
    assert_int_equal((unsigned char)raw->bytes[0], first);
    assert_int_equal((unsigned char)raw->bytes[1], size);
    assert_memory_equal(raw->bytes + 2, text, size);
    raw_forget(raw, 2 + size);
}

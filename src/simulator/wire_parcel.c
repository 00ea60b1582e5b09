#include "wire_parcel.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"

enum { KEY_TEXT_SIZE = 32 };

static const char *reason_of(int32_t status)
{
    static const struct {
        int32_t status;
        const char *text;
    } REASONS[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {417, "Expectation Failed"},
        {418, "I'm a teapot"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++) {
        if (REASONS[i].status == status) {
            return REASONS[i].text;
        }
    }
    return "Unknown";
}

static void fill_randomly(unsigned char *bytes, size_t size, int64_t seed)
{
    struct rng rng;
    rng_seed(&rng, (uint64_t)seed, rng_salt("simulator/garbage"));
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (unsigned char)rng_next(&rng);
    }
}

/* The length that is announced for a payload. */
static uint64_t announced(size_t size, const struct wire_fault *fault)
{
    if (fault->kind == WIRE_FAULT_OVERSIZE || fault->kind == WIRE_FAULT_LENGTH) {
        const int64_t length = (int64_t)size + fault->amount;
        return length > 0 ? (uint64_t)length : 0;
    }
    return size;
}

/* Everything a fault does to a parcel as a whole. */
static void set_course(struct wire_parcel *parcel, const struct wire_fault *fault,
                       int64_t now_ns)
{
    parcel->fault = *fault;
    switch (fault->kind) {
    case WIRE_FAULT_DELAY:
        parcel->due_ns = now_ns + fault->amount * CLOCK_NS_PER_MS;
        break;
    case WIRE_FAULT_DRIP:
        parcel->rate = fault->amount;
        break;
    case WIRE_FAULT_OVERSIZE:
        parcel->blanks = fault->amount;
        break;
    case WIRE_FAULT_DUPLICATE:
        parcel->passes = 1 + (int32_t)fault->amount;
        break;
    case WIRE_FAULT_HOLD:
        parcel->hold = (int32_t)fault->amount;
        break;
    case WIRE_FAULT_TRUNCATE:
    case WIRE_FAULT_CUT:
    case WIRE_FAULT_CUT_UNHEARD:
        parcel->end = WIRE_END_CUT;
        break;
    case WIRE_FAULT_STALL:
        parcel->end = WIRE_END_SILENCE;
        break;
    case WIRE_FAULT_SILENCE:
        parcel->end = WIRE_END_SILENCE;
        parcel->silence_ms = fault->amount;
        break;
    default:
        break;
    }
}

/* Nothing of it goes out. */
static bool is_mute(const struct wire_fault *fault)
{
    return fault->kind == WIRE_FAULT_CUT || fault->kind == WIRE_FAULT_CUT_UNHEARD ||
           fault->kind == WIRE_FAULT_SILENCE;
}

/* A parcel of head and payload as the fault wants them. */
static struct wire_parcel *assemble(enum wire_parcel_kind kind, const void *head,
                                    size_t head_size, const void *payload, size_t size,
                                    const struct wire_fault *fault, int64_t now_ns)
{
    if (is_mute(fault)) {
        head_size = size = 0;
    }
    const bool ends_early =
        fault->kind == WIRE_FAULT_TRUNCATE || fault->kind == WIRE_FAULT_STALL;
    if (ends_early && (uint64_t)fault->amount < size) {
        size = (size_t)fault->amount;
    }
    struct wire_parcel *parcel = wire_parcel_create(kind, head_size + size);
    unsigned char *bytes = parcel->bytes;
    if (head_size > 0) {
        memcpy(bytes, head, head_size);
    }
    if (size > 0) {
        memcpy(bytes + head_size, payload, size);
    }
    if (fault->kind == WIRE_FAULT_BAD_HEADER) {
        fill_randomly(bytes, head_size, fault->amount);
        bytes[0] |= 0xf0; /* neither a letter nor a frame without extensions */
    } else if (fault->kind == WIRE_FAULT_GARBAGE) {
        fill_randomly(bytes + head_size, size, fault->amount);
    }
    set_course(parcel, fault, now_ns);
    return parcel;
}

/* The payload in pieces of `fault->amount` bytes, each behind a head of its own. */
static void add_chunks(struct text *out, const char *bytes, size_t size, int64_t piece)
{
    for (size_t at = 0; at < size;) {
        const size_t count = (uint64_t)piece < size - at ? (size_t)piece : size - at;
        text_addf(out, "%zx\r\n", count);
        text_add_bytes(out, bytes + at, count);
        text_add(out, "\r\n");
        at += count;
    }
    text_add(out, "0\r\n\r\n");
}

static void add_fragments(struct text *out, enum wire_opcode opcode, const char *bytes,
                          size_t size, int64_t piece)
{
    size_t at = 0;
    do {
        unsigned char head[WIRE_FRAME_HEAD_MAX];
        const size_t count = (uint64_t)piece < size - at ? (size_t)piece : size - at;
        const size_t head_size =
            wire_frames_head(head, at == 0 ? opcode : WIRE_OP_MORE, at + count == size, count);
        text_add_bytes(out, (const char *)head, head_size);
        text_add_bytes(out, bytes + at, count);
        at += count;
    } while (at < size);
}

struct wire_parcel *wire_parcel_answer(const struct wire_answer *answer, bool close,
                                       const struct wire_fault *fault, int64_t now_ns)
{
    assert(answer->status >= 200 && answer->status <= 599);
    assert(answer->status != 204 || answer->body_size == 0);
    const bool chunked = fault->kind == WIRE_FAULT_FRAGMENT;
    struct text head = text_growing();
    struct text chunks = text_growing();
    text_addf(&head, "HTTP/1.1 %d %s\r\n", (int)answer->status, reason_of(answer->status));
    for (int32_t i = 0; i < answer->headers_count; i++) {
        assert(strpbrk(answer->headers[i], "\r\n") == NULL);
        text_addf(&head, "%s\r\n", answer->headers[i]);
    }
    text_add(&head, close ? "Connection: close\r\n" : "");
    if (chunked) {
        text_add(&head, "Transfer-Encoding: chunked\r\n");
        add_chunks(&chunks, answer->body, answer->body_size, fault->amount);
    } else if (answer->status != 204) {
        text_addf(&head, "Content-Length: %llu\r\n",
                  (unsigned long long)announced(answer->body_size, fault));
    }
    text_add(&head, "\r\n");
    struct wire_parcel *parcel = assemble(
        WIRE_PARCEL_ANSWER, head.data, head.length, chunked ? chunks.data : answer->body,
        chunked ? chunks.length : answer->body_size, fault, now_ns);
    if (parcel->end == WIRE_END_NONE && close) {
        parcel->end = WIRE_END_CLOSE;
    }
    text_finish(&head);
    text_finish(&chunks);
    return parcel;
}

/* What proves that the handshake was understood, RFC 6455 4.2.2. */
static void accept_key(const char *key, char out[KEY_TEXT_SIZE])
{
    char joined[128];
    unsigned char digest[SHA_DIGEST_LENGTH];
    snprintf(joined, sizeof(joined), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    const int hashed = EVP_Digest(joined, strlen(joined), digest, NULL, EVP_sha1(), NULL);
    assert(hashed == 1);
    EVP_EncodeBlock((unsigned char *)out, digest, SHA_DIGEST_LENGTH);
}

struct wire_parcel *wire_parcel_handshake(const char *key, const struct wire_fault *fault,
                                          int64_t now_ns)
{
    char accept[KEY_TEXT_SIZE];
    char text[256];
    accept_key(key, accept);
    if (fault->kind == WIRE_FAULT_BAD_ACCEPT) {
        accept[0] = accept[0] == 'A' ? 'B' : 'A';
    }
    snprintf(text, sizeof(text),
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
             accept);
    return assemble(WIRE_PARCEL_ANSWER, "", 0, text, strlen(text), fault, now_ns);
}

struct wire_parcel *wire_parcel_message(const char *bytes, size_t size, bool binary,
                                        const struct wire_fault *fault, int64_t now_ns)
{
    const enum wire_opcode opcode = binary ? WIRE_OP_BINARY : WIRE_OP_TEXT;
    unsigned char head[WIRE_FRAME_HEAD_MAX];
    if (fault->kind == WIRE_FAULT_CLOSE) {
        struct wire_parcel *parcel = wire_parcel_close((int32_t)fault->amount, "");
        parcel->fault = *fault;
        return parcel;
    }
    if (fault->kind == WIRE_FAULT_FRAGMENT) {
        struct text fragments = text_growing();
        add_fragments(&fragments, opcode, bytes, size, fault->amount);
        struct wire_parcel *parcel = assemble(WIRE_PARCEL_MESSAGE, "", 0, fragments.data,
                                              fragments.length, fault, now_ns);
        text_finish(&fragments);
        return parcel;
    }
    const size_t head_size = wire_frames_head(head, opcode, true, announced(size, fault));
    return assemble(WIRE_PARCEL_MESSAGE, head, head_size, bytes, size, fault, now_ns);
}

struct wire_parcel *wire_parcel_control(enum wire_opcode opcode, const void *bytes, size_t size)
{
    unsigned char head[WIRE_FRAME_HEAD_MAX];
    assert(size <= WIRE_CONTROL_MAX);
    const size_t head_size = wire_frames_head(head, opcode, true, size);
    return assemble(WIRE_PARCEL_CONTROL, head, head_size, bytes, size, &WIRE_NO_FAULT, 0);
}

struct wire_parcel *wire_parcel_close(int32_t code, const char *text)
{
    unsigned char body[WIRE_CONTROL_MAX];
    const size_t size = code == WIRE_CODE_NONE ? 0 : wire_frames_farewell(body, code, text);
    struct wire_parcel *parcel = wire_parcel_control(WIRE_OP_CLOSE, body, size);
    parcel->end = WIRE_END_CLOSE;
    return parcel;
}

struct wire_parcel *wire_parcel_continue(void)
{
    static const char TEXT[] = "HTTP/1.1 100 Continue\r\n\r\n";
    return assemble(WIRE_PARCEL_CONTROL, TEXT, sizeof(TEXT) - 1, "", 0, &WIRE_NO_FAULT, 0);
}

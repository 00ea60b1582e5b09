#include "run/wire.h"

#include <assert.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "view/snapshot.h"

enum { INBOX_STEP = 4096 };

static const char MAGIC[8] = "arblite";

/* A page or snapshot must fit a frame. */
_Static_assert(sizeof(struct snapshot) <= WIRE_TO_CONSOLE_MAX, "snapshots fit a frame");
_Static_assert(sizeof(struct page) <= WIRE_TO_CONSOLE_MAX, "pages fit a frame");
_Static_assert(sizeof(struct wire_command) <= WIRE_TO_HOST_MAX, "commands fit a frame");

static const unsigned char *find_note(const unsigned char *at, size_t size, size_t *length)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        memcpy(&head, at, sizeof(head));
        const size_t name_size = ((size_t)head.n_namesz + 3) & ~(size_t)3;
        const size_t body_size = ((size_t)head.n_descsz + 3) & ~(size_t)3;
        const size_t whole = sizeof(head) + name_size + body_size;
        if (whole > size) {
            return NULL;
        }
        if (head.n_type == NT_GNU_BUILD_ID && head.n_namesz == 4 &&
            memcmp(at + sizeof(head), "GNU", 4) == 0) {
            *length = head.n_descsz;
            return at + sizeof(head) + name_size;
        }
        at += whole;
        size -= whole;
    }
    return NULL;
}

/* The first object listed is the program itself; its notes are mapped with it. */
static int read_build_id(struct dl_phdr_info *info, size_t size, void *context)
{
    char *text = context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *head = &info->dlpi_phdr[i];
        size_t length = 0;
        const unsigned char *id = NULL;
        if (head->p_type == PT_NOTE) {
            id = find_note((const unsigned char *)(info->dlpi_addr + head->p_vaddr),
                           head->p_memsz, &length);
        }
        for (size_t at = 0; id != NULL && at < length && 2 * at + 2 < WIRE_BUILD_SIZE; at++) {
            snprintf(text + 2 * at, 3, "%02x", id[at]);
        }
    }
    return 1;
}

void wire_hello_make(struct wire_hello *hello, enum wire_manner manner)
{
    *hello = (struct wire_hello){
        .version = WIRE_VERSION,
        .manner = manner,
        .snapshot_size = sizeof(struct snapshot),
        .page_size = sizeof(struct page),
        .command_size = sizeof(struct wire_command),
        .result_size = sizeof(struct wire_result),
    };
    memcpy(hello->magic, MAGIC, sizeof(hello->magic));
    dl_iterate_phdr(read_build_id, hello->build);
}

bool wire_hello_check(const struct wire_hello *ours, const void *body, size_t size,
                      struct wire_hello *theirs, struct err *err)
{
    struct wire_hello got;
    if (size < sizeof(got)) {
        return err_set(err, ERR_REFUSED, "this is no console of arblite");
    }
    memcpy(&got, body, sizeof(got));
    got.build[WIRE_BUILD_SIZE - 1] = '\0';
    if (memcmp(got.magic, MAGIC, sizeof(MAGIC)) != 0) {
        return err_set(err, ERR_REFUSED, "this is no console of arblite");
    }
    if (size != sizeof(got) || got.version != ours->version ||
        got.snapshot_size != ours->snapshot_size || got.page_size != ours->page_size ||
        got.command_size != ours->command_size || got.result_size != ours->result_size ||
        strcmp(got.build, ours->build) != 0) {
        return err_set(err, ERR_REFUSED,
                       "the session runs " WIRE_OTHER_BUILD " than this one (%.8s, not "
                       "%.8s): use the one that started it, or end the session and start it "
                       "again",
                       ours->build, got.build);
    }
    *theirs = got;
    return true;
}

void wire_inbox_init(struct wire_inbox *inbox, size_t limit)
{
    *inbox = (struct wire_inbox){.limit = limit};
}

void wire_inbox_finish(struct wire_inbox *inbox)
{
    mem_free(inbox->bytes);
    *inbox = (struct wire_inbox){0};
}

/* The head at `start`, when it is there whole. */
static bool read_head(const struct wire_inbox *inbox, uint32_t *size, uint32_t *kind)
{
    if (inbox->used - inbox->start < WIRE_HEAD_SIZE) {
        return false;
    }
    memcpy(size, inbox->bytes + inbox->start, sizeof(*size));
    memcpy(kind, inbox->bytes + inbox->start + sizeof(*size), sizeof(*kind));
    return true;
}

unsigned char *wire_inbox_room(struct wire_inbox *inbox, size_t *room)
{
    uint32_t size = 0;
    uint32_t kind = 0;
    size_t wanted = INBOX_STEP;
    if (inbox->start > 0) {
        inbox->used -= inbox->start;
        memmove(inbox->bytes, inbox->bytes + inbox->start, inbox->used);
        inbox->start = 0;
    }
    /* A frame under way gets the room it announced, within what is accepted at all. */
    if (read_head(inbox, &size, &kind) && size <= inbox->limit) {
        wanted = WIRE_HEAD_SIZE + size > wanted ? WIRE_HEAD_SIZE + size : wanted;
    }
    if (inbox->used >= wanted) {
        wanted = inbox->used + INBOX_STEP;
    }
    if (wanted > inbox->capacity) {
        inbox->bytes = mem_grow(inbox->bytes, wanted, 1);
        inbox->capacity = wanted;
    }
    *room = inbox->capacity - inbox->used;
    return inbox->bytes + inbox->used;
}

void wire_inbox_add(struct wire_inbox *inbox, size_t count)
{
    assert(count <= inbox->capacity - inbox->used);
    inbox->used += count;
}

static enum wire_flow stopped_by(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK ? WIRE_IDLE : WIRE_GONE;
}

enum wire_flow wire_inbox_receive(struct wire_inbox *inbox, int fd)
{
    size_t room;
    ssize_t count;
    unsigned char *at = wire_inbox_room(inbox, &room);
    do {
        count = recv(fd, at, room, MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return stopped_by(errno);
    }
    if (count == 0) {
        errno = ECONNRESET;
        return WIRE_GONE;
    }
    wire_inbox_add(inbox, (size_t)count);
    return WIRE_MOVED;
}

enum wire_result_kind wire_inbox_next(struct wire_inbox *inbox, struct wire_frame *out)
{
    uint32_t size;
    uint32_t kind;
    if (!read_head(inbox, &size, &kind)) {
        return WIRE_MORE;
    }
    if (size > inbox->limit || kind < WIRE_HELLO || kind > WIRE_KIND_LAST) {
        return WIRE_BROKEN;
    }
    if (inbox->used - inbox->start - WIRE_HEAD_SIZE < size) {
        return WIRE_MORE;
    }
    *out = (struct wire_frame){
        .kind = (enum wire_kind)kind,
        .size = size,
        .body = inbox->bytes + inbox->start + WIRE_HEAD_SIZE,
    };
    inbox->start += WIRE_HEAD_SIZE + size;
    return WIRE_FRAME;
}

void wire_outbox_finish(struct wire_outbox *outbox)
{
    mem_free(outbox->bytes);
    *outbox = (struct wire_outbox){0};
}

void wire_outbox_put(struct wire_outbox *outbox, enum wire_kind kind, const void *body,
                     size_t size)
{
    const uint32_t head[2] = {(uint32_t)size, kind};
    assert(size <= WIRE_TO_CONSOLE_MAX);
    if (outbox->start > 0) {
        outbox->used -= outbox->start;
        memmove(outbox->bytes, outbox->bytes + outbox->start, outbox->used);
        outbox->start = 0;
    }
    const size_t wanted = outbox->used + WIRE_HEAD_SIZE + size;
    if (wanted > outbox->capacity) {
        outbox->bytes = mem_grow(outbox->bytes, wanted, 1);
        outbox->capacity = wanted;
    }
    memcpy(outbox->bytes + outbox->used, head, sizeof(head));
    if (size > 0) {
        memcpy(outbox->bytes + outbox->used + sizeof(head), body, size);
    }
    outbox->used = wanted;
}

size_t wire_outbox_pending(const struct wire_outbox *outbox)
{
    return outbox->used - outbox->start;
}

enum wire_flow wire_outbox_send(struct wire_outbox *outbox, int fd)
{
    while (outbox->start < outbox->used) {
        const ssize_t sent = send(fd, outbox->bytes + outbox->start,
                                  outbox->used - outbox->start, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            outbox->start += (size_t)sent;
        } else if (errno != EINTR) {
            return stopped_by(errno);
        }
    }
    return WIRE_MOVED;
}

static size_t page_size(enum page_kind kind, uint32_t count)
{
    static const size_t rows[] = {
        [PAGE_TRADES] = sizeof(struct page_trade),
        [PAGE_ALERTS] = sizeof(struct snapshot_alert),
        [PAGE_DECISIONS] = sizeof(struct page_decision),
        [PAGE_AUDIT] = sizeof(struct page_audit),
    };
    assert(kind < sizeof(rows) / sizeof(rows[0]) && count <= PAGE_ROWS_MAX);
    return offsetof(struct page, trades) + count * rows[kind];
}

size_t wire_page_size(const struct page *page)
{
    return page_size(page->query.kind, page->count);
}

bool wire_page_take(const struct wire_frame *frame, struct page *out)
{
    struct page_query query;
    uint32_t count;
    if (frame->size < offsetof(struct page, trades)) {
        return false;
    }
    memcpy(&query, frame->body + offsetof(struct page, query), sizeof(query));
    memcpy(&count, frame->body + offsetof(struct page, count), sizeof(count));
    if (query.kind > PAGE_AUDIT || count > PAGE_ROWS_MAX ||
        frame->size != page_size(query.kind, count)) {
        return false;
    }
    memset(out, 0, sizeof(*out));
    memcpy(out, frame->body, frame->size);
    return true;
}

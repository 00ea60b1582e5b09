#include <assert.h>
#include <string.h>

#include "wire_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { BODY_MAX = 1000 };

static void check_text(const char *text)
{
    for (; *text != '\0'; text++) {
        assert((*text >= ' ' && *text < 0x7f) || *text == '\t');
    }
}

/* What was taken keeps its word: nothing in it could surprise whoever prints or compares it. */
static void check_head(const struct wire_head *head)
{
    char value[64];
    const struct wire_request *request = &head->request;
    assert(request->path[0] == '/' && strpbrk(request->path, " ?") == NULL);
    assert(strspn(request->method, "GETPOSUDL") == strlen(request->method));
    assert(head->body_size <= BODY_MAX);
    assert(request->upgrade == (head->key != NULL));
    assert(wire_header(request, "host") != NULL);
    check_text(request->path);
    check_text(request->query);
    for (int32_t i = 0; i < head->fields.count; i++) {
        check_text(head->fields.field[i].name);
        check_text(head->fields.field[i].value);
    }
    if (wire_form(request->query, "a", value, sizeof(value))) {
        assert(strlen(value) < sizeof(value));
    }
}

/* In pieces of a length the first byte gives: the end is found where it is found at once, and a
 * head is taken or refused with a status. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const size_t piece = length > 0 ? bytes[0] + (size_t)1 : 1;
    const char *text = (const char *)bytes + (length > 0);
    const size_t size = length - (length > 0);
    struct wire_scan whole = {0};
    struct wire_scan scan = {0};
    const enum wire_scan_result want = wire_scan_head(&whole, text, size);
    enum wire_scan_result got = WIRE_SCAN_MORE;
    for (size_t have = 0; have < size && got == WIRE_SCAN_MORE;) {
        have = piece < size - have ? have + piece : size;
        got = wire_scan_head(&scan, text, have);
    }
    assert(got == want && scan.seen == whole.seen && scan.seen <= size);
    struct wire_head head;
    int32_t status = 0;
    if (got == WIRE_SCAN_WHOLE && wire_head_parse(&head, text, scan.seen, BODY_MAX, &status)) {
        check_head(&head);
        wire_head_finish(&head);
        assert(status == 0);
    } else {
        assert(got != WIRE_SCAN_WHOLE || (status >= 400 && status <= 505));
    }
    return 0;
}

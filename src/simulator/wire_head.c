#include "wire_head.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/num.h"

enum {
    STATUS_BAD = 400,
    STATUS_METHOD = 405,
    STATUS_BODY = 413,
    STATUS_EXPECTATION = 417,
    STATUS_VERSION_OF_SOCKET = 426,
    STATUS_FIELDS = 431,
    STATUS_CODING = 501,
    STATUS_VERSION = 505,
    KEY_LENGTH = 24,
};

static bool is_line_end(const char *last)
{
    return last[2] == '\r' && last[3] == '\n';
}

enum wire_scan_result wire_scan_head(struct wire_scan *scan, const char *bytes, size_t size)
{
    while (scan->seen < size) {
        const char c = bytes[scan->seen++];
        const bool after_return = scan->last[3] == '\r';
        memmove(scan->last, scan->last + 1, 3);
        scan->last[3] = c;
        const bool visible = (c >= ' ' && c < 0x7f) || c == '\t' || c == '\r';
        if (after_return != (c == '\n') || (c != '\n' && !visible)) {
            return WIRE_SCAN_RUBBISH;
        }
        if (is_line_end(scan->last) && scan->seen == 2) {
            return WIRE_SCAN_RUBBISH;
        }
        if (memcmp(scan->last, "\r\n\r\n", 4) == 0) {
            return WIRE_SCAN_WHOLE;
        }
    }
    return WIRE_SCAN_MORE;
}

/* A token of RFC 9110: method or name of a header. */
static bool is_token(const char *text)
{
    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        const bool plain = (*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'z') ||
                           (*text >= 'A' && *text <= 'Z');
        if (!plain && strchr("!#$%&'*+-.^_`|~", *text) == NULL) {
            return false;
        }
    }
    return true;
}

/* Ends the text at the separator and returns what is behind it; NULL: there is none. */
static char *split(char *text, const char *separator)
{
    char *at = strstr(text, separator);
    if (at == NULL) {
        return NULL;
    }
    *at = '\0';
    return at + strlen(separator);
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
        length--;
    }
    text[length] = '\0';
    return text;
}

const char *wire_header(const struct wire_request *request, const char *name)
{
    for (int32_t i = 0; i < request->fields->count; i++) {
        if (strcasecmp(request->fields->field[i].name, name) == 0) {
            return request->fields->field[i].value;
        }
    }
    return NULL;
}

/* Is the word one of a list with commas, in any case? NULL: of none. */
static bool lists(const char *value, const char *word)
{
    const size_t length = strlen(word);
    while (value != NULL) {
        value += strspn(value, " \t,");
        const size_t rest = strcspn(value, " \t,");
        if (rest == 0) {
            return false;
        }
        if (rest == length && strncasecmp(value, word, length) == 0) {
            return true;
        }
        value += rest;
    }
    return false;
}

static int count_of(const struct wire_fields *fields, const char *name)
{
    int count = 0;
    for (int32_t i = 0; i < fields->count; i++) {
        count += strcasecmp(fields->field[i].name, name) == 0;
    }
    return count;
}

static int32_t parse_first_line(struct wire_head *head, char *line)
{
    static const char *const METHODS[] = {"GET", "POST", "PUT", "DELETE"};
    char *target = split(line, " ");
    char *version = target != NULL ? split(target, " ") : NULL;
    if (version == NULL || !is_token(line) || target[0] != '/' ||
        strpbrk(target, " \t#") != NULL || strncmp(version, "HTTP/", 5) != 0) {
        return STATUS_BAD;
    }
    if (strcmp(version, "HTTP/1.1") != 0) {
        return STATUS_VERSION;
    }
    char *query = split(target, "?");
    head->request.path = target;
    head->request.query = query != NULL ? query : "";
    for (size_t i = 0; i < sizeof(METHODS) / sizeof(METHODS[0]); i++) {
        if (strcmp(line, METHODS[i]) == 0) {
            head->request.method = line;
            return 0;
        }
    }
    return STATUS_METHOD;
}

static int32_t parse_field(struct wire_fields *fields, char *line)
{
    char *value = split(line, ":");
    if (value == NULL || !is_token(line)) { /* a folded line begins with a blank: no token */
        return STATUS_BAD;
    }
    if (fields->count == WIRE_FIELDS_MAX) {
        return STATUS_FIELDS;
    }
    fields->field[fields->count].name = line;
    fields->field[fields->count++].value = trim(value);
    return 0;
}

/* How long the body is; two opinions on that are one too many. */
static int32_t parse_length(struct wire_head *head, size_t body_max)
{
    const char *length = wire_header(&head->request, "Content-Length");
    uint64_t size = 0;
    if (wire_header(&head->request, "Transfer-Encoding") != NULL) {
        return STATUS_CODING;
    }
    if (length == NULL) {
        return 0;
    }
    if (count_of(&head->fields, "Content-Length") > 1 || length[0] == '\0' ||
        strspn(length, "0123456789") != strlen(length)) {
        return STATUS_BAD;
    }
    if (!num_parse_uint64(length, strlen(length), &size) || size > body_max) {
        return STATUS_BODY;
    }
    head->body_size = (size_t)size;
    return 0;
}

/* 16 bytes in base64. */
static bool is_key(const char *key)
{
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789+/";
    return key != NULL && strlen(key) == KEY_LENGTH && strspn(key, DIGITS) == KEY_LENGTH - 2 &&
           strcmp(key + KEY_LENGTH - 2, "==") == 0;
}

static int32_t parse_handshake(struct wire_head *head)
{
    struct wire_request *request = &head->request;
    if (!lists(wire_header(request, "Upgrade"), "websocket") ||
        !lists(wire_header(request, "Connection"), "upgrade")) {
        return 0; /* an ordinary request: what it offers need not be taken */
    }
    const char *version = wire_header(request, "Sec-WebSocket-Version");
    const char *key = wire_header(request, "Sec-WebSocket-Key");
    if (strcmp(request->method, "GET") != 0 || head->body_size > 0 || !is_key(key) ||
        count_of(&head->fields, "Sec-WebSocket-Key") > 1) {
        return STATUS_BAD;
    }
    if (version == NULL || strcmp(version, "13") != 0) {
        return STATUS_VERSION_OF_SOCKET;
    }
    request->upgrade = true;
    head->key = key;
    return 0;
}

static int32_t parse_meaning(struct wire_head *head, size_t body_max)
{
    if (count_of(&head->fields, "Host") != 1) {
        return STATUS_BAD;
    }
    const char *expectation = wire_header(&head->request, "Expect");
    if (expectation != NULL && strcasecmp(expectation, "100-continue") != 0) {
        return STATUS_EXPECTATION;
    }
    head->expects = expectation != NULL;
    head->close = lists(wire_header(&head->request, "Connection"), "close");
    const int32_t status = parse_length(head, body_max);
    return status != 0 ? status : parse_handshake(head);
}

static int32_t parse(struct wire_head *head, size_t body_max)
{
    char *line = head->text;
    char *rest = split(line, "\r\n");
    int32_t status = parse_first_line(head, line);
    while (status == 0 && *rest != '\0') {
        line = rest;
        rest = split(line, "\r\n");
        if (*line != '\0') {
            status = parse_field(&head->fields, line);
        }
    }
    return status != 0 ? status : parse_meaning(head, body_max);
}

bool wire_head_parse(struct wire_head *head, const char *bytes, size_t size, size_t body_max,
                     int32_t *status)
{
    *head = (struct wire_head){.text = mem_zalloc(size + 1)};
    memcpy(head->text, bytes, size);
    head->request.fields = &head->fields;
    head->request.body = "";
    *status = parse(head, body_max);
    if (*status != 0) {
        wire_head_finish(head);
    }
    return *status == 0;
}

void wire_head_finish(struct wire_head *head)
{
    mem_free(head->text);
    *head = (struct wire_head){0};
}

#include "frames.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool frames_accept(struct line *line)
{
    static const char KEY[] = "Sec-WebSocket-Key: ";
    char text[128], answer[256];
    unsigned char digest[SHA_DIGEST_LENGTH], accept[64];
    const char *key = line_read_head(line) ? strstr(line->head, KEY) : NULL;
    if (key == NULL) {
        return false;
    }
    snprintf(text, sizeof(text), "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
             key + strlen(KEY));
    SHA1((const unsigned char *)text, strlen(text), digest);
    EVP_EncodeBlock(accept, digest, sizeof(digest));
    snprintf(answer, sizeof(answer),
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %s\r\n\r\n",
             accept);
    return line_say(line, answer);
}

bool frames_send(struct line *line, int first, const void *bytes, size_t size)
{
    unsigned char *frame = malloc(10 + size);
    size_t length = 2;
    frame[0] = (unsigned char)first;
    if (size < 126) {
        frame[1] = (unsigned char)size;
    } else {
        frame[1] = 127;
        for (int i = 0; i < 8; i++) {
            frame[2 + i] = (unsigned char)((uint64_t)size >> (8 * (7 - i)));
        }
        length = 10;
    }
    /* In one go: who is reset between head and payload has seen a part. */
    memcpy(&frame[length], bytes, size);
    const bool sent = line_write(line, frame, length + size);
    free(frame);
    return sent;
}

bool frames_say(struct line *line, const char *text)
{
    return frames_send(line, FRAME_LAST | FRAME_TEXT, text, strlen(text));
}

int frames_read(struct line *line, char *into, size_t size)
{
    unsigned char head[2], more[2], mask[4];
    if (!line_read_all(line, head, sizeof(head))) {
        return -1;
    }
    size_t length = head[1] & 127;
    if (length == 126 && line_read_all(line, more, sizeof(more))) {
        length = (size_t)more[0] << 8 | more[1];
    }
    if (length >= size || !line_read_all(line, mask, sizeof(mask)) ||
        !line_read_all(line, into, length)) {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        into[i] = (char)((unsigned char)into[i] ^ mask[i % 4]);
    }
    into[length] = '\0';
    return head[0] & 15;
}

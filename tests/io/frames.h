#pragma once
/* frames: the server's side of a WebSocket on a line of a peer. */
#include "peer.h"

enum { FRAME_MORE = 0, FRAME_TEXT = 1, FRAME_BINARY = 2, FRAME_CLOSE = 8, FRAME_PING = 9 };
enum { FRAME_PONG = 10, FRAME_LAST = 0x80 };

/* Reads the request into line->head and agrees. */
bool frames_accept(struct line *line);
/* `first` is the opcode, with FRAME_LAST unless more of the message follows. */
bool frames_send(struct line *line, int first, const void *bytes, size_t size);
bool frames_say(struct line *line, const char *text);
/* One whole frame of the client of fewer than `size` bytes, with a NUL behind it; its opcode,
 * -1 at the end. */
int frames_read(struct line *line, char *into, size_t size);

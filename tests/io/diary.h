#pragma once
/* diary: all that a WebSocket line told, in order, and a loop to wait for it. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"
#include "io/websocket.h"
#include "peer.h"

enum { NOTES_MAX = 64 };

struct diary {
    struct loop *loop;
    struct websockets *all;
    struct websocket *line;
    struct websocket_news news[NOTES_MAX];
    char texts[NOTES_MAX][160]; /* of the news */
    int64_t at_ns[NOTES_MAX];
    int news_count;
    char messages[2048]; /* joined by blanks */
    int message_count;
    size_t size; /* of the last one */
    bool binary;
    int want_news, want_messages;        /* stop when there are as many */
    void (*meddle)(struct diary *diary); /* at the end of each call */
    void (*hear)(struct diary *diary, const char *bytes, size_t size); /* each message */
};

/* Short waits, a hello, and no deadline but the connect's. The address is the diary's own. */
struct websocket_options diary_options(const struct peer *peer);
void diary_start(struct diary *diary, const struct websocket_options *options,
                 const char *ca_file);
void diary_end(struct diary *diary);
/* Fails when there are not as many within ten seconds. */
void diary_run(struct diary *diary, int news, int messages);
void diary_run_for(struct diary *diary, int64_t ms);
void diary_stop_after(struct diary *diary, int64_t ms);

/* What a server does with a connection, as text: steps between '|', each a letter and its text.
 * See play_step(). */
struct script {
    const char *steps;
    char head[4096]; /* of the last request */
};
void script_play(struct line *line); /* for peer_start() */

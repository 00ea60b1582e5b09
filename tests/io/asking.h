#pragma once
/* asking: an http of the test's own, one request at a time, and what came back. */
#include <stdint.h>

#include "io/http.h"
#include "peer.h"

#define OK     "HTTP/1.1 200 OK\r\n"
#define SAY_OK OK "X-Test: yes\r\nContent-Length: 2\r\n\r\nok"

/* What came back, kept beyond the call. */
struct got {
    struct http_answer answer;
    char body[256];
    char header[64]; /* of X-Test */
    int calls;
};

extern struct got got; /* by ask() */
extern struct loop *asking_loop;

/* NULL: four at once. Forgets the proxies of the environment. */
struct http *asking_start(const struct http_options *options);
void asking_end(struct http *http);
void ask(struct http *http, const struct http_request *request);
void asking_run(void); /* until asking_loop is stopped; ten seconds are a failure */

/* Into a struct got; stops the loop. */
void keep(void *context, const struct http_answer *answer);

const char *url_of(const struct peer *peer, const char *path); /* until the next call */
struct http_request request_of(const char *url);               /* 8 s, 1000 bytes */

/* A server that answers with these bytes and then does that. */
enum ending { CLOSE, RESET, HOLD };
struct script {
    const char *bytes;
    size_t size; /* 0: a string */
    enum ending ending;
    int heads; /* read */
    char head[4096];
};

void play_script(struct line *line);
void play_silence(struct line *line); /* after it was asked */

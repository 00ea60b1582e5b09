#include "support/check.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include "puppet.h"
#include "raw.h"
#include "support/folder.h"

/* What libcurl, which did not write this server, makes of it: plain and through TLS. */

struct stage {
    char folder[FOLDER_PATH_SIZE];
    char authority[FOLDER_PATH_SIZE + 64];
    struct puppet *puppet;
    bool encrypted;
};

static void open_stage(struct stage *stage, bool encrypted, enum wire_identity identity)
{
    struct err err = {.text = ""};
    struct puppet_options options = puppet_defaults();
    folder_create(stage->folder);
    assert_true(wire_identities_make(stage->folder, &err));
    folder_file(stage->authority, stage->folder, "ca.pem");
    stage->encrypted = encrypted;
    options.wire.tls_folder = encrypted ? stage->folder : NULL;
    options.wire.identity = identity;
    options.wire.queue_max = 64 * 1024 * 1024;
    stage->puppet = puppet_start(&options);
}

static struct puppet_story close_stage(struct stage *stage)
{
    const struct puppet_story story = puppet_stop(stage->puppet);
    folder_remove(stage->folder);
    return story;
}

struct reply {
    CURLcode result;
    long status;
    size_t size;
    char bytes[256]; /* its beginning */
};

static size_t keep(char *bytes, size_t one, size_t size, void *context)
{
    struct reply *reply = context;
    for (size_t i = 0; i < size; i++, reply->size++) {
        if (reply->size < sizeof(reply->bytes) - 1) {
            reply->bytes[reply->size] = bytes[i];
        }
    }
    return size;
}

static CURL *prepare(const struct stage *stage, const char *path, struct reply *reply)
{
    char url[256];
    CURL *curl = curl_easy_init();
    *reply = (struct reply){.size = 0};
    snprintf(url, sizeof(url), "%s://localhost:%d%s", stage->encrypted ? "https" : "http",
             (int)puppet_port(stage->puppet), path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, stage->authority);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 5000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    return curl;
}

static void perform(CURL *curl, struct reply *reply)
{
    reply->result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
}

static struct reply ask(const struct stage *stage, const char *path)
{
    struct reply reply;
    CURL *curl = prepare(stage, path, &reply);
    perform(curl, &reply);
    curl_easy_cleanup(curl);
    return reply;
}

/* Goal: a client that knows the CA believes the truth and nothing else. */
static void only_the_truth_is_believed(void **state)
{
    static const CURLcode WANT[WIRE_IDENTITY_COUNT] = {
        [WIRE_IDENTITY_VALID] = CURLE_OK,
        [WIRE_IDENTITY_EXPIRED] = CURLE_PEER_FAILED_VERIFICATION,
        [WIRE_IDENTITY_EARLY] = CURLE_PEER_FAILED_VERIFICATION,
        [WIRE_IDENTITY_WRONG_HOST] = CURLE_PEER_FAILED_VERIFICATION,
        [WIRE_IDENTITY_SELF_SIGNED] = CURLE_PEER_FAILED_VERIFICATION,
        [WIRE_IDENTITY_STRANGER] = CURLE_PEER_FAILED_VERIFICATION,
        [WIRE_IDENTITY_OLD] = CURLE_SSL_CONNECT_ERROR,
    };
    for (int i = 0; i < WIRE_IDENTITY_COUNT; i++) {
        struct stage stage;
        print_message("# %s\n", wire_identity_name((enum wire_identity)i));
        open_stage(&stage, true, (enum wire_identity)i);
        const struct reply reply = ask(&stage, "/?body=secret");
        assert_int_equal(reply.result, WANT[i]);
        assert_string_equal(reply.bytes, WANT[i] == CURLE_OK ? "secret" : "");
        const struct puppet_story story = close_stage(&stage);
        assert_int_equal(story.stats.requests, WANT[i] == CURLE_OK);
        /* libcurl looks at the name when the handshake is over. */
        const bool shaken = i == WIRE_IDENTITY_VALID || i == WIRE_IDENTITY_WRONG_HOST;
        assert_int_equal(story.stats.tls_failed, !shaken);
    }
}

/* Goal: the identity changes for those who come later, not for those who are there. */
static void an_identity_may_change(void **state)
{
    struct stage stage;
    struct reply reply;
    open_stage(&stage, true, WIRE_IDENTITY_VALID);
    CURL *curl = prepare(&stage, "/identify?as=expired", &reply);
    perform(curl, &reply);
    assert_int_equal(reply.result, CURLE_OK);
    assert_int_equal(ask(&stage, "/").result, CURLE_PEER_FAILED_VERIFICATION);
    perform(curl, &reply); /* on the connection it has */
    assert_int_equal(reply.result, CURLE_OK);
    curl_easy_cleanup(curl);
    const struct puppet_story story = close_stage(&stage);
    assert_int_equal(story.stats.accepted, 2);
}

static void a_folder_without_certificates_is_named(void **state)
{
    struct err err = {.text = ""};
    struct wire *wire = NULL;
    struct loop *loop = loop_create();
    struct wire_options options = wire_defaults();
    options.tls_folder = "/nowhere";
    const struct wire_calls calls = puppet_calls();
    assert_false(wire_listen(&wire, loop, &options, &calls, &err));
    assert_non_null(strstr(err.text, "'/nowhere/valid.pem' is no certificate"));
    assert_null(wire);
    loop_destroy(loop);
}

/* Goal: what a fault looks like to a client that checks everything. */
static void curl_sees_what_is_wrong(void **state)
{
    static const struct {
        const char *path;
        CURLcode plain, encrypted;
        size_t size;
    } cases[] = {
        {"/?size=3000000", CURLE_OK, CURLE_OK, 3000000},
        {"/?size=20000&fault=fragment&amount=999", CURLE_OK, CURLE_OK, 20000},
        {"/?size=20000&fault=delay&amount=10", CURLE_OK, CURLE_OK, 20000},
        {"/?size=20000&fault=drip&amount=400000", CURLE_OK, CURLE_OK, 20000},
        {"/?size=20000&fault=oversize&amount=5000", CURLE_OK, CURLE_OK, 25000},
        {"/?size=20000&fault=garbage", CURLE_OK, CURLE_OK, 20000},
        {"/?size=20000&fault=truncate&amount=100", CURLE_PARTIAL_FILE, CURLE_PARTIAL_FILE, 100},
        {"/?size=20000&fault=truncate&amount=100&reset=1", CURLE_RECV_ERROR, CURLE_RECV_ERROR,
         100},
        {"/?size=20000&fault=cut", CURLE_GOT_NOTHING, CURLE_GOT_NOTHING, 0},
        {"/?size=20000&fault=cut&reset=1", CURLE_RECV_ERROR, CURLE_RECV_ERROR, 0},
        {"/?size=20000&fault=silence&amount=20", CURLE_GOT_NOTHING, CURLE_GOT_NOTHING, 0},
        {"/?body=x&fault=bad-header", CURLE_UNSUPPORTED_PROTOCOL, CURLE_UNSUPPORTED_PROTOCOL,
         0},
    };
    for (int encrypted = 0; encrypted <= 1; encrypted++) {
        struct stage stage;
        open_stage(&stage, encrypted, WIRE_IDENTITY_VALID);
        for (size_t i = 0; i < LEN(cases); i++) {
            const struct reply reply = ask(&stage, cases[i].path);
            print_message("# %s%s: %d, %zu\n", encrypted ? "https " : "", cases[i].path,
                          (int)reply.result, reply.size);
            assert_int_equal(reply.result, encrypted ? cases[i].encrypted : cases[i].plain);
            assert_int_equal(reply.size, cases[i].size);
        }
        close_stage(&stage);
    }
}

/* Goal: an upload of 200 kB, which libcurl announces and waits to be told to go on. */
static void takes_an_upload(void **state)
{
    static char body[200001];
    memset(body, 'z', sizeof(body) - 1);
    for (int encrypted = 0; encrypted <= 1; encrypted++) {
        struct stage stage;
        struct reply reply;
        open_stage(&stage, encrypted, WIRE_IDENTITY_VALID);
        CURL *curl = prepare(&stage, "/echo", &reply);
        struct curl_slist *headers = curl_slist_append(NULL, "Expect: 100-continue");
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        perform(curl, &reply);
        assert_int_equal(reply.result, CURLE_OK);
        assert_memory_equal(reply.bytes, "POST /echo ?  [] 200000:zzz", 27);
        curl_slist_free_all(headers);
        curl_easy_cleanup(curl);
        close_stage(&stage);
    }
}

/* A TLS connection on which nothing was said yet. */
static CURL *connect_only(const struct stage *stage, struct reply *reply)
{
    CURL *curl = prepare(stage, "/", reply);
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    perform(curl, reply);
    assert_int_equal(reply->result, CURLE_OK);
    return curl;
}

/* Reads until so many bytes have come or 5 s are over. */
static size_t receive(CURL *curl, char *bytes, size_t size)
{
    size_t sum = 0;
    for (int tries = 0; sum < size && tries < 5000; tries++) {
        size_t got = 0;
        const CURLcode result = curl_easy_recv(curl, bytes + sum, size - sum, &got);
        if (result == CURLE_AGAIN) {
            usleep(1000);
        } else if (result != CURLE_OK || got == 0) {
            break;
        }
        sum += got;
    }
    return sum;
}

/* Goal: a WebSocket through TLS, with a message larger than a record and a socket's buffers. */
static void carries_sockets_through_tls(void **state)
{
    static const char HANDSHAKE[] =
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    static const char ORDER[] = "\x81\x8e\0\0\0\0!size=20000000";
    enum { SIZE = 20000000, ANSWER = 129 };
    struct stage stage;
    struct reply reply;
    size_t sent;
    char *bytes = malloc(SIZE + 10);
    open_stage(&stage, true, WIRE_IDENTITY_VALID);
    CURL *curl = connect_only(&stage, &reply);
    assert_int_equal(curl_easy_send(curl, HANDSHAKE, sizeof(HANDSHAKE) - 1, &sent), CURLE_OK);
    assert_int_equal(receive(curl, bytes, ANSWER), ANSWER);
    assert_memory_equal(bytes + ANSWER - 4, "\r\n\r\n", 4);
    assert_int_equal(curl_easy_send(curl, ORDER, sizeof(ORDER) - 1, &sent), CURLE_OK);
    /* A record that is half out must be ended as it was begun, whatever is ordered meanwhile.
     */
    assert_int_equal(ask(&stage, "/break?break=silence&amount=10").result, CURLE_OK);
    assert_int_equal(ask(&stage, "/break?break=drip&amount=1000").result, CURLE_OK);
    assert_int_equal(ask(&stage, "/break?break=none").result, CURLE_OK);
    assert_int_equal(receive(curl, bytes, SIZE + 10), SIZE + 10);
    assert_memory_equal(bytes, "\x81\x7f\0\0\0\0\x01\x31\x2d\x00xx", 12); /* 0x1312d00 */
    assert_memory_equal(bytes + SIZE + 8, "xx", 2);
    curl_easy_cleanup(curl);
    const struct puppet_story story = close_stage(&stage);
    assert_int_equal(story.closed_count, 1);
    free(bytes);
}

/* Goal: who does not speak TLS, or stops half way, hurts nobody else. */
static void outlives_broken_handshakes(void **state)
{
    struct stage stage;
    open_stage(&stage, true, WIRE_IDENTITY_VALID);
    struct raw *plain = raw_connect(puppet_port(stage.puppet));
    raw_say(plain, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    struct raw *half = raw_connect(puppet_port(stage.puppet));
    raw_send(half, "\x16\x03\x01\x02", 4);
    struct raw *mute = raw_connect(puppet_port(stage.puppet));
    assert_int_equal(ask(&stage, "/?body=fine").result, CURLE_OK);
    raw_to_end(plain);
    raw_close(plain);
    raw_close(half);
    raw_close(mute);
    const struct puppet_story story = close_stage(&stage);
    assert_int_equal(story.stats.tls_failed, 3);
    assert_int_equal(story.stats.requests, 1);
}

/* Goal: who sends what is no TLS in the middle of it is out; an end that was asked for is said
 * within TLS too, so that libcurl sees a whole answer without a length. */
static void ends_through_tls(void **state)
{
    struct stage stage;
    struct reply reply;
    curl_socket_t fd;
    open_stage(&stage, true, WIRE_IDENTITY_VALID);
    CURL *curl = connect_only(&stage, &reply);
    assert_int_equal(curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd), CURLE_OK);
    assert_int_equal(send(fd, "rubbish", 7, MSG_NOSIGNAL), 7);
    char byte;
    assert_int_equal(receive(curl, &byte, 1), 0);
    curl_easy_cleanup(curl);

    struct curl_slist *headers = curl_slist_append(NULL, "Connection: close");
    curl = prepare(&stage, "/?status=204", &reply);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    perform(curl, &reply);
    assert_int_equal(reply.result, CURLE_OK);
    assert_int_equal(reply.status, 204);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    close_stage(&stage);
}

/* Goal: a client that never shakes hands is let go. */
static void a_handshake_has_its_time(void **state)
{
    struct stage stage;
    struct err err = {.text = ""};
    struct puppet_options options = puppet_defaults();
    folder_create(stage.folder);
    assert_true(wire_identities_make(stage.folder, &err));
    options.wire.tls_folder = stage.folder;
    options.wire.request_ms = 30;
    stage.puppet = puppet_start(&options);
    struct raw *raw = raw_connect(puppet_port(stage.puppet));
    raw_to_end(raw);
    raw_close(raw);
    assert_int_equal(close_stage(&stage).stats.tls_failed, 1);
}

static int begin(void **state)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -1;
}

static int end(void **state)
{
    curl_global_cleanup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_truth_is_believed),
        cmocka_unit_test(an_identity_may_change),
        cmocka_unit_test(a_folder_without_certificates_is_named),
        cmocka_unit_test(curl_sees_what_is_wrong),
        cmocka_unit_test(takes_an_upload),
        cmocka_unit_test(carries_sockets_through_tls),
        cmocka_unit_test(outlives_broken_handshakes),
        cmocka_unit_test(ends_through_tls),
        cmocka_unit_test(a_handshake_has_its_time),
    };
    return cmocka_run_group_tests_name("simulator/wire_tls", tests, begin, end);
}

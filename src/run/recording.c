#include "run/recording.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/safe.h"
#include "base/text.h"
#include "market/frame_lines.h"
#include "market/recorder.h"

enum { WORD_SIZE = 64, PLACE_SIZE = 512 };

struct reader {
    struct recording *recording;
    struct recording_run *run; /* the last of them; NULL: there is none yet */
    struct text options;       /* of the header read last */
    bool ours;                 /* the file says it is arblite's */
};

/* The next word of *rest, "" at its end. */
static const char *take_word(const char **rest, char word[WORD_SIZE])
{
    const size_t length = strcspn(*rest, " ");
    text_cut(word, WORD_SIZE, "%.*s", (int)length, *rest);
    *rest += length;
    *rest += **rest == ' ' ? 1 : 0;
    return word;
}

static bool take_unsigned(const char **rest, uint64_t *out)
{
    char word[WORD_SIZE];
    take_word(rest, word);
    return num_parse_uint64(word, strlen(word), out);
}

static bool take_time(const char **rest, int64_t *out)
{
    char word[WORD_SIZE];
    take_word(rest, word);
    return num_parse_int64(word, strlen(word), out);
}

static struct recording_act *add_act(struct recording_run *run)
{
    run->acts = mem_grow(run->acts, run->acts_count + 1, sizeof(*run->acts));
    struct recording_act *act = &run->acts[run->acts_count++];
    memset(act, 0, sizeof(*act));
    return act;
}

static bool find_verb(const char *name, enum operator_verb *out)
{
    for (int verb = 0; verb <= OPERATOR_VERB_LAST; verb++) {
        if (strcmp(name, operator_verb_name((enum operator_verb)verb)) == 0) {
            *out = (enum operator_verb)verb;
            return true;
        }
    }
    return false;
}

/* "SEQUENCE TIME VERB TRADE" */
static bool read_command(struct reader *reader, const char *rest)
{
    struct recording_act *act = add_act(reader->run);
    char word[WORD_SIZE];
    return take_unsigned(&rest, &act->sequence) && take_time(&rest, &act->time_ns) &&
           find_verb(take_word(&rest, word), &act->verb) &&
           take_unsigned(&rest, &act->trade_id);
}

/* "SEQUENCE TIME NAME=VALUE ..." */
static bool read_use(struct reader *reader, const char *rest)
{
    struct recording_act *act = add_act(reader->run);
    const bool fine = take_unsigned(&rest, &act->sequence) && take_time(&rest, &act->time_ns);
    act->params = mem_copy_string(rest);
    return fine && *rest != '\0';
}

/* "CLIENT_ID REASON" */
static bool read_unsent(struct reader *reader, const char *rest)
{
    struct recording_run *run = reader->run;
    uint64_t reason = 0;
    run->unsent = mem_grow(run->unsent, run->unsent_count + 1, sizeof(*run->unsent));
    struct recording_unsent *unsent = &run->unsent[run->unsent_count++];
    if (!take_unsigned(&rest, &unsent->client_id) || !take_unsigned(&rest, &reason) ||
        reason > 9999) {
        return false;
    }
    unsent->reason = (enum reason)reason;
    return strcmp(reason_code(unsent->reason), "?") != 0;
}

/* "SEQUENCE TIME COUNT HASH" */
static bool read_mark(struct reader *reader, const char *rest)
{
    struct recording_run *run = reader->run;
    run->marks = mem_grow(run->marks, run->marks_count + 1, sizeof(*run->marks));
    struct recording_mark *mark = &run->marks[run->marks_count++];
    char word[WORD_SIZE];
    if (!take_unsigned(&rest, &mark->sequence) || !take_time(&rest, &mark->time_ns) ||
        !take_unsigned(&rest, &mark->count)) {
        return false;
    }
    text_copy(mark->hash, sizeof(mark->hash), take_word(&rest, word));
    return mark->hash[0] != '\0';
}

static bool read_end(struct reader *reader, const char *rest)
{
    struct recording_run *run = reader->run;
    if (!read_mark(reader, rest)) {
        return false;
    }
    run->has_end = true;
    run->end_ns = run->marks[run->marks_count - 1].time_ns;
    return true;
}

static void add_run(struct reader *reader)
{
    struct recording *recording = reader->recording;
    recording->runs =
        mem_grow(recording->runs, recording->runs_count + 1, sizeof(*recording->runs));
    reader->run = &recording->runs[recording->runs_count++];
    *reader->run =
        (struct recording_run){.options = mem_copy_string(text_string(&reader->options))};
    text_copy(reader->run->version, sizeof reader->run->version, recording->version);
}

static bool read_gate(struct reader *reader, const char *word)
{
    reader->run->killed = strcmp(word, "killed") == 0;
    return reader->run->killed || strcmp(word, "open") == 0;
}

/* "KILLED", of a session that began with the recording. */
static bool read_begin(struct reader *reader, const char *rest)
{
    reader->recording->of_session = reader->run == NULL;
    add_run(reader);
    return reader->recording->of_session && read_gate(reader, rest);
}

/* "SEQUENCE TIME IDLE KILLED", of one that went on. */
static bool read_resume(struct reader *reader, const char *rest)
{
    char word[WORD_SIZE];
    add_run(reader);
    if (!take_unsigned(&rest, &reader->run->sequence) ||
        !take_time(&rest, &reader->run->time_ns)) {
        return false;
    }
    take_word(&rest, word);
    reader->run->sending = strcmp(word, "sending") == 0;
    return (reader->run->sending || strcmp(word, "idle") == 0) &&
           read_gate(reader, take_word(&rest, word));
}

static bool read_option(struct reader *reader, const char *rest)
{
    text_addf(&reader->options, "%s\n", rest);
    return true;
}

static bool read_mode(struct reader *reader, const char *rest)
{
    text_copy(reader->recording->mode, sizeof(reader->recording->mode), rest);
    return true;
}

static bool read_version(struct reader *reader, const char *rest)
{
    text_copy(reader->recording->version, sizeof(reader->recording->version), rest);
    return true;
}

/* A folder holds one session: the files of two would be read as one. */
static bool read_session(struct reader *reader, const char *rest)
{
    char *session = reader->recording->session;
    if (session[0] != '\0' && strcmp(session, rest) != 0) {
        return false;
    }
    text_copy(session, sizeof(reader->recording->session), rest);
    return true;
}

static const struct {
    const char *word;
    bool (*read)(struct reader *reader, const char *rest);
    bool of_run; /* it says nothing before one began */
} LINES[] = {
    {"version", read_version, false}, {"session", read_session, false},
    {"mode", read_mode, false},       {"option", read_option, false},
    {"begin", read_begin, false},     {"resume", read_resume, false},
    {"command", read_command, true},  {"use", read_use, true},
    {"unsent", read_unsent, true},    {"mark", read_mark, true},
    {"end", read_end, true},
};

/* A comment of somebody else's is passed by; one of ours that makes no sense is damage. */
static bool read_comment(struct reader *reader, const char *line)
{
    char word[WORD_SIZE];
    const char *rest = line + strspn(line, "# ");
    if (strncmp(rest, "arblite frames ", strlen("arblite frames ")) == 0) {
        reader->ours = true;
        text_clear(&reader->options);
        return strcmp(rest, "arblite frames 1") == 0;
    }
    take_word(&rest, word);
    for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]) && reader->ours; i++) {
        if (strcmp(word, LINES[i].word) == 0) {
            return (reader->run != NULL || !LINES[i].of_run) && LINES[i].read(reader, rest);
        }
    }
    return true;
}

static bool read_all(struct reader *reader, struct frame_lines *lines, struct err *err)
{
    const char *line;
    size_t length;
    enum lines_result got;
    while ((got = frame_lines_next(lines, &line, &length, err)) == LINES_LINE ||
           got == LINES_TOO_LONG) {
        if (got == LINES_TOO_LONG || line[0] != '#') {
            continue;
        }
        if (!read_comment(reader, line)) {
            char place[PLACE_SIZE];
            char safe[WORD_SIZE];
            return err_set(err, ERR_INPUT, "%s: '%s' is not what a recording says",
                           frame_lines_place(lines, place, sizeof(place)),
                           safe_text(safe, sizeof(safe), line, length));
        }
    }
    return got == LINES_END;
}

bool recording_load(struct recording **out, const char *path, struct err *err)
{
    struct frame_lines *lines = NULL;
    struct reader reader = {.recording = mem_zalloc(sizeof(*reader.recording)),
                            .options = text_growing()};
    bool done = frame_lines_open(&lines, path, err);
    if (done) {
        frame_lines_hush(lines); /* who plays the frames says that they end early */
        done = read_all(&reader, lines, err);
    }
    frame_lines_close(lines);
    reader.recording->options =
        mem_copy_string(reader.recording->runs_count > 0 ? reader.recording->runs[0].options
                                                         : text_string(&reader.options));
    text_finish(&reader.options);
    if (!done) {
        recording_free(reader.recording);
        return false;
    }
    *out = reader.recording;
    return true;
}

static void free_run(struct recording_run *run)
{
    for (size_t i = 0; i < run->acts_count; i++) {
        mem_free(run->acts[i].params);
    }
    mem_free(run->options);
    mem_free(run->acts);
    mem_free(run->unsent);
    mem_free(run->marks);
}

void recording_free(struct recording *recording)
{
    if (recording == NULL) {
        return;
    }
    for (size_t i = 0; i < recording->runs_count; i++) {
        free_run(&recording->runs[i]);
    }
    mem_free(recording->runs);
    mem_free(recording->options);
    mem_free(recording);
}

void recording_header(const struct setup *setup, const char *session, const char *version,
                      struct text *out)
{
    struct text options = text_growing();
    config_list(&setup->config, &options);
    text_addf(out, "arblite frames 1\nversion %s\nsession %s\nmode %s\n", version, session,
              session_mode_name(setup->session.mode));
    struct text_line line;
    for (const char *rest = text_string(&options); text_take_line(&rest, &line);) {
        text_addf(out, "option %.*s\n", (int)line.length, line.start);
    }
    text_finish(&options);
}

static uint64_t bytes_of(double mib)
{
    return (uint64_t)(mib * 1048576.0);
}

bool recording_open(struct recorder **out, const struct setup *setup, const char *folder,
                    const char *session, const char *name, const char *version, struct err *err)
{
    const struct config_live *live = &setup->config.live;
    struct text header = text_growing();
    recording_header(setup, session, version, &header);
    const struct recorder_options options = {
        .folder = folder,
        .name = name,
        .header = text_string(&header),
        .file_bytes = bytes_of(live->record_file_mb),
        .file_age_ns = (int64_t)(live->record_file_s * 1e9),
        .total_bytes = bytes_of(live->record_total_mb),
        .free_bytes = bytes_of(live->record_free_mb),
        .now_ns = clock_wall_ns(),
    };
    const bool done = recorder_open(out, &options, err);
    text_finish(&header);
    return done;
}

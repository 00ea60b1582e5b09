#include "config/faults.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"

enum { FAULT_TEXT_SIZE = 512, FILE_NAME_SIZE = 512 };

void faults_init(struct faults *faults, const char *file)
{
    faults->file = file;
    faults->kept_count = 0;
    faults->count = 0;
}

void faults_finish(struct faults *faults)
{
    for (int i = 0; i < faults->kept_count; i++) {
        mem_free(faults->kept[i].text);
    }
    faults->kept_count = 0;
}

void faults_add(struct faults *faults, int line, const char *format, ...)
{
    faults->count++;
    if (faults->kept_count == FAULTS_KEPT_MAX) {
        return;
    }
    struct text raw = text_growing();
    va_list args;
    va_start(args, format);
    text_addv(&raw, format, args);
    va_end(args);

    char safe[FAULT_TEXT_SIZE];
    safe_text(safe, sizeof safe, text_string(&raw), raw.length);
    text_finish(&raw);
    faults->kept[faults->kept_count] = (struct fault){
        .line = line,
        .order = faults->kept_count,
        .text = mem_copy_string(safe),
    };
    faults->kept_count++;
}

static int by_line(const void *a, const void *b)
{
    const struct fault *x = a;
    const struct fault *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

static void sort(struct faults *faults)
{
    qsort(faults->kept, (size_t)faults->kept_count, sizeof faults->kept[0], by_line);
}

void faults_report(struct faults *faults, struct text *out)
{
    char file[FILE_NAME_SIZE];
    safe_text(file, sizeof file, faults->file, strlen(faults->file));
    sort(faults);
    for (int i = 0; i < faults->kept_count; i++) {
        text_addf(out, "%s:%d: %s\n", file, faults->kept[i].line, faults->kept[i].text);
    }
    if (faults->count > faults->kept_count) {
        text_addf(out, "%s: and %d more\n", file, faults->count - faults->kept_count);
    }
}

bool faults_first(struct faults *faults, struct err *err)
{
    assert(faults->kept_count > 0);
    char file[FILE_NAME_SIZE];
    safe_text(file, sizeof file, faults->file, strlen(faults->file));
    sort(faults);
    return err_set(err, ERR_INPUT, "%s:%d: %s", file, faults->kept[0].line,
                   faults->kept[0].text);
}

#include <assert.h>
#include <string.h>

#include "tune/job.h"
#include "tune/session_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* A line makes no job, or one whose result is a plain name in a plain folder, and which can be
 * told of when it fails. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct err err;
    struct job job;
    if (!job_parse(&job, (const char *)bytes, length, &err)) {
        assert(err.kind == ERR_INPUT);
        return 0;
    }
    assert(session_file_is_name(job.folder));
    assert(strchr(job.output, '/') == NULL && job.output[0] != '.');
    struct text document = text_growing();
    job_error_json(&job, job.fault != NULL ? job.fault : "none", &document);
    text_finish(&document);
    job_finish(&job);
    return 0;
}

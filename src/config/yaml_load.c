#include "config/yaml.h"

#include "base/mem.h"
#include "io/file.h"

bool yaml_load(struct yaml_tree **out, const char *path, struct err *err)
{
    char *bytes = NULL;
    size_t length = 0;
    if (!file_read(path, YAML_SIZE_MAX, &bytes, &length, err)) {
        return false;
    }
    const bool loaded = yaml_load_text(out, path, bytes, length, err);
    mem_free(bytes);
    return loaded;
}

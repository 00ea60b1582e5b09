#include "config/config.h"

#include "base/mem.h"
#include "io/file.h"
#include "paper_yaml.h"
#include "read.h"

static bool load_bytes(struct config *config, struct config_named *named, const char *name,
                       const char *yaml, size_t length, struct text *report, struct err *err)
{
    struct faults faults;
    faults_init(&faults, name);
    struct config wanted = *config;
    struct config_named noted = named != NULL ? *named : (struct config_named){{0}};
    struct yaml_tree *tree = yaml_parse(name, yaml, length, &faults);
    if (tree != NULL) {
        config_read(&wanted, &noted, yaml_root(tree), &faults);
    }
    const int count = faults.count;
    faults_report(&faults, report);
    faults_finish(&faults);
    yaml_destroy(tree);
    if (count > 0) {
        return err_set(err, ERR_INPUT, "%d mistake%s in '%s'", count, count == 1 ? "" : "s",
                       name);
    }
    *config = wanted;
    if (named != NULL) {
        *named = noted;
    }
    return true;
}

bool config_load_named(struct config *config, struct config_named *named, const char *path,
                       struct text *report, struct err *err)
{
    char *bytes = NULL;
    size_t length = 0;
    if (!file_read(path, YAML_SIZE_MAX, &bytes, &length, err)) {
        return false;
    }
    const bool loaded = load_bytes(config, named, path, bytes, length, report, err);
    mem_free(bytes);
    return loaded;
}

bool config_load(struct config *config, const char *path, struct text *report, struct err *err)
{
    return config_load_named(config, NULL, path, report, err);
}

bool config_load_text(struct config *config, const char *name, const char *yaml, size_t length,
                      struct text *report, struct err *err)
{
    return load_bytes(config, NULL, name, yaml, length, report, err);
}

const char *config_paper_yaml(size_t *length)
{
    *length = sizeof PAPER_YAML - 1;
    return PAPER_YAML;
}

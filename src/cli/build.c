#include "build.h"

#include "build_tag.h"

const char *build_name(void)
{
    return BUILD_TAG;
}

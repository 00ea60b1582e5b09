#pragma once
#include <stddef.h>

/* operator: who is at the keyboard? */

/* The login name of this process's user, or "uid N"; returns buffer. */
const char *operator_name(char *buffer, size_t size);

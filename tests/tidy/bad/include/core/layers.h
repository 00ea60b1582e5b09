/* A door without its lock. */
#include <stdint.h>

#include "view/snapshot.h"

void layers(double price);

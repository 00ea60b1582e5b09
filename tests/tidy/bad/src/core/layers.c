#include "core/layers.h"

#include <math.h>
#include <stdio.h>

#include "../run/runner.h"
#include "base/log.h"
#include "base/num.h"
#include "core/book.h"
#include "io/file.h"

void layers(double price)
{
    char text[8];
    snprintf(text, sizeof(text), "%f", price);
}

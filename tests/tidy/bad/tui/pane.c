#include <curses.h>

#include "canvas.h"
#include "core/book.h"
#include "io/file.h"
#include "io/loop.h"
#include "view/snapshot.h"

void pane(void);

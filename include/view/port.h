#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "view/command.h"
#include "view/page.h"
#include "view/snapshot.h"

/* port: a face's door to a session: newest snapshot, send a command, ask for a page.
 *
 * Never waits except where said. Behind it stands the session's socket, or a script in tests.
 */

struct port;

struct port_ops {
    /* Required. Descriptor to poll for POLLIN: something may have come. -1: nothing to poll. */
    int (*fd)(struct port *port);
    /* Required. Takes in what has come. false: the session is gone; err says how, and is
     * ERR_ENDED when it took its leave. */
    bool (*pump)(struct port *port, struct err *err);
    /* Required. Newest snapshot, borrowed until the next pump; NULL before the first. */
    const struct snapshot *(*snapshot)(struct port *port);
    /* Required. Sends; the answer comes through take_result. false: could not be sent. */
    bool (*send)(struct port *port, const struct command *command, struct err *err);
    /* Required. The next answer to a command; false: none yet. */
    bool (*take_result)(struct port *port, struct command_result *out);
    /* Required. Asks for a page; it replaces what page() gives when it comes. */
    bool (*ask)(struct port *port, const struct page_query *query, struct err *err);
    /* Required. The last page of that kind that came, borrowed until the next pump; or NULL. */
    const struct page *(*page)(struct port *port, enum page_kind kind);
    /* Required. Frees the port. */
    void (*close)(struct port *port);
};

struct port {
    const struct port_ops *ops;
};

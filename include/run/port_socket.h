#pragma once
#include <stdbool.h>

#include "base/err.h"
#include "run/wire.h"
#include "store/state_dir.h"
#include "view/port.h"

/* port_socket: a face's port over the session's socket, and the short waits of a command line.
 */

/* Attaches; waits at most PORT_SOCKET_HELLO_MS for the host's welcome. ERR_INPUT when no
 * session runs there, ERR_REFUSED when the host does not want us (another build, too many
 * consoles). */
enum { PORT_SOCKET_HELLO_MS = 3000 };
bool port_socket_open(struct port **out, const struct state_dir *dir, enum wire_manner manner,
                      struct err *err);

/* These wait, at most timeout_ms, and work on ports from port_socket_open() only. */
bool port_socket_request(struct port *port, const struct command *command,
                         struct command_result *result, int timeout_ms, struct err *err);
/* The newest snapshot, borrowed until the next pump; NULL with err when none came. */
const struct snapshot *port_socket_wait(struct port *port, int timeout_ms, struct err *err);
/* Borrowed as port->page(). */
const struct page *port_socket_query(struct port *port, const struct page_query *query,
                                     int timeout_ms, struct err *err);

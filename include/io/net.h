#pragma once

/* net: what went wrong between us and a server? Whoever knows more makes a reason of it. */

enum net_fault {
    NET_NONE,
    NET_DNS,       /* the name cannot be resolved */
    NET_CONNECT,   /* nobody takes the connection */
    NET_RESET,     /* it was cut */
    NET_TLS,       /* certificate or encryption is not acceptable; trying again is no use */
    NET_TIMEOUT,   /* nothing in time */
    NET_SLOW,      /* it drips */
    NET_TRUNCATED, /* less came than was announced */
    NET_OVERSIZE,  /* more came than is taken */
    NET_GARBAGE,   /* what came is not of the protocol */
    NET_PROXY,     /* the proxy refuses */
    NET_REFUSED,   /* the handshake of a WebSocket was answered with another status */
    NET_SILENT,    /* not a byte for too long, pongs included */
    NET_CLOSED,    /* the server said good-bye */
    NET_CANCELLED, /* held back by us before a byte left */
    NET_FAULT_LAST = NET_CANCELLED,
};
const char *net_fault_name(enum net_fault fault); /* "dns", "connect", ... */

#pragma once
/* certificate: certificates of a test, made when it runs, in a folder of its own. */

enum { CERTIFICATE_PATH_SIZE = 256 };

struct certificates {
    char folder[CERTIFICATE_PATH_SIZE];
    char authority[CERTIFICATE_PATH_SIZE]; /* what a client is told to believe */
    char good[CERTIFICATE_PATH_SIZE];      /* 127.0.0.1 and localhost */
    char expired[CERTIFICATE_PATH_SIZE];
    char other_host[CERTIFICATE_PATH_SIZE];
    char self_signed[CERTIFICATE_PATH_SIZE];
};
void certificates_make(struct certificates *certificates);
void certificates_remove(struct certificates *certificates);

#include "simulator/identity.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "io/file.h"

#define CA_NAME "arblite simulator CA, for tests only"

enum { PATH_SIZE = 4096, SECONDS_PER_HOUR = 3600, SECONDS_PER_DAY = 86400, MONTH_DAYS = 30 };
enum { DOTS = 2 }; /* a folder without files has "." and ".." */

static const char *const NAMES[WIRE_IDENTITY_COUNT] = {
#define NAME(identity, name) name,
    WIRE_IDENTITIES(NAME)
#undef NAME
};

const char *wire_identity_name(enum wire_identity identity)
{
    return NAMES[identity];
}

bool wire_identity_find(const char *name, enum wire_identity *out)
{
    for (int i = 0; i < WIRE_IDENTITY_COUNT; i++) {
        if (strcmp(NAMES[i], name) == 0) {
            *out = (enum wire_identity)i;
            return true;
        }
    }
    return false;
}

/* Who vouches: a name, a key and the certificate. */
struct authority {
    EVP_PKEY *key;
    X509 *certificate;
};

/* The steps below fail only for want of memory or by a bug, and nothing can be done about it.
 */
static void must(bool done)
{
    assert(done);
}

static void extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    must(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

/* A certificate without extensions and signature, in time from..to, seconds from now. */
static X509 *draw_up(const char *name, EVP_PKEY *key, long from_s, long to_s)
{
    X509 *certificate = X509_new();
    must(certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1);
    BIGNUM *number = BN_new();
    must(number != NULL && BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL);
    BN_free(number);
    must(X509_gmtime_adj(X509_getm_notBefore(certificate), from_s) != NULL &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), to_s) != NULL);
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                    (const unsigned char *)name, -1, -1, 0) == 1);
    must(X509_set_pubkey(certificate, key) == 1);
    return certificate;
}

static void sign(X509 *certificate, X509 *issuer, EVP_PKEY *key)
{
    must(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    must(X509_sign(certificate, key, EVP_sha256()) > 0);
}

static struct authority found_authority(void)
{
    struct authority authority = {.key = EVP_EC_gen("P-256")};
    must(authority.key != NULL);
    X509 *certificate = draw_up(CA_NAME, authority.key, -SECONDS_PER_DAY * MONTH_DAYS,
                                (long)SECONDS_PER_DAY * MONTH_DAYS);
    extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    extend(certificate, certificate, NID_key_usage, "critical,keyCertSign");
    extend(certificate, certificate, NID_subject_key_identifier, "hash");
    sign(certificate, certificate, authority.key);
    authority.certificate = certificate;
    return authority;
}

static void dissolve(struct authority *authority)
{
    EVP_PKEY_free(authority->key);
    X509_free(authority->certificate);
}

/* A server's certificate. What is wrong with it, if anything, is its identity. */
static X509 *make_certificate(enum wire_identity identity, EVP_PKEY *key,
                              const struct authority *authority)
{
    const bool self_signed = identity == WIRE_IDENTITY_SELF_SIGNED;
    long from_s = -SECONDS_PER_HOUR;
    long to_s = (long)SECONDS_PER_DAY * MONTH_DAYS;
    if (identity == WIRE_IDENTITY_EXPIRED) {
        from_s = -2L * SECONDS_PER_DAY;
        to_s = -SECONDS_PER_DAY;
    } else if (identity == WIRE_IDENTITY_EARLY) {
        from_s = SECONDS_PER_DAY;
    }
    X509 *certificate = draw_up("arblite simulator", key, from_s, to_s);
    X509 *issuer = self_signed ? certificate : authority->certificate;
    extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
    extend(certificate, issuer, NID_key_usage, "critical,digitalSignature");
    extend(certificate, issuer, NID_ext_key_usage, "serverAuth");
    if (!self_signed) { /* tells two authorities of one name apart */
        extend(certificate, issuer, NID_authority_key_identifier, "keyid:always");
    }
    extend(certificate, issuer, NID_subject_alt_name,
           identity == WIRE_IDENTITY_WRONG_HOST ? "DNS:elsewhere.invalid"
                                                : "DNS:localhost,IP:127.0.0.1");
    sign(certificate, issuer, self_signed ? key : authority->key);
    return certificate;
}

/* A file only we can read, new, never one that is already there or behind a link. */
static bool write_secret(const char *path, const char *bytes, size_t size, struct err *err)
{
    if (unlink(path) != 0 && errno != ENOENT) {
        return err_set(err, ERR_IO, "'%s': %s", path, strerror(errno));
    }
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set(err, ERR_IO, "'%s': %s", path, strerror(errno));
    }
    const bool written = write(fd, bytes, size) == (ssize_t)size;
    const int error = errno;
    if (close(fd) != 0 || !written) {
        return err_set(err, ERR_IO, "'%s': %s", path, strerror(error));
    }
    return true;
}

static bool write_pem(const char *path, X509 *certificate, EVP_PKEY *key, struct err *err)
{
    char *bytes;
    BIO *bio = BIO_new(BIO_s_mem());
    must(bio != NULL && (certificate == NULL || PEM_write_bio_X509(bio, certificate) == 1) &&
         (key == NULL || PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1));
    const size_t size = (size_t)BIO_get_mem_data(bio, &bytes);
    const bool written = key != NULL ? write_secret(path, bytes, size, err)
                                     : file_replace(path, bytes, size, err);
    BIO_free(bio);
    return written;
}

static bool make_identity(const char *folder, enum wire_identity identity,
                          const struct authority *authority, struct err *err)
{
    char certificate_path[PATH_SIZE];
    char key_path[PATH_SIZE];
    text_cut(certificate_path, PATH_SIZE, "%s/%s.pem", folder, NAMES[identity]);
    text_cut(key_path, PATH_SIZE, "%s/%s.key", folder, NAMES[identity]);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    must(key != NULL);
    X509 *certificate = make_certificate(identity, key, authority);
    const bool made = write_pem(key_path, NULL, key, err) &&
                      write_pem(certificate_path, certificate, NULL, err);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

bool wire_identities_make(const char *folder, struct err *err)
{
    char path[PATH_SIZE];
    if (strlen(folder) > PATH_SIZE / 2) {
        return err_set(err, ERR_INPUT, "the name of the folder for certificates is too long");
    }
    if (!file_make_folders(folder, err)) {
        return false;
    }
    struct authority ours = found_authority();
    struct authority stranger = found_authority();
    text_cut(path, sizeof(path), "%s/ca.pem", folder);
    bool made = write_pem(path, ours.certificate, NULL, err);
    for (int i = 0; made && i < WIRE_IDENTITY_COUNT; i++) {
        made = make_identity(folder, (enum wire_identity)i,
                             i == WIRE_IDENTITY_STRANGER ? &stranger : &ours, err);
    }
    dissolve(&ours);
    dissolve(&stranger);
    return made;
}

static bool is_there(const char *folder, const char *name, const char *ending)
{
    char path[PATH_SIZE];
    return access(text_cut(path, sizeof(path), "%s/%s%s", folder, name, ending), R_OK) == 0;
}

static bool has_all(const char *folder)
{
    bool all = is_there(folder, "ca", ".pem");
    for (int i = 0; all && i < WIRE_IDENTITY_COUNT; i++) {
        all = is_there(folder, NAMES[i], ".pem") && is_there(folder, NAMES[i], ".key");
    }
    return all;
}

bool wire_identities_ensure(const char *folder, struct err *err)
{
    DIR *entries = opendir(folder);
    if (entries == NULL && errno != ENOENT) {
        return err_set(err, ERR_INPUT, "'%s': %s", folder, strerror(errno));
    }
    int count = 0;
    while (entries != NULL && count <= DOTS && readdir(entries) != NULL) {
        count++;
    }
    if (entries != NULL) {
        closedir(entries);
    }
    if (count <= DOTS) {
        return wire_identities_make(folder, err);
    }
    return has_all(folder) ||
           err_set(err, ERR_INPUT,
                   "'%s' is not empty and has not all keys and certificates made here "
                   "(expected a new or empty folder)",
                   folder);
}

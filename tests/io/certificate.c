#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY_S = 24 * 60 * 60 };

struct signer {
    EVP_PKEY *key;
    X509 *certificate; /* NULL: signs itself */
};

static void require(int done)
{
    if (!done) {
        fprintf(stderr, "cannot make a certificate\n");
        abort();
    }
}

static void extend(X509 *certificate, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    require(extension != NULL && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

/* Valid for a day from `age_days` + 1 days ago; a host of NULL makes it an authority. */
static X509 *make(EVP_PKEY *key, const char *host, int age_days, const struct signer *signer)
{
    static const char *const NAME = "arblite test";
    X509 *certificate = X509_new();
    require(certificate != NULL);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1 + age_days + (host != NULL));
    X509_gmtime_adj(X509_getm_notBefore(certificate), -(age_days + 1L) * DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(certificate), (1L - age_days) * DAY_S);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)(host != NULL ? "server" : NAME), -1, -1,
                               0);
    X509_set_issuer_name(
        certificate,
        X509_get_subject_name(signer->certificate != NULL ? signer->certificate : certificate));
    extend(certificate, NID_basic_constraints, host == NULL ? "critical,CA:TRUE" : "CA:FALSE");
    if (host != NULL) {
        extend(certificate, NID_subject_alt_name, host);
    }
    require(X509_sign(certificate, signer->key, EVP_sha256()) > 0);
    return certificate;
}

static void save(const char *path, X509 *certificate, EVP_PKEY *key)
{
    FILE *file = fopen(path, "w");
    require(file != NULL && PEM_write_X509(file, certificate) == 1);
    require(key == NULL || PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    require(fclose(file) == 0);
}

static void name(char path[CERTIFICATE_PATH_SIZE], const char *folder, const char *file)
{
    require(snprintf(path, CERTIFICATE_PATH_SIZE, "%s/%s", folder, file) <
            CERTIFICATE_PATH_SIZE);
}

static void make_leaf(const char *path, const char *host, int age_days,
                      const struct signer *signer)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    const struct signer itself = {.key = key};
    X509 *certificate = make(key, host, age_days, signer != NULL ? signer : &itself);
    save(path, certificate, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void certificates_make(struct certificates *all)
{
    static const char *const HERE = "IP:127.0.0.1,DNS:localhost";
    const char *temporary = getenv("TMPDIR");
    name(all->folder, temporary != NULL ? temporary : "/tmp", "arblite-test-XXXXXX");
    require(mkdtemp(all->folder) != NULL);
    name(all->authority, all->folder, "authority.pem");
    name(all->good, all->folder, "good.pem");
    name(all->expired, all->folder, "expired.pem");
    name(all->other_host, all->folder, "other.pem");
    name(all->self_signed, all->folder, "self.pem");

    struct signer authority = {.key = EVP_EC_gen("P-256")};
    authority.certificate = make(authority.key, NULL, 0, &authority);
    save(all->authority, authority.certificate, NULL);
    make_leaf(all->good, HERE, 0, &authority);
    make_leaf(all->expired, HERE, 10, &authority);
    make_leaf(all->other_host, "DNS:example.invalid", 0, &authority);
    make_leaf(all->self_signed, HERE, 0, NULL);
    X509_free(authority.certificate);
    EVP_PKEY_free(authority.key);
}

void certificates_remove(struct certificates *all)
{
    unlink(all->authority);
    unlink(all->good);
    unlink(all->expired);
    unlink(all->other_host);
    unlink(all->self_signed);
    rmdir(all->folder);
}

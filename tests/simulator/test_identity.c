#include "support/check.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "simulator/identity.h"
#include "support/folder.h"

static X509 *read_certificate(const char *folder, const char *name)
{
    char path[FOLDER_PATH_SIZE + 64];
    FILE *file = fopen(folder_file(path, folder, name), "r");
    assert_non_null(file);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    fclose(file);
    assert_non_null(certificate);
    return certificate;
}

/* What a client that believes the CA says to the certificate of an address, X509_V_... */
static int verdict(X509 *authority, X509 *certificate, const char *host)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    assert_int_equal(X509_STORE_add_cert(store, authority), 1);
    assert_int_equal(X509_STORE_CTX_init(context, store, certificate, NULL), 1);
    X509_VERIFY_PARAM *wanted = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
    const int set = strchr(host, '.') != NULL ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host)
                                              : X509_VERIFY_PARAM_set1_host(wanted, host, 0);
    assert_int_equal(set, 1);
    X509_verify_cert(context);
    const int error = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return error;
}

/* Goal: each identity is refused for its own reason, and the valid one is not. */
static void each_lies_in_its_own_way(void **state)
{
    static const struct {
        const char *file;
        int localhost, address;
    } cases[] = {
        {"valid.pem", X509_V_OK, X509_V_OK},
        {"old.pem", X509_V_OK, X509_V_OK},
        {"expired.pem", X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_HAS_EXPIRED},
        {"early.pem", X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_NOT_YET_VALID},
        {"wrong-host.pem", X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH},
        {"self-signed.pem", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
         X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
        {"stranger.pem", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
    };
    char folder[FOLDER_PATH_SIZE];
    struct err err = {.text = ""};
    assert_int_equal(LEN(cases), WIRE_IDENTITY_COUNT);
    folder_create(folder);
    assert_true(wire_identities_make(folder, &err));
    X509 *authority = read_certificate(folder, "ca.pem");
    for (size_t i = 0; i < LEN(cases); i++) {
        X509 *certificate = read_certificate(folder, cases[i].file);
        print_message("# %s\n", cases[i].file);
        assert_int_equal(verdict(authority, certificate, "localhost"), cases[i].localhost);
        assert_int_equal(verdict(authority, certificate, "127.0.0.1"), cases[i].address);
        X509_free(certificate);
    }
    X509_free(authority);
    folder_remove(folder);
}

/* Goal: nobody else reads a key, whatever lay in its place before. */
static void keys_are_ours_alone(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char path[FOLDER_PATH_SIZE + 64];
    struct err err = {.text = ""};
    folder_create(folder);
    FILE *open_file = fopen(folder_file(path, folder, "valid.key"), "w");
    assert_non_null(open_file);
    fclose(open_file);
    assert_int_equal(chmod(path, 0666), 0);
    assert_int_equal(symlink("valid.key", folder_file(path, folder, "early.key")), 0);

    const mode_t mask = umask(0);
    assert_true(wire_identities_make(folder, &err));
    umask(mask);

    int keys = 0;
    for (int i = 0; i < WIRE_IDENTITY_COUNT; i++) {
        struct stat status;
        char name[64];
        snprintf(name, sizeof(name), "%s.key", wire_identity_name((enum wire_identity)i));
        assert_int_equal(lstat(folder_file(path, folder, name), &status), 0);
        assert_int_equal(status.st_mode, S_IFREG | 0600);
        keys++;
    }
    assert_int_equal(keys, 7);
    assert_int_not_equal(access(folder_file(path, folder, "ca.key"), F_OK), 0);
    folder_remove(folder);
}

/* Goal: keys go where nothing else is; what is all there is kept, and of a folder with
 * anything else nothing is touched. */
static void keys_are_not_strewn_among_other_files(void **state)
{
    char folder[FOLDER_PATH_SIZE];
    char path[FOLDER_PATH_SIZE + 64];
    struct stat before, after;
    struct err err = {.text = ""};
    folder_create(folder);
    assert_true(wire_identities_ensure(folder, &err));
    assert_int_equal(stat(folder_file(path, folder, "ca.pem"), &before), 0);
    assert_true(wire_identities_ensure(folder, &err));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);

    assert_int_equal(unlink(folder_file(path, folder, "old.key")), 0);
    assert_false(wire_identities_ensure(folder, &err));
    assert_non_null(strstr(err.text, "expected a new or empty folder"));
    assert_int_not_equal(access(path, F_OK), 0);
    folder_remove(folder);
}

static void a_folder_that_cannot_be_is_named(void **state)
{
    struct err err = {.text = ""};
    assert_false(wire_identities_make("/dev/null/tls", &err));
    assert_non_null(strstr(err.text, "/dev/null"));
}

static void every_identity_is_found_by_its_name(void **state)
{
    for (int i = 0; i < WIRE_IDENTITY_COUNT; i++) {
        enum wire_identity identity = WIRE_IDENTITY_COUNT;
        assert_true(wire_identity_find(wire_identity_name((enum wire_identity)i), &identity));
        assert_int_equal(identity, i);
    }
    enum wire_identity identity = WIRE_IDENTITY_VALID;
    assert_false(wire_identity_find("valid ", &identity));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_lies_in_its_own_way),
        cmocka_unit_test(keys_are_ours_alone),
        cmocka_unit_test(keys_are_not_strewn_among_other_files),
        cmocka_unit_test(a_folder_that_cannot_be_is_named),
        cmocka_unit_test(every_identity_is_found_by_its_name),
    };
    return cmocka_run_group_tests_name("simulator/identity", tests, NULL, NULL);
}

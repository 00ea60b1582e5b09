#pragma once

/* build: which build this is, for records that outlive it: the version and the commit, and
 * `-dirty` behind it when files differed from that; the version alone outside a repository.
 *
 * What is compared between builds, as results are, has ARBLITE_VERSION. */
const char *build_name(void);

/*
 * Run when sbx is built: `gen_profiles default=policy/profiles/default.json ... > profiles.c` compiles each profile
 * and writes the C file that defines seccomp_builtin[], in the order of the arguments. tests/unit/test_seccomp.c
 * checks that the bytes in the binary are what seccomp_compile() makes of the JSON in the binary.
 */
#include "policy/gen_text.h"
#include "policy/json.h"
#include "policy/seccomp.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* seccomp.c looks profiles up here; the generator has none to look up. */
const struct seccomp_profile seccomp_builtin[] = {{.name = NULL}};

static int write_profile(const char *name, const char *path, struct sbx_err *err)
{
	FREE_CLEANUP char *text = NULL;
	__attribute__((cleanup(json_freep))) struct json_object *root = NULL;
	struct json_object *summary_json = NULL;
	struct sock_filter *filter;
	const char *summary;
	size_t len = 0, n = 0;

	TRY(gen_read_file(path, SECCOMP_PROFILE_BYTES_MAX, &text, &len, err));
	TRY(seccomp_compile(text, len, path, &filter, &n, err));
	printf("static const struct sock_filter filter_%s[] = {\n", name);
	for (size_t i = 0; i < n; i++)
		printf("\t{0x%02x, %u, %u, 0x%08" PRIx32 "},\n", filter[i].code, filter[i].jt, filter[i].jf,
		       filter[i].k);
	printf("};\nenum { bars_sockets_%s = %d };\n\n", name, seccomp_bars_sockets(filter, n));
	free(filter);

	TRY(json_parse(text, len, path, &root, err));
	summary = json_find(root, "x-summary", &summary_json) ? json_string_of(summary_json) : NULL;
	if (summary == NULL)
		return sbx_fail(err, SBX_STAGE_PLAN, EINVAL, "%s: \"x-summary\" is missing", path);
	printf("static const char summary_%s[] =\n\t", name);
	gen_literal(summary, strlen(summary));
	printf(";\n\nstatic const char json_%s[] =\n\t", name);
	gen_literal(text, len);
	printf(";\n\n");
	return 0;
}

int main(int argc, char **argv)
{
	struct sbx_err err;

	printf("/* Written by policy/gen_profiles.c. */\n#include \"policy/seccomp.h\"\n\n");
	for (int i = 1; i < argc; i++) {
		char *path = strchr(argv[i], '=');

		if (path == NULL || path == argv[i]) {
			fprintf(stderr, "usage: gen_profiles NAME=FILE.json ...\n");
			return 2;
		}
		*path++ = '\0';
		if (write_profile(argv[i], path, &err) < 0) {
			fprintf(stderr, "gen_profiles: %s\n", err.msg);
			return 1;
		}
	}
	printf("const struct seccomp_profile seccomp_builtin[] = {\n");
	for (int i = 1; i < argc; i++)
		printf("\t{\"%s\", summary_%s, json_%s, filter_%s, sizeof(filter_%s) / sizeof(filter_%s[0]), "
		       "bars_sockets_%s},\n",
		       argv[i], argv[i], argv[i], argv[i], argv[i], argv[i], argv[i]);
	printf("\t{NULL, NULL, NULL, NULL, 0, 0},\n};\n");
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "gen_profiles: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}

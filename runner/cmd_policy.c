/* sbx policy: lists the built-in system-call profiles, and prints one as the OCI JSON it was compiled from. */
#include "policy/seccomp.h"
#include "runner/cmd.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
        "usage: sbx policy list\n"
        "       sbx policy show NAME\n"
        "\n"
        "list  the built-in profiles: name, length of the compiled filter in instructions, for what\n"
        "show  the profile NAME as OCI JSON; a changed copy of it is used by\n"
        "      sbx run --seccomp FILE.json\n"
        "\n"
        "The format is described in sbx-policy(5).\n";

static int usage_error(const char *what, const char *given)
{
	struct sbx_err err;

	sbx_fail(&err, SBX_STAGE_USAGE, 0, "policy: %s%.60s; sbx policy --help tells more", what, given);
	return cmd_fail(&err);
}

static int list(void)
{
	for (const struct seccomp_profile *p = seccomp_builtin; p->name != NULL; p++)
		printf("%-12s %5zu  %s\n", p->name, p->n_filter, p->summary);
	return cmd_print("");
}

static int show(const char *name)
{
	const struct seccomp_profile *profile = seccomp_builtin_find(name);
	size_t len;

	if (profile == NULL)
		return usage_error("no such profile (sbx policy list names them): ", name);
	len = strlen(profile->json);
	fputs(profile->json, stdout);
	if (len == 0 || profile->json[len - 1] != '\n')
		putchar('\n');
	return cmd_print("");
}

int cmd_policy(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : NULL;

	if (verb == NULL)
		return usage_error("list, or show NAME?", "");
	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0)
		return cmd_print(help);
	if (strcmp(verb, "list") == 0)
		return argc == 2 ? list() : usage_error("list takes no arguments: ", argv[2]);
	if (strcmp(verb, "show") == 0) {
		if (argc == 3)
			return show(argv[2]);
		return argc < 3 ? usage_error("show takes a NAME", "") : usage_error("one NAME only: ", argv[3]);
	}
	return usage_error("neither list nor show: ", verb);
}

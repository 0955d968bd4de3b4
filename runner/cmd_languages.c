/* sbx languages: the built-in languages, each with the version that its toolchain prints in a box, or what to install.
 */
#include "policy/json.h"
#include "policy/language.h"
#include "runner/cmd.h"
#include "runner/toolchain.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "usage: sbx languages [--json]\n"
                           "\n"
                           "Lists the built-in languages: name, title, extensions, and the version that is\n"
                           "found when its compiler or interpreter is asked in a box, or what to install.\n"
                           "\n"
                           "  --json  one array of objects: name, title, extensions, packages, installed,\n"
                           "          and version, null where none was printed\n";

static void print_list(const char *const *list, int width)
{
	int n = 0;

	for (; *list != NULL; list++)
		n += printf("%s%s", n > 0 ? " " : "", *list);
	printf("%*s", n < width ? width - n : 0, "");
}

static void print_line(const struct language *language, const struct toolchain *toolchain)
{
	printf("%-11s %-22s ", language->name, language->title);
	print_list(language->extensions, 20);
	if (toolchain->is_installed) {
		printf(" %s\n",
		       toolchain->version[0] != '\0' ? toolchain->version : "is there, but prints no version in a box");
	} else {
		printf(" install: apt-get install ");
		print_list(language->packages, 0);
		putchar('\n');
	}
	fflush(stdout); /* the next may take a second */
}

static struct json_object *list_json(const char *const *list)
{
	struct json_object *json = json_new_array();

	for (; *list != NULL; list++)
		json_append(json, json_new_string(*list));
	return json;
}

static void add_json(struct json_object *array, const struct language *language, const struct toolchain *toolchain)
{
	struct json_object *json = json_new_object();

	json_add_string(json, "name", language->name);
	json_add_string(json, "title", language->title);
	json_add(json, "extensions", list_json(language->extensions));
	json_add(json, "packages", list_json(language->packages));
	json_add_bool(json, "installed", toolchain->is_installed);
	json_add_string(json, "version", toolchain->version[0] != '\0' ? toolchain->version : NULL);
	json_append(array, json);
}

/* `array` NULL: as text */
static int list(struct json_object *array, struct sbx_err *err)
{
	static struct box_host host; /* large */
	static struct supervisor supervisor;

	TRY(host_open(&host, err));
	TRY(supervisor_init(&supervisor, err));
	for (const struct language *language = language_builtin; language->name != NULL; language++) {
		struct toolchain toolchain;

		TRY(toolchain_ask(&toolchain, language, &supervisor, &host, err));
		if (array != NULL)
			add_json(array, language, &toolchain);
		else
			print_line(language, &toolchain);
	}
	return 0;
}

int cmd_languages(int argc, char **argv)
{
	bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
	__attribute__((cleanup(json_freep))) struct json_object *array = json ? json_new_array() : NULL;
	struct sbx_err err = {0};

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return cmd_print(help);
	if (argc > 1 && !json) {
		sbx_fail(&err, SBX_STAGE_USAGE, 0,
		         "languages: takes --json or nothing: %.60s; sbx languages --help tells more",
		         argv[argc > 2 ? 2 : 1]);
		return cmd_fail(&err);
	}
	if (list(array, &err) < 0)
		return cmd_fail(&err);
	if (json)
		puts(json_text(array, true));
	return cmd_print("");
}

/* Which language a submission is in: by name, or by the extensions of its files. */
#include "policy/language.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

const struct language *language_builtin_find(const char *name)
{
	for (const struct language *l = language_builtin; l->name != NULL; l++)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

/* The extension of the last component, "" where it has none: ".gitignore" is a name. */
static const char *extension_of(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	const char *dot = strrchr(base, '.');

	return dot != NULL && dot != base ? dot : "";
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

bool language_is_source(const struct language *language, const char *name)
{
	return is_one_of(extension_of(name), language->extensions);
}

static bool is_header(const char *name)
{
	static const char *const extensions[] = {".h", ".hh", ".hpp", ".hxx", NULL};

	return is_one_of(extension_of(name), extensions);
}

bool language_is_documentation(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strcasecmp(extension_of(name), ".md") == 0 ||
	       strncasecmp(slash != NULL ? slash + 1 : name, "readme", strlen("readme")) == 0;
}

static const struct language *language_of(const struct language *languages, const char *name)
{
	for (const struct language *l = languages; l->name != NULL; l++)
		if (!l->by_name && language_is_source(l, name))
			return l;
	return NULL;
}

int language_detect(const struct language *languages, const char *const *names, size_t n_names,
                    const struct language **ret, struct sbx_err *err)
{
	const struct language *found = NULL;
	const char *first = NULL;

	for (size_t i = 0; i < n_names; i++) {
		const struct language *language = language_of(languages, names[i]);

		if (language == NULL &&
		    (*extension_of(names[i]) == '\0' || is_header(names[i]) || language_is_documentation(names[i])))
			continue;
		if (language == NULL)
			return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "%.100s: no language has the extension %.40s",
			                names[i], extension_of(names[i]));
		if (found != NULL && found != language)
			return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
			                "two languages: %.100s is %.40s, but %.100s is %.40s", first, found->title,
			                names[i], language->title);
		if (found == NULL)
			first = names[i];
		found = language;
	}
	if (found == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "none of the files has the extension of a language");
	*ret = found;
	return 0;
}

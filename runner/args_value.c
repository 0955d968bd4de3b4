/*
 * The values of the command line, one function a kind, each of which reads one value to its last character and puts it
 * into the run_args, or refuses it with the option's name and the value quoted. Called through the table in
 * runner/args_run.c; front-ends for the options of other sandboxes can share them.
 */
#include "runner/args_value.h"

#include "policy/size.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUOTE_BYTES_MAX 64

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* Cut to what fits on a line with the message around it, not within a UTF-8 character. */
const char *args_quote(const char *text, char buf[ARGS_QUOTE_SIZE])
{
	size_t len = strnlen(text, QUOTE_BYTES_MAX + 1);
	bool cut = len > QUOTE_BYTES_MAX;

	if (cut)
		for (len = QUOTE_BYTES_MAX; len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80;)
			len--;
	snprintf(buf, ARGS_QUOTE_SIZE, "%.*s%s", (int)len, text, cut ? "..." : "");
	return buf;
}

/* `what` completes the sentence: "is not a size". sbx_fail() takes the control characters out. */
static int bad_value(const struct args_value *at, const char *value, const char *what)
{
	char quoted[ARGS_QUOTE_SIZE];

	return sbx_fail(at->err, SBX_STAGE_USAGE, 0, "--%s: \"%s\" %s", at->option, args_quote(value, quoted), what);
}

int args_take_flag(const struct args_value *at, const char *value)
{
	(void)value;
	*(bool *)at->field = true;
	return 0;
}

int args_take_no_aslr(const struct args_value *at, const char *value)
{
	(void)value;
	at->args->spec.aslr = false;
	return 0;
}

int args_take_string(const struct args_value *at, const char *value)
{
	if (value[0] == '\0')
		return bad_value(at, value, "is empty");
	*(const char **)at->field = value;
	return 0;
}

static int parse_quantity(const struct args_value *at, const char *value, int (*parse)(const char *, uint64_t *),
                          const char *what, uint64_t *ret)
{
	int result = parse(value, ret);

	if (result == -ERANGE)
		return bad_value(at, value, "is too large: it must stay below 2^63 bytes, microseconds or pieces");
	if (result == -EDOM)
		return bad_value(at, value, "is too small: less than one byte or microsecond");
	return result < 0 ? bad_value(at, value, what) : 0;
}

#define WHAT_SIZE "is not a size (use 256M, 1G, ... or unlimited)"
#define WHAT_DURATION "is not a duration (use 500ms, 2s, 1.5, ... or unlimited)"
#define WHAT_COUNT "is not a count (use 1, 64, ... or unlimited)"
#define WHAT_RATE "is not a number of cores (use 1, 0.5, ... or unlimited)"

int args_take_size(const struct args_value *at, const char *value)
{
	return parse_quantity(at, value, size_parse, WHAT_SIZE, at->field);
}

int args_take_duration(const struct args_value *at, const char *value)
{
	return parse_quantity(at, value, duration_parse, WHAT_DURATION, at->field);
}

int args_take_count(const struct args_value *at, const char *value)
{
	return parse_quantity(at, value, count_parse, WHAT_COUNT, at->field);
}

/* Beyond these no kernel goes (PID_MAX_LIMIT, NR_CPUS; 1 ms of quota in a period of 100 ms). */
#define PIDS_MAX 4194304
#define RATE_MILLIS_MIN 10
#define RATE_MILLIS_MAX 8192000

int args_take_pids(const struct args_value *at, const char *value)
{
	uint64_t pids = 0;

	TRY(parse_quantity(at, value, count_parse, WHAT_COUNT, &pids));
	if (pids > PIDS_MAX && pids != SPEC_UNLIMITED)
		return bad_value(at, value, "is more than the kernel's own limit, 4194304");
	*(uint64_t *)at->field = pids;
	return 0;
}

int args_take_rate(const struct args_value *at, const char *value)
{
	uint64_t millis = 0;

	TRY(parse_quantity(at, value, rate_parse, WHAT_RATE, &millis));
	if (millis < RATE_MILLIS_MIN)
		return bad_value(at, value, "is less than the kernel can hold a program to: 0.01");
	if (millis > RATE_MILLIS_MAX && millis != SPEC_UNLIMITED)
		return bad_value(at, value, "is more cores than any machine has (use unlimited for no cap)");
	at->args->spec.cpu_rate_millis = millis;
	return 0;
}

/* S[,INODES] */
int args_take_tmp(const struct args_value *at, const char *value)
{
	struct run_spec *spec = &at->args->spec;
	char size[ARGS_VALUE_BYTES_MAX + 1];
	char *comma;

	snprintf(size, sizeof(size), "%s", value);
	comma = strchr(size, ',');
	if (comma != NULL)
		*comma = '\0';
	TRY(parse_quantity(at, size, size_parse, WHAT_SIZE, &spec->tmp_bytes_max));
	if (comma != NULL)
		TRY(parse_quantity(at, comma + 1, count_parse, "is not a count of inodes", &spec->tmp_inodes_max));
	return 0;
}

int args_take_pin(const struct args_value *at, const char *value)
{
	struct run_spec *spec = &at->args->spec;
	unsigned n_cores;

	if (strcmp(value, "none") == 0) {
		spec->pin = PIN_NONE;
	} else if (strcmp(value, "auto") == 0) {
		spec->pin = PIN_AUTO;
	} else {
		if (cpu_list_parse(value, &n_cores) < 0)
			return bad_value(at, value, "is not a list of cores (use 0, 2-3,8, ... or auto or none)");
		spec->pin = PIN_LIST;
		spec->pin_list = value;
	}
	return 0;
}

/* The index of `value` in `names`, or the failure. */
static int choice(const struct args_value *at, const char *value, const char *const names[], size_t n, const char *what)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(value, names[i]) == 0)
			return (int)i;
	return bad_value(at, value, what);
}

int args_take_box_mode(const struct args_value *at, const char *value)
{
	static const char *const names[BOX_DIR_MAX] = {[BOX_DIR_RO] = "ro", [BOX_DIR_COW] = "cow", [BOX_DIR_RW] = "rw"};
	int mode = choice(at, value, names, BOX_DIR_MAX, "is not a mode (use ro, cow or rw)");

	TRY(mode);
	at->args->spec.box_mode = (enum box_dir_mode)mode;
	return 0;
}

int args_take_net(const struct args_value *at, const char *value)
{
	static const char *const names[BOX_NETWORK_MAX] = {
	        [BOX_NETWORK_NONE] = "none", [BOX_NETWORK_LOOPBACK] = "loopback"};
	int network = choice(at, value, names, BOX_NETWORK_MAX, "is not a network (use none or loopback)");

	TRY(network);
	at->args->spec.network = (enum box_network)network;
	return 0;
}

int args_take_format(const struct args_value *at, const char *value)
{
	static const char *const names[REPORT_MAX] = {[REPORT_TEXT] = "text", [REPORT_JSON] = "json"};
	int format = choice(at, value, names, REPORT_MAX, "is not a format (use text or json)");

	TRY(format);
	*(enum report_format *)at->field = (enum report_format)format;
	return 0;
}

/* Absolute, and without a component that means another folder than it says. */
static bool is_inside_path(const char *path)
{
	if (path[0] != '/')
		return false;
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if ((len == 1 && path[0] == '.') || (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += len;
		path += strspn(path, "/");
	}
	return true;
}

int args_take_chdir(const struct args_value *at, const char *value)
{
	if (!is_inside_path(value))
		return bad_value(at, value, "is not an absolute path inside the box, free of . and ..");
	at->args->spec.chdir = value;
	return 0;
}

/* For a mount point: "/a//b/" becomes "/a/b" in place. */
static int tidy_mount_point(const struct args_value *at, char *path)
{
	char *out = path;

	if (!is_inside_path(path))
		return bad_value(at, path, "is not an absolute path inside the box, free of . and ..");
	for (const char *in = path; *in != '\0'; in++)
		if (*in != '/' || (in[1] != '/' && in[1] != '\0'))
			*out++ = *in;
	*out = '\0';
	if (path[0] == '\0')
		return bad_value(at, "/", "cannot be mounted over");
	return 0;
}

/* Room for one more mount, and a copy of the value that the caller may cut up; run_args_finish() frees it. */
static int mount_begin(const struct args_value *at, const char *value, char **ret_copy)
{
	struct run_args *args = at->args;
	char *copy;

	if (args->spec.n_mounts == SPEC_BINDS_MAX)
		return sbx_fail(at->err, SBX_STAGE_USAGE, 0, "--%s: more than %d mounts", at->option, SPEC_BINDS_MAX);
	copy = strdup(value);
	if (copy == NULL)
		return sbx_fail(at->err, SBX_STAGE_USAGE, ENOMEM, "--%s: out of memory", at->option);
	args->owned[args->n_owned++] = copy;
	*ret_copy = copy;
	return 0;
}

/* Cuts `text` at its first `separator`; the part behind it, or NULL. */
static char *cut_at(char *text, char separator)
{
	char *found = strchr(text, separator);

	if (found != NULL)
		*found++ = '\0';
	return found;
}

static int parse_bind_options(const struct args_value *at, char *text, unsigned *ret_flags)
{
	static const struct {
		const char *name;
		unsigned flag;
	} names[] = {{"rw", BOX_MOUNT_RW}, {"ro", 0}, {"noexec", BOX_MOUNT_NOEXEC}, {"maybe", BOX_MOUNT_MAYBE}};
	unsigned flags = 0;
	bool read_only = false;

	while (text != NULL) {
		char *next = cut_at(text, ',');
		size_t i = 0;

		while (i < N_ELEMENTS(names) && strcmp(text, names[i].name) != 0)
			i++;
		if (i == N_ELEMENTS(names))
			return bad_value(at, text, "is not an option of a bind (use rw, ro, noexec, maybe)");
		flags |= names[i].flag;
		read_only = read_only || names[i].flag == 0;
		text = next;
	}
	if (read_only && (flags & BOX_MOUNT_RW) != 0)
		return sbx_fail(at->err, SBX_STAGE_USAGE, 0, "--%s: ro and rw exclude each other", at->option);
	*ret_flags = flags;
	return 0;
}

/* SRC[:DST[:OPTS]] */
int args_take_bind(const struct args_value *at, const char *value)
{
	struct run_spec *spec = &at->args->spec;
	struct spec_mount mount = {.kind = BOX_MOUNT_BIND, .src = value};
	char *copy = NULL, *dst, *options = NULL;

	TRY(mount_begin(at, value, &copy));
	dst = cut_at(copy, ':');
	if (copy[0] == '\0')
		return bad_value(at, value, "has no SRC (use SRC[:DST[:OPTS]])");
	if (dst != NULL) {
		mount.src = copy;
		options = cut_at(dst, ':');
	} else if (is_inside_path(copy)) {
		dst = copy;
	} else {
		return bad_value(at, value, "needs a DST (only an absolute SRC, free of . and .., goes without)");
	}
	TRY(tidy_mount_point(at, dst));
	TRY(parse_bind_options(at, options, &mount.flags));
	mount.dst = dst;
	spec->mounts[spec->n_mounts++] = mount;
	return 0;
}

/* DST[:S] */
int args_take_tmpfs(const struct args_value *at, const char *value)
{
	struct run_spec *spec = &at->args->spec;
	struct spec_mount mount = {.kind = BOX_MOUNT_TMPFS, .bytes = SPEC_TMPFS_BYTES};
	char *copy = NULL, *size;

	TRY(mount_begin(at, value, &copy));
	size = cut_at(copy, ':');
	TRY(tidy_mount_point(at, copy));
	if (size != NULL)
		TRY(parse_quantity(at, size, size_parse, WHAT_SIZE, &mount.bytes));
	mount.dst = copy;
	spec->mounts[spec->n_mounts++] = mount;
	return 0;
}

static const char *environ_find(char *const *environ_, const char *name)
{
	size_t len = strlen(name);

	for (; environ_ != NULL && *environ_ != NULL; environ_++)
		if (strncmp(*environ_, name, len) == 0 && (*environ_)[len] == '=')
			return *environ_;
	return NULL;
}

/* K=V as given, or the caller's own entry for K: both are strings that outlive the spec. */
int args_take_env(const struct args_value *at, const char *value)
{
	struct run_spec *spec = &at->args->spec;
	size_t name_len = strcspn(value, "=");

	if (name_len == 0)
		return bad_value(at, value, "has no name (use K=V, or K for the caller's value)");
	for (size_t i = 0; i < name_len; i++)
		if ((unsigned char)value[i] <= ' ' || value[i] == 0x7f)
			return bad_value(at, value, "has a blank or a control character in its name");
	if (value[name_len] != '=')
		value = environ_find(at->environ_, value);
	if (value == NULL)
		return 0;
	if (spec->n_env == SPEC_ENV_MAX)
		return sbx_fail(at->err, SBX_STAGE_USAGE, 0, "--%s: more than %d variables", at->option, SPEC_ENV_MAX);
	spec->env[spec->n_env++] = value;
	return 0;
}

#define ALL_LIMITS ((1U << BOX_LIMIT_MAX) - 1)

/* The bit of one name of `len` bytes, all bits for "all", 0 where it is no limit. */
static unsigned limit_bits(const char *name, size_t len)
{
	if (len == 3 && strncmp(name, "all", len) == 0)
		return ALL_LIMITS;
	for (int i = 0; i < BOX_LIMIT_MAX; i++)
		if (strlen(box_limit_name(i)) == len && strncmp(name, box_limit_name(i), len) == 0)
			return 1U << i;
	return 0;
}

static int no_limit(const struct args_value *at, const char *name, size_t len)
{
	char one[ARGS_QUOTE_SIZE], what[256] = "is no limit (use all, or some of ";

	snprintf(one, sizeof(one), "%.*s", (int)(len < QUOTE_BYTES_MAX ? len : QUOTE_BYTES_MAX), name);
	for (int i = 0; i < BOX_LIMIT_MAX; i++) {
		size_t end = strlen(what);
		snprintf(what + end, sizeof(what) - end, "%s%s", box_limit_name(i), i + 1 < BOX_LIMIT_MAX ? "," : ")");
	}
	return bad_value(at, one, what);
}

static int parse_limit_list(const struct args_value *at, const char *value, unsigned *ret_mask)
{
	unsigned mask = 0;

	for (const char *name = value;;) {
		size_t len = strcspn(name, ",");
		unsigned bits = limit_bits(name, len);

		if (bits == 0)
			return no_limit(at, name, len);
		mask |= bits;
		if (name[len] == '\0')
			break;
		name += len + 1;
	}
	*ret_mask = mask;
	return 0;
}

/* All of them is the default; one that is named must also be there, which the plan sees to. */
int args_take_require(const struct args_value *at, const char *value)
{
	unsigned mask = 0;

	TRY(parse_limit_list(at, value, &mask));
	at->args->spec.weaker &= ~mask;
	if (mask != ALL_LIMITS)
		at->args->spec.required |= mask;
	return 0;
}

/* F, "-", or fd:N */
int args_take_report(const struct args_value *at, const char *value)
{
	TRY(args_take_string(at, value));
	if (report_where_fd(value) == REPORT_NOWHERE)
		return bad_value(at, value, "is not fd:N with a number N (a file of that name is ./fd:...)");
	return 0;
}

int args_take_allow_weaker(const struct args_value *at, const char *value)
{
	unsigned mask = 0;

	TRY(parse_limit_list(at, value, &mask));
	at->args->spec.weaker |= mask;
	return 0;
}

/*
 * The bundle that crun runs: the same folders, limits, ids and calls as in sbx's box, all namespaces, a cgroup of its
 * own, as an OCI configuration. Called once, by contenders.c.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROFILE_BYTES_MAX (64 << 10)

static const char *const dirs[] = {"usr", "proc", "dev", "tmp", "box", "etc", "etc/alternatives"};
static const char *const links[][2] = {
        {"usr/bin", "bin"}, {"usr/sbin", "sbin"}, {"usr/lib", "lib"}, {"usr/lib64", "lib64"}};

static const char head[] =
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"terminal\":false,\"user\":{\"uid\":1000,\"gid\":1000},"
        "\"args\":[\"./nop\"],\"env\":[\"PATH=/usr/local/bin:/usr/bin:/bin\"],\"cwd\":\"/box\",\"capabilities\":{},"
        "\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":256,\"soft\":256},"
        "{\"type\":\"RLIMIT_CORE\",\"hard\":0,\"soft\":0}],\"noNewPrivileges\":true},"
        "\"root\":{\"path\":\"root\",\"readonly\":true},\"hostname\":\"sbx\",\"mounts\":["
        "{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
        "{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
        "\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size=64k\"]},"
        "{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\",\"source\":\"shm\","
        "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=64m\"]},"
        "{\"destination\":\"/tmp\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
        "\"options\":[\"nosuid\",\"nodev\",\"mode=1777\",\"size=64m\"]},"
        "{\"destination\":\"/usr\",\"type\":\"bind\",\"source\":\"/usr\",\"options\":[\"rbind\",\"ro\",\"nosuid\"]},"
        "{\"destination\":\"/etc/alternatives\",\"type\":\"bind\",\"source\":\"/etc/alternatives\","
        "\"options\":[\"rbind\",\"ro\",\"nosuid\"]},";

static int make_root(const struct place *place)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/root", place->bundle);
	if (mkdir(place->bundle, 0755) < 0 || mkdir(path, 0755) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/root/%s", place->bundle, dirs[i]);
		if (mkdir(path, 0755) < 0)
			return -errno;
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), "%s/root/%s", place->bundle, links[i][1]);
		if (symlink(links[i][0], path) < 0)
			return -errno;
	}
	return 0;
}

/* The end of the JSON object that begins at `text`, or NULL. */
static char *object_end(char *text)
{
	int depth = 0;
	bool quoted = false;

	for (; *text != '\0'; text++) {
		if (quoted && *text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			quoted = !quoted;
		else if (!quoted && *text == '{')
			depth++;
		else if (!quoted && *text == '}' && --depth == 0)
			return text + 1;
	}
	return NULL;
}

/*
 * What sbx's default profile allows, which crun compiles at each start. Not what it refuses in a particular way: two
 * answers for one call are beyond crun.
 */
static int write_seccomp(FILE *out, const struct place *place)
{
	static char text[PROFILE_BYTES_MAX];
	char path[4200], *at, *end;
	int n = 0;

	snprintf(path, sizeof(path), "%s/policy/profiles/default.json", place->source);
	if (place_read(path, text, sizeof(text)) < 0)
		return -ENOENT;
	fputs(",\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
	      "\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":[",
	      out);
	at = strstr(text, "\"syscalls\"");
	while (at != NULL && (at = strchr(at, '{')) != NULL && (end = object_end(at)) != NULL) {
		char after = *end;
		*end = '\0';
		if (strstr(at, "SCMP_ACT_ALLOW") != NULL)
			fprintf(out, "%s%s", n++ > 0 ? "," : "", at);
		*end = after;
		at = end;
	}
	fputs("]}", out);
	return n > 0 ? 0 : -ENOENT;
}

static int write_config(FILE *out, const struct place *place)
{
	char cwd[4096];

	fputs(head, out);
	fprintf(out,
	        "{\"destination\":\"/box\",\"type\":\"bind\",\"source\":\"%s\","
	        "\"options\":[\"rbind\",\"ro\",\"nosuid\",\"nodev\"]}],",
	        getcwd(cwd, sizeof(cwd)));
	fprintf(out,
	        "\"linux\":{\"cgroupsPath\":\"/%s\",\"resources\":{\"memory\":{\"limit\":268435456,"
	        "\"swap\":268435456},\"pids\":{\"limit\":64}},",
	        place->cgroup);
	fputs("\"uidMappings\":[{\"containerID\":0,\"hostID\":1879048192,\"size\":2000}],"
	      "\"gidMappings\":[{\"containerID\":0,\"hostID\":1879048192,\"size\":2000}],"
	      "\"namespaces\":[{\"type\":\"user\"},{\"type\":\"pid\"},{\"type\":\"mount\"},{\"type\":\"network\"},"
	      "{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"cgroup\"}]",
	      out);
	if (write_seccomp(out, place) < 0)
		return -ENOENT;
	return fputs("}}\n", out) == EOF ? -EIO : 0;
}

/*
 * crun refuses to work where v2 has controllers beside those of v1. So the benchmark takes v2 out of its own mount
 * namespace, in which all contenders then live; none of them uses it on such a host.
 */
static void hide_v2_of_hybrid(void)
{
	static const char hybrid[] = "/sys/fs/cgroup/unified";

	if (access(hybrid, F_OK) == 0 && unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		umount2(hybrid, MNT_DETACH);
}

int crun_make_bundle(struct place *place)
{
	char path[512];
	FILE *out;
	int rc = make_root(place);

	if (rc < 0)
		return rc;
	hide_v2_of_hybrid();
	snprintf(path, sizeof(path), "%s/config.json", place->bundle);
	out = fopen(path, "we");
	if (out == NULL)
		return -errno;
	rc = write_config(out, place);
	return fclose(out) == 0 ? rc : -EIO;
}

/*
 * sbx serve: the HTTP service. This process opens what needs rights, starts sbx-serve (runner/serve/main.c) without
 * any, and becomes the starter (runner/starter.h), which starts `sbx judge` for it and knows nothing of HTTP.
 */
#include "policy/json.h"
#include "policy/serve_config.h"
#include "runner/cmd.h"
#include "runner/job_memory.h"
#include "runner/serve/handover.h"
#include "runner/serve/http_listen.h"
#include "runner/setup.h"
#include "runner/starter.h"
#include "sandbox/cores.h"
#include "sandbox/fd.h"
#include "sandbox/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONFIG_MAX ((size_t)1 << 20)
#define GRACE_MS 10000
#define KEY_MAX ((size_t)4096) /* of POST / */

static const char help[] = "usage: sbx serve [options]\n"
                           "\n"
                           "Takes jobs over HTTP, runs as many as there are slots, and keeps the rest in a queue\n"
                           "on disk. http://ADDR:PORT/ is a page to try it on, /v1/openapi.json describes the API.\n"
                           "\n"
                           "  --listen ADDR:PORT|unix:PATH   where (default 127.0.0.1:5000)\n"
                           "  --config FILE   YAML: limits, keys and all else, see sbx-serve(1)\n"
                           "  --state DIR     jobs, results and files (default /var/lib/sbx; of an ordinary\n"
                           "                  user $XDG_STATE_HOME/sbx or ~/.local/state/sbx)\n"
                           "  --keys FILE     who may ask; without keys only this host is listened to\n"
                           "  --user NAME     whom the network's half becomes when root starts it (default: nobody)\n"
                           "\n"
                           "KEY in the environment is the key of POST /. SIGTERM lets what runs end, and keeps the\n"
                           "rest for the next start.\n";

static struct command {
	struct serve_config config;
	struct job_memory memory; /* of the files */
	char *keys;
	size_t keys_len;
	const char *listen, *config_file, *state, *keys_file, *user;
	char state_dir[4096], cache_dir[4096], files_dir[4200], service_path[4200], address[160];
	uid_t uid;
	gid_t gid;
	int exe_fd, listen_fd, config_fd, keys_fd, legacy_key_fd, sockets[2];
} cmd = {.exe_fd = -1, .listen_fd = -1, .config_fd = -1, .keys_fd = -1, .legacy_key_fd = -1, .sockets = {-1, -1}};

/* ---- options ---- */

static int parse_options(int argc, char **argv, bool *ret_help, struct sbx_err *err)
{
	static const struct option options[] = {
	        {"listen", required_argument, NULL, 'l'},
	        {"config", required_argument, NULL, 'c'},
	        {"state", required_argument, NULL, 's'},
	        {"keys", required_argument, NULL, 'k'},
	        {"user", required_argument, NULL, 'u'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	const char **places[] = {['l'] = &cmd.listen,
	                         ['c'] = &cmd.config_file,
	                         ['s'] = &cmd.state,
	                         ['k'] = &cmd.keys_file,
	                         ['u'] = &cmd.user};
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "+:h", options, NULL)) != -1) {
		if (c == 'h') {
			*ret_help = true;
			return 0;
		}
		if (c == '?' || c == ':')
			return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "serve: %.60s %s; sbx serve --help tells more",
			                argv[optind - 1], c == ':' ? "needs a value" : "is no option");
		*places[c] = optarg;
	}
	if (optind < argc)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "serve: takes no arguments: %.60s; sbx serve --help tells more", argv[optind]);
	return 0;
}

static int find_state(struct sbx_err *err)
{
	const char *base = getenv("XDG_STATE_HOME"), *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *state = cmd.state != NULL ? cmd.state : cmd.config.state;

	if (state != NULL)
		snprintf(cmd.state_dir, sizeof(cmd.state_dir), "%s", state);
	else if (getuid() == 0)
		strcpy(cmd.state_dir, "/var/lib/sbx");
	else if (base != NULL && base[0] == '/')
		snprintf(cmd.state_dir, sizeof(cmd.state_dir), "%s/sbx", base);
	else if (home != NULL && home[0] == '/')
		snprintf(cmd.state_dir, sizeof(cmd.state_dir), "%s/.local/state/sbx", home);
	if (cmd.state_dir[0] != '/')
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--state: not an absolute path: %.200s", cmd.state_dir);
	if (getuid() == 0)
		strcpy(cmd.cache_dir, "/var/cache/sbx");
	else if (cache != NULL && cache[0] == '/')
		snprintf(cmd.cache_dir, sizeof(cmd.cache_dir), "%s/sbx", cache);
	else
		snprintf(cmd.cache_dir, sizeof(cmd.cache_dir), "%s/.cache/sbx", home != NULL ? home : "");
	snprintf(cmd.files_dir, sizeof(cmd.files_dir), "%s/files", cmd.state_dir);
	return 0;
}

static int load(struct sbx_err *err)
{
	struct serve_config *config = &cmd.config;
	const char *fault = NULL;
	char *text;
	size_t len;

	serve_config_init(config);
	if (cmd.config_file != NULL) {
		TRY(job_memory_read_file(&cmd.memory, "--config", cmd.config_file, CONFIG_MAX, &text, &len, err));
		TRY(serve_config_parse(text, len, cmd.config_file, config, err));
	}
	if (cmd.listen != NULL && (fault = serve_listen_parse(cmd.listen, &config->listen)) != NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--listen %.100s: %s", cmd.listen, fault);
	if (cmd.keys_file == NULL)
		cmd.keys_file = config->keys;
	if (cmd.user == NULL)
		cmd.user = config->user;
	if (cmd.keys_file != NULL)
		TRY(job_memory_read_file(&cmd.memory, "--keys", cmd.keys_file, CONFIG_MAX, &cmd.keys, &cmd.keys_len,
		                         err));
	if (cmd.keys_len == 0 && !config->listen.is_local)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL,
		                "no keys are configured (--keys FILE), and %.60s can be reached from other hosts: "
		                "listen on 127.0.0.1 or unix:PATH, or configure keys",
		                config->listen.address);
	if (config->slots_max == 0)
		config->slots_max = cores_physical();
	if (config->running_max == 0)
		config->running_max = config->slots_max;
	return find_state(err);
}

/*
 * KEY, out of the environment, where other processes of the same user can read it, into a file of the handover. Not by
 * unsetenv() alone: what /proc shows is where the kernel once put it.
 */
static int take_key(struct sbx_err *err)
{
	char *key = getenv("KEY");
	size_t len = key != NULL ? strlen(key) : 0;
	int rc;

	if (len > KEY_MAX)
		return sbx_fail(err, SBX_STAGE_USAGE, E2BIG, "KEY has %zu bytes, and may have %zu", len, KEY_MAX);
	cmd.legacy_key_fd = memfd_create("key", MFD_CLOEXEC);
	rc = cmd.legacy_key_fd < 0 ? -errno : fd_write_all(cmd.legacy_key_fd, key, len);
	if (key != NULL)
		explicit_bzero(key, len);
	unsetenv("KEY");
	return rc < 0 ? sbx_fail(err, SBX_STAGE_STARTER, -rc, "cannot hand KEY over") : 0;
}

/* ---- what needs rights ---- */

static bool is_empty(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), n = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL) {
		fd_close(&fd);
		return false;
	}
	while (n < 3 && readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n < 3; /* "." and ".." */
}

/* A folder and those above it; the last one belongs to `uid`. */
static int make_dir(const char *path, uid_t uid, gid_t gid, struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;
	char part[4096];
	struct stat st;

	for (const char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return sbx_fail(err, SBX_STAGE_STORE, errno, "cannot make %.200s: %s", part,
			                strerrordesc_np(errno));
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return sbx_fail(err, SBX_STAGE_STORE, errno, "cannot make %.200s: %s", path, strerrordesc_np(errno));
	fd = path_open(path, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return sbx_fail(err, SBX_STAGE_STORE, -fd, "cannot open %.200s: %s%s", path, strerrordesc_np(-fd),
		                PATH_LOOP_NOTE(-fd));
	if (fstat(fd, &st) < 0)
		return sbx_fail(err, SBX_STAGE_STORE, errno, "cannot look at %.200s", path);
	if (st.st_uid == uid || st.st_uid != getuid())
		return 0;
	/* made here, or for us: whoever names /srv by mistake does not want it given away */
	if (!is_empty(fd))
		return sbx_fail(err, SBX_STAGE_STORE, EPERM,
		                "%.200s is root's, and not empty: chown it, or name another", path);
	if (fchown(fd, uid, gid) < 0)
		return sbx_fail(err, SBX_STAGE_STORE, errno, "cannot hand %.200s over", path);
	return 0;
}

static int find_user(struct sbx_err *err)
{
	const char *argv[] = {"getent", "passwd", cmd.user != NULL ? cmd.user : "nobody", NULL};
	char line[400];
	int status;
	unsigned uid, gid;

	cmd.uid = getuid();
	cmd.gid = getgid();
	if (cmd.uid != 0)
		return cmd.user == NULL ? 0
		                        : sbx_fail(err, SBX_STAGE_USAGE, EPERM,
		                                   "--user: only root's service can become another user's");
	if (setup_spawn((char *const *)argv, line, sizeof(line), &status) < 0 || status != 0 ||
	    sscanf(line, "%*[^:]:%*[^:]:%u:%u:", &uid, &gid) != 2)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--user: there is no user %.100s", argv[2]);
	if (uid == 0)
		return sbx_fail(err, SBX_STAGE_USAGE, EINVAL, "--user: root is what the network's half must not be");
	cmd.uid = uid;
	cmd.gid = gid;
	return 0;
}

/* Beside this program, as in build/, or where `make install` puts it. */
static int find_service(struct sbx_err *err)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	char *slash;

	if (n < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot find this program");
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	*slash = '\0';
	snprintf(cmd.service_path, sizeof(cmd.service_path), "%s/sbx-serve", exe);
	if (access(cmd.service_path, X_OK) < 0)
		snprintf(cmd.service_path, sizeof(cmd.service_path), "%s/../libexec/sbx/sbx-serve", exe);
	if (access(cmd.service_path, X_OK) < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno,
		                "sbx-serve is not beside %s/sbx, and not in ../libexec/sbx", exe);
	cmd.exe_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	return cmd.exe_fd < 0 ? sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot open this program") : 0;
}

/* Said now, with the command that mends it, rather than by each job. */
static int try_box(struct sbx_err *err)
{
	const char *argv[] = {"/proc/self/exe", "run", "--report", "-", "--", "/bin/true", NULL};
	char said[400] = "";
	int status = 0, rc = setup_spawn((char *const *)argv, said, sizeof(said), &status);

	if (rc == 0 && status == SBX_EXIT_OK)
		return 0;
	said[strcspn(said, "\n")] = '\0';
	return sbx_fail(err, SBX_STAGE_STARTER, rc < 0 ? -rc : EPERM,
	                "no box can be made here (sbx check tells why): %s", said);
}

/* What sbx-serve gets: the configuration with the options in it. JSON is YAML. */
static int write_config(struct sbx_err *err)
{
	const struct serve_config *config = &cmd.config;
	struct json_object *state = json_new_string(cmd.state_dir);
	char *text = NULL;
	int len, rc;

	len = asprintf(&text,
	               "{state: %s, queue: {jobs: %" PRIu64 ", bytes: %" PRIu64 "B}, running: %" PRIu64
	               ", slots: %" PRIu64 ", results: %" PRIu64 "us, files: %" PRIu64 "B, body: %" PRIu64
	               "B, connections: %" PRIu64 ", idle: %" PRIu64 "us, grace: %" PRIu64 "us, event_bytes: %" PRIu64
	               "B, result_bytes: %" PRIu64 "B, legacy: {enabled: %s}",
	               json_text(state, false), config->queue_jobs_max, config->queue_bytes_max, config->running_max,
	               config->slots_max, config->results_us, config->files_bytes_max, config->body_bytes_max,
	               config->connections_max, config->idle_us, config->grace_us, config->event_bytes_max,
	               config->result_bytes_max, config->legacy_enabled ? "true" : "false");
	json_free(state);
	cmd.config_fd = memfd_create("config", MFD_CLOEXEC);
	cmd.keys_fd = memfd_create("keys", MFD_CLOEXEC);
	rc = len < 0 || cmd.config_fd < 0 || cmd.keys_fd < 0 ? -ENOMEM : fd_write_all(cmd.config_fd, text, (size_t)len);
	if (rc == 0 && config->connections_per_ip_max > 0)
		rc = dprintf(cmd.config_fd, ", connections_per_ip: %" PRIu64, config->connections_per_ip_max) < 0 ? -EIO
		                                                                                                  : 0;
	if (rc == 0)
		rc = fd_write_all(cmd.config_fd, "}", 1);
	if (rc == 0)
		rc = fd_write_all(cmd.keys_fd, cmd.keys != NULL ? cmd.keys : "", cmd.keys_len);
	free(text);
	return rc < 0 ? sbx_fail(err, SBX_STAGE_STARTER, -rc, "cannot hand the configuration over") : 0;
}

static int open_all(struct sbx_err *err)
{
	const struct serve_listen *listen = &cmd.config.listen;

	/* besides the jobs one program more is run (HANDOVER_LANGUAGES) */
	_Static_assert(SERVE_RUNNING_MAX < STARTER_CHILDREN_MAX, "");
	TRY(take_key(err));
	TRY(find_user(err));
	TRY(find_service(err));
	TRY(try_box(err));
	TRY(make_dir(cmd.state_dir, cmd.uid, cmd.gid, err));
	TRY(make_dir(cmd.cache_dir, getuid(), getgid(), err));
	TRY(write_config(err));
	if (listen->family == SERVE_UNIX)
		snprintf(cmd.address, sizeof(cmd.address), "unix:%s", listen->path);
	else
		snprintf(cmd.address, sizeof(cmd.address), listen->family == SERVE_IPV6 ? "[%s]:%u" : "%s:%u",
		         listen->address, listen->port);
	cmd.listen_fd = http_listen(listen, 0660, err);
	TRY(cmd.listen_fd);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, cmd.sockets) < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot make the service's socket");
	return 0;
}

/* ---- the two halves ---- */

/* To the numbers of the handover, by way of higher ones, so that none is overwritten before it was moved. */
static int place_descriptors(void)
{
	const int from[HANDOVER_FDS] = {cmd.sockets[1], cmd.listen_fd, cmd.config_fd, cmd.keys_fd, cmd.legacy_key_fd};
	int high[HANDOVER_FDS], nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
		return -errno;
	for (int i = 0; i < HANDOVER_FDS; i++)
		if ((high[i] = fcntl(from[i], F_DUPFD, 64)) < 0)
			return -errno;
	for (int i = 0; i < HANDOVER_FDS; i++)
		if (dup2(high[i], HANDOVER_STARTER_FD + i) < 0)
			return -errno;
	return close_range(HANDOVER_STARTER_FD + HANDOVER_FDS, ~0U, 0) < 0 ? -errno : 0;
}

static void variable(char *place, size_t size, const char *name, const char *value)
{
	snprintf(place, size, "%s=%s", name, value != NULL ? value : "");
}

/*
 * The child: another user, nothing that could bring rights back, and then the other program. A session of its own: it
 * could put what it likes into the input of a terminal that it shared with the starter, and got the terminal's SIGINT.
 */
static void __attribute__((noreturn)) become_service(void)
{
	static char address[200], notify[200], access_log[] = "SBX_SERVE_ACCESS_LOG=1";
	static char name[] = "sbx-serve";
	char *argv[] = {name, NULL}, *env[] = {address, notify, NULL, NULL};

	if (getenv("SBX_SERVE_ACCESS_LOG") != NULL)
		env[2] = access_log;
	variable(address, sizeof(address), "SBX_SERVE_ADDRESS", cmd.address);
	variable(notify, sizeof(notify), "NOTIFY_SOCKET", getenv("NOTIFY_SOCKET"));
	if (setsid() < 0 || place_descriptors() < 0 ||
	    (cmd.uid != getuid() && (setgroups(0, NULL) < 0 || setresgid(cmd.gid, cmd.gid, cmd.gid) < 0 ||
	                             setresuid(cmd.uid, cmd.uid, cmd.uid) < 0)) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || chdir("/") < 0) {
		perror("sbx serve: cannot give up what sbx-serve must not have");
		_exit(SBX_EXIT_SANDBOX);
	}
	execve(cmd.service_path, argv, env);
	perror("sbx serve: cannot start sbx-serve");
	_exit(SBX_EXIT_SANDBOX);
}

static int serve(int *ret_status, struct sbx_err *err)
{
	char slots[24];
	const char *judge[] = {"sbx",      "judge", "--job",    "-",    "--job-files",     cmd.files_dir,
	                       "--events", "fd:3",  "--format", "json", "--compile-cache", cmd.cache_dir,
	                       "--slots",  slots,   NULL};
	const char *run[sizeof(judge) / sizeof(judge[0])];
	const char *languages[] = {"sbx", "languages", "--json", NULL};
	char *const *programs[] = {[HANDOVER_JUDGE] = (char *const *)judge,
	                           [HANDOVER_LANGUAGES] = (char *const *)languages,
	                           [HANDOVER_RUN] = (char *const *)run};
	pid_t service;

	memcpy(run, judge, sizeof(run));
	run[2] = "--run";
	snprintf(slots, sizeof(slots), "%" PRIu64, cmd.config.slots_max);
	service = fork();
	if (service < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "cannot start sbx-serve");
	if (service == 0)
		become_service();
	fd_close(&cmd.sockets[1]);
	fd_close(&cmd.listen_fd);
	fd_close(&cmd.legacy_key_fd);
	return starter_loop(&(struct starter_config){.exe_fd = cmd.exe_fd,
	                                             .programs = programs,
	                                             .n_programs = sizeof(programs) / sizeof(programs[0]),
	                                             .socket_fd = cmd.sockets[0],
	                                             .service = service,
	                                             .grace_ms = GRACE_MS,
	                                             .env_path = "/usr/local/bin:/usr/bin:/bin"},
	                    ret_status, err);
}

int cmd_serve(int argc, char **argv)
{
	struct sbx_err err = {0};
	bool wants_help = false;
	int status = 0, rc = parse_options(argc, argv, &wants_help, &err);

	if (rc == 0 && wants_help)
		return cmd_print(help);
	if (rc == 0)
		rc = load(&err);
	if (rc == 0)
		rc = open_all(&err);
	if (rc == 0)
		rc = serve(&status, &err);
	job_memory_finish(&cmd.memory);
	serve_config_finish(&cmd.config);
	if (rc < 0)
		return cmd_fail(&err);
	return WIFEXITED(status) ? WEXITSTATUS(status) : SBX_EXIT_SANDBOX;
}

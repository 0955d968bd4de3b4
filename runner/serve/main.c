/*
 * sbx-serve: the half of `sbx serve` that speaks HTTP. Called by runner/cmd_serve.c alone, with descriptors that are
 * open already (runner/serve/handover.h), and without any right that it could do harm with.
 */
#include "runner/job_memory.h"
#include "runner/serve/batch.h"
#include "runner/serve/handover.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WORKERS 2
#define WORK_THREADS 2
#define TEXT_MAX ((size_t)1 << 20)
#define BODIES_MAX (UINT64_C(128) << 20)  /* in memory at once, unless one may be larger than half of it */
#define ANSWERS_MAX (UINT64_C(128) << 20) /* long ones in memory at once */

static struct serve serve;
static struct job_memory memory; /* of what was handed over */

/* Whoever wrote it left the descriptor, which is one with ours, at its end. Nobody reads it again. */
static int read_text(int fd, const char *what, char **ret, size_t *ret_len, struct sbx_err *err)
{
	int rc;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return sbx_fail(err, SBX_STAGE_USAGE, errno, "%s: not handed over", what);
	rc = job_memory_read(&memory, fd, TEXT_MAX, what, ret, ret_len, err);
	close(fd);
	return rc;
}

static int load(struct sbx_err *err)
{
	char *config, *keys, *legacy_key;
	size_t config_len, keys_len, legacy_key_len;

	serve_config_init(&serve.config);
	TRY(read_text(HANDOVER_CONFIG_FD, "config", &config, &config_len, err));
	TRY(serve_config_parse(config, config_len, "config", &serve.config, err));
	TRY(read_text(HANDOVER_KEYS_FD, "keys", &keys, &keys_len, err));
	if (keys_len > 0)
		TRY(serve_keys_parse(keys, keys_len, "keys", &serve.keys, err));
	TRY(read_text(HANDOVER_LEGACY_KEY_FD, "key", &legacy_key, &legacy_key_len, err));
	serve.legacy_key = legacy_key_len > 0 ? legacy_key : NULL;
	serve.running_max = (unsigned)serve.config.running_max;
	/* any body that is allowed is one that somebody may send while another holds all that he can */
	serve.bodies.all_max =
	        BODIES_MAX / 2 >= serve.config.body_bytes_max ? BODIES_MAX : 2 * serve.config.body_bytes_max;
	serve.bodies.each_max = serve.bodies.all_max / 2;
	serve.run_bodies = serve.bodies;
	serve.answers = (struct shares){.all_max = ANSWERS_MAX, .each_max = ANSWERS_MAX / 2};
	return 0;
}

static const struct admission_limits no_limits = {ADMISSION_UNLIMITED, ADMISSION_UNLIMITED, ADMISSION_UNLIMITED};

static int add_party(struct party *party, const char *name, const struct serve_key *key,
                     const struct admission_limits *limits, struct sbx_err *err)
{
	static const struct admission_rate any;
	int rc;

	*party = (struct party){.name = name, .key = key};
	rc = admission_add_key(serve.admission, limits, key != NULL ? &key->rate : &any, clock_ns(), &party->queue);
	if (rc == 0)
		rc = admission_add_key(serve.uploads, &no_limits, key != NULL ? &key->uploads : &any, clock_ns(),
		                       &party->uploads);
	return rc < 0 ? sbx_fail(err, SBX_STAGE_USAGE, -rc, "key %s: %s", name, strerror(-rc)) : 0;
}

/* The keys, or everybody; then those of POST /, and those whose key is in the file no more. */
static int make_queue(struct sbx_err *err)
{
	const struct serve_config *config = &serve.config;
	struct admission_limits limits = {config->queue_jobs_max, config->queue_bytes_max, serve.running_max};
	static const struct admission_limits one = {ADMISSION_UNLIMITED, ADMISSION_UNLIMITED, 1};
	static const struct admission_rate any;
	/* its key is in the body: who has none could else fill the queue of those who have one */
	struct admission_limits legacy = {config->queue_jobs_max / 2 + 1, config->queue_bytes_max / 2 + 1,
	                                  ADMISSION_UNLIMITED};
	size_t n = serve.keys.n_keys;

	serve.admission = admission_create(&limits, clock_ns());
	serve.uploads = admission_create(&no_limits, clock_ns());
	serve.n_parties = n > 0 ? n : 1;
	serve.parties = calloc(serve.n_parties + 2, sizeof(struct party));
	/* each that runs may follow one whose result is not stored yet */
	serve.n_children = 2 * serve.running_max;
	serve.children = calloc(serve.n_children + 1, sizeof(struct child));
	serve.turns = calloc(serve.running_max, sizeof(struct turn));
	if (serve.admission == NULL || serve.uploads == NULL || serve.parties == NULL || serve.children == NULL ||
	    serve.turns == NULL)
		return sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "no memory for the queue");
	for (size_t i = 0; i <= serve.n_children; i++)
		child_init(&serve.children[i]);
	for (size_t i = 0; i < n; i++)
		TRY(add_party(&serve.parties[i], serve.keys.keys[i].name, &serve.keys.keys[i],
		              &serve.keys.keys[i].queue, err));
	if (n == 0)
		TRY(add_party(&serve.parties[0], "", NULL, &no_limits, err));
	TRY(add_party(&serve.parties[serve.n_parties], "(legacy)", NULL, &legacy, err));
	TRY(add_party(&serve.parties[serve.n_parties + 1], "(gone)", NULL, &no_limits, err));
	return admission_add_key(serve.admission, &one, &any, clock_ns(), &serve.suspects) < 0
	               ? sbx_fail(err, SBX_STAGE_USAGE, ENOMEM, "no memory for the queue")
	               : 0;
}

static int open_state(struct sbx_err *err)
{
	TRY(store_open(&serve.store, serve.config.state, err));
	if (mkdirat(serve.store.dir_fd, "events", 0700) < 0 && errno != EEXIST)
		return sbx_fail(err, SBX_STAGE_STORE, errno, "cannot make the folder of events: %s", strerror(errno));
	serve.events_dir = openat(serve.store.dir_fd, "events", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (serve.events_dir < 0)
		return sbx_fail(err, SBX_STAGE_STORE, errno, "cannot open the folder of events: %s", strerror(errno));
	return core_restore(&serve, err);
}

static int open_signals(struct sbx_err *err)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	serve.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	serve.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (serve.signal_fd < 0 || serve.wake_fd < 0)
		return sbx_fail(err, SBX_STAGE_STARTER, errno, "no descriptors");
	return 0;
}

static void log_request(void *data, const struct http_log *entry)
{
	char *line = http_log_line(entry);

	(void)data;
	if (line != NULL)
		fprintf(stderr, "%s\n", line);
	free(line);
}

static int start_http(struct sbx_err *err)
{
	const struct serve_config *config = &serve.config;
	static struct http_config http;

	http = (struct http_config){.listen_fd = HANDOVER_LISTEN_FD,
	                            .threads = WORKERS,
	                            .connections_max = (unsigned)config->connections_max,
	                            .per_address_max = (unsigned)config->connections_per_ip_max,
	                            .idle_s = (unsigned)(config->idle_us / 1000000 + 1),
	                            .header_ms = (unsigned)(config->idle_us / 1000),
	                            .grace_ms = (unsigned)(config->idle_us / 1000),
	                            .bytes_per_s = 4096,
	                            .body_bytes_per_s = 64 << 10,
	                            .linger_ms = 2000,
	                            .linger_bytes = (size_t)8 << 20,
	                            .reword = api_legacy_reword,
	                            .data = &serve,
	                            .log = getenv("SBX_SERVE_ACCESS_LOG") != NULL ? log_request : NULL};
	http.routes = api_routes(&http.n_routes);
	return http_start(&http, &serve.http, err);
}

/* sd_notify(3): where a service manager waits to be told. */
static void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = path != NULL ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, len);
	if (address.sun_path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
		close(fd);
	}
}

static int serve_all(struct sbx_err *err)
{
	int rc;

	TRY(load(err));
	TRY(make_queue(err));
	TRY(open_signals(err));
	TRY(open_state(err));
	TRY(work_start(WORK_THREADS, &serve.work, err));
	TRY(start_http(err));
	if (serve.config.legacy_enabled && serve.legacy_key == NULL)
		serve_log("warning", NULL, "KEY is not set: POST / refuses every request");
	serve_log("listening", NULL, "%s", getenv("SBX_SERVE_ADDRESS"));
	notify("READY=1");
	rc = core_run(&serve, err);
	notify("STOPPING=1");
	work_stop(serve.work);
	http_stop(serve.http);
	work_destroy(serve.work);
	store_finish(&serve.store);
	serve_log("ended", NULL, "%s", rc < 0 ? err->msg : "drained");
	return rc;
}

int main(void)
{
	struct sbx_err err = {0};

	/* no other process of this user's, who may be nobody, looks into this one */
	prctl(PR_SET_DUMPABLE, 0);
	for (int i = 0; i < HANDOVER_FDS; i++)
		fcntl(HANDOVER_STARTER_FD + i, F_SETFD, FD_CLOEXEC);
	serve.starter_fd = HANDOVER_STARTER_FD;
	serve.asked_end = &serve.asked;
	serve.start_us = serve_now_us();
	pthread_mutex_init(&serve.lock, NULL);
	if (serve_all(&err) < 0) {
		fprintf(stderr, "sbx serve: %s\n", err.msg);
		return 3;
	}
	return 0;
}

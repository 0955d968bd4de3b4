/*
 * make bench: what sbx costs and how exactly it cuts, beside its peers, in one run. The parts: launch.c starts and
 * times one process, stats.c keeps samples, place.c makes the files that the peers need, contenders.c and crun.c say
 * how each is called, speed.c, exact.c, many.c, judge.c and serve.c measure, the last by the services of service.c and
 * the clients of client.c, show.c prints and writes JSON, bench.c ties them together. report.c looks into reports. The
 * soak uses launch.c, place.c and report.c as well: see soak.h.
 *
 * The benchmark's own process stays small (no libraries, static, few samples), since a child inherits the peak memory
 * of the process that it was spawned from, and since a large one is slower to spawn from.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* ---- stats.c: samples in whatever unit the caller has ---- */

struct samples {
	int64_t *values; /* sorted by the first look at them */
	size_t n, room;
	bool sorted;
};

void samples_add(struct samples *samples, int64_t value);
/* Nearest rank; 0 when there are none. 100 is the largest. */
int64_t samples_percentile(struct samples *samples, unsigned percent);
void samples_finish(struct samples *samples);

/* ---- launch.c: one process from its start to its end ---- */

#define LAUNCH_FILTER_FD 9

struct launch {
	const char *const *argv; /* argv[0] is a path */
	int out_fd, err_fd;      /* -1: /dev/null, as standard input always is */
	bool takes_stdio; /* it makes what it gets there its own (crun): a file in memory, not the host's /dev/null */
	const char *filter_path; /* opened anew as LAUNCH_FILTER_FD, or NULL */
};

struct outcome {
	int status;                 /* as waitpid gives it */
	int64_t begin_ns, end_ns;   /* CLOCK_MONOTONIC */
	int64_t rss_kib;            /* the largest of the process and all that it waited for */
	int64_t voluntary_switches; /* of the process alone; -1 when not asked for */
};

/* Spawns and waits. Returns 0 or -errno of what could not be done; how the process ended is in *ret. */
int launch(const struct launch *what, bool count_switches, struct outcome *ret);

/* Spawns and does not wait. Returns 0 or -errno. */
int launch_start(const struct launch *what, pid_t *ret_pid);

/* The most memory that a process alone has had, in KiB: what wait4 tells is that of its children, too. -1: it is gone.
 */
int64_t launch_peak_kib(pid_t pid);

int64_t now_ns(void);
void pause_ms(unsigned ms);

/* ---- place.c: the temporary folder, and files in it ---- */

struct place {
	char dir[256];     /* temporary, removed at the end */
	char build[4096];  /* where sbx and the targets are */
	char source[4096]; /* the working directory at the start: the root of the source */
	char sbx[4200];
	char filter[300]; /* sbx's default filter as bytes, fit for those that have no supervisor to ask */
	char cgroup[32];  /* the name of crun's */
	char bundle[300]; /* crun's */
};

/* Makes the folder and enters that of the targets. 0, or -errno with `ret_what` telling what failed. */
int place_init(struct place *place, const char *build, const char **ret_what);
void place_finish(struct place *place);
/* A path in the temporary folder, in one of a few static buffers. */
const char *place_path(const struct place *place, const char *name);
/* Reads a whole file into buf as a string. Returns its length or -errno. */
int place_read(const char *path, char *buf, size_t size);
/* Reads sbx's default filter out of its --dry-run into place->filter. 0 or -errno. */
int place_make_filter(struct place *place);
/* Removes a folder with all that is in it, but for what is mounted there. */
void place_remove(const char *dir);

/* ---- report.c ---- */

/* A number of a JSON report by its key, which is unique there but for those of the limits; -1 where it is null. */
int64_t report_number(const char *report, const char *key);
/* `reason` is JSON: null, or in quotes. */
bool report_has_verdict(const char *report, const char *verdict, const char *reason);

/* ---- contenders.c and crun.c ---- */

enum contender {
	BARE,
	NAMESPACES,
	BWRAP,
	CRUN,
	SBX,
	SBX_FILE,
	CONTENDER_MAX,
};

struct contender_info {
	const char *key;  /* in the JSON */
	const char *name; /* in the table */
	struct launch launch;
	const char *missing; /* why it cannot take part, or NULL */
};

extern struct contender_info contenders[CONTENDER_MAX];

/* Makes what the contenders need, tries each once, and marks those that do not work. */
void contenders_init(struct place *place);
/* Writes config.json and the root of a bundle. 0 or -errno. */
int crun_make_bundle(struct place *place);

/* ---- speed.c and exact.c ---- */

struct options {
	unsigned rounds, paused_rounds, pause_ms; /* of launches */
	unsigned second_ms;                       /* how long throughput is looked at, each time */
	unsigned runs;                            /* of each test of exactness */
	unsigned judge_tests;                     /* of a job */
	unsigned burst;                           /* clients at once */
	unsigned serve_rounds, serve_jobs;        /* of a service's throughput, and in each */
};

#define N_WIDTHS 3
extern const unsigned widths[N_WIDTHS]; /* launchers in parallel */

enum pace {
	BACK_TO_BACK,
	PAUSED,
	PACE_MAX,
};

struct speed {
	struct samples ns[PACE_MAX][CONTENDER_MAX];
	struct samples cgroup_us, enter_us; /* two steps of sbx, with pauses */
	double per_second[CONTENDER_MAX][N_WIDTHS];
	int64_t rss_kib[CONTENDER_MAX]; /* the largest seen */
};

void speed_measure(struct speed *speed, const struct place *place, const struct options *options);
void exact_measure(const struct place *place, const struct options *options);
/* judge.c; `bare_us` is what a posix_spawn of the same program takes. */
void judge_measure(const struct place *place, const struct options *options, double bare_us);
/* many.c: from the kill of an init to the end of the 512 processes in its namespaces, without sbx. 0 or -errno. */
int many_floor_us(const char *name, int64_t *ret_us);

/* ---- client.c: HTTP clients, each with a connection that is kept ---- */

enum client_event { /* or the status of an answer */
	            CLIENT_BEGINS = 0,
	            CLIENT_BROKEN = -1, /* refused, reset, or closed before an answer was whole */
};

struct client {
	size_t number;
	/* client.c's: */
	int fd;
	char *request, *answer;
	size_t request_len, sent, len, room;
};

/*
 * What came; it asks for more by client_ask(), and returns whether it did. It has to when a client begins. A client is
 * broken once, and then left.
 */
typedef bool client_next(void *arg, struct client *client, int event, const char *body);

void client_ask(struct client *client, const char *method, const char *target, const char *body);
/* All `n` at once, until each has left, or the time is over. Returns how many are there still. */
size_t clients_run(struct client *clients, size_t n, uint16_t port, client_next *next, void *arg, unsigned seconds);

/* One client by itself: a connection to this host, and one question. Whether there is one; whether the answer is 200.
 */
bool client_connect(struct client *client, uint16_t port);
bool client_get(struct client *client, const char *target, int timeout_ms);
/* Of one that is connected no more, too. */
void client_leave(struct client *client);

/* ---- service.c: `sbx serve`, and what it is compared with ---- */

struct service {
	pid_t pid;
	uint16_t port;
};

/* Starts what `argv` says, with the address for argv[address_at], and waits until it answers. 0 or -errno. */
int service_start(struct service *service, const struct place *place, const char *argv[], size_t address_at);
/* By SIGTERM. Whether it ended as it should. */
bool service_stop(struct service *service);
/* The most memory that the halves of `sbx serve` have had, each for itself, KiB. */
int64_t service_peak_kib(const struct service *service);

/* Asks for /v1/health every 20 ms, over a connection that is kept and over fresh ones by turns, until it is finished.
 */
struct prober {
	pid_t pid;
	struct probes *shared;
};

int prober_start(struct prober *prober, uint16_t port);
/* What each took, in nanoseconds; INT64_MAX for one that had no answer. */
void prober_finish(struct prober *prober, struct samples *ret);

/* serve.c */
void serve_measure(const struct place *place, const struct options *options);

/* ---- show.c: the results ---- */

enum bound {
	NO_BOUND,
	AT_MOST,
	AT_LEAST,
};

/* Adds one figure to those that are printed and written at the end. */
void show_figure(const char *key, const char *name, double value, const char *unit, enum bound bound, double budget);
/* A measurement that could not be made: named at the end, and makes the exit status 1. */
void show_failure(const char *what, const char *why);
/* The ratios and sizes of `speed` become figures; prints all and writes the JSON. Returns the exit status. */
int show_all(struct speed *speed, const struct options *options, const char *json_path);
void show_json_string(FILE *out, const char *text);
/* One word of progress on stderr. */
void show_progress(const char *what);

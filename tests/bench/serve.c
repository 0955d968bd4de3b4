/*
 * What `sbx serve` does under load. A burst of clients, to a queue that has no room for all and to one that has; and
 * how many jobs a second it ends, beside `sbx judge` in loops, and beside a server that runs bubblewrap (server.go).
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS 2
#define CLIENTS 4 /* at once, where throughput is measured: more than run */
#define ROOM_PART 5
#define CACHE "/var/cache/sbx" /* of root's service */
#define SLEEP_MS 5             /* of a burst's programs: long enough to be seen side by side */
#define BURST_S 300
#define WRONG_EACH 4 /* so many submissions have one wrong one among them */
#define SUBMIT "/v1/jobs?wait=60"

static const unsigned sizes[] = {1, 10}; /* tests of a job, where throughput is measured */

/* ---- jobs ---- */

/* `n` tests, which answer what is right, or the last one what is not; from malloc(), or NULL. */
static char *make_job(const struct place *place, unsigned n, unsigned sleep_ms, bool right)
{
	char path[4300], source[4096], *text = NULL;
	size_t len;
	FILE *out;

	snprintf(path, sizeof(path), "%s/tests/bench/targets/plus_one.c", place->source);
	if (place_read(path, source, sizeof(source)) < 0 || (out = open_memstream(&text, &len)) == NULL)
		return NULL;
	fputs("{\"files\":[{\"name\":\"a.c\",\"text\":", out);
	show_json_string(out, source);
	fputs("}],\"tests\":[", out);
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "%s{\"stdin\":\"%u %u\\n\",\"answer\":\"%u\\n\"}", i > 0 ? "," : "", i, sleep_ms,
		        right || i + 1 < n ? i + 1 : i);
	fputs("]}", out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

/* The first one in an answer is the job's, of `sbx serve` and of the server that it is compared with. */
static bool has_verdict(const char *body, const char *verdict)
{
	static const char key[] = "\"verdict\":\"";
	const char *at = strstr(body, key);

	return at != NULL && strncmp(at + sizeof(key) - 1, verdict, strlen(verdict)) == 0;
}

/* ---- sbx serve ---- */

static int start_sbx(struct service *service, const struct place *place, unsigned queued_max)
{
	char config[300], state[300];
	const char *argv[] = {place->sbx, "serve", "--config", config, "--state", state, "--listen", NULL, NULL};
	FILE *out;

	snprintf(config, sizeof(config), "%s/serve.yaml", place->dir);
	snprintf(state, sizeof(state), "%s/serve-%u", place->dir, queued_max);
	out = fopen(config, "we");
	if (out == NULL)
		return -errno;
	fprintf(out, "{slots: %d, running: %d, queue: {jobs: %u}}\n", SLOTS, SLOTS, queued_max);
	return fclose(out) == 0 ? service_start(service, place, argv, 7) : -EIO;
}

/* ---- bursts ---- */

struct burst {
	const char *right, *wrong; /* jobs */
	size_t ended, refused, broken, other, misjudged;
	struct samples begins_ns, ends_ns; /* of the programs */
};

static void note_times(struct burst *burst, const char *body)
{
	static const char key[] = "\"stderr\":\"";
	char *at = strstr(body, key);
	int64_t begin_ns = at == NULL ? 0 : strtoll(at + sizeof(key) - 1, &at, 10);
	int64_t end_ns = at == NULL ? 0 : strtoll(at, NULL, 10);

	if (begin_ns == 0 || end_ns < begin_ns) {
		burst->misjudged++;
		return;
	}
	samples_add(&burst->begins_ns, begin_ns);
	samples_add(&burst->ends_ns, end_ns);
}

static void note_end(struct burst *burst, const struct client *client, const char *body)
{
	burst->ended++;
	if (!has_verdict(body, client->number % WRONG_EACH == 0 ? "WA" : "AC"))
		burst->misjudged++;
	else
		note_times(burst, body);
}

/* A job whose end did not come while a client waited is asked for again. */
static bool ask_again(struct burst *burst, struct client *client, const char *body)
{
	char target[96];
	char id[27];
	const char *at = strstr(body, "\"id\":\"");

	if (at == NULL || sscanf(at, "\"id\":\"%26[0-9A-Za-z]\"", id) != 1) {
		burst->other++;
		return false;
	}
	snprintf(target, sizeof(target), "/v1/jobs/%s?wait=60", id);
	client_ask(client, "GET", target, "");
	return true;
}

static bool burst_next(void *arg, struct client *client, int event, const char *body)
{
	struct burst *burst = arg;

	switch (event) {
	case CLIENT_BEGINS:
		client_ask(client, "POST", SUBMIT, client->number % WRONG_EACH == 0 ? burst->wrong : burst->right);
		return true;
	case 200:
	case 202:
		if (strstr(body, "\"state\":\"queued\"") != NULL || strstr(body, "\"state\":\"running\"") != NULL)
			return ask_again(burst, client, body);
		note_end(burst, client, body);
		return false;
	case 429:
		burst->refused++;
		return false;
	case CLIENT_BROKEN:
		burst->broken++;
		return false;
	default:
		burst->other++;
		return false;
	}
}

/* How many programs there were side by side: from both lists in order, more begun than ended. */
static unsigned most_at_once(struct burst *burst)
{
	size_t ended = 0, most = 0;

	samples_percentile(&burst->begins_ns, 100);
	samples_percentile(&burst->ends_ns, 100);
	for (size_t begun = 0; begun < burst->begins_ns.n; begun++) {
		while (burst->ends_ns.values[ended] <= burst->begins_ns.values[begun])
			ended++;
		if (begun + 1 - ended > most)
			most = begun + 1 - ended;
	}
	return (unsigned)most;
}

struct burst_result {
	size_t lost; /* clients that got neither a result nor a refusal */
	int64_t ns, peak_kib;
	struct samples health_ns;
};

static int run_burst(const struct place *place, unsigned n, unsigned queued_max, struct burst *burst,
                     struct burst_result *ret)
{
	struct client *clients = calloc(n, sizeof(*clients));
	struct service service;
	struct prober prober;
	int64_t begin_ns;
	size_t left;
	int rc = clients == NULL ? -ENOMEM : start_sbx(&service, place, queued_max);

	if (rc == 0) {
		rc = prober_start(&prober, service.port);
		begin_ns = now_ns();
		left = clients_run(clients, n, service.port, burst_next, burst, BURST_S);
		ret->ns = now_ns() - begin_ns;
		ret->peak_kib = service_peak_kib(&service);
		if (rc == 0)
			prober_finish(&prober, &ret->health_ns);
		ret->lost = left + burst->broken + burst->other;
		if (!service_stop(&service))
			rc = -EPROTO;
	}
	free(clients);
	return rc;
}

static void show_health(const char *key, const char *what, struct samples *ns)
{
	static const struct {
		unsigned percent;
		enum bound bound;
	} rows[] = {{50, NO_BOUND}, {99, AT_MOST}, {100, NO_BOUND}};
	char full_key[64], name[96];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned percent = rows[i].percent;

		snprintf(full_key, sizeof(full_key), percent == 100 ? "%s_max" : "%s_p%u", key, percent);
		snprintf(name, sizeof(name),
		         percent == 100 ? "sbx serve, /v1/health %s, max" : "sbx serve, /v1/health %s, p%u", what,
		         percent);
		show_figure(full_key, name, (double)samples_percentile(ns, percent) / 1e6, "ms", rows[i].bound, 50);
	}
}

/* More come than there is room for. */
static void measure_refusals(const struct place *place, unsigned n, struct burst burst)
{
	struct burst_result result = {0};
	char name[96];

	show_progress("sbx serve, more clients than room");
	if (run_burst(place, n, n / ROOM_PART, &burst, &result) < 0) {
		show_failure("serve_full", "the service failed");
	} else {
		snprintf(name, sizeof(name), "sbx serve, %u at once, room for %u: with a result", n, n / ROOM_PART);
		show_figure("serve_full_ended", name, (double)burst.ended, "", AT_LEAST, n / ROOM_PART);
		show_figure("serve_full_refused", "                                     refused by 429",
		            (double)burst.refused, "", NO_BOUND, 0);
		show_figure("serve_full_lost", "                                     neither (reset, other)",
		            (double)result.lost, "", AT_MOST, 0);
		show_figure("serve_full_misjudged", "                                     with a wrong verdict",
		            (double)burst.misjudged, "", AT_MOST, 0);
		show_health("serve_full_health", "meanwhile", &result.health_ns);
	}
	samples_finish(&burst.begins_ns);
	samples_finish(&burst.ends_ns);
	samples_finish(&result.health_ns);
}

static void measure_burst(const struct place *place, unsigned n, struct burst burst)
{
	struct burst_result result = {0};
	char name[96];

	show_progress("sbx serve, room for all clients");
	if (run_burst(place, n, n, &burst, &result) < 0) {
		show_failure("serve_burst", "the service failed");
	} else {
		snprintf(name, sizeof(name), "sbx serve, %u at once, room for all: right verdicts", n);
		show_figure("serve_burst_right", name, (double)(burst.ended - burst.misjudged), "", AT_LEAST, n);
		show_figure("serve_burst_per_second", "                                     jobs a second",
		            (double)burst.ended * 1e9 / (double)result.ns, "/s", NO_BOUND, 0);
		show_figure("serve_burst_programs", "                                     programs at once, most",
		            most_at_once(&burst), "", AT_MOST, SLOTS);
		show_figure("serve_burst_rss", "                                     memory of both halves, peak",
		            (double)result.peak_kib / 1024, "MiB", AT_MOST, 128);
		show_health("serve_burst_health", "meanwhile", &result.health_ns);
	}
	samples_finish(&burst.begins_ns);
	samples_finish(&burst.ends_ns);
	samples_finish(&result.health_ns);
}

/* ---- throughput ---- */

struct stream {
	const char *job;
	unsigned left, right;
};

static bool stream_next(void *arg, struct client *client, int event, const char *body)
{
	struct stream *stream = arg;

	if (event != CLIENT_BEGINS && (event != 200 || !has_verdict(body, "AC")))
		return false;
	stream->right += event == 200;
	if (stream->left == 0)
		return false;
	stream->left--;
	client_ask(client, "POST", SUBMIT, stream->job);
	return true;
}

/* Jobs a second of `n` jobs by a few clients, or 0 where not each of them was right. */
static double stream_per_second(uint16_t port, const char *job, unsigned n)
{
	struct stream stream = {.job = job, .left = n};
	struct client clients[CLIENTS];
	int64_t begin_ns = now_ns();

	clients_run(clients, CLIENTS, port, stream_next, &stream, BURST_S);
	return stream.right == n ? n * 1e9 / (double)(now_ns() - begin_ns) : 0;
}

/* The same by as many loops of `sbx judge` as the service runs at once, called as the service calls it. */
static double loops_per_second(const struct place *place, const char *path, unsigned n)
{
	char slots[12];
	const char *const argv[] = {place->sbx,        "judge",   "--job", path,       "--events",
	                            "/dev/null",       "--slots", slots,   "--format", "json",
	                            "--compile-cache", CACHE,     NULL};
	const struct launch what = {.argv = argv, .out_fd = -1, .err_fd = -1};
	struct outcome outcome;
	int64_t begin_ns = now_ns();
	pid_t loops[SLOTS];
	bool good = true;
	int status;

	snprintf(slots, sizeof(slots), "%d", SLOTS);
	for (unsigned loop = 0; loop < SLOTS; loop++) {
		loops[loop] = fork();
		if (loops[loop] != 0)
			continue;
		for (unsigned i = loop; i < n && good; i += SLOTS)
			good = launch(&what, false, &outcome) == 0 && outcome.status == 0;
		_exit(good ? 0 : 1);
	}
	for (unsigned loop = 0; loop < SLOTS; loop++)
		good = waitpid(loops[loop], &status, 0) > 0 && status == 0 && good;
	return good ? n * 1e9 / (double)(now_ns() - begin_ns) : 0;
}

struct throughput {
	struct samples per_1000_s;          /* of the service */
	struct samples to_judge, to_server; /* thousandths */
};

/* The three take turns, so that what else the machine does meets all of them. */
static bool measure_rounds(const struct place *place, const struct options *options, uint16_t ours, uint16_t theirs,
                           unsigned n_tests, struct throughput *ret)
{
	const char *path = place_path(place, "job.json");
	char *job = make_job(place, n_tests, 0, true);
	FILE *file = fopen(path, "we");
	bool good = job != NULL && file != NULL && fputs(job, file) >= 0;

	if (file != NULL)
		good = fclose(file) == 0 && good;
	good = good && stream_per_second(ours, job, CLIENTS) > 0; /* compiles it */
	for (unsigned i = 0; i < options->serve_rounds && good; i++) {
		double service = stream_per_second(ours, job, options->serve_jobs);
		double judge = loops_per_second(place, path, options->serve_jobs);
		double server = stream_per_second(theirs, job, options->serve_jobs);

		good = service > 0 && judge > 0 && server > 0;
		if (!good)
			break;
		samples_add(&ret->per_1000_s, (int64_t)(service * 1000));
		samples_add(&ret->to_judge, (int64_t)(service / judge * 1000));
		samples_add(&ret->to_server, (int64_t)(service / server * 1000));
	}
	free(job);
	return good;
}

static double median(struct samples *thousandths)
{
	return (double)samples_percentile(thousandths, 50) / 1000;
}

static void measure_throughput(const struct place *place, const struct options *options, uint16_t ours, uint16_t theirs,
                               unsigned n_tests)
{
	struct throughput result = {0};
	char key[64], name[96];

	snprintf(name, sizeof(name), "sbx serve, jobs of %u tests", n_tests);
	show_progress(name);
	if (measure_rounds(place, options, ours, theirs, n_tests, &result)) {
		snprintf(key, sizeof(key), "serve_%u_per_second", n_tests);
		snprintf(name, sizeof(name), "sbx serve, C, compiled before, jobs with %u test%s", n_tests,
		         n_tests > 1 ? "s" : "");
		show_figure(key, name, median(&result.per_1000_s), "/s", NO_BOUND, 0);
		snprintf(key, sizeof(key), "serve_%u_to_judge", n_tests);
		show_figure(key, "                / loops of sbx judge", median(&result.to_judge), "x", AT_LEAST, 0.9);
		snprintf(key, sizeof(key), "serve_%u_to_server", n_tests);
		show_figure(key, "                / server with bubblewrap", median(&result.to_server), "x", AT_LEAST,
		            3);
	} else {
		show_failure("serve_per_second", "a job failed");
	}
	samples_finish(&result.per_1000_s);
	samples_finish(&result.to_judge);
	samples_finish(&result.to_server);
}

static void measure_beside(const struct place *place, const struct options *options)
{
	char program[4300];
	const char *argv[] = {"./server", NULL, program, NULL};
	struct service ours, theirs;

	snprintf(program, sizeof(program), "%s/bench/plus_one", place->build);
	if (start_sbx(&ours, place, options->burst) < 0) {
		show_failure("serve_per_second", "the service does not start");
		return;
	}
	if (service_start(&theirs, place, argv, 1) < 0) {
		show_failure("serve_to_server", "tests/bench/server.go does not start");
	} else {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			measure_throughput(place, options, ours.port, theirs.port, sizes[i]);
		service_stop(&theirs);
	}
	service_stop(&ours);
}

void serve_measure(const struct place *place, const struct options *options)
{
	char *right = make_job(place, 1, SLEEP_MS, true), *wrong = make_job(place, 1, SLEEP_MS, false);
	struct burst burst = {.right = right, .wrong = wrong};
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (right == NULL || wrong == NULL) {
		show_failure("serve", "the jobs cannot be made");
	} else {
		measure_refusals(place, options->burst, burst);
		measure_burst(place, options->burst, burst);
		measure_beside(place, options);
	}
	free(right);
	free(wrong);
}

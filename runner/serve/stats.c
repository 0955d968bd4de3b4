/* What the service counts, and its two forms. */
#include "runner/serve/serve.h"

#include "sandbox/fd.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_NS UINT64_C(60000000000)

/* Each half as much again as the one before: a quantile that is told is at most that much too high. */
static const uint64_t bounds_us[STATS_BOUNDS] = {
        1000,    1500,    2250,    3400,     5100,     7600,     11400,    17000,    25600,    38400,
        57700,   86500,   130000,  195000,   292000,   438000,   657000,   985000,   1480000,  2220000,
        3330000, 4990000, 7480000, 11200000, 16800000, 25300000, 37900000, 56800000, 85200000, 127800000,
};
static const char *const time_names[STATS_TIME_MAX] = {"queue_wait", "compile", "run", "overhead"};

void stats_add(struct stats *stats, enum stats_time which, uint64_t us)
{
	struct histogram *histogram = &stats->now.times[which];
	size_t i = 0;

	while (i < STATS_BOUNDS && us > bounds_us[i])
		i++;
	histogram->buckets[i]++;
	histogram->count++;
	histogram->sum_us += us;
}

void stats_done(struct stats *stats, const struct job_times *times, uint64_t us)
{
	stats->done++;
	if (!times->finished)
		return;
	stats->verdicts[times->judgement]++;
	if (times->compiled && times->compiled_ms >= times->compiling_ms) {
		stats_add(stats, STATS_COMPILE, (times->compiled_ms - times->compiling_ms) * 1000);
		if (times->finished_ms >= times->compiled_ms)
			stats_add(stats, STATS_RUN, (times->finished_ms - times->compiled_ms) * 1000);
	}
	stats_add(stats, STATS_OVERHEAD, us > times->finished_ms * 1000 ? us - times->finished_ms * 1000 : 0);
}

static struct admission_counts counts_of(struct serve *serve, uint64_t now_ns)
{
	struct admission_counts counts;

	pthread_mutex_lock(&serve->lock);
	counts = admission_counts(serve->admission, now_ns);
	pthread_mutex_unlock(&serve->lock);
	serve->stats.now.refused =
	        counts.answers[ADMISSION_RATE] + counts.answers[ADMISSION_KEY_FULL] + counts.answers[ADMISSION_FULL];
	return counts;
}

void stats_tick(struct serve *serve, uint64_t now_ns)
{
	struct stats *stats = &serve->stats;
	uint64_t minute = now_ns / MINUTE_NS;

	if (stats->minute == minute)
		return;
	counts_of(serve, now_ns);
	for (unsigned passed = 0; stats->minute < minute && passed <= STATS_MINUTES; passed++, stats->minute++) {
		memmove(stats->at, stats->at + 1, STATS_MINUTES * sizeof(stats->at[0]));
		stats->at[STATS_MINUTES] = stats->now;
	}
	stats->minute = minute;
}

/* Of what was counted in the last minutes: null, or the upper bound of the bucket that the quantile falls into. */
static void write_quantile(const struct histogram *now, const struct histogram *then, unsigned percent, FILE *out)
{
	uint64_t count = now->count - then->count, wanted = (count * percent + 99) / 100, seen = 0;

	for (size_t i = 0; count > 0 && i <= STATS_BOUNDS; i++) {
		seen += now->buckets[i] - then->buckets[i];
		if (seen >= wanted) {
			fprintf(out, ",\"p%u_s\":%g", percent, (double)bounds_us[i < STATS_BOUNDS ? i : i - 1] / 1e6);
			return;
		}
	}
	fprintf(out, ",\"p%u_s\":null", percent);
}

static void write_histogram(const struct histogram *histogram, const char *name, FILE *out)
{
	uint64_t below = 0;

	fprintf(out, "# TYPE sbx_%s_seconds histogram\n", name);
	for (size_t i = 0; i < STATS_BOUNDS; i++) {
		below += histogram->buckets[i];
		fprintf(out, "sbx_%s_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)bounds_us[i] / 1e6, below);
	}
	fprintf(out, "sbx_%s_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, histogram->count);
	fprintf(out, "sbx_%s_seconds_sum %.6f\nsbx_%s_seconds_count %" PRIu64 "\n", name,
	        (double)histogram->sum_us / 1e6, name, histogram->count);
}

static void gauge(FILE *out, const char *name, const char *help, double value)
{
	fprintf(out, "# HELP sbx_%s %s\n# TYPE sbx_%s gauge\nsbx_%s %.15g\n", name, help, name, name, value);
}

static void write_metrics(struct serve *serve, uint64_t now_ns, FILE *out)
{
	const struct stats *stats = &serve->stats;
	struct admission_counts counts = counts_of(serve, now_ns);
	struct sbx_err err;
	uint64_t results;

	gauge(out, "queue_jobs", "Jobs that wait.", (double)counts.queued);
	gauge(out, "queue_bytes", "Bytes of the jobs that wait.", (double)counts.queued_bytes);
	gauge(out, "queue_oldest_seconds", "How long the oldest job that waits has waited.",
	      (double)counts.oldest_ns / 1e9);
	gauge(out, "running", "Jobs that run.", (double)counts.running);
	gauge(out, "running_max", "Jobs that may run at once.", serve->running_max);
	if (store_results_bytes(&serve->store, &results, &err) == 0)
		gauge(out, "results_bytes", "Bytes of the results that are kept, with their events.", (double)results);
	fputs("# TYPE sbx_offers_total counter\n", out);
	for (int i = 0; i < ADMISSION_ANSWER_MAX; i++)
		fprintf(out, "sbx_offers_total{answer=\"%s\"} %" PRIu64 "\n",
		        admission_answer_name((enum admission_answer)i), counts.answers[i]);
	fputs("# TYPE sbx_jobs_total counter\n", out);
	fprintf(out, "sbx_jobs_total{state=\"accepted\"} %" PRIu64 "\nsbx_jobs_total{state=\"done\"} %" PRIu64 "\n",
	        stats->now.accepted, stats->done);
	fprintf(out, "sbx_jobs_total{state=\"failed\"} %" PRIu64 "\nsbx_jobs_total{state=\"cancelled\"} %" PRIu64 "\n",
	        stats->failed, stats->cancelled);
	fputs("# TYPE sbx_verdicts_total counter\n", out);
	for (int i = 0; i < JUDGEMENT_MAX; i++)
		if (i != JUDGEMENT_SKIP)
			fprintf(out, "sbx_verdicts_total{verdict=\"%s\"} %" PRIu64 "\n",
			        judgement_name((enum judgement)i), stats->verdicts[i]);
	for (int i = 0; i < STATS_TIME_MAX; i++)
		write_histogram(&stats->now.times[i], time_names[i], out);
}

static void write_parties(struct serve *serve, uint64_t now_ns, FILE *out)
{
	for (size_t i = 0; i < serve->n_parties; i++) {
		const struct party *party = &serve->parties[i];
		struct admission_counts counts;

		pthread_mutex_lock(&serve->lock);
		counts = admission_key_counts(party->queue, now_ns);
		pthread_mutex_unlock(&serve->lock);
		/* names of keys are plain words (policy/serve_keys.h) */
		fprintf(out, "%s{\"name\":\"%s\",\"queued\":%" PRIu64 ",\"running\":%" PRIu64 "}", i > 0 ? "," : "",
		        party->name, counts.queued, counts.running);
	}
}

static void write_queue(struct serve *serve, uint64_t now_ns, FILE *out)
{
	struct admission_counts counts = counts_of(serve, now_ns);

	fprintf(out, "\"running\":%" PRIu64 ",\"queue\":{\"jobs\":%" PRIu64 ",\"bytes\":%" PRIu64, counts.running,
	        counts.queued, counts.queued_bytes);
	if (counts.queued > 0)
		fprintf(out, ",\"oldest_s\":%.3f", (double)counts.oldest_ns / 1e9);
	else
		fputs(",\"oldest_s\":null", out);
	fprintf(out, ",\"limit\":{\"jobs\":%" PRIu64 ",\"bytes\":%" PRIu64 "}}", serve->config.queue_jobs_max,
	        serve->config.queue_bytes_max);
}

static void write_rates(const struct stats *stats, FILE *out)
{
	static const unsigned minutes[] = {1, 5, 15};

	for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
		const struct stats_totals *then = &stats->at[STATS_MINUTES + 1 - minutes[i]], *now = &stats->now;

		fprintf(out, "%s{\"minutes\":%u,\"accepted\":%g,\"refused\":%g,\"ended\":%g}", i > 0 ? "," : "",
		        minutes[i], (double)(now->accepted - then->accepted) / minutes[i],
		        (double)(now->refused - then->refused) / minutes[i],
		        (double)(now->ended - then->ended) / minutes[i]);
	}
}

static void write_json(struct serve *serve, uint64_t now_ns, FILE *out)
{
	const struct stats *stats = &serve->stats;

	fprintf(out,
	        "{\"schema\":\"sbx.serve.stats/1\",\"version\":\"" SBX_VERSION
	        "\",\"state\":\"%s\",\"uptime_s\":%.3f,\"slots\":%u,",
	        atomic_load(&serve->draining) ? "draining" : "ready", (double)(serve_now_us() - serve->start_us) / 1e6,
	        serve->running_max);
	write_queue(serve, now_ns, out);
	fputs(",\"keys\":[", out);
	write_parties(serve, now_ns, out);
	fputs("],\"verdicts\":{", out);
	for (int i = 0, n = 0; i < JUDGEMENT_MAX; i++)
		if (stats->verdicts[i] > 0)
			fprintf(out, "%s\"%s\":%" PRIu64, n++ > 0 ? "," : "", judgement_name((enum judgement)i),
			        stats->verdicts[i]);
	fputs("},\"rates\":[", out);
	write_rates(stats, out);
	fputs("],\"quantiles\":{", out);
	for (int i = 0; i < STATS_TIME_MAX; i++) {
		const struct histogram *now = &stats->now.times[i], *then = &stats->at[0].times[i];

		fprintf(out, "%s\"%s\":{\"count\":%" PRIu64, i > 0 ? "," : "", time_names[i], now->count - then->count);
		write_quantile(now, then, 50, out);
		write_quantile(now, then, 90, out);
		write_quantile(now, then, 99, out);
		fputc('}', out);
	}
	fputs("}}", out);
}

void stats_reply(struct serve *serve, bool metrics, struct http_reply *reply)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out != NULL) {
		(metrics ? write_metrics : write_json)(serve, clock_ns(), out);
		if (fclose(out) == 0) {
			http_reply_owned(reply, 200,
			                 metrics ? "text/plain; version=0.0.4; charset=utf-8" : "application/json",
			                 text, len);
			return;
		}
	}
	free(text);
	http_reply_problem(reply, 503, NULL, "no memory");
}

/* What came out, as a table for a person and as JSON for a machine: the same figures in both. */
#include "tests/bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FIGURES_MAX 64
#define FAILURES_MAX 32

static struct figure {
	char key[64], name[96], unit[8];
	double value, budget;
	enum bound bound;
} figures[FIGURES_MAX];
static size_t n_figures;

static struct failure {
	char what[64], why[256];
} failures[FAILURES_MAX];
static size_t n_failures;

static const char *const pace_keys[PACE_MAX] = {"back_to_back", "paused"};

void show_figure(const char *key, const char *name, double value, const char *unit, enum bound bound, double budget)
{
	struct figure *f = &figures[n_figures];

	if (n_figures == FIGURES_MAX)
		abort();
	n_figures++;
	f->value = value;
	f->bound = bound;
	f->budget = budget;
	snprintf(f->key, sizeof(f->key), "%s", key);
	snprintf(f->name, sizeof(f->name), "%s", name);
	snprintf(f->unit, sizeof(f->unit), "%s", unit);
}

void show_failure(const char *what, const char *why)
{
	struct failure *f = &failures[n_failures];

	if (n_failures == FAILURES_MAX)
		return; /* what is wrong is plain by now */
	n_failures++;
	snprintf(f->what, sizeof(f->what), "%s", what);
	snprintf(f->why, sizeof(f->why), "%s", why);
}

void show_progress(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
}

static double p_us(struct speed *speed, enum pace pace, enum contender who, unsigned percent)
{
	return (double)samples_percentile(&speed->ns[pace][who], percent) / 1000;
}

/* 0 where either is unknown. */
static double ratio(struct speed *speed, enum pace pace, enum contender who, enum contender to)
{
	double base = p_us(speed, pace, to, 50);

	return base > 0 ? p_us(speed, pace, who, 50) / base : 0;
}

static void add_ratios(struct speed *speed)
{
	static const struct {
		enum contender to;
		const char *key, *name;
		double budget;
	} bounds[] = {
	        {BARE, "sbx_to_bare", "sbx run / posix_spawn, back to back", 4},
	        {BWRAP, "sbx_to_bubblewrap", "sbx run / bubblewrap, back to back", 0.5},
	        {CRUN, "sbx_to_crun", "sbx run / crun, back to back", 0.25},
	};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		double value = ratio(speed, BACK_TO_BACK, SBX, bounds[i].to);
		if (value > 0)
			show_figure(bounds[i].key, bounds[i].name, value, "x", AT_MOST, bounds[i].budget);
	}
	if (speed->rss_kib[SBX] > 0)
		show_figure("launcher_rss", "peak RSS of launcher, init and program, the largest",
		            (double)speed->rss_kib[SBX] / 1024, "MiB", AT_MOST, 4);
	if (speed->cgroup_us.n > 0)
		show_figure("cgroup_make", "making the cgroup, paused, p50",
		            (double)samples_percentile(&speed->cgroup_us, 50), "us", NO_BOUND, 0);
	if (speed->enter_us.n > 0)
		show_figure("cgroup_enter", "entering the cgroup, paused, p50",
		            (double)samples_percentile(&speed->enter_us, 50), "us", NO_BOUND, 0);
}

static void print_launches(struct speed *speed, const struct options *options)
{
	printf("%-30s %10s %9s %8s   %10s %9s %8s\n", "launch of a static program", "back to back", "", "", "paused",
	       "", "");
	printf("%-30s %10s %9s %8s   %10s %9s %8s\n", "that does nothing", "p50 us", "p99 us", "x bare", "p50 us",
	       "p99 us", "x bare");
	for (int who = 0; who < CONTENDER_MAX; who++) {
		printf("%-30s", contenders[who].name);
		for (int pace = 0; pace < PACE_MAX; pace++)
			printf(" %10.0f %9.0f %8.2f%s", p_us(speed, pace, who, 50), p_us(speed, pace, who, 99),
			       ratio(speed, pace, who, BARE), pace == 0 ? "  " : "\n");
	}
	printf("\n%-30s", "launches a second, launchers:");
	for (int w = 0; w < N_WIDTHS; w++)
		printf(" %10u", widths[w]);
	for (int who = 0; who < CONTENDER_MAX; who++) {
		if (speed->per_second[who][0] <= 0)
			continue;
		printf("\n%-30s", contenders[who].name);
		for (int w = 0; w < N_WIDTHS; w++)
			printf(" %10.0f", speed->per_second[who][w]);
	}
	printf("\n\n%u launches of each back to back, %u with a pause of %u ms before each, taking turns\n\n",
	       options->rounds, options->paused_rounds, options->pause_ms);
}

static bool is_within(const struct figure *f)
{
	return f->bound == AT_MOST ? f->value <= f->budget : f->value >= f->budget;
}

static void print_figures(void)
{
	printf("%-62s %10s %-4s %s\n", "against the budgets", "", "", "  at most (>= at least)");
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *f = &figures[i];
		printf("%-62s %10.2f %-4s", f->name, f->value, f->unit);
		if (f->bound != NO_BOUND)
			printf(" %s%8.2f  %s", f->bound == AT_LEAST ? ">=" : "  ", f->budget,
			       is_within(f) ? "ok" : "missed");
		putchar('\n');
	}
	for (size_t i = 0; i < n_failures; i++)
		printf("NOT MEASURED: %s: %s\n", failures[i].what, failures[i].why);
}

void show_json_string(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		if ((unsigned char)*text < ' ')
			fprintf(out, "\\u%04x", (unsigned)*text);
		else
			putc(*text, out);
	}
	putc('"', out);
}

static void json_launches(FILE *out, struct speed *speed)
{
	for (int pace = 0; pace < PACE_MAX; pace++) {
		fprintf(out, ",\n \"%s\":{", pace_keys[pace]);
		for (int who = 0, n = 0; who < CONTENDER_MAX; who++)
			if (speed->ns[pace][who].n > 0)
				fprintf(out, "%s\n  \"%s\":{\"n\":%zu,\"p50_us\":%.1f,\"p99_us\":%.1f,\"x_bare\":%.3f}",
				        n++ > 0 ? "," : "", contenders[who].key, speed->ns[pace][who].n,
				        p_us(speed, pace, who, 50), p_us(speed, pace, who, 99),
				        ratio(speed, pace, who, BARE));
		fputs("}", out);
	}
	fputs(",\n \"launches_per_second\":{", out);
	for (int who = 0, n = 0; who < CONTENDER_MAX; who++) {
		if (speed->per_second[who][0] <= 0)
			continue;
		fprintf(out, "%s\n  \"%s\":{", n++ > 0 ? "," : "", contenders[who].key);
		for (int w = 0; w < N_WIDTHS; w++)
			fprintf(out, "%s\"%u\":%.1f", w > 0 ? "," : "", widths[w], speed->per_second[who][w]);
		fputs("}", out);
	}
	fputs("}", out);
}

static void json_figures(FILE *out)
{
	fputs(",\n \"figures\":{", out);
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *f = &figures[i];
		fprintf(out, "%s\n  \"%s\":{\"value\":%.4f,\"unit\":\"%s\"", i > 0 ? "," : "", f->key, f->value,
		        f->unit);
		if (f->bound != NO_BOUND)
			fprintf(out, ",\"%s\":%.4f,\"ok\":%s", f->bound == AT_MOST ? "at_most" : "at_least", f->budget,
			        is_within(f) ? "true" : "false");
		fputs("}", out);
	}
	fputs("},\n \"not_measured\":{", out);
	for (size_t i = 0; i < n_failures; i++) {
		fputs(i > 0 ? ",\n  " : "\n  ", out);
		show_json_string(out, failures[i].what);
		putc(':', out);
		show_json_string(out, failures[i].why);
	}
	fputs("}", out);
}

static bool write_json(struct speed *speed, const char *path)
{
	FILE *out = fopen(path, "we");
	struct utsname host;
	bool failed;

	if (out == NULL)
		return false;
	uname(&host);
	fprintf(out, "{\"schema\":\"sbx.bench/1\",\"kernel\":\"%s\",\"cores\":%ld", host.release,
	        sysconf(_SC_NPROCESSORS_ONLN));
	json_launches(out, speed);
	json_figures(out);
	fputs("}\n", out);
	failed = ferror(out) != 0;
	return fclose(out) == 0 && !failed;
}

int show_all(struct speed *speed, const struct options *options, const char *json_path)
{
	struct utsname host;

	add_ratios(speed);
	uname(&host);
	printf("\nsbx bench: kernel %s, %ld cores\n\n", host.release, sysconf(_SC_NPROCESSORS_ONLN));
	if (speed->ns[BACK_TO_BACK][BARE].n > 0)
		print_launches(speed, options);
	print_figures();
	if (!write_json(speed, json_path)) {
		fprintf(stderr, "bench: cannot write %s\n", json_path);
		return 1;
	}
	return n_failures > 0 ? 1 : 0;
}

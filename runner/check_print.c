/* The rows of `sbx check`, and what it measured and attacked, as a table for a person or as JSON. Called by
 * cmd_check.c. */
#include "policy/json.h"
#include "runner/attack.h"
#include "runner/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const colours[CHECK_STATUS_MAX] = {
        [CHECK_OK] = "\033[32m",
        [CHECK_WARN] = "\033[33m",
        [CHECK_FAIL] = "\033[1;31m",
        [CHECK_NA] = "\033[2m",
};

/* no-color.org: any value that is not empty */
static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

static void count(const struct check_row *rows, size_t n, unsigned counts[CHECK_STATUS_MAX])
{
	memset(counts, 0, CHECK_STATUS_MAX * sizeof(counts[0]));
	for (size_t i = 0; i < n; i++)
		counts[rows[i].status]++;
}

static int flush(void)
{
	return fflush(stdout) == EOF || ferror(stdout) ? (errno != 0 ? -errno : -EIO) : 0;
}

static void print_ms(const char *what, const struct check_spread *s)
{
	printf("%-28s %8.2f %8.2f ms\n", what, (double)s->p50_us / 1000, (double)s->p99_us / 1000);
}

static double ratio(const struct check_spread *a, const struct check_spread *b)
{
	return (double)a->p50_us / (double)(b->p50_us > 0 ? b->p50_us : 1);
}

static void print_measure(const struct check_measure *m)
{
	printf("\n%u launches of each kind%9s %8s\n", m->launches, "p50", "p99");
	print_ms("bare, back to back", &m->spawn_packed);
	print_ms("sbx run, back to back", &m->run_packed);
	printf("%-28s %8.1f x\n", "  ratio", ratio(&m->run_packed, &m->spawn_packed));
	printf("with %u ms between launches\n", m->pause_us / 1000);
	print_ms("bare, paused", &m->spawn_paused);
	print_ms("sbx run, paused", &m->run_paused);
	printf("%-28s %8.1f x\n", "  ratio", ratio(&m->run_paused, &m->spawn_paused));
	printf("\nthe same busy loop, %u times: min %.2f, median %.2f, max %.2f ms: %.1f %% between min and max\n",
	       m->rounds, (double)m->loop.min_us / 1000, (double)m->loop.p50_us / 1000, (double)m->loop.max_us / 1000,
	       100.0 * (double)(m->loop.max_us - m->loop.min_us) / (double)(m->loop.min_us > 0 ? m->loop.min_us : 1));
}

int check_print_table(const struct check_row *rows, size_t n, const struct check_extras *extras)
{
	bool colour = wants_colour();
	unsigned counts[CHECK_STATUS_MAX];
	int width = 0;

	for (size_t i = 0; i < n; i++)
		if ((int)strlen(rows[i].name) > width)
			width = (int)strlen(rows[i].name);
	for (size_t i = 0; i < n; i++) {
		printf("%-*s  %s%-4s%s  %s\n", width, rows[i].name, colour ? colours[rows[i].status] : "",
		       check_status_name(rows[i].status), colour ? "\033[0m" : "", rows[i].reason);
		if (rows[i].fix[0] != '\0')
			printf("%-*s        -> %s\n", width, "", rows[i].fix);
	}
	count(rows, n, counts);
	printf("\n%u ok, %u warn, %u fail, %u n/a\n", counts[CHECK_OK], counts[CHECK_WARN], counts[CHECK_FAIL],
	       counts[CHECK_NA]);
	if (extras->measure != NULL)
		print_measure(extras->measure);
	if (extras->attacks != NULL)
		attack_print(extras->attacks, colour);
	return flush();
}

static struct json_object *json_spread(const struct check_spread *s)
{
	struct json_object *json = json_new_object();

	json_add_u64(json, "min_us", s->min_us);
	json_add_u64(json, "p50_us", s->p50_us);
	json_add_u64(json, "p99_us", s->p99_us);
	json_add_u64(json, "max_us", s->max_us);
	return json;
}

static struct json_object *json_launches(const struct check_spread *packed, const struct check_spread *paused)
{
	struct json_object *json = json_new_object();

	json_add(json, "back_to_back", json_spread(packed));
	json_add(json, "paused", json_spread(paused));
	return json;
}

static struct json_object *json_measure(const struct check_measure *m)
{
	struct json_object *json = json_new_object();

	json_add_u64(json, "launches", m->launches);
	json_add_u64(json, "pause_us", m->pause_us);
	json_add(json, "spawn", json_launches(&m->spawn_packed, &m->spawn_paused));
	json_add(json, "run", json_launches(&m->run_packed, &m->run_paused));
	json_add_u64(json, "rounds", m->rounds);
	json_add(json, "busy_loop", json_spread(&m->loop));
	return json;
}

int check_print_json(const struct check_row *rows, size_t n, const struct check_extras *extras)
{
	struct json_object *json = json_new_object(), *checks = json_new_array();
	unsigned counts[CHECK_STATUS_MAX];

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_new_object();
		json_add_string(row, "name", rows[i].name);
		json_add_string(row, "status", check_status_name(rows[i].status));
		json_add_string(row, "reason", rows[i].reason);
		json_add_string(row, "fix", rows[i].fix[0] != '\0' ? rows[i].fix : NULL);
		json_append(checks, row);
	}
	count(rows, n, counts);
	json_add_string(json, "schema", "sbx.check/1");
	json_add(json, "checks", checks);
	json_add_u64(json, "failed", counts[CHECK_FAIL]);
	json_add_u64(json, "warned", counts[CHECK_WARN]);
	json_add(json, "measure", extras->measure != NULL ? json_measure(extras->measure) : NULL);
	json_add(json, "attack", extras->attacks != NULL ? attack_json(extras->attacks) : NULL);
	puts(json_text(json, false));
	json_free(json);
	return flush();
}

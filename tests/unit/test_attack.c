/* The attacks of sbx check --attack: their table, how one is judged and shown, and that they stay in boxes. */
#include "runner/attack.h"

#include "policy/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct attack *find(const char *id)
{
	const struct attack *attack = attack_table;

	while (attack->id != NULL && strcmp(attack->id, id) != 0)
		attack++;
	assert_non_null(attack->id);
	return attack;
}

static int place(const char *id)
{
	return id[0] * 1000 + (int)strtol(id + 1, NULL, 10);
}

/* Each stands in the catalogue that the test suite has a case for each of. */
static void test_ids(void **state)
{
	static char catalogue[1 << 16];
	FILE *file = fopen("tests/threats/catalogue.tsv", "r");
	const struct attack *attack = attack_table;

	(void)state;
	assert_non_null(file);
	catalogue[0] = '\n';
	assert_true(fread(catalogue + 1, 1, sizeof(catalogue) - 2, file) > 1000);
	fclose(file);
	for (int last = 0; attack->id != NULL; attack++) {
		char line[16];
		snprintf(line, sizeof(line), "\n%s\t", attack->id);
		if (strstr(catalogue, line) == NULL || place(attack->id) <= last)
			fail_msg("%s: not in the catalogue, twice, or in the wrong place", attack->id);
		last = place(attack->id);
	}
	assert_in_range(attack - attack_table, 25, ATTACKS_MAX);
}

static void test_rows(void **state)
{
	(void)state;
	for (const struct attack *attack = attack_table; attack->id != NULL; attack++) {
		assert_in_range(strlen(attack->what), 5, 40);
		assert_in_range(attack->ways, 1, 8);
		assert_true(attack->end < ATTACK_END_MAX);
		assert_non_null(attack->attack);
		assert_in_range(attack->id[0], 'A', 'G');
		assert_non_null(attack_means(attack));
	}
}

static void test_judge(void **state)
{
	static const struct {
		enum attack_end end;
		enum verdict verdict;
		const char *reason;
		int exit_code;
		enum attack_state state;
	} rows[] = {
	        {ATTACK_REFUSED, VERDICT_OK, NULL, 0, ATTACK_HELD},
	        {ATTACK_REFUSED, VERDICT_SV, "syscall", -1, ATTACK_HELD},
	        {ATTACK_REFUSED, VERDICT_RE, "exit", 1, ATTACK_OPEN},
	        {ATTACK_REFUSED, VERDICT_RE, "signal", -1, ATTACK_OPEN},
	        {ATTACK_REFUSED, VERDICT_TLE, "wall", -1, ATTACK_OPEN},
	        {ATTACK_REFUSED, VERDICT_RE, "exit", ATTACK_EXIT_NOT_TRIED, ATTACK_NOT_TRIED},
	        {ATTACK_REFUSED, VERDICT_IE, "error", -1, ATTACK_NOT_TRIED},
	        {ATTACK_CPU, VERDICT_TLE, "cpu", -1, ATTACK_HELD},
	        {ATTACK_CPU, VERDICT_TLE, "wall", -1, ATTACK_OPEN},
	        {ATTACK_CPU, VERDICT_OK, NULL, 0, ATTACK_OPEN},
	        {ATTACK_CPU, VERDICT_SV, "syscall", -1, ATTACK_OPEN},
	        {ATTACK_WALL, VERDICT_TLE, "wall", -1, ATTACK_HELD},
	        {ATTACK_WALL, VERDICT_RE, "exit", 1, ATTACK_OPEN},
	        {ATTACK_MEMORY, VERDICT_MLE, "memory", -1, ATTACK_HELD},
	        {ATTACK_MEMORY, VERDICT_OK, NULL, 0, ATTACK_OPEN},
	        {ATTACK_MEMORY, VERDICT_RE, "signal", -1, ATTACK_OPEN},
	        {ATTACK_OUTPUT, VERDICT_OLE, "output", -1, ATTACK_HELD},
	        {ATTACK_OUTPUT, VERDICT_RE, "exit", 1, ATTACK_OPEN},
	        {ATTACK_FAULT, VERDICT_RE, "signal", -1, ATTACK_HELD},
	        {ATTACK_FAULT, VERDICT_RE, "exit", 137, ATTACK_HELD},
	        {ATTACK_FAULT, VERDICT_MLE, "memory", -1, ATTACK_OPEN},
	        {ATTACK_FAULT, VERDICT_TLE, "cpu", -1, ATTACK_OPEN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct attack attack = {.id = "X0", .end = rows[i].end};
		if (attack_judge(&attack, rows[i].verdict, rows[i].reason, rows[i].exit_code) != rows[i].state)
			fail_msg("row %zu", i);
	}
}

/* Each of them, in a process that is not in a box: it refuses, and says so. */
static void test_stays_in_boxes(void **state)
{
	(void)state;
	assert_false(attack_is_in_box());
	for (const struct attack *attack = attack_table; attack->id != NULL; attack++) {
		int status;
		pid_t pid = fork();
		if (pid == 0) {
			close(STDERR_FILENO);
			_exit(attack_inside(attack->id, "0", "0"));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), ATTACK_EXIT_NOT_TRIED);
	}
}

static void fill(struct attack_result *result)
{
	*result = (struct attack_result){
	        .rows = {{find("A1"), ATTACK_HELD, "refused"},
	                 {find("C10"), ATTACK_OPEN, "it got 128 MiB"},
	                 {find("E2"), ATTACK_NOT_TRIED, ""}},
	        .n = 3,
	        .counts = {[ATTACK_HELD] = 1, [ATTACK_OPEN] = 1, [ATTACK_NOT_TRIED] = 1},
	};
}

static void shown(const struct attack_result *result, bool colour, char *text, size_t size)
{
	int kept = dup(STDOUT_FILENO);
	FILE *file = tmpfile();
	size_t n;

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	attack_print(result, colour);
	fflush(stdout);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	rewind(file);
	n = fread(text, 1, size - 1, file);
	text[n] = '\0';
	fclose(file);
}

static void test_print(void **state)
{
	static struct attack_result result;
	char text[2048];

	(void)state;
	fill(&result);
	shown(&result, false, text, sizeof(text));
	assert_string_equal(
	        text,
	        "\n"
	        "held       A1   reads files of this host          refused\n"
	        "OPEN       C10  takes more memory than its limit  it got 128 MiB\n"
	        "                -> a program can take more of this machine than it was given, and disturb the others\n"
	        "not tried  E2   talks to a service of this host   \n"
	        "\n"
	        "1 of 3 attacks held, 1 OPEN, 1 not tried\n"
	        "-> run nothing here that you do not trust; what this host lacks is told by: sbx check\n");
	result.profile = "mine.json";
	shown(&result, true, text, sizeof(text));
	assert_non_null(strstr(text, "\033[32mheld     \033[0m  A1 "));
	assert_non_null(strstr(text, "\033[1;31mOPEN     \033[0m  C10"));
	assert_non_null(strstr(text, "\n-> what holds with the built-in profile is told by: sbx check --attack\n"));
}

static void test_json(void **state)
{
	static struct attack_result result;
	struct json_object *json;

	(void)state;
	fill(&result);
	json = attack_json(&result);
	assert_string_equal(
	        json_text(json, false),
	        "{\"attacks\":[{\"id\":\"A1\",\"what\":\"reads files of this host\",\"state\":\"held\","
	        "\"outcome\":\"refused\",\"means\":null},"
	        "{\"id\":\"C10\",\"what\":\"takes more memory than its limit\",\"state\":\"open\","
	        "\"outcome\":\"it got 128 MiB\",\"means\":\"a program can take more of this machine than it was given, "
	        "and disturb the others\"},"
	        "{\"id\":\"E2\",\"what\":\"talks to a service of this host\",\"state\":\"not tried\",\"outcome\":null,"
	        "\"means\":null}],\"held\":1,\"open\":1,\"not_tried\":1}");
	json_free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_ids),   cmocka_unit_test(test_rows),
	        cmocka_unit_test(test_judge), cmocka_unit_test(test_stays_in_boxes),
	        cmocka_unit_test(test_print), cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* policy/serve_keys*.c: what is read, what is refused and with which words, whose a key is, what it may ask for. */
#include "policy/serve_keys.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/files.h"

#define LEN(table) (sizeof(table) / sizeof((table)[0]))
#define GOLDEN "tests/unit/golden/serve-keys.yaml"
#define MIB (UINT64_C(1) << 20)
#define SECOND UINT64_C(1000000)
#define SECOND_NS UINT64_C(1000000000)
/* of "alpha" and "beta" */
#define ALPHA "8ed3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223f8"
#define BETA "f44e64e75f3948e9f73f8dfa94721c4ce8cbb4f265c4790c702b2d41cfbf2753"
#define HEAD "- name: a\n  sha256: '" ALPHA "'\n"

static void parse(struct serve_keys *keys, const char *text)
{
	struct sbx_err err = {0};

	if (serve_keys_parse(text, strlen(text), "k.yaml", keys, &err) < 0)
		fail_msg("refused: %s", err.msg);
}

static void test_defaults(void **state)
{
	struct serve_keys keys;
	const struct serve_key *key;

	(void)state;
	parse(&keys, HEAD);
	assert_int_equal(keys.n_keys, 1);
	key = &keys.keys[0];
	assert_string_equal(key->name, "a");
	assert_true(key->rate.jobs == 0 && key->rate.per_ns == 0 && key->rate.burst == 0);
	assert_true(key->uploads.jobs == 0 && key->uploads.burst == 0 && key->stored_bytes_max == SPEC_UNLIMITED);
	assert_true(key->queue.running_max == ADMISSION_UNLIMITED && key->queue.queued_max == ADMISSION_UNLIMITED &&
	            key->queue.bytes_max == ADMISSION_UNLIMITED);
	assert_int_equal(key->priority_max, 9);
	assert_true(key->job_max.cpu_us_max == SPEC_UNLIMITED && key->job_max.wall_us_max == SPEC_UNLIMITED &&
	            key->job_max.memory_bytes_max == SPEC_UNLIMITED &&
	            key->job_max.output_bytes_max == SPEC_UNLIMITED && key->job_max.pids_max == SPEC_UNLIMITED);
	assert_true(key->tests_max == SPEC_UNLIMITED && key->files_max == SPEC_UNLIMITED);
	serve_keys_finish(&keys);
	serve_keys_finish(&keys);
}

static void test_golden(void **state)
{
	struct serve_keys keys;
	const struct serve_key *key;
	char text[4096];

	(void)state;
	read_text(GOLDEN, text, sizeof(text));
	parse(&keys, text);
	assert_int_equal(keys.n_keys, 3);
	key = &keys.keys[0];
	assert_string_equal(key->name, "course-1");
	assert_int_equal(key->rate.jobs, 60);
	assert_int_equal(key->rate.per_ns, 60 * SECOND_NS);
	assert_int_equal(key->rate.burst, 10);
	assert_int_equal(key->queue.running_max, 2);
	assert_int_equal(key->queue.queued_max, 100);
	assert_int_equal(key->queue.bytes_max, 64 * MIB);
	assert_true(key->uploads.jobs == 600 && key->uploads.per_ns == 60 * SECOND_NS && key->uploads.burst == 600);
	assert_int_equal(key->stored_bytes_max, 200 * MIB);
	assert_int_equal(key->priority_max, 5);
	assert_int_equal(key->job_max.cpu_us_max, 10 * SECOND);
	assert_int_equal(key->job_max.wall_us_max, 30 * SECOND);
	assert_int_equal(key->job_max.memory_bytes_max, 512 * MIB);
	assert_int_equal(key->job_max.output_bytes_max, 64 * MIB);
	assert_int_equal(key->job_max.pids_max, 32);
	assert_int_equal(key->tests_max, 200);
	assert_int_equal(key->files_max, 20);
	key = &keys.keys[1];
	assert_true(key->rate.jobs == 10 && key->rate.per_ns == SECOND_NS && key->rate.burst == 10);
	assert_int_equal(key->priority_max, 0);
	assert_int_equal(key->job_max.cpu_us_max, 5 * SECOND);
	assert_int_equal(key->job_max.wall_us_max, 11 * SECOND);
	key = &keys.keys[2];
	assert_true(key->rate.jobs == 1000000 && key->rate.per_ns == 3600 * SECOND_NS && key->rate.burst == 1000000);
	assert_ptr_equal(serve_keys_find(&keys, "alpha", 5), &keys.keys[0]);
	assert_ptr_equal(serve_keys_find(&keys, "beta", 4), &keys.keys[1]);
	assert_ptr_equal(serve_keys_find(&keys, "gamma", 5), &keys.keys[2]);
	assert_null(serve_keys_find(&keys, "", 0));
	assert_null(serve_keys_find(&keys, "alph", 4));
	assert_null(serve_keys_find(&keys, "alpha\0", 6));
	assert_null(serve_keys_find(&keys, "Alpha", 5));
	assert_null(serve_keys_find(&keys, ALPHA, strlen(ALPHA)));
	serve_keys_finish(&keys);
	assert_null(serve_keys_find(&keys, "alpha", 5));
}

/* What is read goes into the queue as it is. */
static void test_goes_into_queue(void **state)
{
	static const char *const rates[] = {"", "  rate: 1/s\n", "  rate: 1000000/h\n  burst: 1000000\n",
	                                    "  rate: 1/h\n  burst: 1\n"};
	const struct admission_limits limits = {1, 1, 1};
	struct admission *queue = admission_create(&limits, 0);

	(void)state;
	assert_non_null(queue);
	for (size_t i = 0; i < LEN(rates); i++) {
		struct admission_key *key = NULL;
		struct serve_keys keys;
		char text[300];

		snprintf(text, sizeof(text), HEAD "%s", rates[i]);
		parse(&keys, text);
		assert_int_equal(admission_add_key(queue, &keys.keys[0].queue, &keys.keys[0].rate, 0, &key), 0);
		serve_keys_finish(&keys);
	}
	admission_destroy(queue);
}

#define AT_KEY "k.yaml:3:3: "
#define HASH_WORDS                                                                                                     \
	"\"sha256\" has to be 64 digits, 0-9 and a-f, in quotes: what printf %s \"$KEY\" | sha256sum prints, never "   \
	"the "                                                                                                         \
	"key itself"

static void test_refused(void **state)
{
	static const struct {
		const char *yaml, *message;
	} rows[] = {
	        {"", "k.yaml:1:1: not a list of 1 to 1000 keys"},
	        {"[]", "k.yaml:1:1: not a list of 1 to 1000 keys"},
	        {"{}", "k.yaml:1:1: not a list of 1 to 1000 keys"},
	        {"- x", "k.yaml:1:3: not a map"},
	        {HEAD "-", "k.yaml:3:2: not a map"},
	        {"- sha256: '" ALPHA "'", "k.yaml:1:3: \"name\" is missing"},
	        {"- name: a", "k.yaml:1:3: \"sha256\" is missing"},
	        {"- name: ''", "k.yaml:1:3: \"name\" has to be at most 64 letters"},
	        {"- name: a b", "k.yaml:1:3: \"name\" has to be at most 64 letters"},
	        {"- name: 1", "k.yaml:1:3: \"name\" has to be at most 64 letters"},
	        {"- name: a2345678901234567890123456789012345678901234567890123456789012345",
	         "k.yaml:1:3: \"name\" has to be at most 64 letters"},
	        {"- sha256: swordfish", "k.yaml:1:3: " HASH_WORDS},
	        {"- sha256: 5", "k.yaml:1:3: " HASH_WORDS},
	        {"- sha256: '" ALPHA "0'", "k.yaml:1:3: " HASH_WORDS},
	        {"- sha256: '8ED3F6AD685B959EAD7022518E1AF76CD816F8E8EC7CCDDA1ED4018E8F2223F8'",
	         "k.yaml:1:3: " HASH_WORDS},
	        {"- sha256: 'ged3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223f8'",
	         "k.yaml:1:3: " HASH_WORDS},
	        {"- sha256: '8ed3f6ad685b959ead7022518e1af76cd816f8e8ec7ccdda1ed4018e8f2223fG'",
	         "k.yaml:1:3: " HASH_WORDS},
	        {"- sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	         "k.yaml:1:3: \"sha256\" has to be the hash of a key: this is that of nothing"},
	        {HEAD "  key: swordfish",
	         AT_KEY "no key itself stands in this file: instead of \"key\" give \"sha256\", "
	                "what printf %s \"$KEY\" | sha256sum prints"},
	        {HEAD "  token: x", AT_KEY "no key itself stands in this file: instead of \"token\""},
	        {HEAD "  secret: x", AT_KEY "no key itself stands in this file: instead of \"secret\""},
	        {HEAD "  bearer: x", AT_KEY "no key itself stands in this file: instead of \"bearer\""},
	        {HEAD "  password: x", AT_KEY "no key itself stands in this file: instead of \"password\""},
	        {HEAD "  weight: 2", AT_KEY "no such key: \"weight\""},
	        {HEAD "  rate: 60", AT_KEY "\"rate\" has to be N/s, N/min or N/h, with N from 1 to 1000000"},
	        {HEAD "  rate: 60/m", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 0/s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 1.5/s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 1 /s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: /s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: -1/s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 10000000/s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 1000001/s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 18446744073709551617/s", AT_KEY "\"rate\" has to be N/s"},
	        {HEAD "  rate: 1/s\n  burst: 0", "k.yaml:4:3: \"burst\" has to be a whole number of at least 1"},
	        {HEAD "  rate: 1/s\n  burst: 1000001", "k.yaml:4:3: \"burst\" has to be from 1 to 1000000"},
	        {HEAD "  burst: 1", AT_KEY "\"burst\" is for those that have a \"rate\""},
	        {HEAD "  running: 0", AT_KEY "\"running\" has to be a whole number of at least 1"},
	        {HEAD "  queued: many", AT_KEY "\"queued\" has to be a whole number of at least 1"},
	        {HEAD "  bytes: 5", AT_KEY "\"bytes\" has to be a size with its unit"},
	        {HEAD "  priority: 10", AT_KEY "\"priority\" has to be a whole number from 0 to 9"},
	        {HEAD "  priority: -1", AT_KEY "\"priority\" has to be a whole number from 0 to 9"},
	        {HEAD "  limits: 5", AT_KEY "\"limits\" has to be a map"},
	        {HEAD "  limits: {cpu: 1s}", "k.yaml:3:12: no such key: \"cpu\""},
	        {HEAD "  limits: {time: 1}", "k.yaml:3:12: \"time\" has to be a time with its unit"},
	        {HEAD "  limits: {wall: unlimited}", "k.yaml:3:12: \"wall\" has to be a time with its unit"},
	        {HEAD "  limits: {memory: 1X}", "k.yaml:3:12: \"memory\" has to be a size with its unit"},
	        {HEAD "  limits: {output: ''}", "k.yaml:3:12: \"output\" has to be a size with its unit"},
	        {HEAD "  limits: {pids: 0}", "k.yaml:3:12: \"pids\" has to be a whole number"},
	        {HEAD "  limits: {tests: x}", "k.yaml:3:12: \"tests\" has to be a whole number"},
	        {HEAD "  limits: {files: []}", "k.yaml:3:12: \"files\" has to be a whole number"},
	        {HEAD "- name: a\n  sha256: '" BETA "'", "k.yaml:3:3: another key is called \"a\" too"},
	        {HEAD "- name: b\n  sha256: '" ALPHA "'", "k.yaml:4:3: \"a\" has the same key"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct serve_keys keys = {.n_keys = 7};
		struct sbx_err err = {0};

		if (serve_keys_parse(rows[i].yaml, strlen(rows[i].yaml), "k.yaml", &keys, &err) >= 0)
			fail_msg("not refused: %s", rows[i].yaml);
		assert_true(keys.n_keys == 7 && keys.keys == NULL);
		assert_int_equal(err.stage, SBX_STAGE_USAGE);
		if (strncmp(err.msg, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("\"%s\" is not \"%s\"", err.msg, rows[i].message);
		if (strstr(err.msg, "swordfish") != NULL)
			fail_msg("tells the key: %s", err.msg);
	}
}

/* As many keys as there may be, each found; one more is refused. */
static void test_many(void **state)
{
	char *text = malloc((SERVE_KEYS_MAX + 1) * 120);
	struct sbx_err err = {0};
	struct serve_keys keys;
	size_t len = 0, len_of_all = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i <= SERVE_KEYS_MAX; i++) {
		unsigned char sha256[DIGEST_BYTES];
		struct digest digest;

		len_of_all = len;
		digest_init(&digest);
		digest_put(&digest, &i, sizeof(i));
		digest_end(&digest, sha256);
		len += (size_t)sprintf(text + len, "- name: key-%u\n  sha256: \"", i);
		for (size_t k = 0; k < sizeof(sha256); k++)
			len += (size_t)sprintf(text + len, "%02x", sha256[k]);
		len += (size_t)sprintf(text + len, "\"\n");
	}
	if (serve_keys_parse(text, len_of_all, "k", &keys, &err) < 0)
		fail_msg("%s", err.msg);
	for (unsigned i = 0; i < SERVE_KEYS_MAX; i++)
		assert_ptr_equal(serve_keys_find(&keys, (const char *)&i, sizeof(i)), &keys.keys[i]);
	serve_keys_finish(&keys);
	assert_int_equal(serve_keys_parse(text, len, "k", &keys, &err), -EINVAL);
	free(text);
}

/* ---- what a job may ask for ---- */

#define JOB_START "{\"files\": [{\"name\": \"a.c\", \"text\": \"\"}], "
#define JOB_TESTS "\"tests\": [{\"stdin\": \"\"}, {\"stdin\": \"\"}]"
#define KATTIS                                                                                                         \
	"\"checker\": {\"kind\": \"kattis\", \"files\": [{\"name\": \"c.c\", \"text\": \"\"}, {\"name\": \"d.h\", "    \
	"\"text\": \"\"}]"

static const struct {
	const char *limits, *job;
	const char *field;   /* NULL: it may */
	const char *message; /* how it begins */
} asks[] = {
        /* a key without limits */
        {"{}", JOB_START JOB_TESTS "}", NULL, NULL},
        {"{}",
         JOB_START JOB_TESTS
         ", \"limits\": {\"time\": \"unlimited\", \"wall\": \"unlimited\", \"memory\": \"unlimited\"}}",
         NULL, NULL},
        /* the defaults of sbx judge: 10 s, 21 s, 256M, 64M, 64 */
        {"{time: 10s, memory: 256M, output: 64M, pids: 64}", JOB_START JOB_TESTS "}", NULL, NULL},
        {"{time: 9999ms}", JOB_START JOB_TESTS "}", "limits.time",
         "limits.time: 10.000 s, where the job says nothing, is more than this key may ask for, 9.999 s"},
        {"{wall: 20s}", JOB_START JOB_TESTS "}", "limits.wall", "limits.wall: 21.000 s, where the job says nothing"},
        {"{memory: 255M}", JOB_START JOB_TESTS "}", "limits.memory",
         "limits.memory: 256 MiB, where the job says nothing, is more than this key may ask for, 255 MiB"},
        {"{output: 1M}", JOB_START JOB_TESTS "}", "limits.output", "limits.output: 64 MiB, where"},
        {"{pids: 63}", JOB_START JOB_TESTS "}", "limits.pids",
         "limits.pids: 64, where the job says nothing, is more than this key may ask for, 63"},
        /* what the job says */
        {"{time: 2s}", JOB_START JOB_TESTS ", \"limits\": {\"time\": 2}}", NULL, NULL},
        {"{time: 2s}", JOB_START JOB_TESTS ", \"limits\": {\"time\": \"2001ms\"}}", "limits.time",
         "limits.time: 2.001 s is more than this key may ask for, 2.000 s"},
        {"{pids: 64}", JOB_START JOB_TESTS ", \"limits\": {\"pids\": \"unlimited\"}}", "limits.pids",
         "limits.pids: unlimited is more than this key may ask for, 64"},
        {"{memory: 1G}", JOB_START JOB_TESTS ", \"limits\": {\"memory\": \"2G\"}}", "limits.memory",
         "limits.memory: 2 GiB is more"},
        {"{output: 1G}", JOB_START JOB_TESTS ", \"limits\": {\"output\": \"unlimited\"}}", "limits.output",
         "limits.output: unlimited is more"},
        /* the wall limit follows from the time, the key's too */
        {"{time: 10s, wall: 5s}", JOB_START JOB_TESTS ", \"limits\": {\"time\": \"2s\"}}", NULL, NULL},
        {"{wall: 5s}", JOB_START JOB_TESTS ", \"limits\": {\"time\": \"2.1s\"}}", "limits.wall",
         "limits.wall: 5.200 s, where the job says nothing"},
        {"{wall: 5s}", JOB_START JOB_TESTS ", \"limits\": {\"time\": \"4s\", \"wall\": \"5s\"}}", NULL, NULL},
        {"{time: 10s}", JOB_START JOB_TESTS ", \"limits\": {\"wall\": \"21.1s\"}}", "limits.wall",
         "limits.wall: 21.100 s is more than this key may ask for, 21.000 s"},
        /* a test's own */
        {"{time: 2s}",
         JOB_START "\"tests\": [{\"limits\": {\"time\": 1}}, {\"limits\": {\"time\": 3}}], \"limits\": {\"time\": 1}}",
         "tests[1].limits.time", "tests[1].limits.time: 3.000 s is more"},
        {"{memory: 64M}",
         JOB_START "\"tests\": [{\"limits\": {\"memory\": \"64M\"}}], \"limits\": {\"memory\": \"1G\"}}", NULL, NULL},
        {"{memory: 64M}", JOB_START "\"tests\": [{\"limits\": {\"memory\": \"64M\"}}, {}]}", "limits.memory",
         "limits.memory: 256 MiB, where"},
        {"{wall: 5s}", JOB_START "\"tests\": [{\"limits\": {\"time\": 3}}], \"limits\": {\"time\": 1}}",
         "tests[0].limits.wall", "tests[0].limits.wall: 7.000 s, where"},
        {"{wall: 5s}", JOB_START "\"tests\": [{\"limits\": {\"time\": 3}}], \"limits\": {\"wall\": \"4s\"}}", NULL,
         NULL},
        {"{wall: 5s}", JOB_START "\"tests\": [{\"limits\": {\"time\": 3}}], \"limits\": {\"wall\": \"6s\"}}",
         "limits.wall", "limits.wall: 6.000 s is more"},
        /* its checker, which is a program of the caller's too: 60 s, 121 s, 2G, 8M, 64 */
        {"{time: 60s, memory: 2G, output: 64M, pids: 64}", JOB_START JOB_TESTS ", " KATTIS "}}", NULL, NULL},
        {"{time: 59s}", JOB_START JOB_TESTS ", " KATTIS "}}", "checker.limits.time",
         "checker.limits.time: 60.000 s, where the job says nothing"},
        {"{wall: 120s}", JOB_START JOB_TESTS ", " KATTIS "}}", "checker.limits.wall", "checker.limits.wall: 121.000 s"},
        {"{memory: 1G}", JOB_START JOB_TESTS ", " KATTIS "}}", "checker.limits.memory", "checker.limits.memory: 2 GiB"},
        {"{output: 7M}", JOB_START JOB_TESTS ", \"limits\": {\"output\": \"1M\"}, " KATTIS "}}",
         "checker.limits.output", "checker.limits.output: 8 MiB, where"},
        {"{pids: 63}", JOB_START JOB_TESTS ", \"limits\": {\"pids\": 1}, " KATTIS "}}", "checker.limits.pids",
         "checker.limits.pids: 64, where"},
        {"{memory: 1G}", JOB_START JOB_TESTS ", " KATTIS ", \"limits\": {\"memory\": \"1G\"}}}", NULL, NULL},
        {"{memory: 1G}", JOB_START JOB_TESTS ", " KATTIS ", \"limits\": {\"memory\": \"unlimited\"}}}",
         "checker.limits.memory", "checker.limits.memory: unlimited is more"},
        {"{time: 10s}", JOB_START JOB_TESTS ", \"checker\": {\"kind\": \"exact\"}}", NULL, NULL},
        /* how many */
        {"{tests: 2}", JOB_START JOB_TESTS "}", NULL, NULL},
        {"{tests: 1}", JOB_START JOB_TESTS "}", "tests", "tests: 2 is more than this key may ask for, 1"},
        {"{tests: 6}", JOB_START JOB_TESTS ", " KATTIS ", \"passes\": 3}}", NULL, NULL},
        {"{tests: 5}", JOB_START JOB_TESTS ", " KATTIS ", \"passes\": 3}}", "checker.passes",
         "checker.passes: 6 is more than this key may ask for, 5"},
        {"{files: 1}", JOB_START JOB_TESTS "}", NULL, NULL},
        {"{files: 1}",
         "{\"files\": [{\"name\": \"a.c\", \"text\": \"\"}, {\"name\": \"b.c\", \"text\": \"\"}], " JOB_TESTS "}",
         "files", "files: 2 is more"},
        {"{files: 3}", JOB_START JOB_TESTS ", " KATTIS "}}", NULL, NULL},
        {"{files: 2}", JOB_START JOB_TESTS ", " KATTIS "}}", "checker.files", "checker.files: 3 is more"},
};

static void test_admit(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(asks); i++) {
		char text[400], field[JOB_FIELD_BYTES] = "untouched";
		struct sbx_err err = {0};
		struct serve_keys keys;
		struct job job;
		int rc;

		snprintf(text, sizeof(text), HEAD "  limits: %s\n", asks[i].limits);
		parse(&keys, text);
		job_init(&job);
		if (job_parse(&job, asks[i].job, strlen(asks[i].job), "j", &err) < 0)
			fail_msg("row %zu: %s", i, err.msg);
		rc = serve_keys_admit_limits(&keys.keys[0], &job, field, &err);
		if (rc != (asks[i].field == NULL ? 0 : -EPERM) ||
		    strcmp(field, asks[i].field == NULL ? "untouched" : asks[i].field) != 0)
			fail_msg("row %zu: %d, \"%s\", \"%s\"", i, rc, field, err.msg);
		if (rc < 0 && strncmp(err.msg, asks[i].message, strlen(asks[i].message)) != 0)
			fail_msg("row %zu: \"%s\"", i, err.msg);
		job_finish(&job);
		serve_keys_finish(&keys);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_defaults), cmocka_unit_test(test_golden), cmocka_unit_test(test_goes_into_queue),
	        cmocka_unit_test(test_refused),  cmocka_unit_test(test_many),   cmocka_unit_test(test_admit),
	};

	return cmocka_run_group_tests_name("serve_keys", tests, NULL, NULL);
}

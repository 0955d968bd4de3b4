/* policy/serve_config.c: what is read, what is refused and with which words, and addresses. */
#include "policy/serve_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/files.h"

#define LEN(table) (sizeof(table) / sizeof((table)[0]))
#define GOLDEN "tests/unit/golden/serve.yaml"
#define MIB (UINT64_C(1) << 20)
#define SECOND UINT64_C(1000000)

static void parse(struct serve_config *config, const char *text)
{
	struct sbx_err err = {0};

	if (serve_config_parse(text, strlen(text), "c.yaml", config, &err) < 0)
		fail_msg("refused: %s", err.msg);
}

static void check_defaults(const struct serve_config *config)
{
	assert_int_equal(config->listen.family, SERVE_IPV4);
	assert_string_equal(config->listen.address, "127.0.0.1");
	assert_int_equal(config->listen.port, 5000);
	assert_true(config->listen.is_local);
	assert_true(config->state == NULL && config->keys == NULL && config->user == NULL);
	assert_int_equal(config->queue_jobs_max, 10000);
	assert_int_equal(config->queue_bytes_max, 1024 * MIB);
	assert_true(config->running_max == 0 && config->slots_max == 0);
	assert_int_equal(config->results_us, 3600 * SECOND);
	assert_int_equal(config->files_bytes_max, 1024 * MIB);
	assert_int_equal(config->body_bytes_max, 64 * MIB);
	assert_int_equal(config->connections_max, 2048);
	assert_int_equal(config->connections_per_ip_max, 0);
	assert_int_equal(config->idle_us, 30 * SECOND);
	assert_int_equal(config->grace_us, 30 * SECOND);
	assert_int_equal(config->event_bytes_max, 16 * MIB);
	assert_int_equal(config->result_bytes_max, 4096 * MIB);
	assert_true(config->legacy_enabled);
}

static void test_defaults(void **state)
{
	static const char *const texts[] = {"", "# listen: nowhere\n", "{}", "null", "queue: {}\nlegacy: {}\n"};
	struct serve_config config;

	(void)state;
	serve_config_init(&config);
	check_defaults(&config);
	serve_config_finish(&config);
	for (size_t i = 0; i < LEN(texts); i++) {
		memset(&config, 0x5a, sizeof(config));
		parse(&config, texts[i]);
		check_defaults(&config);
		serve_config_finish(&config);
	}
}

/* Every key, and none with its default. */
static void test_golden(void **state)
{
	struct serve_config config;
	char text[4096];

	(void)state;
	read_text(GOLDEN, text, sizeof(text));
	parse(&config, text);
	assert_int_equal(config.listen.family, SERVE_UNIX);
	assert_string_equal(config.listen.path, "/run/sbx/serve.sock");
	assert_string_equal(config.state, "/srv/sbx");
	assert_string_equal(config.keys, "/etc/sbx/keys.yaml");
	assert_string_equal(config.user, "sbx");
	assert_int_equal(config.queue_jobs_max, 500);
	assert_int_equal(config.queue_bytes_max, 128 * MIB);
	assert_int_equal(config.running_max, 4);
	assert_int_equal(config.slots_max, 2);
	assert_int_equal(config.results_us, 7 * 86400 * SECOND);
	assert_int_equal(config.files_bytes_max, 10240 * MIB);
	assert_int_equal(config.body_bytes_max, 8 * MIB);
	assert_int_equal(config.connections_max, 512);
	assert_int_equal(config.connections_per_ip_max, 64);
	assert_int_equal(config.idle_us, 10 * SECOND);
	assert_int_equal(config.grace_us, 120 * SECOND);
	assert_int_equal(config.event_bytes_max, 4 * MIB);
	assert_int_equal(config.result_bytes_max, 20 * 1024 * MIB);
	assert_true(!config.legacy_enabled);
	serve_config_finish(&config);
}

static void test_refused(void **state)
{
	static const struct {
		const char *yaml, *message;
	} rows[] = {
	        {"[]", "c.yaml:1:1: not a map"},
	        {"listen", "c.yaml:1:1: not a map"},
	        {"port: 1", "c.yaml:1:1: no such key: \"port\""},
	        {"queue: {length: 1}", "c.yaml:1:9: no such key: \"length\""},
	        {"body: 1M\nbody: 1M", "c.yaml:2:1: key \"body\" is given twice"},
	        {"queue: 5", "c.yaml:1:1: \"queue\" has to be a map"},
	        {"queue:", "c.yaml:1:1: \"queue\" has to be a map"},
	        {"listen: 5000", "c.yaml:1:1: \"listen\" has to be a string with something in it"},
	        {"listen: localhost:5000", "c.yaml:1:1: \"listen\": no IP address before the port"},
	        {"listen: 127.0.0.1", "c.yaml:1:1: \"listen\": neither ADDR:PORT nor unix:PATH"},
	        {"state: sbx", "c.yaml:1:1: \"state\" has to be an absolute path"},
	        {"keys: 5", "c.yaml:1:1: \"keys\" has to be an absolute path"},
	        {"user: 1000", "c.yaml:1:1: \"user\" has to be a string with something in it"},
	        {"# x\nqueue:\n  jobs: 0", "c.yaml:3:3: \"jobs\" has to be a whole number of at least 1"},
	        {"queue: {jobs: 1000001}", "c.yaml:1:9: \"jobs\" has to be from 1 to 1000000"},
	        {"queue: {bytes: 4095B}", "c.yaml:1:9: \"bytes\" has to be from 4K to 1T"},
	        {"queue: {bytes: 2T}", "c.yaml:1:9: \"bytes\" has to be from 4K to 1T"},
	        {"queue: {bytes: 1024}", "c.yaml:1:9: \"bytes\" has to be a size with its unit, as 64M"},
	        {"running: 1.5", "c.yaml:1:1: \"running\" has to be a whole number of at least 1"},
	        {"running: 256", "c.yaml:1:1: \"running\" has to be from 1 to 255"},
	        {"slots: '2'", "c.yaml:1:1: \"slots\" has to be a whole number of at least 1"},
	        {"slots: 241", "c.yaml:1:1: \"slots\" has to be from 1 to 240"},
	        {"results: 999ms", "c.yaml:1:1: \"results\" has to be from 1s to 365d"},
	        {"results: 366d", "c.yaml:1:1: \"results\" has to be from 1s to 365d"},
	        {"results: unlimited", "c.yaml:1:1: \"results\" has to be a time with its unit, as 30s, 12h or 7d"},
	        {"results: 30", "c.yaml:1:1: \"results\" has to be a time with its unit"},
	        {"results: '30'", "c.yaml:1:1: \"results\" has to be a time with its unit"},
	        {"files: unlimited", "c.yaml:1:1: \"files\" has to be a size with its unit"},
	        {"files: 1K", "c.yaml:1:1: \"files\" has to be from 4K to 1T"},
	        {"body: 1025M", "c.yaml:1:1: \"body\" has to be from 4K to 1G"},
	        {"connections: 65537", "c.yaml:1:1: \"connections\" has to be from 1 to 65536"},
	        {"connections_per_ip: 65537", "c.yaml:1:1: \"connections_per_ip\" has to be from 1 to 65536"},
	        {"idle: 99ms", "c.yaml:1:1: \"idle\" has to be from 100ms to 1h"},
	        {"grace: 61m", "c.yaml:1:1: \"grace\" has to be from 100ms to 1h"},
	        {"result_bytes: 1023K", "c.yaml:1:1: \"result_bytes\" has to be from 1M to 1T"},
	        {"event_bytes: 63K", "c.yaml:1:1: \"event_bytes\" has to be from 64K to 1G"},
	        {"legacy: true", "c.yaml:1:1: \"legacy\" has to be a map"},
	        {"legacy: {enabled: yes}", "c.yaml:1:10: \"enabled\" has to be true or false"},
	        {"legacy: {denylist: true}", "c.yaml:1:10: no such key: \"denylist\""},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct serve_config config, before;
		struct sbx_err err = {0};

		memset(&config, 0x5a, sizeof(config));
		before = config;
		if (serve_config_parse(rows[i].yaml, strlen(rows[i].yaml), "c.yaml", &config, &err) >= 0)
			fail_msg("not refused: %s", rows[i].yaml);
		assert_memory_equal(&config, &before, sizeof(config));
		assert_int_equal(err.stage, SBX_STAGE_USAGE);
		if (strncmp(err.msg, rows[i].message, strlen(rows[i].message)) != 0)
			fail_msg("\"%s\" is not \"%s\"", err.msg, rows[i].message);
	}
}

#define PATH_107                                                                                                       \
	"/23456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"    \
	"67"

static void test_listen(void **state)
{
	static const struct {
		const char *text;
		struct serve_listen wanted;
	} rows[] = {
	        {"127.0.0.1:5000", {SERVE_IPV4, "127.0.0.1", 5000, "", true}},
	        {"127.255.0.9:0", {SERVE_IPV4, "127.255.0.9", 0, "", true}},
	        {"0.0.0.0:65535", {SERVE_IPV4, "0.0.0.0", 65535, "", false}},
	        {"10.127.0.1:80", {SERVE_IPV4, "10.127.0.1", 80, "", false}},
	        {"[::1]:5000", {SERVE_IPV6, "::1", 5000, "", true}},
	        {"[0:0:0:0:0:0:0:1]:5000", {SERVE_IPV6, "::1", 5000, "", true}},
	        {"[::]:80", {SERVE_IPV6, "::", 80, "", false}},
	        {"[fe80::1]:80", {SERVE_IPV6, "fe80::1", 80, "", false}},
	        {"[2001:DB8::1]:80", {SERVE_IPV6, "2001:db8::1", 80, "", false}},
	        {"[::ffff:127.0.0.1]:80", {SERVE_IPV6, "::ffff:127.0.0.1", 80, "", false}},
	        {"unix:/run/x.sock", {SERVE_UNIX, "", 0, "/run/x.sock", true}},
	        {"unix:x", {SERVE_UNIX, "", 0, "x", true}},
	        {"unix:unix:1", {SERVE_UNIX, "", 0, "unix:1", true}},
	        {"unix:" PATH_107, {SERVE_UNIX, "", 0, PATH_107, true}},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct serve_listen listen;
		const char *wrong = serve_listen_parse(rows[i].text, &listen);

		if (wrong != NULL)
			fail_msg("%s: %s", rows[i].text, wrong);
		assert_int_equal(listen.family, rows[i].wanted.family);
		assert_string_equal(listen.address, rows[i].wanted.address);
		assert_int_equal(listen.port, rows[i].wanted.port);
		assert_string_equal(listen.path, rows[i].wanted.path);
		assert_int_equal(listen.is_local, rows[i].wanted.is_local);
	}
}

static void test_listen_refused(void **state)
{
	static const struct {
		const char *text, *wrong;
	} rows[] = {
	        {"", "neither ADDR:PORT nor unix:PATH"},
	        {"5000", "neither ADDR:PORT nor unix:PATH"},
	        {"/run/x.sock", "neither ADDR:PORT nor unix:PATH"},
	        {"unix:", "unix: has no path"},
	        {"unix:" PATH_107 "8", "a path of more than 107 bytes"},
	        {"unix:/a\nb", "a path with control characters"},
	        {"unix:/a\x7f", "a path with control characters"},
	        {":5000", "no IP address"},
	        {"*:5000", "no IP address"},
	        {"localhost:5000", "no IP address"},
	        {"127.1:5000", "no IP address"},
	        {"127.0.0.01:5000", "no IP address"},
	        {"127.0.0.1 :5000", "no IP address"},
	        {"256.0.0.1:5000", "no IP address"},
	        {"[127.0.0.1]:5000", "no IP address"},
	        {"[fe80::1%lo]:5000", "no IP address"},
	        {"[]:5000", "no IP address"},
	        {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0]:5000",
	         "no IP address"}, /* as long as the room for it */
	        {"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:5000", "no IP address"},
	        {"::1:5000", "an IPv6 address stands in brackets"},
	        {"::1", "an IPv6 address stands in brackets"},
	        {"[::1]", "nothing but a port comes behind the brackets"},
	        {"[:5000", "nothing but a port comes behind the brackets"},
	        {"[::1:5000", "nothing but a port comes behind the brackets"},
	        {"[::1]5000", "nothing but a port comes behind the brackets"},
	        {"[", "neither ADDR:PORT nor unix:PATH"},
	        {"127.0.0.1", "neither ADDR:PORT nor unix:PATH"},
	        {"127.0.0.1:99999999999", "the port is no number"},
	        {"127.0.0.1:-1", "the port is no number"},
	        {"127.0.0.1: 1", "the port is no number"},
	        {"[::1]x:5000", "nothing but a port comes behind the brackets"},
	        {"127.0.0.1:", "the port is no number"},
	        {"127.0.0.1:http", "the port is no number"},
	        {"127.0.0.1:65536", "the port is no number"},
	        {"127.0.0.1:100000", "the port is no number"},
	        {"127.0.0.1:05000", "the port is no number"},
	        {"127.0.0.1:+1", "the port is no number"},
	        {"127.0.0.1:1 ", "the port is no number"},
	        {"[::1]:-1", "the port is no number"},
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct serve_listen listen = {.port = 7};
		const char *wrong = serve_listen_parse(rows[i].text, &listen);

		if (wrong == NULL || strncmp(wrong, rows[i].wrong, strlen(rows[i].wrong)) != 0)
			fail_msg("%s: %s", rows[i].text, wrong != NULL ? wrong : "taken");
		assert_int_equal(listen.port, 7);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_defaults), cmocka_unit_test(test_golden),         cmocka_unit_test(test_refused),
	        cmocka_unit_test(test_listen),   cmocka_unit_test(test_listen_refused),
	};

	return cmocka_run_group_tests_name("serve_config", tests, NULL, NULL);
}

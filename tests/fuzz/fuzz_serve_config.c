/* The configuration of sbx serve, and the address it listens on. The file ends at the first NUL, then the address. */
#include "fuzz.h"

#include "policy/serve_config.h"

#include <arpa/inet.h>

static void check_listen(const struct serve_listen *listen)
{
	struct serve_listen again;
	unsigned char bytes[16];
	char text[200];
	int family = listen->family == SERVE_IPV4 ? AF_INET : AF_INET6;

	if (listen->family == SERVE_UNIX) {
		FUZZ_ASSERT(strnlen(listen->path, SERVE_PATH_BYTES) < SERVE_PATH_BYTES && listen->path[0] != '\0');
		FUZZ_ASSERT(listen->address[0] == '\0' && listen->port == 0 && listen->is_local);
		for (const char *at = listen->path; *at != '\0'; at++)
			FUZZ_ASSERT((unsigned char)*at >= 0x20 && *at != 0x7f);
		snprintf(text, sizeof(text), "unix:%s", listen->path);
	} else {
		FUZZ_ASSERT(listen->path[0] == '\0' && inet_pton(family, listen->address, bytes) == 1);
		FUZZ_ASSERT(listen->is_local == (family == AF_INET ? strncmp(listen->address, "127.", 4) == 0
		                                                   : strcmp(listen->address, "::1") == 0));
		snprintf(text, sizeof(text), family == AF_INET ? "%s:%u" : "[%s]:%u", listen->address, listen->port);
	}
	FUZZ_ASSERT(serve_listen_parse(text, &again) == NULL);
	FUZZ_ASSERT(again.family == listen->family && again.port == listen->port && again.is_local == listen->is_local);
	FUZZ_ASSERT(strcmp(again.address, listen->address) == 0 && strcmp(again.path, listen->path) == 0);
}

static bool is_within(uint64_t value, uint64_t least, uint64_t most)
{
	return value >= least && value <= most;
}

static void check_config(const struct serve_config *config)
{
	const uint64_t second = 1000000, kib = 1 << 10, gib = 1 << 30;

	check_listen(&config->listen);
	FUZZ_ASSERT(config->state == NULL || config->state[0] == '/');
	FUZZ_ASSERT(config->keys == NULL || config->keys[0] == '/');
	FUZZ_ASSERT(config->user == NULL || config->user[0] != '\0');
	FUZZ_ASSERT(is_within(config->queue_jobs_max, 1, 1000000));
	FUZZ_ASSERT(is_within(config->queue_bytes_max, 4 * kib, 1024 * gib));
	FUZZ_ASSERT(config->running_max <= 1024 && config->slots_max <= 240);
	FUZZ_ASSERT(is_within(config->results_us, second, 365 * 86400 * second));
	FUZZ_ASSERT(is_within(config->files_bytes_max, 4 * kib, 1024 * gib));
	FUZZ_ASSERT(is_within(config->body_bytes_max, 4 * kib, gib));
	FUZZ_ASSERT(is_within(config->connections_max, 1, 65536));
	FUZZ_ASSERT(config->connections_per_ip_max <= 65536);
	FUZZ_ASSERT(is_within(config->idle_us, second / 10, 3600 * second));
	FUZZ_ASSERT(is_within(config->grace_us, second / 10, 3600 * second));
	FUZZ_ASSERT(is_within(config->event_bytes_max, 64 * kib, gib));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input input = fuzz_input(data, size);
	FUZZ_CLEANUP char *yaml = fuzz_part(&input);
	FUZZ_CLEANUP char *address = fuzz_part(&input);
	struct serve_listen listen;
	struct serve_config config;
	struct sbx_err err = {0};
	const char *wrong = serve_listen_parse(address, &listen);

	FUZZ_ASSERT(wrong == NULL || wrong[0] != '\0');
	if (wrong == NULL)
		check_listen(&listen);
	if (serve_config_parse(yaml, strlen(yaml), "fuzz.yaml", &config, &err) < 0) {
		fuzz_assert_error(&err);
	} else {
		check_config(&config);
		serve_config_finish(&config);
	}
	return 0;
}

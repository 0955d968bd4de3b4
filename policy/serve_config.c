/* The configuration of `sbx serve`: a table of keys, and one of ranges. Called by
 * cmd_serve.c. */
#include "policy/serve_config.h"

#include "policy/json.h"
#include "policy/size.h"
#include "policy/yaml_map.h"
#include "sandbox/host.h"

#include <stdio.h>
#include <string.h>

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)
#define SECOND UINT64_C(1000000)
#define HOUR (3600 * SECOND)

_Static_assert(HOST_JOB_SLOTS == 240, "as the message of the range says");

/* ---- where to listen ---- */

static int read_listen(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text, *wrong;

	TRY(yaml_read_string(place, &text, err));
	wrong = serve_listen_parse(text, field);
	return wrong == NULL ? 0
	                     : yaml_fail_key(place->doc, place->map, place->key, err, "\"%s\": %s", place->key, wrong);
}

/* ---- values ---- */

static const struct range {
	const char *key; /* no two maps of the file have one in common */
	uint64_t least, most;
	const char *wanted;
} ranges[] = {
        {"jobs", 1, 1000000, "from 1 to 1000000"},
        {"bytes", 4 * KIB, TIB, "from 4K to 1T"},
        {"running", 1, SERVE_RUNNING_MAX, "from 1 to 255"},
        {"slots", 1, HOST_JOB_SLOTS, "from 1 to 240"},
        {"results", SECOND, 365 * 24 * HOUR, "from 1s to 365d"},
        {"files", 4 * KIB, TIB, "from 4K to 1T"},
        {"body", 4 * KIB, GIB, "from 4K to 1G"},
        {"connections", 1, 65536, "from 1 to 65536"},
        {"connections_per_ip", 1, 65536, "from 1 to 65536"},
        {"idle", SECOND / 10, HOUR, "from 100ms to 1h"},
        {"grace", SECOND / 10, HOUR, "from 100ms to 1h"},
        {"event_bytes", 64 * KIB, GIB, "from 64K to 1G"},
        {"result_bytes", MIB, TIB, "from 1M to 1T"},
};

static int check_range(const struct yaml_place *place, uint64_t value, struct sbx_err *err)
{
	const struct range *range = ranges;

	while (strcmp(range->key, place->key) != 0)
		range++;
	return value >= range->least && value <= range->most ? 0 : yaml_wanted(place, range->wanted, err);
}

static int read_size(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	TRY(yaml_read_size(place, field, err));
	return check_range(place, *(uint64_t *)field, err);
}

static int read_count(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	TRY(yaml_read_count(place, field, err));
	return check_range(place, *(uint64_t *)field, err);
}

static int read_period(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	if (text == NULL || strcmp(text, "unlimited") == 0 || period_parse(text, field) < 0)
		return yaml_wanted(place, "a time with its unit, as 30s, 12h or 7d", err);
	return check_range(place, *(uint64_t *)field, err);
}

static int read_path(const struct yaml_place *place, void *field, struct sbx_err *err)
{
	const char *text = json_string_of(place->value);

	/* a service starts in whatever folder its supervisor is in */
	if (text == NULL || text[0] != '/')
		return yaml_wanted(place, "an absolute path", err);
	*(const char **)field = text;
	return 0;
}

/* ---- the keys ---- */

#define FIELD(name) offsetof(struct serve_config, name)

static const struct yaml_key queue_keys[] = {
        {"jobs", read_count, FIELD(queue_jobs_max), NULL, false},
        {"bytes", read_size, FIELD(queue_bytes_max), NULL, false},
        {.name = NULL},
};

static const struct yaml_key legacy_keys[] = {
        {"enabled", yaml_read_bool, FIELD(legacy_enabled), NULL, false},
        {.name = NULL},
};

static const struct yaml_key config_keys[] = {
        {"listen", read_listen, FIELD(listen), NULL, false},
        {"state", read_path, FIELD(state), NULL, false},
        {"keys", read_path, FIELD(keys), NULL, false},
        {"user", yaml_read_string, FIELD(user), NULL, false},
        {"queue", NULL, 0, queue_keys, false},
        {"running", read_count, FIELD(running_max), NULL, false},
        {"slots", read_count, FIELD(slots_max), NULL, false},
        {"results", read_period, FIELD(results_us), NULL, false},
        {"files", read_size, FIELD(files_bytes_max), NULL, false},
        {"body", read_size, FIELD(body_bytes_max), NULL, false},
        {"connections", read_count, FIELD(connections_max), NULL, false},
        {"connections_per_ip", read_count, FIELD(connections_per_ip_max), NULL, false},
        {"idle", read_period, FIELD(idle_us), NULL, false},
        {"grace", read_period, FIELD(grace_us), NULL, false},
        {"event_bytes", read_size, FIELD(event_bytes_max), NULL, false},
        {"result_bytes", read_size, FIELD(result_bytes_max), NULL, false},
        {"legacy", NULL, 0, legacy_keys, false},
        {.name = NULL},
};

void serve_config_init(struct serve_config *config)
{
	*config = (struct serve_config){
	        .listen = {.family = SERVE_IPV4, .address = "127.0.0.1", .port = 5000, .is_local = true},
	        .queue_jobs_max = 10000,
	        .queue_bytes_max = GIB,
	        .results_us = HOUR,
	        .files_bytes_max = GIB,
	        .body_bytes_max = 64 * MIB,
	        .connections_max = 2048,
	        .idle_us = 30 * SECOND,
	        .grace_us = 30 * SECOND,
	        .event_bytes_max = 16 * MIB,
	        .result_bytes_max = 4 * GIB,
	        .legacy_enabled = true,
	};
}

int serve_config_parse(const char *text, size_t len, const char *origin, struct serve_config *ret, struct sbx_err *err)
{
	struct serve_config config;
	int rc;

	serve_config_init(&config);
	rc = yaml_load(&config.doc, text, len, origin, err);
	/* nothing but comments is a map of which all was left out */
	if (rc == 0 && config.doc.root != NULL)
		rc = yaml_read_map(&config.doc, config.doc.root, config_keys, &config, err);
	if (rc < 0)
		serve_config_finish(&config);
	else
		*ret = config;
	return rc;
}

void serve_config_finish(struct serve_config *config)
{
	yaml_finish(&config->doc);
	*config = (struct serve_config){0};
}

/* What became of the attacks, for a person and as JSON. Called by check_print.c. */
#include "runner/attack.h"

#include "policy/json.h"

#include <stdio.h>
#include <string.h>

static const char *const colours[ATTACK_STATE_MAX] = {
        [ATTACK_NOT_TRIED] = "\033[2m",
        [ATTACK_HELD] = "\033[32m",
        [ATTACK_OPEN] = "\033[1;31m",
};

static const char *advice_for(const struct attack_result *result)
{
	return result->profile != NULL
	               ? "what holds with the built-in profile is told by: sbx check --attack"
	               : "run nothing here that you do not trust; what this host lacks is told by: sbx check";
}

static void print_row(const struct attack_row *row, int width, bool colour)
{
	const struct attack *attack = row->attack;

	printf("%s%-9s%s  %-3s  %-*s  %s\n", colour ? colours[row->state] : "", attack_state_name(row->state),
	       colour ? "\033[0m" : "", attack->id, width, attack->what, row->outcome);
	if (row->state == ATTACK_OPEN)
		printf("                -> %s\n", attack_means(attack));
}

void attack_print(const struct attack_result *result, bool colour)
{
	int width = 0;

	for (size_t i = 0; i < result->n; i++)
		if ((int)strlen(result->rows[i].attack->what) > width)
			width = (int)strlen(result->rows[i].attack->what);
	printf("\n");
	for (size_t i = 0; i < result->n; i++)
		print_row(&result->rows[i], width, colour);
	printf("\n%zu of %zu attacks held", result->counts[ATTACK_HELD], result->n);
	if (result->counts[ATTACK_OPEN] > 0)
		printf(", %zu OPEN", result->counts[ATTACK_OPEN]);
	if (result->counts[ATTACK_NOT_TRIED] > 0)
		printf(", %zu not tried", result->counts[ATTACK_NOT_TRIED]);
	printf("\n");
	if (result->counts[ATTACK_OPEN] > 0)
		printf("-> %s\n", advice_for(result));
}

struct json_object *attack_json(const struct attack_result *result)
{
	struct json_object *json = json_new_object(), *rows = json_new_array();

	for (size_t i = 0; i < result->n; i++) {
		const struct attack_row *row = &result->rows[i];
		struct json_object *object = json_new_object();
		json_add_string(object, "id", row->attack->id);
		json_add_string(object, "what", row->attack->what);
		json_add_string(object, "state", row->state == ATTACK_OPEN ? "open" : attack_state_name(row->state));
		json_add_string(object, "outcome", row->outcome[0] != '\0' ? row->outcome : NULL);
		json_add_string(object, "means", row->state == ATTACK_OPEN ? attack_means(row->attack) : NULL);
		json_append(rows, object);
	}
	json_add(json, "attacks", rows);
	json_add_u64(json, "held", result->counts[ATTACK_HELD]);
	json_add_u64(json, "open", result->counts[ATTACK_OPEN]);
	json_add_u64(json, "not_tried", result->counts[ATTACK_NOT_TRIED]);
	return json;
}

/* A plan as text, for `sbx run --dry-run` and the golden files: every decision on a line of its own. */
#include "policy/plan.h"
#include "policy/size.h"

#include <stdio.h>
#include <stdlib.h>

/* Paths and arguments may hold anything; what is not plain is shown as \xHH. */
static void print_escaped(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (c < 0x20 || c >= 0x7f || c == '\\')
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
}

static void print_limits(FILE *out, const struct box_plan *plan)
{
	const struct {
		const char *name;
		uint64_t value;
		void (*format)(uint64_t, char *, unsigned long);
	} rows[] = {
	        {"time", plan->cpu_us_max, duration_format},
	        {"wall", plan->wall_us_max, duration_format},
	        {"memory", plan->memory_bytes_max, size_format},
	        {"swap", plan->memory_bytes_max == BOX_UNLIMITED ? BOX_UNLIMITED : 0, size_format},
	        {"pids", plan->pids_max, NULL},
	        {"stack", plan->stack_bytes_max, size_format},
	        {"fsize", plan->fsize_bytes_max, size_format},
	        {"output", plan->output_bytes_max, size_format},
	        {"open-files", plan->open_files_max, NULL},
	        {"tmp", plan->scratch_bytes, size_format},
	        {"tmp-inodes", plan->scratch_inodes, NULL},
	        {"cpus-thousandths", plan->cpu_rate_millis, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[32];
		if (rows[i].value == BOX_UNLIMITED)
			snprintf(text, sizeof(text), "unlimited");
		else if (rows[i].format != NULL)
			rows[i].format(rows[i].value, text, sizeof(text));
		else
			snprintf(text, sizeof(text), "%llu", (unsigned long long)rows[i].value);
		fprintf(out, "limit %s %s\n", rows[i].name, text);
	}
	for (size_t i = 0; i < BOX_RLIMITS_MAX; i++) {
		const struct box_rlimit *rlimit = &plan->rlimits[i];
		fprintf(out, "rlimit %s %s", rlimit->name,
		        rlimit->kind == BOX_RLIMIT_AT_LEAST  ? "at least "
		        : rlimit->kind == BOX_RLIMIT_AT_MOST ? "at most "
		                                             : "");
		if (rlimit->value == BOX_UNLIMITED)
			fputs("unlimited\n", out);
		else
			fprintf(out, "%llu\n", (unsigned long long)rlimit->value);
	}
	fprintf(out, "pin %s\n", plan->cpus != NULL ? plan->cpus : plan->cpus_of_slot ? "slot" : "none");
	for (int limit = 0; limit < BOX_LIMIT_MAX; limit++)
		if (plan->weaker & (1U << limit))
			fprintf(out, "weaker %s\n", box_limit_name((enum box_limit)limit));
}

static void print_mounts(FILE *out, const struct box_plan *plan)
{
	for (size_t i = 0; i < plan->n_mounts; i++) {
		const struct box_mount *m = &plan->mounts[i];
		fprintf(out, "mount %s ", box_mount_kind_name(m->kind));
		print_escaped(out, m->dst);
		if (m->src != NULL) {
			fputs(m->kind == BOX_MOUNT_FILE   ? " text "
			      : m->kind == BOX_MOUNT_LINK ? " to "
			                                  : " from ",
			      out);
			print_escaped(out, m->src);
		}
		if (m->kind == BOX_MOUNT_TMPFS) {
			char text[32];
			size_format(m->bytes, text, sizeof(text));
			fprintf(out, " size %s", text);
		}
		fprintf(out, "%s%s%s%s\n", m->flags & BOX_MOUNT_RW ? " rw" : " ro",
		        m->flags & BOX_MOUNT_NOEXEC ? " noexec" : "", m->flags & BOX_MOUNT_MAYBE ? " maybe" : "",
		        m->flags & BOX_MOUNT_DEV ? " dev" : "");
	}
}

char *policy_plan_text(const struct box_plan *plan)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (char *const *arg = plan->argv; *arg != NULL; arg++) {
		fputs("arg ", out);
		print_escaped(out, *arg);
		fputc('\n', out);
	}
	for (char *const *env = plan->envp; *env != NULL; env++) {
		fputs("env ", out);
		print_escaped(out, *env);
		fputc('\n', out);
	}
	fputs("cwd ", out);
	print_escaped(out, plan->cwd);
	fprintf(out, "\nids program %u:%u init %u:%u\n", plan->uid, plan->gid, plan->init_uid, plan->init_gid);
	fputs("namespaces user pid mount network ipc uts cgroup\n", out);
	fprintf(out, "network %s\n", plan->network == BOX_NETWORK_LOOPBACK ? "loopback" : "none");
	fprintf(out, "aslr %s\n", plan->aslr ? "on" : "off");
	print_limits(out, plan);
	print_mounts(out, plan);
	fputs("seccomp ", out);
	print_escaped(out, plan->filter_name);
	fprintf(out, " %zu instructions\n", plan->n_filter);
	for (size_t i = 0; i < plan->n_filter; i++)
		fprintf(out, "bpf %04x %02x %02x %08x\n", plan->filter[i].code, plan->filter[i].jt, plan->filter[i].jf,
		        plan->filter[i].k);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

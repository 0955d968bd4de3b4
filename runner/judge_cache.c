/* The compile cache of a judge. */
#include "runner/judge_cache.h"

#include "runner/compile_cache.h"
#include "runner/judge_run.h"
#include "sandbox/fd.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One more, whenever what is kept or what goes into a key becomes another. */
#define FORMAT "sbx compile 2"

/*
 * What a toolchain's upgrade changes, beside the compiler's own file: the packages' list, and the folders that every
 * box sees. Files tell more than a version does (a compiler's own second stage, a library's header), and cost no box.
 */
static const char *const toolchain_paths[] = {
        "/var/lib/dpkg/status",
        "/etc/alternatives",
        "/usr/bin",
        "/usr/lib",
        "/usr/lib64",
        "/usr/include",
        "/usr/local/bin",
        "/usr/local/include",
        "/usr/local/lib",
        "/usr/lib/x86_64-linux-gnu",
};

static void put_file(struct digest *digest, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;

	digest_text(digest, path);
	digest_u64(digest, exists);
	if (!exists)
		return;
	digest_u64(digest, st.st_ino);
	digest_u64(digest, (uint64_t)st.st_size);
	digest_u64(digest, (uint64_t)st.st_mtim.tv_sec);
	digest_u64(digest, (uint64_t)st.st_mtim.tv_nsec);
	digest_u64(digest, (uint64_t)st.st_ctim.tv_sec);
	digest_u64(digest, (uint64_t)st.st_ctim.tv_nsec);
}

static void put_toolchain(struct digest *digest, const struct box_plan *plan)
{
	if (plan->argv[0][0] == '/') /* else it is one of the sources */
		put_file(digest, plan->argv[0]);
	for (size_t i = 0; i < sizeof(toolchain_paths) / sizeof(toolchain_paths[0]); i++)
		put_file(digest, toolchain_paths[i]);
	for (size_t i = 0; i < plan->n_mounts; i++)
		if (plan->mounts[i].kind == BOX_MOUNT_BIND && strcmp(plan->mounts[i].dst, "/box") != 0 &&
		    (plan->mounts[i].flags & BOX_MOUNT_DEV) == 0)
			put_file(digest, plan->mounts[i].src);
}

static int by_name(const void *a, const void *b)
{
	const struct language_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* In an order of their own: what order means to the compiler is in its command. */
static int put_sources(struct digest *digest, const struct job_sources *program)
{
	size_t n = program->n_files;
	struct language_file *files = calloc(n + 1, sizeof(*files));

	if (files == NULL)
		return -ENOMEM;
	memcpy(files, program->files, n * sizeof(*files));
	qsort(files, n, sizeof(*files), by_name);
	digest_u64(digest, n);
	for (size_t i = 0; i < n; i++) {
		digest_text(digest, files[i].name);
		digest_field(digest, files[i].text, files[i].len);
		digest_u64(digest, files[i].is_executable);
	}
	free(files);
	return 0;
}

/* The plan says all that is decided about the box, and so all that the language's definition and the caller's limits
 * came to. Its text rounds, so the limits come once more. */
static int put_plan(struct digest *digest, const struct box_plan *plan)
{
	FREE_CLEANUP char *text = policy_plan_text(plan);

	if (text == NULL)
		return -ENOMEM;
	digest_text(digest, text);
	for (int limit = 0; limit < BOX_LIMIT_MAX; limit++)
		digest_u64(digest, box_limit_value(plan, (enum box_limit)limit));
	return 0;
}

static int make_key(struct judge *judge, struct judge_run *run, enum judge_task task)
{
	bool is_checker = task == JUDGE_COMPILE_CHECKER;
	const struct job_sources *program = is_checker ? &judge->checkers[run->checker] : &judge->submission;
	struct digest digest;
	struct sbx_err ignored; /* the compile itself will say it */
	int rc = judge_run_plan(judge, run, task, &ignored);

	digest_init(&digest);
	digest_text(&digest, FORMAT " of " SBX_VERSION);
	digest_text(&digest, program->language->name);
	if (rc == 0)
		rc = put_plan(&digest, &run->plan.box);
	if (rc == 0)
		put_toolchain(&digest, &run->plan.box);
	judge_run_drop_plan(run);
	if (rc == 0)
		rc = put_sources(&digest, program);
	digest_end(&digest, judge->cache->key);
	return rc;
}

/* Over the sources, which the compiler needs if this comes to nothing. */
static bool fetch(struct judge *judge, struct judge_run *run, enum workspace_folder folder, struct sbx_err *err)
{
	FD_CLEANUP int fd = -1;

	if (workspace_cover(&judge->ws, folder, err) < 0)
		return false;
	fd = workspace_folder(&judge->ws, folder);
	return fd >= 0 && compile_cache_get(judge->cache, fd, &run->out);
}

int judge_cache_get(struct judge *judge, struct judge_run *run, enum judge_task task, enum workspace_folder folder,
                    struct sbx_err *err)
{
	struct sbx_err ignored;

	judge->cacheable = judge->cache != NULL && make_key(judge, run, task) == 0;
	if (!judge->cacheable || !compile_cache_has(judge->cache))
		return 0;
	if (!fetch(judge, run, folder, &ignored))
		return workspace_uncover(&judge->ws, folder, err);
	run->verdict = VERDICT_OK;
	run->reason = NULL;
	run->cached = true;
	return 1;
}

void judge_cache_put(struct judge *judge, const struct judge_run *run, enum workspace_folder folder)
{
	FD_CLEANUP int fd = -1;

	if (!judge->cacheable || run->cached || run->verdict != VERDICT_OK)
		return;
	fd = workspace_folder(&judge->ws, folder);
	compile_cache_put(judge->cache, fd, &run->out);
}

/* The command line of `sbx judge`. */
#pragma once

#include "policy/job.h"
#include "runner/report.h"
#include "sandbox/err.h"

struct judge_args {
	const char *tests, *job_file, *problem, *run_file; /* one of them */
	const char *job_files;    /* with the JSON of a job or run: the folder that its paths are names of; NULL */
	char *const *sources;     /* NULL-terminated; empty with these */
	struct job job;           /* language, limits, comparison: what the options say */
	uint64_t n_slots;         /* 0: as many as there are physical cores */
	const char *cache;        /* folder; NULL: none */
	uint64_t cache_bytes_max; /* SPEC_UNSET: the default */
	const char *events;       /* as for report_sink_open(); NULL: none */
	const char *transcript;   /* a file; NULL: none */
	const char *report;       /* the same; never NULL */
	const char *html;         /* the same; NULL: none */
	enum report_format format;
	bool exact;  /* --compare exact: the job's comparison has it once all is read */
	bool verify; /* the package's own submissions, instead of sources */
	bool help;
};

/*
 * argv[0] is "judge". Returns 0, or -errno with stage SBX_STAGE_USAGE and a message that names the option. Strings are
 * borrowed; nothing needs freeing but args->job, once it has been filled.
 */
int judge_args_parse(struct judge_args *args, int argc, char *const *argv, struct sbx_err *err);

/* The text of `sbx judge --help`. */
extern const char judge_args_help[];

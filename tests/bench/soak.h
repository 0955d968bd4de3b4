/*
 * make soak: a great many runs, good and hostile, by more launchers at once than there are cores; each verdict is
 * compared with what it must be, and the host with itself. soak_kinds.c is the table of what is run, and judges a run;
 * soak_host.c counts what must not grow; soak_rows.c prints that as a table and says what is flat; soak.c launches.
 */
#pragma once

#include "tests/bench/bench.h"

#define THOUSAND 1000

/* ---- soak_kinds.c ---- */

#define KIND_OPTIONS_MAX 8

/* Where a program runs. */
enum kind_box {
	BOX_SHARED, /* read-only, the folder of the targets */
	BOX_OWN_RW, /* a folder of its own, which then has what it left there */
	BOX_OWN_COW,
};

struct kind {
	const char *name;
	unsigned weight; /* runs in each thousand */
	const char *options[KIND_OPTIONS_MAX];
	const char *mode, *arg; /* of soak_program; without arg it gets a number that depends on the run's */
	const char *verdict, *reason;
	const char *code;   /* of the JSON report: exit_code and signal */
	const char *output; /* NULL: that of `answer`; "*": any */
	enum kind_box box;
	bool launcher_dies; /* by SIGKILL, some time after its start */
	bool small; /* the program is smaller than its launcher, so that wait4's peak memory is the launcher's */
};

extern const struct kind kinds[];
extern const unsigned kinds_n;

/* What became of one run. */
struct finished {
	const struct kind *kind;
	long arg; /* of the program, where it is a number that depends on the run */
	int status;
	const char *report, *out; /* the beginnings */
	int64_t out_bytes;
	const char *dir; /* its own folder, if it has one */
};

/* The number that the program of run `number` is called with. */
long kinds_arg(unsigned long number);
/* NULL, or what is wrong. */
const char *kinds_judge(const struct finished *finished);
/* The kinds of one thousand runs in an order that depends on `thousand` alone. */
void kinds_shuffle(unsigned thousand, unsigned short order[THOUSAND]);
/* The nth number of a fixed sequence that looks random. */
uint64_t kinds_random(uint64_t n);

/* ---- soak_rows.c and soak_host.c ---- */

#define ROWS_MAX 64

/* One thing that is counted after each thousand. */
struct row {
	char name[56];
	const char *unit;
	double tolerance; /* it may grow by so much, */
	double percent;   /* and by so much of the first figure */
	enum {
		MAY_NOT_GROW,
		MAY_NOT_FALL,
		MUST_BE_ZERO,
	} rule;
};

/* The figures after some thousand, in the order of the rows; negative where a look failed. */
struct sample {
	double values[ROWS_MAX];
};

struct rows {
	struct row rows[ROWS_MAX];
	unsigned n;
	unsigned width; /* launchers at once */
	char slices[8][300];
	unsigned n_slices;
};

/* What the soak itself measures; the rows of the host come behind them. */
enum own_row {
	ROW_SPEED,
	ROW_CPU,
	ROW_LAUNCHER,
	ROW_PROCESSES,
	OWN_ROW_MAX,
};

/* Adds a row, which may not grow; returns it, or NULL when there is no more room. */
struct row *rows_add(struct rows *rows, const char *name, const char *unit, double tolerance, double percent);
/* Finds out what this host lets be counted, and adds a row for each. */
void host_init(struct rows *rows);
/*
 * Lets go of the page cache. A file's pages belong to the run that was the first to read or write them, whose memory
 * cgroup is dying, but there, as long as they are: that is no leak, and would hide one.
 */
void host_drop_cache(void);
/* Fills in the rows from OWN_ROW_MAX on: each the least of some looks, since only what stays is a leak. */
void host_look(const struct rows *rows, struct sample *ret);
/* Prints the first, the middle and the last thousand. Returns how many rows are not flat. */
unsigned rows_show(const struct rows *rows, const struct sample samples[3], const unsigned thousands[3]);

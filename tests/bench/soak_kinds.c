/*
 * What the soak runs and what must come of it. Limits are small, so that a run costs little; those that are not the
 * point of a kind have room for a machine that is eight times overbooked. Called by soak.c.
 */
#include "tests/bench/soak.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SEED 20240229

#define EXITED(code) "\"exit_code\":" #code ",\"signal\":null,"
#define SIGNALLED(number) "\"exit_code\":null,\"signal\":" #number ","
#define KILLED "\"exit_code\":null,\"signal\":null,"
/* The kernel kills one process, and it may be seen how the program took that before the launcher kills the box. */
#define ANY_CODE ""

/*
 * Of CPU time, by "burn". The default wall limit has a second beside what it grants for CPU time, and so the more room,
 * in proportion, the shorter the program is: 1.2 s here, of which four launchers for each core let it take up to 0.45
 * s.
 */
#define HALF_MS 50

const struct kind kinds[] = {
        {"good answer", 270, {0}, "answer", NULL, "OK", "null", EXITED(0), NULL, .small = true},
        {"good, half of its CPU limit",
         60,
         {"-t", "100ms"},
         "burn",
         "50",
         "OK",
         "null",
         EXITED(0),
         "done\n",
         .box = BOX_SHARED},
        {"good, half of its memory",
         60,
         {"-m", "32M"},
         "touch",
         "16",
         "OK",
         "null",
         EXITED(0),
         "done\n",
         .box = BOX_SHARED},
        {"RE segfault", 40, {0}, "segv", "0", "RE", "\"signal\"", SIGNALLED(11), "", .small = true},
        {"RE abort", 30, {0}, "abort", "0", "RE", "\"signal\"", SIGNALLED(6), "", .small = true},
        {"RE exit 1", 40, {0}, "exit", "1", "RE", "\"exit\"", EXITED(1), "", .small = true},
        {"TLE CPU", 50, {"-t", "50ms", "-w", "30"}, "spin", "0", "TLE", "\"cpu\"", KILLED, "", .box = BOX_SHARED},
        {"TLE CPU of children",
         20,
         {"-t", "50ms", "-w", "30"},
         "children-spin",
         "0",
         "TLE",
         "\"cpu\"",
         KILLED,
         "",
         .box = BOX_SHARED},
        {"TLE wall, asleep", 8, {"-w", "300ms"}, "sleep", "0", "TLE", "\"wall\"", KILLED, "", .box = BOX_SHARED},
        {"TLE wall, stopped", 7, {"-w", "200ms"}, "stop", "0", "TLE", "\"wall\"", KILLED, "", .box = BOX_SHARED},
        {"MLE", 40, {"-m", "16M"}, "touch", "32", "MLE", "\"memory\"", ANY_CODE, "", .box = BOX_SHARED},
        {"MLE of a child",
         15,
         {"-m", "16M"},
         "touch-child",
         "32",
         "MLE",
         "\"memory\"",
         ANY_CODE,
         "",
         .box = BOX_SHARED},
        {"OLE", 35, {"--output", "64K"}, "flood", "1", "OLE", "\"output\"", KILLED, "*", .small = true},
        {"OLE on stderr", 15, {"--output", "64K"}, "flood", "2", "OLE", "\"output\"", KILLED, "", .box = BOX_SHARED},
        {"SV", 50, {0}, "call", NULL, "SV", "\"syscall\"", KILLED, "", .small = true},
        {"fork bomb",
         15,
         {"-p", "20", "-t", "50ms", "-w", "60"},
         "bomb",
         "0",
         "TLE",
         "\"cpu\"",
         KILLED,
         "",
         .box = BOX_SHARED},
        {"forks until refused",
         20,
         {"-p", "20"},
         "count",
         "0",
         "OK",
         "null",
         EXITED(0),
         "20 EAGAIN\n",
         .box = BOX_SHARED},
        {"daemon that flees", 35, {0}, "daemon", "0", "OK", "null", EXITED(0), "done\n", .box = BOX_SHARED},
        {"fills /tmp", 25, {"--tmp", "2M"}, "fill", "0", "OK", "null", EXITED(0), "some ENOSPC\n", .box = BOX_SHARED},
        {"fills /tmp with names",
         15,
         {"--tmp", "2M,100"},
         "inodes",
         "0",
         "OK",
         "null",
         EXITED(0),
         "some ENOSPC\n",
         .box = BOX_SHARED},
        {"litter, rw",
         25,
         {"--seccomp", "compile"},
         "litter",
         "0",
         "OK",
         "null",
         EXITED(0),
         "done\n",
         .box = BOX_OWN_RW},
        {"litter, cow",
         25,
         {"--seccomp", "compile"},
         "litter",
         "0",
         "OK",
         "null",
         EXITED(0),
         "done\n",
         .box = BOX_OWN_COW},
        {"kills its relatives", 25, {0}, "kin", "0", "OK", "null", EXITED(0), "done\n", .box = BOX_SHARED},
        {"kills its group", 20, {0}, "group", "0", "RE", "\"signal\"", SIGNALLED(9), "", .box = BOX_SHARED},
        {"storm of signals to init", 25, {0}, "storm", "0", "OK", "null", EXITED(0), "done\n", .box = BOX_SHARED},
        {"launcher killed", 20, {"-t", "1", "-w", "20"}, "victim", "8", .output = "*", .launcher_dies = true},
        {"launcher killed, litter",
         10,
         {"-t", "1", "-w", "20"},
         "victim",
         "1",
         .output = "*",
         .box = BOX_OWN_COW,
         .launcher_dies = true},
};
const unsigned kinds_n = sizeof(kinds) / sizeof(kinds[0]);

static const char *const litter[] = {"file", "fifo", "link", "folder", "folder/deep", "socket"};

uint64_t kinds_random(uint64_t n)
{
	/* splitmix64 */
	uint64_t z = (n + SEED) * 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

long kinds_arg(unsigned long number)
{
	return (long)(kinds_random(number) % 100000);
}

void kinds_shuffle(unsigned thousand, unsigned short order[THOUSAND])
{
	unsigned n = 0;

	for (unsigned kind = 0; kind < kinds_n; kind++)
		for (unsigned i = 0; i < kinds[kind].weight && n < THOUSAND; i++)
			order[n++] = (unsigned short)kind;
	/* the weights need not sum up */
	while (n < THOUSAND)
		order[n++] = 0;
	for (n = THOUSAND - 1; n > 0; n--) {
		unsigned other = (unsigned)(kinds_random((uint64_t)(thousand + 1) * THOUSAND + n) % (n + 1));
		unsigned short kind = order[n];
		order[n] = order[other];
		order[other] = kind;
	}
}

/* The run's own folder, if it has one, must have all of it, or nothing. */
static const char *judge_litter(const struct finished *finished)
{
	for (size_t i = 0; i < sizeof(litter) / sizeof(litter[0]) && finished->dir != NULL; i++) {
		char path[400];
		struct stat st;
		bool there;

		snprintf(path, sizeof(path), "%s/%s", finished->dir, litter[i]);
		there = lstat(path, &st) == 0;
		if (there && finished->kind->box == BOX_OWN_COW)
			return "a file has left the box";
		if (!there && finished->kind->box == BOX_OWN_RW)
			return "a file that the program left is not there";
	}
	return NULL;
}

static const char *judge_output(const struct finished *finished)
{
	const char *wanted = finished->kind->output;
	unsigned long long n = (unsigned long long)finished->arg;
	char answer[32];

	if (strcmp(finished->kind->verdict, "OLE") == 0 && wanted[0] == '*')
		return finished->out_bytes == 64 << 10 ? NULL : "the output was not cut at its limit";
	snprintf(answer, sizeof(answer), "%llu\n", n * (n + 1) * (2 * n + 1) / 6);
	if (wanted == NULL)
		wanted = answer;
	return strcmp(finished->out, wanted) == 0 ? NULL : "wrong output";
}

const char *kinds_judge(const struct finished *finished)
{
	const struct kind *kind = finished->kind;
	const char *report = finished->report;
	int64_t cpu_us = report_number(report, "cpu_us");
	const char *wrong;

	if (kind->launcher_dies && (!WIFSIGNALED(finished->status) || WTERMSIG(finished->status) != SIGKILL))
		return "the launcher ended by itself";
	if (kind->launcher_dies)
		return judge_litter(finished);
	if (!WIFEXITED(finished->status) || WEXITSTATUS(finished->status) != (strcmp(kind->verdict, "OK") != 0))
		return "wrong exit status of the launcher";
	if (!report_has_verdict(report, kind->verdict, kind->reason))
		return "wrong verdict";
	if (strstr(report, kind->code) == NULL)
		return "wrong exit code or signal";
	if (strcmp(kind->mode, "burn") == 0 && (cpu_us < HALF_MS * 1000 || cpu_us >= 2 * HALF_MS * 1000))
		return "wrong CPU time";
	wrong = judge_output(finished);
	return wrong != NULL ? wrong : judge_litter(finished);
}

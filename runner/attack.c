/*
 * The table of the attacks of `sbx check --attack`, and how one is judged: by the verdict on its box, as any program.
 * The attacker's own word counts for one thing only, whether what it tried from within was refused.
 */
#include "runner/attack.h"

#include <stdlib.h>
#include <string.h>

const struct attack attack_table[] = {
        {"A1", "reads files of this host", attack_read_host, 1, ATTACK_REFUSED},
        {"A3", "leaves its root folder", attack_leave_root, 2, ATTACK_REFUSED},
        {"A6", "overwrites what runs it", attack_overwrite, 1, ATTACK_REFUSED},
        {"A13", "makes a device", attack_make_device, 1, ATTACK_REFUSED},
        {"A14", "opens a device of this host", attack_open_device, 1, ATTACK_REFUSED},
        {"A15", "changes settings of the kernel", attack_kernel_settings, 1, ATTACK_REFUSED},
        {"A16", "reads what the kernel tells of this host", attack_kernel_facts, 1, ATTACK_REFUSED},
        {"A18", "opens files by guessed handles", attack_file_handle, 2, ATTACK_REFUSED},
        {"B1", "kills init", attack_kill_init, 1, ATTACK_REFUSED},
        {"B3", "looks into init's memory and descriptors", attack_trace, 3, ATTACK_REFUSED},
        {"B4", "finds other processes", attack_look_at_init, 1, ATTACK_REFUSED},
        {"B7", "hands on messages and shared memory", attack_leave_ipc, 2, ATTACK_REFUSED},
        {"B9", "enters another namespace", attack_enter_namespace, 2, ATTACK_REFUSED},
        {"B12", "reads the caller's environment", attack_environment, 1, ATTACK_REFUSED},
        {"C1", "computes without end", attack_burn, 1, ATTACK_CPU},
        {"C4", "lets an orphan compute", attack_burn_orphan, 1, ATTACK_CPU},
        {"C5", "sleeps without end", attack_sleep, 1, ATTACK_WALL},
        {"C8", "is deaf to all signals", attack_burn_deaf, 1, ATTACK_CPU},
        {"C10", "takes more memory than its limit", attack_heap, 1, ATTACK_MEMORY},
        {"C13", "takes it by files in memory", attack_memfd, 1, ATTACK_MEMORY},
        {"C29", "lets a child take it, and ends well", attack_oom_child, 1, ATTACK_MEMORY},
        {"C31", "is a fork bomb", attack_forks, 1, ATTACK_REFUSED},
        {"C35", "writes one huge file", attack_large_file, 1, ATTACK_REFUSED},
        {"C36", "makes files without end", attack_many_files, 1, ATTACK_REFUSED},
        {"C38", "floods its output", attack_flood, 1, ATTACK_OUTPUT},
        {"C43", "takes a higher priority", attack_priority, 1, ATTACK_REFUSED},
        {"D4", "ends as if a limit had ended it", attack_look_limited, 4, ATTACK_FAULT},
        {"D8", "leaves a process behind", attack_leave_daemon, 2, ATTACK_REFUSED},
        {"D9", "leaves files behind", attack_leave_files, 2, ATTACK_REFUSED},
        {"E1", "finds a way to the internet", attack_outside, 1, ATTACK_REFUSED},
        {"E2", "talks to a service of this host", attack_localhost, 1, ATTACK_REFUSED},
        {"E3", "asks the cloud for this host's rights", attack_metadata, 1, ATTACK_REFUSED},
        {"E5", "talks to sockets of this host", attack_unix_socket, 1, ATTACK_REFUSED},
        {"E6", "opens sockets of other families", attack_families, 1, ATTACK_REFUSED},
        {"E7", "goes around the filter by io_uring", attack_io_uring, 1, ATTACK_REFUSED},
        {"F2", "makes a user namespace", attack_new_namespace, 3, ATTACK_REFUSED},
        {"F4", "mounts by the new calls", attack_new_mount, 3, ATTACK_REFUSED},
        {"F5", "mounts by the old calls", attack_mount, 3, ATTACK_REFUSED},
        {"F6", "uses parts of the kernel with a history", attack_kernel_parts, 4, ATTACK_REFUSED},
        {"F7", "uses the kernel's keys", attack_keys, 3, ATTACK_REFUSED},
        {"F8", "makes calls of i386", attack_i386, 1, ATTACK_REFUSED},
        {"F9", "makes calls of x32", attack_x32, 1, ATTACK_REFUSED},
        {"F10", "hides arguments in their upper bits", attack_upper_bits, 1, ATTACK_REFUSED},
        {"F12", "runs the machine", attack_machine, 4, ATTACK_REFUSED},
        {"F13", "becomes root", attack_become_root, 1, ATTACK_REFUSED},
        {"F16", "brings a filter of its own", attack_own_filter, 1, ATTACK_REFUSED},
        {"G1", "types into the caller's terminal", attack_terminal, 1, ATTACK_REFUSED},
        {"G3", "uses a descriptor of the caller's", attack_descriptors, 1, ATTACK_REFUSED},
        {"G4", "reaches the files behind its streams", attack_streams, 1, ATTACK_REFUSED},
        {.id = NULL},
};

static const char *const state_names[ATTACK_STATE_MAX] = {
        [ATTACK_NOT_TRIED] = "not tried",
        [ATTACK_HELD] = "held",
        [ATTACK_OPEN] = "OPEN",
};

const char *attack_state_name(enum attack_state state)
{
	return state_names[state];
}

/* By the letter of the id. */
static const char *const means[] = {
        ['A' - 'A'] = "a program can learn of this host's files and settings, or change them",
        ['B' - 'A'] = "a program can reach other processes, be they the judge's or another submission's",
        ['C' - 'A'] = "a program can take more of this machine than it was given, and disturb the others",
        ['D' - 'A'] = "a program can choose its verdict, or reach into the next test",
        ['E' - 'A'] = "a program can talk to this host or to others",
        ['F' - 'A'] = "a program can reach parts of the kernel that are a way to this host when they err",
        ['G' - 'A'] = "a program can reach the caller's terminal and files",
};

const char *attack_means(const struct attack *attack)
{
	return means[attack->id[0] - 'A'];
}

enum attack_state attack_judge(const struct attack *attack, enum verdict verdict, const char *reason, int exit_code)
{
	static const struct {
		enum verdict verdict;
		const char *reason; /* NULL: any */
	} wanted[ATTACK_END_MAX] = {
	        [ATTACK_REFUSED] = {VERDICT_OK, NULL}, [ATTACK_CPU] = {VERDICT_TLE, "cpu"},
	        [ATTACK_WALL] = {VERDICT_TLE, "wall"}, [ATTACK_MEMORY] = {VERDICT_MLE, NULL},
	        [ATTACK_OUTPUT] = {VERDICT_OLE, NULL}, [ATTACK_FAULT] = {VERDICT_RE, NULL},
	};
	bool right = verdict == wanted[attack->end].verdict || (attack->end == ATTACK_REFUSED && verdict == VERDICT_SV);

	if (verdict == VERDICT_IE || (verdict == VERDICT_RE && exit_code == ATTACK_EXIT_NOT_TRIED))
		return ATTACK_NOT_TRIED;
	if (wanted[attack->end].reason != NULL && (reason == NULL || strcmp(reason, wanted[attack->end].reason) != 0))
		right = false;
	return right ? ATTACK_HELD : ATTACK_OPEN;
}

int attack_inside(const char *id, const char *way, const char *port)
{
	const struct attack *attack = attack_table;
	const struct attack_place at = {(unsigned)strtoul(way, NULL, 10), (unsigned)strtoul(port, NULL, 10)};

	if (!attack_is_in_box())
		attack_not_tried("sbx: check: --attacker is for boxes of sbx check --attack, and this is none\n");
	while (attack->id != NULL && strcmp(attack->id, id) != 0)
		attack++;
	if (attack->id == NULL || at.way >= attack->ways)
		attack_not_tried("sbx: check: there is no such attack\n");
	attack->attack(&at);
	return 0;
}

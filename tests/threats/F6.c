/*
 * Parts of the kernel with a history. Some hosts let every user have a part of them, so without the filter only what
 * takes a capability, or a look at init, has to be refused.
 */
// run: -- bpf-prog => verdict=SV denied_syscall=bpf
// run: -- bpf-map => verdict=SV denied_syscall=bpf
// run: -- perf_event_open => verdict=SV denied_syscall=perf_event_open
// run: -- userfaultfd => verdict=SV denied_syscall=userfaultfd
// run: -- kcmp => verdict=SV denied_syscall=kcmp
// run: -- fanotify => verdict=SV denied_syscall=fanotify_init
// run: --seccomp interpreted -- bpf-map => verdict=SV denied_syscall=bpf
// run: --seccomp jvm -- userfaultfd => verdict=SV denied_syscall=userfaultfd
// run: --seccomp compile -- perf_event_open => verdict=SV denied_syscall=perf_event_open
// run: --seccomp contest -- bpf-prog => verdict=SV denied_syscall=bpf
// run: --seccomp none -- all
#include "tests/threats/attack.h"

#include <linux/bpf.h>
#include <linux/perf_event.h>

static bool without_filter;

static void try_bpf_prog(void)
{
	/* r0 = 0; exit */
	static const struct bpf_insn code[] = {{.code = 0xb7}, {.code = 0x95}};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_KPROBE,
	                       .insns = (uint64_t)(uintptr_t)code,
	                       .insn_cnt = 2,
	                       .license = (uint64_t)(uintptr_t) "GPL"};

	REFUSED(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr)), EPERM, ENOSYS);
}

static void try_bpf_map(void)
{
	union bpf_attr attr = {.map_type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 1};

	if (!without_filter)
		syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	attr = (union bpf_attr){0};
	REFUSED(syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)), EPERM, ENOSYS);
}

static void try_perf_event_open(void)
{
	struct perf_event_attr attr = {
	        .type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK};

	REFUSED(syscall(SYS_perf_event_open, &attr, 1, -1, -1, 0UL), EACCES, EPERM, ESRCH, ENOSYS);
}

static void try_userfaultfd(void)
{
	if (!without_filter)
		syscall(SYS_userfaultfd, 1); /* UFFD_USER_MODE_ONLY */
}

static void try_kcmp(void)
{
	REFUSED(syscall(SYS_kcmp, getpid(), 1, 0, 0UL, 0UL), EPERM, ESRCH, ENOSYS);
}

static void try_fanotify(void)
{
	REFUSED(syscall(SYS_fanotify_init, 4, 0), EPERM, ENOSYS, EINVAL); /* FAN_CLASS_CONTENT */
}

int main(int argc, char **argv)
{
	static const struct attack attacks[] = {{"bpf-prog", try_bpf_prog},
	                                        {"bpf-map", try_bpf_map},
	                                        {"perf_event_open", try_perf_event_open},
	                                        {"userfaultfd", try_userfaultfd},
	                                        {"kcmp", try_kcmp},
	                                        {"fanotify", try_fanotify},
	                                        {0}};

	without_filter = argc > 1 && strcmp(argv[1], "all") == 0;
	return try_attacks(argc, argv, attacks);
}

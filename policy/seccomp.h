/*
 * Seccomp profiles: OCI-format JSON in, BPF bytes out. Built-in profiles are compiled when sbx is built
 * (policy/gen_profiles.c writes them as arrays), since compiling one costs 0.4 ms, which is a bare launch.
 * The only file that includes libseccomp is policy/seccomp.c.
 *
 * How a profile's actions are carried out:
 *   SCMP_ACT_ALLOW                            the call runs
 *   SCMP_ACT_ERRNO                            it fails with errnoRet (EPERM where none is given)
 *   SCMP_ACT_KILL, _KILL_PROCESS, _KILL_THREAD, _NOTIFY
 *       SECCOMP_RET_USER_NOTIF: the caller stays blocked, the supervisor learns the number, names it in
 *       the report and kills the box. The supervisor never lets such a call go on.
 * SCMP_ACT_LOG, _TRACE and _TRAP are refused: they let the call run, or hand it to nobody.
 *
 * Which rule decides: of the rules for a call, those with `args` in the order of the file, the first that matches;
 * then the one without `args`; then the default action. So "all but these" can be said, which runc cannot (there the
 * rule without `args` wins over all others); where the rules of a call do not overlap, both agree. As with
 * runc, a rule's args must all match, unless two of them look at the same index: then each stands alone.
 * The kernel looks at 32 bits only of an `int` argument, a rule at 64: compare such ones with
 * SCMP_CMP_MASKED_EQ and a mask (`value`) of 32 bits at most, or upper bits set by the program evade the rule.
 *
 * Before the profile's own rules stands a prologue of ours: a call of another architecture than x86_64
 * (i386's int 0x80) goes to the supervisor too, with its own arch value, and so does a number from 0x40000000
 * on (x32's), but for -1, which is no call at all and gets the default action.
 */
#pragma once

#include "sandbox/err.h"

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#define SECCOMP_PROFILE_BYTES_MAX ((size_t)1 << 20)

struct seccomp_profile {
	const char *name;
	const char *summary;              /* one line: for what; the JSON's "x-summary" */
	const char *json;                 /* its source */
	const struct sock_filter *filter; /* compiled */
	size_t n_filter;
	bool bars_sockets; /* seccomp_bars_sockets() of the filter */
};

/* The built-in profiles, ended by a NULL name. Static storage, in the file that gen_profiles writes. */
extern const struct seccomp_profile seccomp_builtin[];

/* NULL where there is none of that name. */
const struct seccomp_profile *seccomp_builtin_find(const char *name);

/*
 * Compiles OCI seccomp JSON (`len` bytes, at most SECCOMP_PROFILE_BYTES_MAX) to a malloc'ed array of at most
 * BPF_MAXINSNS that the caller frees. `origin` names the text in messages. The bytes depend on the JSON
 * only, not on the running kernel. Unknown actions, architectures other than SCMP_ARCH_X86_64 (which, once any are
 * named, must be among them; its sub-architectures are ignored), unknown keys (but "comment" and those that
 * start with "x-"), flags, wrong types, bad argument indexes, a mask that can never match and two different
 * actions without args for one call are errors; a call name libseccomp does not know is an error too, unless the
 * rule's action allows nothing (an unknown call cannot be made by a name this library lacks, and the default
 * action answers it). Calls of other architectures only are ignored. Fails with stage SBX_STAGE_PLAN.
 */
int seccomp_compile(const char *json, size_t len, const char *origin, struct sock_filter **ret_filter, size_t *ret_n,
                    struct sbx_err *err);

/* Whether nothing under this filter can make a socket, whatever the arguments of its calls. */
bool seccomp_bars_sockets(const struct sock_filter *filter, size_t n);

/*
 * The name of system call `nr` of AUDIT_ARCH_* `arch` in buf: "socket", "i386:socketcall", "x32:execve"; one without a
 * name is "syscall_600", "i386:600", "x32:700" (x32's without its bit), a foreign arch is "arch_c00000b7:5".
 */
void seccomp_call_name(unsigned arch, int nr, char *buf, size_t size);

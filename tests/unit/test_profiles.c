/*
 * The built-in profiles: that their BPF is what seccomp_compile() makes of their JSON, that it does what the JSON
 * says, that a kernel takes it, and the policy itself, said a second time as tables of calls and answers.
 */
#include "tests/unit/seccomp_expect.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A call with its first three arguments. */
static uint32_t answer(const struct seccomp_profile *profile, int nr, uint64_t a, uint64_t b, uint64_t c)
{
	return asked(profile->filter, profile->n_filter, AUDIT_ARCH_X86_64, (uint32_t)nr, (uint64_t[N_ARGS]){a, b, c});
}

static void test_builtin_is_what_its_json_says(void **state)
{
	(void)state;
	for (const struct seccomp_profile *profile = seccomp_builtin; profile->name != NULL; profile++) {
		struct filter filter = {.insns = (struct sock_filter *)profile->filter, .n = profile->n_filter};

		assert_in_range(compare_all(&filter, profile->json), 1200, SIZE_MAX);
	}
}

static void test_builtin_is_freshly_compiled(void **state)
{
	(void)state;
	for (const struct seccomp_profile *profile = seccomp_builtin; profile->name != NULL; profile++) {
		struct filter filter = compiled(profile->json);

		assert_int_equal(filter.n, profile->n_filter);
		assert_memory_equal(filter.insns, profile->filter, filter.n * sizeof(filter.insns[0]));
		free(filter.insns);
	}
}

static void test_builtin_find(void **state)
{
	static const char *const all[] = {"default", "interpreted", "jvm", "compile", "contest"};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct seccomp_profile *profile = seccomp_builtin_find(all[i]);

		assert_non_null(profile);
		assert_string_equal(profile->name, all[i]);
		assert_true(strlen(profile->summary) > 10 && strchr(profile->summary, '\n') == NULL);
	}
	assert_null(seccomp_builtin_find("none"));
	assert_null(seccomp_builtin_find(""));
}

/* The kernel has checks of its own; an exec'ed program is not needed to see that it takes the bytes. */
static void test_builtin_loads(void **state)
{
	(void)state;
	for (const struct seccomp_profile *profile = seccomp_builtin; profile->name != NULL; profile++) {
		struct sock_fprog program = {.len = (unsigned short)profile->n_filter,
		                             .filter = (struct sock_filter *)profile->filter};
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0) {
			if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
				_exit(1);
			_exit(syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS ? 0 : 2);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

/* ---- the policy, said once more ---- */

static void test_policy_of_all(void **state)
{
	static const struct {
		int nr;
		uint64_t a, b, c;
		uint32_t answer;
	} rows[] = {
	        {SYS_read, 0, 0, 0, ALLOW},
	        {SYS_execve, 0, 0, 0, ALLOW},
	        {SYS_restart_syscall, 0, 0, 0, ALLOW},
	        {SYS_fork, 0, 0, 0, ALLOW},
	        {SYS_clone, 0x3d0f00, 0, 0, ALLOW},                   /* pthread_create */
	        {SYS_clone, 0x01200011, 0, 0, ALLOW},                 /* fork */
	        {SYS_clone, 0x10000011, 0, 0, NOTIFY},                /* CLONE_NEWUSER */
	        {SYS_clone, UPPER | 0x40000011, 0, 0, NOTIFY},        /* CLONE_NEWNET */
	        {SYS_clone, UPPER | 0x00020000 | 0x11, 0, 0, NOTIFY}, /* CLONE_NEWNS */
	        {SYS_clone, UPPER | 0x3d0f00, 0, 0, ALLOW},
	        {SYS_clone3, 0, 0, 0, ERRNO(ENOSYS)},
	        {SYS_io_uring_setup, 0, 0, 0, ERRNO(ENOSYS)},
	        {SYS_io_setup, 0, 0, 0, ERRNO(ENOSYS)},
	        {SYS_inotify_init1, 0, 0, 0, ERRNO(ENOSYS)},
	        {SYS_get_mempolicy, 0, 0, 0, ERRNO(ENOSYS)},
	        {500, 0, 0, 0, ERRNO(ENOSYS)},
	        {-1, 0, 0, 0, ERRNO(ENOSYS)},
	        {SYS_ptrace, 0, 0, 0, NOTIFY},
	        {SYS_process_vm_writev, 0, 0, 0, NOTIFY},
	        {SYS_pidfd_getfd, 0, 0, 0, NOTIFY},
	        {SYS_setns, 0, 0, 0, NOTIFY},
	        {SYS_unshare, 0, 0, 0, NOTIFY},
	        {SYS_mount, 0, 0, 0, NOTIFY},
	        {SYS_fsopen, 0, 0, 0, NOTIFY},
	        {SYS_mount_setattr, 0, 0, 0, NOTIFY},
	        {SYS_chroot, 0, 0, 0, NOTIFY},
	        {SYS_bpf, 0, 0, 0, NOTIFY},
	        {SYS_keyctl, 0, 0, 0, NOTIFY},
	        {SYS_reboot, 0, 0, 0, NOTIFY},
	        {SYS_mmap, 0, 0, 3, ALLOW},
	        {SYS_memfd_create, 0, 1, 0, ALLOW},
	        {SYS_memfd_create, 0, UPPER | 5, 0, ERRNO(EINVAL)}, /* MFD_HUGETLB */
	        {SYS_fcntl, 0, 1036, 0, ERRNO(EINVAL)},             /* F_SET_RW_HINT */
	        {SYS_fcntl, 0, 1030, 0, ALLOW},                     /* F_DUPFD_CLOEXEC */
	        {SYS_fcntl, 0, 5, 0, ALLOW},                        /* F_GETLK */
	        {SYS_fcntl, 0, 6, 0, ERRNO(EPERM)},                 /* F_SETLK */
	        {SYS_fcntl, 0, UPPER | 7, 0, ERRNO(EPERM)},
	        {SYS_fcntl, 0, 38, 0, ERRNO(EPERM)},   /* F_OFD_SETLKW */
	        {SYS_fcntl, 0, 1024, 0, ERRNO(EPERM)}, /* F_SETLEASE */
	        {SYS_fcntl, 0, 1026, 0, ERRNO(EPERM)}, /* F_NOTIFY */
	        {SYS_fcntl, 0, 9999, 0, ERRNO(EINVAL)},
	        {SYS_ioctl, 0, 0x5401, 0, ALLOW},        /* TCGETS */
	        {SYS_ioctl, 0, 0x802c542a, 0, ALLOW},    /* TCGETS2 */
	        {SYS_ioctl, 0, 0x541b, 0, ALLOW},        /* FIONREAD */
	        {SYS_ioctl, 0, 0x5412, 0, ERRNO(EPERM)}, /* TIOCSTI */
	        {SYS_ioctl, 0, UPPER | 0x5412, 0, ERRNO(EPERM)},
	        {SYS_ioctl, 0, UPPER | 0x541c, 0, ERRNO(EPERM)}, /* TIOCLINUX */
	        {SYS_ioctl, 0, 0x40049409, 0, ERRNO(ENOTTY)},    /* FICLONE */
	        {SYS_ioctl, 0, 0x89a0, 0, ERRNO(ENOTTY)},        /* SIOCBRADDBR */
	        {SYS_prctl, 15, 0, 0, ALLOW},                    /* PR_SET_NAME */
	        {SYS_prctl, UPPER | 22, 2, 0, ERRNO(EPERM)},     /* PR_SET_SECCOMP */
	        {SYS_prctl, 62, 1, 0, ERRNO(EPERM)},             /* PR_SCHED_CORE */
	        {SYS_seccomp, 1, 0, 0, ERRNO(EPERM)},
	        {SYS_personality, UINT32_MAX, 0, 0, ALLOW},
	        {SYS_personality, UINT64_MAX, 0, 0, ALLOW},
	        {SYS_personality, 0x40000, 0, 0, ALLOW},
	        {SYS_personality, UPPER | 0x400000, 0, 0, ERRNO(EPERM)}, /* READ_IMPLIES_EXEC */
	        {SYS_mknod, 0, 0x2000, 0, ERRNO(EPERM)},                 /* S_IFCHR */
	        {SYS_mknodat, 0, 0, 0x6000, ERRNO(EPERM)},               /* S_IFBLK */
	        {SYS_prlimit64, UPPER, 0, 0, ALLOW},
	        {SYS_prlimit64, 1, 0, 0, ERRNO(EPERM)}, /* init */
	        {SYS_prlimit64, UPPER | 2, 0, 0, ERRNO(EPERM)},
	        {SYS_sched_setscheduler, 0, 0, 0, ALLOW},
	        {SYS_sched_setscheduler, 0, UPPER | 1, 0, ERRNO(EPERM)}, /* SCHED_FIFO */
	        {SYS_sched_setaffinity, 0, 0, 0, ERRNO(EPERM)},
	        {SYS_setpriority, 0, 0, 0, ERRNO(EPERM)},
	        {SYS_sync, 0, 0, 0, ERRNO(EPERM)},
	        {SYS_setxattr, 0, 0, 0, ERRNO(EOPNOTSUPP)},
	};

	(void)state;
	for (const struct seccomp_profile *profile = seccomp_builtin; profile->name != NULL; profile++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (answer(profile, rows[i].nr, rows[i].a, rows[i].b, rows[i].c) != rows[i].answer)
				fail_msg("%s: row %zu, call %d", profile->name, i, rows[i].nr);
}

static void test_policy_of_sockets(void **state)
{
	static const struct {
		int nr;
		uint64_t a, b, c;
		uint32_t answer;
	} rows[] = {
	        {SYS_socket, 1, 1, 0, ALLOW},
	        {SYS_socket, UPPER | 1, 1, 0, ALLOW},
	        {SYS_socket, 16, 3, 0, ERRNO(EAFNOSUPPORT)},         /* AF_NETLINK */
	        {SYS_socket, UPPER | 17, 3, 0, ERRNO(EAFNOSUPPORT)}, /* AF_PACKET */
	        {SYS_socket, 38, 5, 0, ERRNO(EAFNOSUPPORT)},         /* AF_ALG */
	        {SYS_socket, 40, 1, 0, ERRNO(EAFNOSUPPORT)},         /* AF_VSOCK */
	        {SYS_socketpair, 1, 1, 0, ALLOW},
	        {SYS_socketpair, 2, 1, 0, ERRNO(EAFNOSUPPORT)},
	        {SYS_setsockopt, 3, 1, 26, ERRNO(EPERM)},         /* SO_ATTACH_FILTER */
	        {SYS_setsockopt, 3, 1, 2, ALLOW},                 /* SO_REUSEADDR */
	        {SYS_setsockopt, 3, UPPER | 1, 51, ERRNO(EPERM)}, /* SO_ATTACH_REUSEPORT_CBPF */
	        {SYS_setsockopt, 3, 6, 14, ERRNO(ENOPROTOOPT)},   /* TCP_MD5SIG */
	        {SYS_setsockopt, 3, 6, UPPER | 1, ERRNO(ENOPROTOOPT)},
	        {SYS_setsockopt, 3, 41, 48, ERRNO(ENOPROTOOPT)},  /* MCAST_MSFILTER */
	        {SYS_setsockopt, 3, 41, 20, ERRNO(ENOPROTOOPT)},  /* IPV6_JOIN_GROUP */
	        {SYS_setsockopt, 3, 41, 32, ERRNO(ENOPROTOOPT)},  /* IPV6_FLOWLABEL_MGR */
	        {SYS_setsockopt, 3, 0, 35, ERRNO(ENOPROTOOPT)},   /* IP_ADD_MEMBERSHIP */
	        {SYS_setsockopt, 3, 17, 103, ERRNO(ENOPROTOOPT)}, /* UDP_SEGMENT */
	};

	(void)state;
	for (const struct seccomp_profile *profile = seccomp_builtin; profile->name != NULL; profile++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && strcmp(profile->name, "contest") != 0; i++)
			if (answer(profile, rows[i].nr, rows[i].a, rows[i].b, rows[i].c) != rows[i].answer)
				fail_msg("%s: row %zu, call %d", profile->name, i, rows[i].nr);
}

static void test_contest_has_no_sockets(void **state)
{
	static const int calls[] = {SYS_accept,      SYS_accept4,     SYS_bind,       SYS_connect,
	                            SYS_getpeername, SYS_getsockname, SYS_listen,     SYS_recvfrom,
	                            SYS_recvmsg,     SYS_getsockopt,  SYS_setsockopt, SYS_sendmsg,
	                            SYS_sendto,      SYS_shutdown,    SYS_recvmmsg,   SYS_sendmmsg};
	const struct seccomp_profile *contest = seccomp_builtin_find("contest");

	(void)state;
	for (uint64_t family = 0; family < 50; family++)
		for (uint64_t type = 0; type < 12; type++) {
			assert_int_equal(answer(contest, SYS_socket, family, type, 0), ERRNO(EAFNOSUPPORT));
			assert_int_equal(answer(contest, SYS_socketpair, UPPER | family, type, 0), ERRNO(EAFNOSUPPORT));
		}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		assert_int_equal(answer(contest, calls[i], 0, 1, 2), ERRNO(ENOTSOCK));
}

/* The columns are the profiles: default, interpreted, jvm, compile. */
static void test_policy_of_each(void **state)
{
	static const char *const profiles[] = {"default", "interpreted", "jvm", "compile"};
	static const uint32_t none = ERRNO(ENOSYS), family = ERRNO(EAFNOSUPPORT), protocol = ERRNO(EPROTONOSUPPORT);
	const struct {
		int nr;
		uint64_t a, b, c;
		uint32_t answers[4];
	} rows[] = {
	        {SYS_socket, 2, 1, 0, {ALLOW, ALLOW, ALLOW, family}},
	        {SYS_socket, 10, 0x80802, 17, {ALLOW, ALLOW, ALLOW, family}},
	        {SYS_socket, UPPER | 10, UPPER | 1, UPPER | 6, {ALLOW, ALLOW, ALLOW, family}},
	        {SYS_socket, 2, 1, 132, {protocol, protocol, protocol, family}}, /* SCTP */
	        {SYS_socket, 2, 1, 17, {protocol, protocol, protocol, family}},
	        {SYS_socket, 2, 6, 0, {protocol, protocol, protocol, family}},  /* SOCK_DCCP */
	        {SYS_socket, 2, 3, 1, {protocol, protocol, protocol, family}},  /* SOCK_RAW */
	        {SYS_socket, 10, 5, 0, {protocol, protocol, protocol, family}}, /* SOCK_SEQPACKET */
	        {SYS_shmget, 0, 0, 0, {ALLOW, ALLOW, none, none}},
	        {SYS_shmget, 0, 0, 2048, {ERRNO(ENOMEM), ERRNO(ENOMEM), none, none}}, /* SHM_HUGETLB */
	        {SYS_mq_open, 0, 0, 0, {none, none, none, none}},
	        {SYS_setsockopt, 3, 6, 1, {ALLOW, ALLOW, ALLOW, ERRNO(ENOPROTOOPT)}},   /* TCP_NODELAY */
	        {SYS_setsockopt, 3, 41, 26, {ALLOW, ALLOW, ALLOW, ERRNO(ENOPROTOOPT)}}, /* IPV6_V6ONLY */
	        {SYS_setsockopt, 3, 0, 1, {ALLOW, ALLOW, ALLOW, ERRNO(ENOPROTOOPT)}},   /* IP_TOS */
	        {SYS_capget, 0, 0, 0, {none, ALLOW, ALLOW, ALLOW}},
	        {SYS_pkey_alloc, 0, 0, 0, {none, ALLOW, none, ALLOW}},
	        {SYS_flock, 0, 0, 0, {none, none, ERRNO(0), ERRNO(0)}},
	        {SYS_mknod, 0, 0x1180, 0, {ERRNO(EPERM), ERRNO(EPERM), ERRNO(EPERM), ALLOW}}, /* S_IFIFO */
	        {SYS_ioctl, 0, 0x8912, 0, {ERRNO(ENOTTY), ALLOW, ALLOW, ERRNO(ENOTTY)}},      /* SIOCGIFCONF */
	};

	(void)state;
	for (size_t p = 0; p < 4; p++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (answer(seccomp_builtin_find(profiles[p]), rows[i].nr, rows[i].a, rows[i].b, rows[i].c) !=
			    rows[i].answers[p])
				fail_msg("%s: row %zu, call %d", profiles[p], i, rows[i].nr);
}

/* ---- what bpf_may_allow() says of a filter without running it ---- */

static bool may(const char *profile, int nr)
{
	const struct seccomp_profile *p = seccomp_builtin_find(profile);

	return bpf_may_allow(p->filter, p->n_filter, nr);
}

static void test_may_allow_of_profiles(void **state)
{
	static const uint64_t values[] = {0, 1, 2, 10, 17, 0x8912, 0x5401, UPPER | 1, UPPER | 2, UINT64_MAX};
	static const size_t n = sizeof(values) / sizeof(values[0]);
	size_t barred = 0;

	(void)state;
	assert_false(may("contest", SYS_socket) || may("contest", SYS_socketpair));
	assert_false(may("contest", SYS_io_uring_setup) || may("contest", SYS_ptrace) || may("contest", -1));
	assert_true(may("default", SYS_socket) && may("compile", SYS_socket) && may("jvm", SYS_socketpair));
	assert_true(may("contest", SYS_read) && may("contest", SYS_clone) && may("contest", SYS_ioctl));
	for (const struct seccomp_profile *p = seccomp_builtin; p->name != NULL; p++)
		assert_int_equal(p->bars_sockets, strcmp(p->name, "contest") == 0);
	for (const struct seccomp_profile *p = seccomp_builtin; p->name != NULL; p++)
		for (int nr = 0; nr < 1100; nr++) {
			if (bpf_may_allow(p->filter, p->n_filter, nr))
				continue;
			barred++;
			for (size_t i = 0; i < n * n * n; i++)
				if (answer(p, nr, values[i % n], values[i / n % n], values[i / n / n]) == ALLOW)
					fail_msg("%s: call %d is allowed", p->name, nr);
		}
	assert_true(barred > 1000);
}

/* What is not understood, or does not end, is never called safe. */
static void test_may_allow_of_odd_filters(void **state)
{
	static const struct sock_filter load_nr = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
	                                load_arg = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 16),
	                                refuse = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
	                                allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct {
		struct sock_filter insns[4];
		size_t n;
		bool may;
	} rows[] = {
	        {{refuse}, 1, false},
	        {{refuse}, 0, true},
	        {{allow}, 1, true},
	        {{BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG)}, 1, true},
	        {{BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)}, 1, true},
	        {{BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP)}, 1, true},
	        {{BPF_STMT(BPF_RET | BPF_A, 0)}, 1, true},
	        {{load_nr}, 1, true},
	        {{load_nr, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 41, 1, 0), allow, refuse}, 4, false},
	        {{load_nr, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 42, 1, 0), allow, refuse}, 4, true},
	        {{load_arg, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 41, 1, 0), allow, refuse}, 4, true},
	        {{load_arg, BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 41, 1, 0), refuse, allow}, 4, true},
	        {{load_nr, BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 9),
	          refuse},
	         4,
	         false},
	        {{load_nr, BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 41, 9, 0), refuse}, 3, true},
	        {{BPF_STMT(BPF_JMP | BPF_JA, 1), allow, refuse}, 3, false},
	        {{BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), refuse}, 2, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (bpf_may_allow(rows[i].insns, rows[i].n, 41) != rows[i].may)
			fail_msg("row %zu", i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_builtin_find),
	        cmocka_unit_test(test_builtin_is_what_its_json_says),
	        cmocka_unit_test(test_builtin_is_freshly_compiled),
	        cmocka_unit_test(test_builtin_loads),
	        cmocka_unit_test(test_policy_of_all),
	        cmocka_unit_test(test_policy_of_each),
	        cmocka_unit_test(test_policy_of_sockets),
	        cmocka_unit_test(test_contest_has_no_sockets),
	        cmocka_unit_test(test_may_allow_of_profiles),
	        cmocka_unit_test(test_may_allow_of_odd_filters),
	};

	return cmocka_run_group_tests_name("profiles", tests, NULL, NULL);
}

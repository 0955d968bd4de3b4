/*
 * System calls without libc, for the processes that share the launcher's memory: libc's errno, locks and caches are the
 * launcher's, which runs at the same time. And for code that is all about the kernel's answers. x86_64. Private to
 * sandbox/.
 */
#pragma once

#include <linux/futex.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

static inline long sys_call(long nr, long a, long b, long c, long d, long e)
{
	long ret;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
	                 : "rcx", "r11", "memory");
	return ret;
}

/*
 * sys(SYS_name, arguments...): up to five, numbers or pointers, the rest 0. Returns what the kernel does: -errno on
 * failure.
 */
#define sys(...) SYS_FIVE_OF(__VA_ARGS__, 0, 0, 0, 0, 0)
#ifdef __clang_analyzer__ /* it does not see what the kernel writes through a number */
long syscall(long nr, ...);
#undef sys
#define sys(...) syscall(__VA_ARGS__)
#endif
#define SYS_FIVE_OF(nr, a, b, c, d, e, ...) sys_call(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))

/*
 * Until *word is no longer `value`. The word is private to processes of one memory. It is looked at now and then
 * without being woken too, so that a waker who fails is late and not waited for without end.
 */
static inline void sys_wait_while(uint32_t *word, uint32_t value)
{
	static const struct timespec now_and_then = {.tv_nsec = 100000000};

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		sys(SYS_futex, word, FUTEX_WAIT, value, &now_and_then);
}

static inline void sys_set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	sys(SYS_futex, word, FUTEX_WAKE, INT32_MAX);
}

static inline _Noreturn void sys_exit(int status)
{
	for (;;)
		sys(SYS_exit_group, status);
}

/*
 * clone3 with a stack of its own for the child cannot be called through syscall(2): the child would return into a
 * frame that is not on its stack. It calls fn(arg) there instead, which must not return. Returns the pid or -errno.
 */
static inline long sys_clone3(struct clone_args *args, void (*fn)(void *), void *arg)
{
	long ret;

	__asm__ volatile("syscall\n\t"
	                 "test %%rax, %%rax\n\t"
	                 "jnz 1f\n\t"
	                 "mov %[arg], %%rdi\n\t"
	                 "call *%[fn]\n\t"
	                 "hlt\n\t"
	                 "1:"
	                 : "=a"(ret)
	                 : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)), [fn] "r"(fn), [arg] "r"(arg)
	                 : "rcx", "r11", "memory");
	return ret;
}

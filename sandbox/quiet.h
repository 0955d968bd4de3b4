/*
 * For processes that share init's memory: system calls that leave libc's errno alone, since it is init's too, and
 * the birth of such a process. x86_64. Private to sandbox/.
 */
#pragma once

#include <linux/futex.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>

/* Returns what the kernel does: -errno on failure. */
static inline long quiet_call(long nr, long a, long b, long c)
{
	long ret;
	register long no_timeout __asm__("r10") = 0;

	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(no_timeout)
	                 : "rcx", "r11", "memory");
	return ret;
}

/* Until *word is no longer `value`. The word is private to processes of one memory. */
static inline void quiet_wait_while(uint32_t *word, uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value)
		quiet_call(SYS_futex, (long)word, FUTEX_WAIT, value);
}

static inline void quiet_set(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	quiet_call(SYS_futex, (long)word, FUTEX_WAKE, INT32_MAX);
}

/*
 * clone3 with a stack of its own for the child cannot be called through syscall(2): the child would return into a
 * frame that is not on its stack. It calls fn(arg) there instead, which must not return. Returns the pid or -errno.
 */
static inline long quiet_clone3(struct clone_args *args, void (*fn)(void *), void *arg)
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

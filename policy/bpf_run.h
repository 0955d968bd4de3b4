/*
 * Runs a seccomp filter as the kernel would (net/core/filter.c, kernel/seccomp.c). The plan asks it what a caller's
 * profile does to the calls that sbx itself makes under it; the tests ask it about every call.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The filter's answer, SECCOMP_RET_*. What the kernel would refuse to load is answered with SECCOMP_RET_KILL_PROCESS.
 */
uint32_t bpf_run(const struct sock_filter *filter, size_t n, const struct seccomp_data *data);

/* The same for an x86_64 call with arguments that are all zero. */
uint32_t bpf_run_call(const struct sock_filter *filter, size_t n, int nr);

/*
 * Whether there may be arguments with which the x86_64 call `nr` gets past the filter. False is certain: every way
 * through it ends in an errno or at the supervisor, or kills. True is said of whatever is not understood, too.
 */
bool bpf_may_allow(const struct sock_filter *filter, size_t n, int nr);

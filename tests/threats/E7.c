/*
 * io_uring, which would do without the filter: opens sockets and files, and connects. There is none; and without a
 * filter it opens what the process itself could.
 */
// run: -- refused
// run: --seccomp interpreted -- refused
// run: --seccomp jvm -- refused
// run: --seccomp compile -- refused
// run: --seccomp contest -- refused
// run: --seccomp none -- contained
// run: --seccomp none --net loopback -- contained
#include "tests/threats/attack.h"

#include <arpa/inet.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

static struct io_uring_params params;
static int ring;
static char *sq, *cq;
static struct io_uring_sqe *sqes;

static void map_ring(void)
{
	size_t sq_size = params.sq_off.array + params.sq_entries * sizeof(unsigned);
	size_t cq_size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);

	sq = MUST(mmap(NULL, sq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING));
	cq = MUST(mmap(NULL, cq_size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING));
	sqes = MUST(mmap(NULL, params.sq_entries * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
	                 IORING_OFF_SQES));
}

/* Carries out one request; what a call would give, or -errno. */
static int ask(const struct io_uring_sqe *sqe)
{
	unsigned tail = *(unsigned *)(sq + params.sq_off.tail), mask = *(unsigned *)(sq + params.sq_off.ring_mask),
	         head;

	sqes[tail & mask] = *sqe;
	((unsigned *)(sq + params.sq_off.array))[tail & mask] = tail & mask;
	__atomic_store_n((unsigned *)(sq + params.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	MUST(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0));
	head = *(unsigned *)(cq + params.cq_off.head);
	mask = *(unsigned *)(cq + params.cq_off.ring_mask);
	__atomic_store_n((unsigned *)(cq + params.cq_off.head), head + 1, __ATOMIC_RELEASE);
	return ((struct io_uring_cqe *)(cq + params.cq_off.cqes))[head & mask].res;
}

static void must_fail(const char *what, int got, int errnum)
{
	if (got != -errnum)
		broke("%s by io_uring gave %d, not %s", what, got, strerrorname_np(errnum));
}

static void contained(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
	struct io_uring_sqe sqe = {.opcode = IORING_OP_CONNECT};

	map_ring();
	inet_pton(AF_INET, "192.0.2.1", &to.sin_addr);
	sqe.fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	sqe.addr = (uintptr_t)&to;
	sqe.off = sizeof(to);
	must_fail("connect", ask(&sqe), ENETUNREACH);
	sqe = (struct io_uring_sqe){.opcode = IORING_OP_SOCKET, .fd = AF_PACKET, .off = SOCK_RAW};
	if (ask(&sqe) >= 0)
		broke("a packet socket by io_uring");
	sqe = (struct io_uring_sqe){.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (uintptr_t) "/etc/shadow"};
	must_fail("open", ask(&sqe), ENOENT);
	sqe.addr = (uintptr_t) "../../../../../etc/shadow";
	must_fail("open", ask(&sqe), ENOENT);
	sqe = (struct io_uring_sqe){.opcode = IORING_OP_OPENAT,
	                            .fd = AT_FDCWD,
	                            .addr = (uintptr_t) "/usr/sbx-e7",
	                            .open_flags = O_CREAT | O_WRONLY};
	must_fail("create", ask(&sqe), EROFS);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	if (strcmp(argv[1], "refused") == 0) {
		REFUSED(syscall(SYS_io_uring_setup, 4, &params), ENOSYS);
		REFUSED(syscall(SYS_io_uring_enter, 0, 1, 0, 0, NULL, 0), ENOSYS);
		REFUSED(syscall(SYS_io_uring_register, 0, 0, NULL, 0), ENOSYS);
		REFUSED(syscall(SYS_io_setup, 1, &params), ENOSYS);
		return 0;
	}
	ring = (int)syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		REFUSED(ring, ENOSYS, EPERM); /* a kernel without it, or one that is told so */
	else
		contained();
	return 0;
}

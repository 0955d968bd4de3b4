/*
 * The calls of 32-bit programs, whose numbers mean other things: by int 0x80 from 64-bit code and from 32-bit code, and
 * by the processor's own instruction for them. Without a filter the same code makes the call: then the attack is one.
 */
#include "tests/threats/attack.h"

#include <sys/mman.h>

static long in_64_bit(long nr)
{
	long ret;

	__asm__ volatile("int $0x80"
	                 : "=a"(ret)
	                 : "a"(nr), "b"(0), "c"(0), "d"(0)
	                 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

/*
 * Through a far call into the 32-bit code segment, 0x23, with code and stack below 4 GiB. The code there: int 0x80,
 * then a far return.
 */
static long in_32_bit(long nr)
{
	static const unsigned char code[] = {0xcd, 0x80, 0xcb};
	struct {
		uint32_t to, segment;
	} * far;
	/* populated: qemu takes a page fault of this call for one of the kernel's */
	unsigned char *low = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE | PROT_EXEC,
	                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_POPULATE, -1, 0);
	long ret;

	if (low == MAP_FAILED)
		broke("not tried: no memory below 2 GiB");
	memcpy(low, code, sizeof(code));
	far = (void *)(low + 64);
	far->to = (uint32_t)(uintptr_t)low;
	far->segment = 0x23;
	__asm__ volatile("mov %%rsp, %%r12\n\t"
	                 "mov %[stack], %%rsp\n\t"
	                 "lcall *(%[far])\n\t"
	                 "mov %%r12, %%rsp"
	                 : "=a"(ret)
	                 : "a"(nr), "b"(0), "c"(0), "d"(0), [far] "r"(far), [stack] "r"(low + (1 << 15))
	                 : "memory", "r8", "r9", "r10", "r11", "r12", "cc");
	return ret;
}

int main(int argc, char **argv)
{
	bool low = argc > 2 && strcmp(argv[1], "32") == 0;
	long nr = argc > 2 ? atol(argv[2]) : 20, ret = low ? in_32_bit(nr) : in_64_bit(nr);

	if (nr == 20 && (int)ret != getpid())
		broke("not tried: getpid gave %ld", ret);
	broke("call %ld of i386 gave %ld", nr, ret);
}

/* Tries to trace its parent. */
#include <stdio.h>
#include <sys/ptrace.h>
#include <unistd.h>

int main(void)
{
	printf("%ld\n", ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	return 0;
}

/* Looks into the memory of another process. */
#include <sys/ptrace.h>
#include <unistd.h>

int main(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0;
}

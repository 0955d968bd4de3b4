/* C44 PATH: reads all of a device that does not end, into memory. */
// run: --mem 32M --time 60s --wall 120s -- /dev/zero => verdict=MLE oom_kills>=1 memory_peak_bytes<=33554432
// run: --mem 32M --time 60s --wall 120s -- /dev/urandom => verdict=MLE oom_kills>=1 memory_peak_bytes<=33554432
// run: --mem 32M --time 60s --wall 120s -- /dev/random => verdict=MLE oom_kills>=1 memory_peak_bytes<=33554432
// run: --mem 32M --time 200ms --wall 60s -- /dev/zero again => verdict=TLE reason=cpu memory_peak_bytes<=33554432
// run: --mem 32M --time 200ms --wall 60s -- /dev/urandom again => verdict=TLE reason=cpu memory_peak_bytes<=33554432
// run: --mem 32M --time 60s --wall 120s -- map => verdict=MLE oom_kills>=1 memory_peak_bytes<=33554432
#include "tests/threats/attack.h"

#include <sys/mman.h>

int main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "";
	size_t size = 0, room = 1 << 20;
	char *data = MUST(malloc(room));
	int fd;

	if (strcmp(path, "map") == 0) {
		char *zero =
		        mmap(NULL, 1 << 30, PROT_READ | PROT_WRITE, MAP_SHARED, MUST(open("/dev/zero", O_RDWR)), 0);
		if (zero == MAP_FAILED)
			broke("not tried: %s", strerrorname_np(errno));
		memset(zero, 1, 1 << 30);
		broke("a gibibyte of /dev/zero");
	}
	fd = MUST(open(path, O_RDONLY));
	while (size < (size_t)1 << 30) {
		ssize_t n = MUST(read(fd, data + size, room - size));
		if (argc <= 2)
			size += (size_t)n;
		if (size == room)
			data = realloc(data, room *= 2);
		if (data == NULL)
			broke("not tried: no address space");
	}
	broke("a gibibyte of %s", path);
}

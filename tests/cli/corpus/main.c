/* One program, the same in each language: hello | threads | files | sort | time | alloc MIB. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long counts[4];

static void *count(void *arg)
{
	for (int i = 0; i < 100000; i++)
		++*(volatile long *)arg;
	return NULL;
}

static int threads(void)
{
	pthread_t t[4];
	long sum = 0;

	for (int i = 0; i < 4; i++)
		if (pthread_create(&t[i], NULL, count, &counts[i]) != 0)
			return 1;
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		sum += counts[i];
	}
	printf("%ld\n", sum);
	return 0;
}

static int files(void)
{
	char text[100000];
	FILE *f = fopen("/tmp/file", "w+");
	size_t n;

	memset(text, 'x', sizeof(text));
	if (f == NULL || fwrite(text, 1, sizeof(text), f) != sizeof(text))
		return 1;
	rewind(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	printf("%zu\n", n);
	return 0;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static int sort(void)
{
	static long a[1000000];
	long x = 1;

	for (int i = 0; i < 1000000; i++)
		a[i] = x = x * 16807 % 2147483647;
	qsort(a, 1000000, sizeof(a[0]), compare);
	printf("%ld %ld %ld\n", a[0], a[500000], a[999999]);
	return 0;
}

static int slept(void)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	usleep(100000);
	clock_gettime(CLOCK_MONOTONIC, &b);
	if ((b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec) < 1e8 || time(NULL) < 1600000000)
		return 1;
	puts("slept");
	return 0;
}

static int alloc(size_t mib)
{
	char *p = malloc(mib << 20);

	if (p == NULL)
		return 1;
	memset(p, 1, mib << 20);
	printf("%d\n", p[(mib << 20) - 1]);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "hello";

	if (strcmp(what, "threads") == 0)
		return threads();
	if (strcmp(what, "files") == 0)
		return files();
	if (strcmp(what, "sort") == 0)
		return sort();
	if (strcmp(what, "time") == 0)
		return slept();
	if (strcmp(what, "alloc") == 0)
		return alloc((size_t)atol(argv[2]));
	puts("hello");
	return 0;
}

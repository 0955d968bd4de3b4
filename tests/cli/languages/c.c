/* The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void sort(void)
{
	long long sum = 0;
	int n, *a;

	scanf("%d", &n);
	a = malloc(n * sizeof(*a));
	for (int i = 0; i < n; i++) {
		scanf("%d", &a[i]);
		sum += a[i];
	}
	qsort(a, n, sizeof(*a), compare);
	printf("%d %d %lld\n", a[0], a[n - 1], sum);
}

static void *quarter(void *arg)
{
	long long *sum = arg, k = *sum;

	*sum = 0;
	for (long long i = 1; i <= 250000; i++)
		*sum += k * 250000 + i;
	return NULL;
}

static void threads(void)
{
	long long sums[4], sum = 0;
	pthread_t all[4];

	for (int k = 0; k < 4; k++) {
		sums[k] = k;
		pthread_create(&all[k], NULL, quarter, &sums[k]);
	}
	for (int k = 0; k < 4; k++) {
		pthread_join(all[k], NULL);
		sum += sums[k];
	}
	printf("%lld\n", sum);
}

static void memory(void)
{
	volatile char *a = malloc(200 << 20); /* volatile: else nothing of this is left */

	for (int i = 0; i < 200 << 20; i++)
		a[i] = 1;
	printf("%d\n", a[0]);
}

int main(void)
{
	char what[16] = "";

	scanf("%15s", what);
	if (!strcmp(what, "hello"))
		puts("hello");
	else if (!strcmp(what, "sort"))
		sort();
	else if (!strcmp(what, "threads"))
		threads();
	else if (!strcmp(what, "memory"))
		memory();
	else if (!strcmp(what, "throw"))
		abort();
	else if (!strcmp(what, "loop"))
		for (;;)
			;
	return 0;
}

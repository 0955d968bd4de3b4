/*
 * Tries the inputs that are kept for one target, FUZZ_NAME, as a suite of TAP with a test for each: what `make check`
 * runs, which needs no fuzzer. An input that is wrong ends the program, which tests/check counts as a failure.
 */
#include "fuzz.h"

#include <dirent.h>

static void try_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *bytes = NULL, *exact;
	size_t len = 0, n;
	char buf[4096];

	FUZZ_ASSERT(file != NULL);
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0) {
		bytes = realloc(bytes, len + n);
		FUZZ_ASSERT(bytes != NULL);
		memcpy(bytes + len, buf, n);
		len += n;
	}
	fclose(file);
	exact = fuzz_bytes(bytes, len);
	free(bytes);
	LLVMFuzzerTestOneInput((const uint8_t *)exact, len);
	free(exact);
}

static unsigned try_folder(const char *folder, unsigned tried)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[1024];
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		printf("# %s\n", path);
		try_file(path);
		printf("ok %u - %s\n", ++tried, path);
	}
	if (dir != NULL)
		closedir(dir);
	return tried;
}

int main(void)
{
	unsigned tried;

	/* what was tried last stands there when it ends the program */
	setvbuf(stdout, NULL, _IOLBF, 0);
	tried = try_folder("tests/fuzz/regress/" FUZZ_NAME, 0);
	tried = try_folder("tests/fuzz/corpus/" FUZZ_NAME, tried);
	printf("1..%u\n", tried);
	return tried > 0 ? 0 : 1;
}

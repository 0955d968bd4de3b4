/*
 * C20 HOW: keys. `add`, `request`, `keyctl`: one call each. `fill`: as many as an id may have, without a filter; then
 * it says how many, and waits for the end of standard input.
 */
#include "tests/threats/attack.h"

#define SESSION (-3)
#define PROCESS (-2)

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	char name[32], payload[100] = "x";
	int n;

	if (strcmp(how, "add") == 0)
		REFUSED(syscall(SYS_add_key, "user", "name", payload, sizeof(payload), PROCESS));
	if (strcmp(how, "request") == 0)
		REFUSED(syscall(SYS_request_key, "user", "name", NULL, PROCESS));
	if (strcmp(how, "keyctl") == 0)
		REFUSED(syscall(SYS_keyctl, 0, SESSION, 1));
	if (strcmp(how, "fill") != 0)
		return 1;
	for (n = 0; n < 10000; n++) {
		snprintf(name, sizeof(name), "key %d", n);
		if (syscall(SYS_add_key, "user", name, payload, sizeof(payload), PROCESS) < 0)
			break;
	}
	if (n < 10000 && errno != EDQUOT)
		broke("not tried: %s", strerrorname_np(errno));
	printf("%d\n", n);
	fflush(stdout);
	return read(0, name, 1) == 0 ? 0 : 1;
}

/* Keys: in no namespace, and a missing one can make the kernel start a program on the host. */
#include "tests/threats/attack.h"

#include <linux/keyctl.h>

static long serial;

static void try_add_key(void)
{
	static const int keyrings[] = {KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING};

	/* keys of its own are no harm without a filter */
	for (size_t i = 0; i < sizeof(keyrings) / sizeof(keyrings[0]); i++)
		syscall(SYS_add_key, "user", "threat-own", "x", 1UL, keyrings[i]);
}

static void try_request_key(void)
{
	REFUSED(syscall(SYS_request_key, "user", "threat", NULL, KEY_SPEC_PROCESS_KEYRING), ENOKEY, EACCES, ENOSYS);
}

/* The caller's key, by its place and by its number, which is `serial`. */
static void try_keyctl(void)
{
	static const int keyrings[] = {KEY_SPEC_SESSION_KEYRING, KEY_SPEC_USER_KEYRING, KEY_SPEC_USER_SESSION_KEYRING};
	char text[64];

	for (size_t i = 0; i < sizeof(keyrings) / sizeof(keyrings[0]); i++)
		REFUSED(syscall(SYS_keyctl, KEYCTL_SEARCH, keyrings[i], "user", "threat", 0), ENOKEY, EACCES, ENOSYS);
	REFUSED(syscall(SYS_keyctl, KEYCTL_READ, serial, text, sizeof(text)), EACCES, EPERM, ENOKEY, ENOSYS);
	REFUSED(syscall(SYS_keyctl, KEYCTL_UPDATE, serial, "x", 1UL), EACCES, EPERM, ENOKEY, ENOSYS);
	REFUSED(syscall(SYS_keyctl, KEYCTL_REVOKE, serial), EACCES, EPERM, ENOKEY, ENOSYS);
	REFUSED(syscall(SYS_keyctl, KEYCTL_LINK, serial, KEY_SPEC_PROCESS_KEYRING), EACCES, EPERM, ENOKEY, ENOSYS);
	REFUSED(syscall(SYS_keyctl, KEYCTL_CHOWN, serial, 1000, 1000), EACCES, EPERM, ENOKEY, ENOSYS, EINVAL);
	REFUSED(syscall(SYS_keyctl, KEYCTL_SETPERM, serial, 0x3f3f3f3f), EACCES, EPERM, ENOKEY, ENOSYS);
}

int main(int argc, char **argv)
{
	static const struct attack attacks[] = {
	        {"add_key", try_add_key}, {"request_key", try_request_key}, {"keyctl", try_keyctl}, {0}};

	serial = argc > 2 ? atol(argv[2]) : 1;
	return try_attacks(argc, argv, attacks);
}

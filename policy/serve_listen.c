/* Where to listen, as text. Called by serve_config.c and cmd_serve.c. */
#include "policy/serve_listen.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/un.h>

#define DIGITS "0123456789"

_Static_assert(SERVE_PATH_BYTES == sizeof(((struct sockaddr_un *)NULL)->sun_path), "");
_Static_assert(SERVE_ADDRESS_BYTES == INET6_ADDRSTRLEN, "");

static const char *parse_path(const char *path, struct serve_listen *ret)
{
	struct serve_listen listen = {.family = SERVE_UNIX, .is_local = true};

	if (path[0] == '\0')
		return "unix: has no path behind it";
	if (strlen(path) >= sizeof(listen.path))
		return "a path of more than 107 bytes";
	for (const char *at = path; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return "a path with control characters";
	memcpy(listen.path, path, strlen(path) + 1);
	*ret = listen;
	return NULL;
}

static bool parse_port(const char *text, uint16_t *ret)
{
	size_t n = strspn(text, DIGITS);
	unsigned long port = 0;

	if (n == 0 || n > 5 || text[n] != '\0' || (n > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < n; i++)
		port = port * 10 + (unsigned long)(text[i] - '0');
	if (port > UINT16_MAX)
		return false;
	*ret = (uint16_t)port;
	return true;
}

/* The text between two places as an address of the family, in its usual spelling. */
static bool parse_address(const char *text, size_t len, struct serve_listen *listen)
{
	int family = listen->family == SERVE_IPV4 ? AF_INET : AF_INET6;
	struct in6_addr address; /* has room for either */
	char copy[SERVE_ADDRESS_BYTES];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(family, copy, &address) != 1 ||
	    inet_ntop(family, &address, listen->address, sizeof(listen->address)) == NULL)
		return false;
	listen->is_local = family == AF_INET ? address.s6_addr[0] == 127
	                                     : memcmp(&address, &in6addr_loopback, sizeof(address)) == 0;
	return true;
}

const char *serve_listen_parse(const char *text, struct serve_listen *ret)
{
	struct serve_listen listen = {.family = text[0] == '[' ? SERVE_IPV6 : SERVE_IPV4};
	const char *colon = strrchr(text, ':'), *end;

	if (strncmp(text, "unix:", 5) == 0)
		return parse_path(text + 5, ret);
	if (colon == NULL)
		return "neither ADDR:PORT nor unix:PATH";
	if (listen.family == SERVE_IPV4 && memchr(text, ':', (size_t)(colon - text)) != NULL)
		return "an IPv6 address stands in brackets, as [::1]:5000";
	end = colon;
	if (listen.family == SERVE_IPV6) {
		text++;
		end--;
		if (*end != ']')
			return "nothing but a port comes behind the brackets, as [::1]:5000";
	}
	if (!parse_address(text, (size_t)(end - text), &listen))
		return "no IP address before the port (names are not looked up)";
	if (!parse_port(colon + 1, &listen.port))
		return "the port is no number from 0 to 65535";
	*ret = listen;
	return NULL;
}

/* Services over HTTP: how serve.c starts and ends them, what memory they had, and how fast they tell that they live. */
#include "tests/bench/bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEALTH "/v1/health"
#define PATIENCE_MS 20000
#define PROBE_MS 20
#define PROBES_MAX 100000

/* One that nobody has at the moment; 0 when there is none. */
static uint16_t free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0)
		address.sin_port = 0;
	if (fd >= 0)
		close(fd);
	return ntohs(address.sin_port);
}

static bool is_healthy(uint16_t port)
{
	struct client client = {0};
	bool is = client_connect(&client, port) && client_get(&client, HEALTH, PATIENCE_MS);

	client_leave(&client);
	return is;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid != 0;
}

int service_start(struct service *service, const struct place *place, const char *argv[], size_t address_at)
{
	struct launch what = {.argv = argv, .out_fd = -1};
	int64_t deadline_ns = now_ns() + PATIENCE_MS * 1000000LL;
	char address[32];
	int rc;

	service->port = free_port();
	snprintf(address, sizeof(address), "127.0.0.1:%u", service->port);
	argv[address_at] = address;
	what.err_fd = open(place_path(place, "service-log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	rc = launch_start(&what, &service->pid);
	if (what.err_fd >= 0)
		close(what.err_fd);
	if (rc < 0)
		return rc;
	while (!is_healthy(service->port)) {
		if (has_ended(service->pid) || now_ns() > deadline_ns) {
			service_stop(service);
			return -EPROTO;
		}
		pause_ms(10);
	}
	return 0;
}

bool service_stop(struct service *service)
{
	int status;

	kill(service->pid, SIGTERM);
	return waitpid(service->pid, &status, 0) == service->pid &&
	       (status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM));
}

int64_t service_peak_kib(const struct service *service)
{
	int64_t kib = launch_peak_kib(service->pid);
	char path[64], text[4096], *at = text;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)service->pid, (int)service->pid);
	if (place_read(path, text, sizeof(text)) < 0)
		return -1;
	for (long pid; (pid = strtol(at, &at, 10)) > 0;) {
		char name[64];

		snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
		if (place_read(path, name, sizeof(name)) > 0 && strcmp(name, "sbx-serve\n") == 0)
			return kib + launch_peak_kib((pid_t)pid);
	}
	return -1;
}

/* ---- how fast it answers ---- */

struct probes {
	atomic_size_t n;
	_Atomic int64_t since_ns; /* the one that waits for its answer; 0: none does */
	int64_t ns[PROBES_MAX];
};

/* A process of its own, since the one that loads the service may be late itself. */
static void __attribute__((noreturn)) probe(struct probes *probes, uint16_t port)
{
	struct client kept = {.fd = -1}, fresh = {.fd = -1};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < PROBES_MAX; i++) {
		struct client *client = i % 2 == 0 ? &kept : &fresh;
		int64_t begin_ns = now_ns();
		bool answered;

		atomic_store(&probes->since_ns, begin_ns);
		answered = (client->fd >= 0 || client_connect(client, port)) && client_get(client, HEALTH, PATIENCE_MS);
		probes->ns[i] = answered ? now_ns() - begin_ns : INT64_MAX;
		atomic_store(&probes->n, i + 1);
		atomic_store(&probes->since_ns, 0);
		if (client == &fresh || !answered)
			client_leave(client);
		pause_ms(PROBE_MS);
	}
	_exit(0);
}

int prober_start(struct prober *prober, uint16_t port)
{
	prober->shared = mmap(NULL, sizeof(struct probes), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (prober->shared == MAP_FAILED)
		return -errno;
	prober->pid = fork();
	if (prober->pid == 0)
		probe(prober->shared, port);
	return prober->pid < 0 ? -errno : 0;
}

void prober_finish(struct prober *prober, struct samples *ret)
{
	int64_t since_ns = atomic_load(&prober->shared->since_ns);

	if (since_ns > 0)
		samples_add(ret, now_ns() - since_ns);
	kill(prober->pid, SIGKILL);
	waitpid(prober->pid, NULL, 0);
	for (size_t i = 0, n = atomic_load(&prober->shared->n); i < n; i++)
		samples_add(ret, prober->shared->ns[i]);
	munmap(prober->shared, sizeof(struct probes));
}

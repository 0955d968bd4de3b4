#!/usr/bin/env bats
# The boxes of a job and their network namespaces: one may serve a box after another only if nobody can tell.

load common

setup_file() { common_setup_file; }
teardown_file() { assert_clean; }
setup() {
	T=$BATS_TEST_TMPDIR
	mkdir "$T/tests"
	cd "$T" || return
	# what it is to do is in its input; then it says where it is, and what the kernel has counted there
	cat >say.c <<-'E'
		#include <arpa/inet.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/ptrace.h>
		#include <sys/socket.h>
		#include <sys/un.h>
		#include <unistd.h>
		int main(void)
		{
			struct sockaddr_in away = {.sin_family = AF_INET, .sin_port = 1, .sin_addr = {htonl(INADDR_LOOPBACK)}};
			struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0name"};
			char what[16] = "", where[64] = "", line[2][512] = {"", ""};
			int pair[2];
			scanf("%15s", what);
			if (strcmp(what, "inet") == 0)
				connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&away, sizeof(away));
			if ((strcmp(what, "unix") == 0 || strcmp(what, "hold") == 0) &&
			    bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof(name)) < 0)
				return 1;
			if (strcmp(what, "hold") == 0)
				usleep(300000);
			if (strcmp(what, "pair") == 0 &&
			    (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || write(pair[0], "x", 1) != 1 || read(pair[1], what, 1) != 1))
				return 2;
			/* so many that one may well wait when this process ends */
			for (int i = 0; i < 16 && strcmp(what, "orphan") == 0; i++)
				if (fork() == 0)
					for (;;)
						close(socket(AF_UNIX, SOCK_STREAM, 0));
			if (strcmp(what, "tracer") == 0 && fork() == 0)
				return (int)ptrace(PTRACE_TRACEME, 0, 0, 0);
			if (strcmp(what, "orphan") == 0 || strcmp(what, "tracer") == 0)
				usleep(20000);
			readlink("/proc/self/ns/net", where, sizeof(where) - 1);
			FILE *snmp = fopen("/proc/self/net/snmp", "r");
			if (snmp == NULL || !fgets(line[0], sizeof(line[0]), snmp) || !fgets(line[1], sizeof(line[1]), snmp))
				return 3;
			printf("%s\n%s", where, line[1]);
			return 0;
		}
	E
}

# inputs WORD...: a test for each, in this order.
inputs() {
	local n=10
	for word; do
		echo "$word" >"tests/$n.in"
		n=$((n + 1))
	done
}

@test "one network namespace serves the tests that make no socket" {
	inputs quiet quiet quiet quiet quiet quiet
	judge -j 1 --tests tests say.c
	verdicts 'OK: OK OK OK OK OK OK'
	equal "$(field 'len({t["stdout"] for t in r["tests"]})')" 1
	# which is not the host's
	[ "$(field 'r["tests"][0]["stdout"].split("\n")[0]')" != "$(readlink /proc/self/ns/net)" ]
}

@test "what a test leaves in its network namespace no other test sees" {
	inputs quiet inet quiet inet inet quiet
	judge -j 1 --tests tests say.c
	verdicts 'OK: OK OK OK OK OK OK'
	# OutNoRoutes of /proc/net/snmp: each sees its own call, once
	equal "$(field '[t["stdout"].split("\n")[1].split()[12] for t in r["tests"]]')" "['0', '1', '0', '1', '1', '0']"
}

@test "two tests at once are never in one network namespace" {
	inputs hold hold hold hold
	judge -j 2 --tests tests say.c
	verdicts 'OK: OK OK OK OK'
}

@test "sockets work in a job as they do outside" {
	inputs unix unix pair pair unix
	judge -j 1 --tests tests say.c
	verdicts 'OK: OK OK OK OK OK'
}

@test "a process left behind that makes sockets is no violation, one that makes a denied call is" {
	inputs tracer quiet orphan orphan orphan orphan orphan orphan orphan orphan orphan orphan orphan orphan
	judge -j 1 --tests tests say.c
	verdicts 'SV: SV OK OK OK OK OK OK OK OK OK OK OK OK OK'
	equal "$(field 'r["tests"][0]["run"]["denied_syscall"]')" ptrace
}

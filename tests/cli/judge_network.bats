#!/usr/bin/env bats
# The boxes of a job have a network namespace each, or share one that nothing can change (ADR 7): nobody can tell what was
# before.

load common
load tests

setup() {
	tests_folder
	# what it is to do is in its input; then it says whether the namespace is older than it, and what was counted there
	cat >say.c <<-'E'
		#include <arpa/inet.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/socket.h>
		#include <sys/stat.h>
		#include <sys/un.h>
		#include <unistd.h>
		int main(void)
		{
			struct sockaddr_in away = {.sin_family = AF_INET, .sin_port = 1, .sin_addr = {htonl(INADDR_LOOPBACK)}};
			struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0name"};
			char what[16] = "", line[2][512] = {"", ""};
			struct stat net, pid;
			int pair[2];
			scanf("%15s", what);
			if (stat("/proc/self/ns/net", &net) < 0 || stat("/proc/self/ns/pid", &pid) < 0)
				return 4;
			if (strcmp(what, "inet") == 0)
				connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&away, sizeof(away));
			if ((strcmp(what, "unix") == 0 || strcmp(what, "hold") == 0) &&
			    bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof(name)) < 0)
				return 1;
			if (strcmp(what, "hold") == 0)
				sleep(1);
			if (strcmp(what, "pair") == 0 &&
			    (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0 || write(pair[0], "x", 1) != 1 || read(pair[1], what, 1) != 1))
				return 2;
			FILE *snmp = fopen("/proc/self/net/snmp", "r");
			if (snmp == NULL || !fgets(line[0], sizeof(line[0]), snmp) || !fgets(line[1], sizeof(line[1]), snmp))
				return 3;
			printf("%s\n%s", pid.st_ctime - net.st_ctime > 1 ? "old" : "new", line[1]);
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

@test "what a test leaves in its network namespace no other test sees" {
	inputs quiet inet quiet inet inet quiet
	judge -j 1 --seccomp default --tests tests say.c
	verdicts 'OK: OK OK OK OK OK OK'
	# OutNoRoutes of /proc/net/snmp: each sees its own call, once
	equal "$(field '[t["stdout"].split("\n")[1].split()[12] for t in r["tests"]]')" "['0', '1', '0', '1', '1', '0']"
}

@test "a network namespace is no older than its box, whatever the last one did; names are free" {
	not_in_vm
	inputs hold hold hold quiet
	judge -j 1 --seccomp default --tests tests say.c
	verdicts 'OK: OK OK OK OK'
	equal "$(field '{t["stdout"].split("\n")[0] for t in r["tests"]}')" "{'new'}"
	judge -j 2 --seccomp default --tests tests say.c
	verdicts 'OK: OK OK OK OK'
}

@test "sockets work in a job, with a profile that has them" {
	inputs unix pair
	judge -j 1 --seccomp default --tests tests say.c
	verdicts 'OK: OK OK'
}

# All that a box can see of its namespace, after it has tried to change that.
look_around() {
	cat >look.c <<-'E'
		#include <dirent.h>
		#include <errno.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/socket.h>
		#include <sys/stat.h>
		#include <unistd.h>
		int main(void)
		{
			struct stat net, user;
			int pair[2], made = 0, same;
			char what[16], path[300], line[4096];
			scanf("%15s", what);
			for (int family = 0; family < 46 && strcmp(what, "try") == 0; family++)
				for (int type = 1; type < 7; type++)
					made += socket(family, type, 0) >= 0 || errno != EAFNOSUPPORT || socketpair(family, type, 0, pair) == 0;
			if (stat("/proc/self/ns/net", &net) < 0 || stat("/proc/self/ns/user", &user) < 0)
				return 4;
			printf("%d %lu %ld.%09ld\n", made, net.st_ino, net.st_ctim.tv_sec, net.st_ctim.tv_nsec);
			DIR *dir = opendir("/proc/self/net");
			for (struct dirent *e; dir && (e = readdir(dir)); ) {
				snprintf(path, sizeof(path), "/proc/self/net/%s", e->d_name);
				FILE *file = fopen(path, "r");
				/* these count for the whole machine */
				same = strcmp(e->d_name, "protocols") != 0 && strcmp(e->d_name, "softnet_stat") != 0 &&
				       strncmp(e->d_name, "sockstat", 8) != 0;
				for (printf("%s\n", path); same && file && fgets(line, sizeof(line), file); )
					fputs(line, stdout);
				if (file)
					fclose(file);
			}
			return dir ? 0 : 3;
		}
	E
}

@test "boxes without sockets share a namespace, and see the same in it, whatever they try" {
	look_around
	inputs quiet try quiet try try quiet
	judge -j 2 --keep-output 64K --tests tests look.c
	verdicts 'OK: OK OK OK OK OK OK'
	equal "$(field 'len({t["stdout"] for t in r["tests"]})')" 1
	equal "$(field 'r["tests"][1]["stdout"].split()[0]')" 0
	# and it is not the one of whoever runs sbx
	[ "net:[$(field 'r["tests"][0]["stdout"].split()[1]')]" != "$(readlink /proc/self/ns/net)" ]
}

@test "boxes with sockets never share one" {
	look_around
	inputs quiet quiet quiet
	judge -j 1 --seccomp interpreted --tests tests look.c
	verdicts 'OK: OK OK OK'
	equal "$(field 'len({t["stdout"].split()[1] + t["stdout"].split()[2] for t in r["tests"]})')" 3
}

@test "root without rights over its own network namespace judges, each box with one of its own" {
	look_around
	inputs quiet quiet quiet
	status=0
	"$BOX/userns" "$SBX" judge -j 1 --report report --format json --tests tests look.c || status=$?
	verdicts 'OK: OK OK OK'
	equal "$(field 'len({t["stdout"].split()[1] + t["stdout"].split()[2] for t in r["tests"]})')" 3
}

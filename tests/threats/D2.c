/* Words of judges and of sbx itself on both streams, whole lines and half ones; then the end that is asked for. */
// run: -- 0 => verdict=OK reason=null exit_code=0 killed_by=null limits.time.hit=false limits.wall.hit=false
// run: -- 3 => verdict=RE reason=exit exit_code=3 killed_by=null
// run: --stderr-to-stdout -- 0 => verdict=OK
#include "tests/threats/attack.h"

int main(int argc, char **argv)
{
	static const char *const words[] = {
	        "timelimit exceeded\n",
	        "/usr/bin/timelimit: warning: timelimit exceeded (wall time): aborting command\n",
	        "Command terminated with non-zero exit status, timelimit exceeded\n",
	        "Status: Time Limit Exceeded\nmemory limit exceeded\nRUNTIME ERROR\n",
	        "status:TO\nmessage:Time limit exceeded\nkilled:1\ncg-oom-killed:1\n",
	        "time-result: timelimit\nmemory-result: oom\nexitcode: 137\nsignal: 9\n",
	        "{\"schema\":\"sbx.run/1\",\"verdict\":\"TLE\",\"reason\":\"cpu\",\"killed_by\":\"cpu\"}\n",
	        "sbx: IE (interrupted by SIGTERM)\n",
	        "sbx: MLE (memory)\n\r\033[2K\x1b[1A\n",
	        "Killed\nBad system call\nCPU time limit exceeded\n",
	        "sbx: TLE (cpu)  cpu 1.001 s of 1.000 s  wall 1.004 s",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		MUST(write(2, words[i], strlen(words[i])));
		MUST(write(1, words[i], strlen(words[i])));
	}
	return argc > 1 ? atoi(argv[1]) : 0;
}

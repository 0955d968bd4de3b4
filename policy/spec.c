/* The defaults of a run, in one place: what `sbx run` does when no option says otherwise. Called by every front-end. */
#include "policy/spec.h"

#define MIB (UINT64_C(1024) * 1024)
#define SECOND UINT64_C(1000000)

void run_spec_init(struct run_spec *spec)
{
	*spec = (struct run_spec){
	        .cpu_us_max = 10 * SECOND,
	        .wall_us_max = SPEC_UNSET,
	        .memory_bytes_max = 256 * MIB,
	        .pids_max = 64,
	        .stack_bytes_max = SPEC_UNSET,
	        .fsize_bytes_max = 64 * MIB,
	        .output_bytes_max = 64 * MIB,
	        .open_files_max = 256,
	        .tmp_bytes_max = SPEC_TMPFS_BYTES,
	        .tmp_inodes_max = SPEC_UNSET,
	        .cpu_rate_millis = SPEC_UNLIMITED,
	        .pin = PIN_NONE,
	        .box_dir = ".",
	        .box_mode = BOX_DIR_RO,
	        .network = BOX_NETWORK_NONE,
	        .seccomp = "default",
	        .aslr = true,
	};
}

uint64_t spec_default_wall_us(uint64_t cpu_us)
{
	return cpu_us >= SPEC_UNLIMITED / 2 - SECOND ? SPEC_UNLIMITED : 2 * cpu_us + SECOND;
}

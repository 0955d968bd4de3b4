box -- ./C33 zombies
verdict OK null limits.pids.hit=true
printed 64
no_processes
box --wall 300ms -- ./C33 stopped
verdict TLE wall limits.pids.hit=true
printed 64
no_processes
box --pids 8 --time 60s --wall 120s -- ./C33 orphans
verdict OK null
box --pids 8 --time 60s --wall 120s -- ./C33 adopted
verdict OK null
no_processes
no_cgroups

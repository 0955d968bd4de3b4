box --time 300ms --wall 60s -- ./burn catch
verdict TLE cpu killed_by=cpu 'cpu_us>=300000'
box --time 300ms --wall 60s -- ./C8 burn
verdict TLE cpu killed_by=cpu 'cpu_us>=300000'
box --time 20s --wall 200ms -- ./C8 sleep
verdict TLE wall killed_by=wall 'wall_us>=200000'
no_processes

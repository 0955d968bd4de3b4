box --time 300ms --wall 60s -- ./burn ignored
verdict TLE cpu killed_by=cpu 'cpu_us>=300000'
box --time 300ms --wall 60s -- ./C3
verdict TLE cpu killed_by=cpu 'cpu_us>=300000'

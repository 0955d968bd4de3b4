# One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
what, mib = ARGV

case what
when "hello"
  puts "hello"
when "threads"
  counts = (0...4).map { Thread.new { n = 0; 100000.times { n += 1 }; n } }
  puts counts.map(&:value).sum
when "files"
  File.write("/tmp/file", "x" * 100000)
  puts File.read("/tmp/file").length
when "sort"
  x = 1
  a = Array.new(1000000) { x = x * 16807 % 2147483647 }
  a.sort!
  puts "#{a[0]} #{a[500000]} #{a[999999]}"
when "time"
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  sleep 0.1
  puts "slept" if Process.clock_gettime(Process::CLOCK_MONOTONIC) - start >= 0.099
when "alloc"
  puts ("\1" * (mib.to_i << 20)).getbyte(-1)
end

# The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
def sorted
  n = gets.to_i
  a = Array.new(n) { gets.to_i }.sort
  puts "#{a.first} #{a.last} #{a.sum}"
end

def threads
  all = (0..3).map { |k| Thread.new { (1..250000).sum { |i| k * 250000 + i } } }
  puts all.sum(&:value)
end

def memory
  puts ("x" * (200 << 20))[-1]
end

case gets.chomp
when "hello" then puts "hello"
when "sort" then sorted
when "threads" then threads
when "memory" then memory
when "throw" then raise "thrown"
when "loop" then loop {}
end

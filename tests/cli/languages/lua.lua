-- The same program in each language. The first line says what to do: hello, sort, memory, throw or loop.
local function sort()
	local a, sum = {}, 0
	for i = 1, io.read("n") do
		a[i] = io.read("n")
		sum = sum + a[i]
	end
	table.sort(a)
	print(a[1], a[#a], sum)
end

local function memory()
	print(string.rep("x", 200 << 20):byte(-1))
end

local what = io.read()
if what == "hello" then
	print("hello")
elseif what == "sort" then
	sort()
elseif what == "memory" then
	memory()
elseif what == "throw" then
	error("thrown")
elseif what == "loop" then
	while true do end
end

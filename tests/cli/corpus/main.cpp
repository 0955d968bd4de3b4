// One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

static void threads()
{
	std::vector<std::thread> all;
	std::vector<long> counts(4);
	long sum = 0;

	for (auto &count : counts)
		all.emplace_back([&count] {
			for (int i = 0; i < 100000; i++)
				count++;
		});
	for (auto &thread : all)
		thread.join();
	for (long count : counts)
		sum += count;
	std::cout << sum << '\n';
}

static void files()
{
	std::ofstream("/tmp/file") << std::string(100000, 'x');
	std::ifstream in("/tmp/file");
	std::string text{std::istreambuf_iterator<char>(in), {}};

	std::cout << text.size() << '\n';
}

static void sort()
{
	std::vector<long> a(1000000);
	long x = 1;

	for (auto &element : a)
		element = x = x * 16807 % 2147483647;
	std::sort(a.begin(), a.end());
	std::cout << a[0] << ' ' << a[500000] << ' ' << a[999999] << '\n';
}

static void slept()
{
	auto begin = std::chrono::steady_clock::now();

	std::this_thread::sleep_for(std::chrono::milliseconds(100));
	if (std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(100))
		std::cout << "slept\n";
}

int main(int argc, char **argv)
{
	std::string what = argc > 1 ? argv[1] : "hello";

	if (what == "threads")
		threads();
	else if (what == "files")
		files();
	else if (what == "sort")
		sort();
	else if (what == "time")
		slept();
	else if (what == "alloc")
		std::cout << int(std::vector<char>(std::stoul(argv[2]) << 20, 1).back()) << '\n';
	else
		std::cout << "hello\n";
}

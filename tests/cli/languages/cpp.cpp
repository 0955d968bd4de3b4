// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
#include <algorithm>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static void sort()
{
	int n;
	std::cin >> n;
	std::vector<int> a(n);
	for (int &x : a)
		std::cin >> x;
	std::sort(a.begin(), a.end());
	std::cout << a.front() << ' ' << a.back() << ' ' << std::accumulate(a.begin(), a.end(), 0LL) << '\n';
}

static void threads()
{
	std::vector<long long> sums(4);
	std::vector<std::thread> all;
	for (int k = 0; k < 4; k++)
		all.emplace_back([k, &sums] {
			for (int i = 1; i <= 250000; i++)
				sums[k] += k * 250000 + i;
		});
	for (auto &thread : all)
		thread.join();
	std::cout << std::accumulate(sums.begin(), sums.end(), 0LL) << '\n';
}

static void memory()
{
	std::vector<char> a(200 << 20, 1);
	std::cout << int(a.back()) << '\n';
}

int main()
{
	std::ios::sync_with_stdio(false);
	std::string what;
	std::cin >> what;
	if (what == "hello")
		std::cout << "hello\n";
	else if (what == "sort")
		sort();
	else if (what == "threads")
		threads();
	else if (what == "memory")
		memory();
	else if (what == "throw")
		throw std::runtime_error("thrown");
	else if (what == "loop")
		for (;;)
			;
}

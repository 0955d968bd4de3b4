// Finds the middle by walking to it from both ends.
#include <iostream>
#include <string>

int main()
{
	long long low = 1, high;
	std::string answer;

	std::cin >> high;
	while (answer != "correct") {
		volatile long long left = low, right = high;
		while (left < right) {
			left = left + 1;
			right = right - 1;
		}
		long long guess = right;
		std::cout << guess << std::endl;
		if (!(std::cin >> answer))
			return 1;
		if (answer == "lower")
			high = guess - 1;
		else
			low = guess + 1;
	}
}

// Halves what is left.
#include <iostream>
#include <string>

int main()
{
	long long low = 1, high;
	std::string answer;

	std::cin >> high;
	while (answer != "correct") {
		long long guess = (low + high) / 2;
		std::cout << guess << std::endl;
		if (!(std::cin >> answer))
			return 1;
		if (answer == "lower")
			high = guess - 1;
		else
			low = guess + 1;
	}
}

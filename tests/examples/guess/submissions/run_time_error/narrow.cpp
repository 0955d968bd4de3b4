// Has no number as large as the greatest n.
#include <iostream>
#include <string>

int main()
{
	std::string answer, n;
	int low = 1, high;

	std::cin >> n;
	high = std::stoi(n);
	while (answer != "correct") {
		int guess = (low + high) / 2;
		std::cout << guess << std::endl;
		if (!(std::cin >> answer))
			return 1;
		if (answer == "lower")
			high = guess - 1;
		else
			low = guess + 1;
	}
}

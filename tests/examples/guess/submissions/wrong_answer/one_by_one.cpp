// Tries one number after the other: too many guesses.
#include <iostream>
#include <string>

int main()
{
	long long n, guess = 0;
	std::string answer;

	std::cin >> n;
	while (answer != "correct") {
		std::cout << ++guess << std::endl;
		if (!(std::cin >> answer))
			return 0;
	}
}

// Loses the upper bits of large numbers.
#include <iostream>
#include <string>

int main()
{
	std::string task, word;
	unsigned number = 0;
	long long given;

	std::cin >> task;
	if (task == "encode") {
		std::cin >> given;
		for (number = static_cast<unsigned>(given); number > 0; number /= 2)
			word.insert(0, 1, number % 2 == 0 ? 'a' : 'b');
		std::cout << word << "\n";
	} else {
		std::cin >> word;
		for (char letter : word)
			number = 2 * number + (letter == 'b');
		std::cout << number << "\n";
	}
}

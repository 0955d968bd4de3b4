// Its binary digits as letters.
#include <iostream>
#include <string>

int main()
{
	std::string task, word;
	long long number = 0;

	std::cin >> task;
	if (task == "encode") {
		for (std::cin >> number; number > 0; number /= 2)
			word.insert(0, 1, number % 2 == 0 ? 'a' : 'b');
		std::cout << word << "\n";
	} else {
		std::cin >> word;
		for (char letter : word)
			number = 2 * number + (letter == 'b');
		std::cout << number << "\n";
	}
}

// @EXPECTED_RESULTS@: COMPILER-ERROR
#include <iostream>
#include <string>

int main()
{
	std::string task, word;
	int number;

	std::cin >> task >> word;
	number = word;
	std::cout << number << "\n";
}

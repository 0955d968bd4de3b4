// Has no number as large as the largest.
#include <iostream>
#include <string>

int main()
{
	std::string task, word, letters;

	std::cin >> task >> word;
	if (task == "encode") {
		for (int number = std::stoi(word); number > 0; number /= 2)
			letters.insert(0, 1, number % 2 == 0 ? 'a' : 'b');
		std::cout << letters << "\n";
	} else {
		for (char letter : word)
			letters += letter == 'a' ? '0' : '1';
		std::cout << std::stoi(letters, nullptr, 2) << "\n";
	}
}

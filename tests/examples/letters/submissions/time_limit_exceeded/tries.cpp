// Tries which number the word was made of, in its second run.
#include <iostream>
#include <string>

static std::string encode(long long number)
{
	std::string word;

	for (; number > 0; number /= 2)
		word.insert(0, 1, number % 2 == 0 ? 'a' : 'b');
	return word;
}

int main()
{
	std::string task, word;
	long long number = 1;

	std::cin >> task >> word;
	if (task == "encode") {
		std::cout << encode(std::stoll(word)) << "\n";
	} else {
		while (encode(number) != word)
			number++;
		std::cout << number << "\n";
	}
}

// pair INPUT ANSWER FEEDBACK_DIR < OUTPUT: exit status 42 where the output is two primes whose sum is the input, else 43.
#include "prime.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

static std::ofstream message;

[[noreturn]] static void wrong(const std::string &what)
{
	message << what << "\n";
	message.close();
	std::exit(43);
}

// Digits only: what a stream would read as a number may have a sign, or go over what a number holds.
static long long read_number()
{
	std::string text;

	if (!(std::cin >> text))
		wrong("the output ends before there are two numbers");
	if (text.size() > 13 || text.find_first_not_of("0123456789") != std::string::npos)
		wrong("\"" + text.substr(0, 20) + "\" is no number of the size that is wanted");
	return std::stoll(text);
}

int main(int argc, char **argv)
{
	long long sum;
	std::string more;

	if (argc < 4 || !(std::ifstream(argv[1]) >> sum))
		return 1;
	message.open(std::string(argv[3]) + "judgemessage.txt");
	long long one = read_number(), other = read_number();
	if (std::cin >> more)
		wrong("there is more than two numbers");
	for (long long number : {one, other})
		if (!is_prime(number))
			wrong(std::to_string(number) + " is no prime");
	if (one + other != sum)
		wrong("the sum is " + std::to_string(one + other) + ", not " + std::to_string(sum));
	return 42;
}

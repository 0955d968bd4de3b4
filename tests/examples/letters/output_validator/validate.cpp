// validate INPUT ANSWER FEEDBACK_DIR < OUTPUT, once for each run: exit status 42 where the output is right, else 43. After
// the first run it makes the input of the second one, and keeps the number for itself.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

static std::string folder;

[[noreturn]] static void wrong(const std::string &what)
{
	std::ofstream(folder + "judgemessage.txt") << what << "\n";
	std::exit(43);
}

static std::string read_word()
{
	std::string word, more;

	if (!(std::cin >> word))
		wrong("nothing was printed");
	if (std::cin >> more)
		wrong("more than one word was printed");
	return word;
}

static int check_word(const std::string &number)
{
	std::string word = read_word();

	if (word.size() > 40 || word.find_first_not_of("ab") != std::string::npos)
		wrong("\"" + word.substr(0, 50) + "\" is no word of at most 40 letters a and b");
	std::ofstream(folder + "number") << number << "\n";
	std::ofstream(folder + "nextpass.in") << "decode " << word << "\n";
	return 42;
}

static int check_number(const std::string &number)
{
	std::string got = read_word();

	if (got != number)
		wrong("the word stands for " + number + ", not for " + got.substr(0, 50));
	return 42;
}

int main(int argc, char **argv)
{
	std::string task, number;

	if (argc < 4)
		return 1;
	folder = argv[3];
	if (std::ifstream(folder + "number") >> number)
		return check_number(number);
	if (!(std::ifstream(argv[1]) >> task >> number) || task != "encode")
		return 1;
	return check_word(number);
}

// @EXPECTED_RESULTS@: COMPILER-ERROR
#include <iostream>

int main()
{
	for (long long guess = 1; guess < 50; guess++)
		std::cout << guess << std::endl;
	return guess;
}

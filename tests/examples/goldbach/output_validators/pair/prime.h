#pragma once

static inline bool is_prime(long long number)
{
	for (long long i = 2; i * i <= number; i++)
		if (number % i == 0)
			return false;
	return number >= 2;
}

/* Writes where nothing is. */
int main(void)
{
	volatile int *nowhere = (volatile int *)8;

	*nowhere = 1;
	return 0;
}

/* Follows a pointer to nowhere. */
int main(void)
{
	return *(volatile int *)8;
}

/* Does nothing: what a launch costs when the program costs nothing. */
int main(void)
{
	return 0;
}

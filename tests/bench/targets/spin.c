/* Burns CPU time until it is killed: where a CPU limit cuts. */
int main(void)
{
	for (volatile unsigned n = 0;; n++)
		;
}

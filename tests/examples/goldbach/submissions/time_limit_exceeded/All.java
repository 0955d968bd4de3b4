// Looks for divisors up to the number itself.
import java.util.Scanner;

public class All {
    public static void main(String[] args) {
        long n = new Scanner(System.in).nextLong(), p = 2;
        while (!isPrime(p) || !isPrime(n - p))
            p++;
        System.out.println(p + " " + (n - p));
    }

    static boolean isPrime(long number) {
        for (long i = 2; i < number; i++)
            if (number % i == 0)
                return false;
        return number >= 2;
    }
}

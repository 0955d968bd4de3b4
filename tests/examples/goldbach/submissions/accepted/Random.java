// Tries primes by chance, so that each run finds another pair.
import java.math.BigInteger;
import java.util.Scanner;

public class Random {
    public static void main(String[] args) {
        java.util.Random random = new java.util.Random();
        long n = new Scanner(System.in).nextLong(), p;
        do
            p = 2 + (long) (random.nextDouble() * (n / 2 - 1));
        while (!isPrime(p) || !isPrime(n - p));
        System.out.println(p + " " + (n - p));
    }

    static boolean isPrime(long number) {
        return BigInteger.valueOf(number).isProbablePrime(50);
    }
}

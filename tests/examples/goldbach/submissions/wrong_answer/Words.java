// Says more than was asked for.
import java.math.BigInteger;
import java.util.Scanner;

public class Words {
    public static void main(String[] args) {
        long n = new Scanner(System.in).nextLong(), p = 2;
        while (!isPrime(p) || !isPrime(n - p))
            p++;
        System.out.println(n + " = " + p + " + " + (n - p));
    }

    static boolean isPrime(long number) {
        return BigInteger.valueOf(number).isProbablePrime(50);
    }
}

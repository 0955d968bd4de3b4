// Reads numbers of 31 bits.
import java.math.BigInteger;
import java.util.Scanner;

public class Narrow {
    public static void main(String[] args) {
        int n = new Scanner(System.in).nextInt(), p = 2;
        while (!isPrime(p) || !isPrime(n - p))
            p++;
        System.out.println(p + " " + (n - p));
    }

    static boolean isPrime(int number) {
        return BigInteger.valueOf(number).isProbablePrime(50);
    }
}

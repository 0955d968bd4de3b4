// @EXPECTED_RESULTS@: COMPILER-ERROR
import java.util.Scanner;

public class Lossy {
    public static void main(String[] args) {
        int n = new Scanner(System.in).nextLong();
        System.out.println("3 " + (n - 3));
    }
}

// @EXPECTED_RESULTS@: COMPILER-ERROR
import java.util.Scanner;

public class Types {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int sum = 0;
        for (int n = in.nextInt(); n > 0; n--)
            sum += in.next();
        System.out.println(sum);
    }
}

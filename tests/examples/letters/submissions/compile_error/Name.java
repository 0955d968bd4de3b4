// @EXPECTED_RESULTS@: COMPILER-ERROR
import java.util.Scanner;

public class Name {
    public static void main(String[] args) {
        String task = new Scanner(System.in).next();
        System.out.println(tsak);
    }
}

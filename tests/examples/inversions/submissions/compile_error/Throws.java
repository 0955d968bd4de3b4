// @EXPECTED_RESULTS@: COMPILER-ERROR
import java.io.BufferedReader;
import java.io.InputStreamReader;

public class Throws {
    public static void main(String[] args) {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        int n = Integer.parseInt(in.readLine());
        System.out.println(n * (n - 1) / 2);
    }
}

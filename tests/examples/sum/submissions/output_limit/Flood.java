// Prints the sum so far for as long as it has not read all terms; it never notices the end.
// @EXPECTED_RESULTS@: OUTPUT-LIMIT
import java.io.PrintWriter;
import java.util.Scanner;

public class Flood {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        PrintWriter out = new PrintWriter(System.out);
        double sum = 0;
        for (int n = in.nextInt(); n > 0;) {
            if (in.hasNext())
                sum += Double.parseDouble(in.next());
            out.println(sum);
        }
    }
}

// Its sums do not fit into 31 bits.
import java.util.Scanner;

public class Narrow {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int sum = 0;
        double rest = 0;
        for (int n = in.nextInt(); n > 0; n--) {
            double term = Double.parseDouble(in.next());
            sum += (int) term;
            rest += term - (int) term;
        }
        System.out.println(rest == 0 ? String.valueOf(sum) : String.valueOf(sum + rest));
    }
}

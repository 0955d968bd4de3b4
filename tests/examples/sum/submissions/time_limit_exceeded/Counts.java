// Adds numbers by counting up, in steps that a double holds exactly.
import java.util.Scanner;

public class Counts {
    static final double STEP = 1.0 / 128;
    static volatile double at;

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        double sum = 0;
        for (int n = in.nextInt(); n > 0; n--) {
            double term = Double.parseDouble(in.next());
            at = 0;
            while (at + STEP <= Math.abs(term))
                at += STEP;
            sum += term > 0 ? at : -at;
            sum += term > 0 ? term - at : term + at;
        }
        System.out.println(sum == Math.rint(sum) ? String.valueOf((long) sum) : String.valueOf(sum));
    }
}

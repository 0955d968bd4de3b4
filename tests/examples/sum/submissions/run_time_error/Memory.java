// Adds numbers by laying out a row of ones as long as each, and measuring it.
import java.util.Arrays;
import java.util.Scanner;

public class Memory {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        double sum = 0;
        for (int n = in.nextInt(); n > 0; n--) {
            double term = Double.parseDouble(in.next());
            double[] row = new double[(int) Math.abs(term)];
            Arrays.fill(row, 1);
            sum += term > 0 ? row.length : -row.length;
            sum += term % 1;
        }
        System.out.println(sum == Math.rint(sum) ? String.valueOf((long) sum) : String.valueOf(sum));
    }
}

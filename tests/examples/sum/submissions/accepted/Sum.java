import java.util.Scanner;

public class Sum {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        double sum = 0;
        for (int n = in.nextInt(); n > 0; n--)
            sum += Double.parseDouble(in.next());
        System.out.println(sum == Math.rint(sum) ? String.valueOf((long) sum) : String.valueOf(sum));
    }
}

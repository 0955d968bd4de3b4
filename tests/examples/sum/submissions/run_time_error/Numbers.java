// Takes all numbers for whole ones, and falls over the others.
import java.util.Scanner;

public class Numbers {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long sum = 0;
        for (int n = in.nextInt(); n > 0; n--)
            sum += Integer.parseInt(in.next());
        System.out.println(sum);
    }
}

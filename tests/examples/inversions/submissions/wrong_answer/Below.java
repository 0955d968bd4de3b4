// Counts the numbers below the greatest so far, not the pairs.
import java.util.Scanner;

public class Below {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int greatest = 0;
        long pairs = 0;
        for (int n = in.nextInt(); n > 0; n--) {
            int number = in.nextInt();
            if (number < greatest)
                pairs++;
            greatest = Math.max(greatest, number);
        }
        System.out.println(pairs);
    }
}

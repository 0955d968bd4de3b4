// 30 points: has no room for more than a thousand numbers.
import java.util.Scanner;

public class Room {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        int[] row = new int[1000];
        int pairs = 0;
        for (int i = 0; i < n; i++) {
            row[i] = in.nextInt();
            for (int k = 0; k < i; k++)
                if (row[k] > row[i])
                    pairs++;
        }
        System.out.println(pairs);
    }
}

// A Fenwick tree has no place 0: what is added there goes round for ever.
import java.util.Scanner;

public class Zero {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int[] tree = new int[1000001];
        int n = in.nextInt();
        long pairs = 0;
        for (int seen = 0; seen < n; seen++) {
            int number = in.nextInt();
            pairs += seen;
            for (int at = number; at > 0; at -= at & -at)
                pairs -= tree[at];
            for (int at = number; at < tree.length; at += at & -at)
                tree[at]++;
        }
        System.out.println(pairs);
    }
}

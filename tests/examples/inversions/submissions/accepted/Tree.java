// Counts what has been seen, in a Fenwick tree.
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.StringTokenizer;

public class Tree {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        int n = Integer.parseInt(in.readLine());
        StringTokenizer row = new StringTokenizer(in.readLine());
        int[] tree = new int[1 << 20];
        long pairs = 0;
        for (int seen = 0; seen < n; seen++) {
            int number = Integer.parseInt(row.nextToken()) + 1, smaller = 0;
            for (int at = number; at > 0; at -= at & -at)
                smaller += tree[at];
            pairs += seen - smaller;
            for (int at = number; at < tree.length; at += at & -at)
                tree[at]++;
        }
        System.out.println(pairs);
    }
}

// Lays out a table of how often each number was there at each time, which takes too much memory.
import java.util.Scanner;

public class Table {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int n = in.nextInt(), width = 1;
        int[] row = new int[n];
        for (int i = 0; i < n; i++) {
            row[i] = in.nextInt();
            width = Math.max(width, row[i] + 1);
        }
        int[] table = new int[width * n];
        long pairs = 0;
        for (int i = 0; i < n; i++) {
            if (i > 0)
                System.arraycopy(table, (i - 1) * width, table, i * width, width);
            for (int above = row[i] + 1; above < width; above++)
                pairs += table[i * width + above];
            table[i * width + row[i]]++;
        }
        System.out.println(pairs);
    }
}

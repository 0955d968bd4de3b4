// Counts the number down before it prints anything.
import java.util.Scanner;

public class Counts {
    static volatile long left;

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        if (in.next().equals("encode")) {
            long number = in.nextLong();
            left = number;
            while (left > 0)
                left--;
            System.out.println(Long.toBinaryString(number + left).replace('0', 'a').replace('1', 'b'));
        } else {
            System.out.println(Long.parseLong(in.next().replace('a', '0').replace('b', '1'), 2));
        }
    }
}

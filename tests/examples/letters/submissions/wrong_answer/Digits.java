// Prints digits, which are no letters.
import java.util.Scanner;

public class Digits {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        if (in.next().equals("encode"))
            System.out.println(Long.toBinaryString(in.nextLong()));
        else
            System.out.println(Long.parseLong(in.next(), 2));
    }
}

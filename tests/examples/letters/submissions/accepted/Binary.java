// Its binary digits as letters.
import java.util.Scanner;

public class Binary {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        if (in.next().equals("encode"))
            System.out.println(Long.toBinaryString(in.nextLong()).replace('0', 'a').replace('1', 'b'));
        else
            System.out.println(Long.parseLong(in.next().replace('a', '0').replace('b', '1'), 2));
    }
}

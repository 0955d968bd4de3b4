// Halves what is left.
import java.util.Scanner;

public class Halves {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long low = 1, high = in.nextLong();
        String answer = "";
        while (!answer.equals("correct")) {
            long guess = (low + high) / 2;
            System.out.println(guess);
            answer = in.next();
            if (answer.equals("lower"))
                high = guess - 1;
            else
                low = guess + 1;
        }
    }
}

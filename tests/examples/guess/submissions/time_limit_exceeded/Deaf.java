// Wants two answers to the first guess: each side waits for the other.
import java.util.Scanner;

public class Deaf {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long low = 1, high = in.nextLong();
        String answer = "";
        while (!answer.equals("correct")) {
            long guess = (low + high) / 2;
            System.out.println(guess);
            answer = in.next();
            if (high > 1000000 && low == 1)
                answer = in.next();
            if (answer.equals("lower"))
                high = guess - 1;
            else
                low = guess + 1;
        }
    }
}

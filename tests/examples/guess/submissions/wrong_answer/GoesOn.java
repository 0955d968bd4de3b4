// Says one thing more after the right guess.
import java.util.Scanner;

public class GoesOn {
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
        System.out.println("done");
    }
}

// Writes its guesses down, and has no room for more than twenty.
import java.util.Scanner;

public class Twenty {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long low = 1, high = in.nextLong();
        long[] guesses = new long[20];
        String answer = "";
        for (int i = 0; !answer.equals("correct"); i++) {
            guesses[i] = (low + high) / 2;
            System.out.println(guesses[i]);
            answer = in.next();
            if (answer.equals("lower"))
                high = guesses[i] - 1;
            else
                low = guesses[i] + 1;
        }
    }
}

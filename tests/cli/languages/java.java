// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
import java.io.*;
import java.util.*;

class Main {
	static final BufferedReader in = new BufferedReader(new InputStreamReader(System.in));

	static void sort() throws IOException {
		int[] a = new int[Integer.parseInt(in.readLine())];
		for (int i = 0; i < a.length; i++)
			a[i] = Integer.parseInt(in.readLine());
		Arrays.sort(a);
		System.out.println(a[0] + " " + a[a.length - 1] + " " + Arrays.stream(a).asLongStream().sum());
	}

	static void threads() throws InterruptedException {
		long[] sums = new long[4];
		Thread[] all = new Thread[4];
		for (int n = 0; n < 4; n++) {
			int k = n;
			all[k] = new Thread(() -> {
				for (int i = 1; i <= 250000; i++)
					sums[k] += k * 250000 + i;
			});
			all[k].start();
		}
		for (Thread thread : all)
			thread.join();
		System.out.println(Arrays.stream(sums).sum());
	}

	static void memory() {
		byte[] a = new byte[200 << 20];
		Arrays.fill(a, (byte) 1);
		System.out.println(a[a.length - 1]);
	}

	public static void main(String[] args) throws Exception {
		switch (in.readLine()) {
		case "hello": System.out.println("hello"); break;
		case "sort": sort(); break;
		case "threads": threads(); break;
		case "memory": memory(); break;
		case "throw": throw new Exception("thrown");
		case "loop": for (;;) {}
		}
	}
}

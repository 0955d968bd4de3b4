// One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

public class Main {
	static void threads() throws Exception {
		long[] counts = new long[4];
		Thread[] all = new Thread[4];
		for (int n = 0; n < 4; n++) {
			int own = n;
			all[n] = new Thread(() -> {
				for (int i = 0; i < 100000; i++)
					counts[own]++;
			});
			all[n].start();
		}
		for (Thread thread : all)
			thread.join();
		System.out.println(Arrays.stream(counts).sum());
	}

	static void files() throws Exception {
		Path path = Path.of("/tmp/file");
		Files.writeString(path, "x".repeat(100000));
		System.out.println(Files.readString(path).length());
	}

	static void sort() {
		long[] a = new long[1000000];
		long x = 1;
		for (int i = 0; i < a.length; i++)
			a[i] = x = x * 16807 % 2147483647;
		Arrays.sort(a);
		System.out.println(a[0] + " " + a[500000] + " " + a[999999]);
	}

	static void slept() throws Exception {
		long begin = System.nanoTime();
		Thread.sleep(100);
		if (System.nanoTime() - begin >= 100000000)
			System.out.println("slept");
	}

	static void alloc(int mib) {
		byte[] a = new byte[mib << 20];
		Arrays.fill(a, (byte)1);
		System.out.println(a[a.length - 1]);
	}

	public static void main(String[] args) throws Exception {
		switch (args[0]) {
		case "threads": threads(); break;
		case "files": files(); break;
		case "sort": sort(); break;
		case "time": slept(); break;
		case "alloc": alloc(Integer.parseInt(args[1])); break;
		default: System.out.println("hello");
		}
	}
}

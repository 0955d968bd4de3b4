// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
using System;
using System.Linq;
using System.Threading;

static class Program {
	static void Sort() {
		var a = new int[int.Parse(Console.ReadLine())];
		for (int i = 0; i < a.Length; i++)
			a[i] = int.Parse(Console.ReadLine());
		Array.Sort(a);
		Console.WriteLine("{0} {1} {2}", a[0], a[a.Length - 1], a.Sum(x => (long)x));
	}

	static void Threads() {
		var sums = new long[4];
		var all = Enumerable.Range(0, 4).Select(k => new Thread(() => {
			for (int i = 1; i <= 250000; i++)
				sums[k] += k * 250000 + i;
		})).ToList();
		all.ForEach(thread => thread.Start());
		all.ForEach(thread => thread.Join());
		Console.WriteLine(sums.Sum());
	}

	static void Memory() {
		var a = new byte[200 << 20];
		for (int i = 0; i < a.Length; i++)
			a[i] = 1;
		Console.WriteLine(a[a.Length - 1]);
	}

	static void Main() {
		switch (Console.ReadLine()) {
		case "hello": Console.WriteLine("hello"); break;
		case "sort": Sort(); break;
		case "threads": Threads(); break;
		case "memory": Memory(); break;
		case "throw": throw new Exception("thrown");
		case "loop": for (;;) {}
		}
	}
}

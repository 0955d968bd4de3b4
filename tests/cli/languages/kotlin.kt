// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
import kotlin.concurrent.thread

val input = System.`in`.bufferedReader()

fun sort() {
	val a = IntArray(input.readLine().toInt()) { input.readLine().toInt() }
	a.sort()
	println("${a.first()} ${a.last()} ${a.fold(0L) { sum, x -> sum + x }}")
}

fun threads() {
	val sums = LongArray(4)
	val all = List(4) { k ->
		thread {
			for (i in 1..250000)
				sums[k] += (k * 250000 + i).toLong()
		}
	}
	all.forEach { it.join() }
	println(sums.sum())
}

fun memory() {
	val a = ByteArray(200 shl 20)
	a.fill(1)
	println(a.last())
}

fun main() {
	when (input.readLine()) {
		"hello" -> println("hello")
		"sort" -> sort()
		"threads" -> threads()
		"memory" -> memory()
		"throw" -> throw Exception("thrown")
		"loop" -> while (true) {}
	}
}

// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"sort"
)

var in = bufio.NewReader(os.Stdin)

func sorted() {
	var n, sum int
	fmt.Fscan(in, &n)
	a := make([]int, n)
	for i := range a {
		fmt.Fscan(in, &a[i])
		sum += a[i]
	}
	sort.Ints(a)
	fmt.Println(a[0], a[n-1], sum)
}

func threads() {
	sums := make(chan int)
	for k := 0; k < 4; k++ {
		go func(k int) {
			runtime.LockOSThread() // a thread of its own, not just a goroutine
			sum := 0
			for i := 1; i <= 250000; i++ {
				sum += k*250000 + i
			}
			sums <- sum
		}(k)
	}
	fmt.Println(<-sums + <-sums + <-sums + <-sums)
}

func memory() {
	a := make([]byte, 200<<20)
	for i := range a {
		a[i] = 1
	}
	fmt.Println(a[len(a)-1])
}

func main() {
	var what string
	fmt.Fscan(in, &what)
	switch what {
	case "hello":
		fmt.Println("hello")
	case "sort":
		sorted()
	case "threads":
		threads()
	case "memory":
		memory()
	case "throw":
		panic("thrown")
	case "loop":
		for {
		}
	}
}

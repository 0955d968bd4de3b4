// One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

func threads() {
	var counts [4]int
	var group sync.WaitGroup
	for n := range counts {
		group.Add(1)
		go func(own *int) {
			runtime.LockOSThread() // a thread of its own, not just a goroutine
			for i := 0; i < 100000; i++ {
				*own++
			}
			group.Done()
		}(&counts[n])
	}
	group.Wait()
	fmt.Println(counts[0] + counts[1] + counts[2] + counts[3])
}

func files() {
	if err := os.WriteFile("/tmp/file", []byte(strings.Repeat("x", 100000)), 0600); err != nil {
		panic(err)
	}
	text, _ := os.ReadFile("/tmp/file")
	fmt.Println(len(text))
}

func sorted() {
	a := make([]int, 1000000)
	x := 1
	for i := range a {
		x = x * 16807 % 2147483647
		a[i] = x
	}
	sort.Ints(a)
	fmt.Println(a[0], a[500000], a[999999])
}

func slept() {
	begin := time.Now()
	time.Sleep(100 * time.Millisecond)
	if time.Since(begin) >= 100*time.Millisecond {
		fmt.Println("slept")
	}
}

func alloc(text string) {
	mib, _ := strconv.Atoi(text)
	a := make([]byte, mib<<20)
	for i := range a {
		a[i] = 1
	}
	fmt.Println(a[len(a)-1])
}

func main() {
	switch os.Args[1] {
	case "threads":
		threads()
	case "files":
		files()
	case "sort":
		sorted()
	case "time":
		slept()
	case "alloc":
		alloc(os.Args[2])
	default:
		fmt.Println("hello")
	}
}

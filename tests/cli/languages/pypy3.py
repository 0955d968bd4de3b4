# The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
import sys
import threading


def sort():
    n = int(input())
    a = sorted(int(sys.stdin.readline()) for _ in range(n))
    print(a[0], a[-1], sum(a))


def threads():
    sums = [0] * 4

    def quarter(k):
        for i in range(1, 250001):
            sums[k] += k * 250000 + i

    workers = [threading.Thread(target=quarter, args=(k,)) for k in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(sums))


def memory():
    print((bytearray(b"x") * (200 << 20))[-1])


def throw():
    raise Exception("thrown")


def loop():
    while True:
        pass


{"hello": lambda: print("hello"), "sort": sort, "threads": threads, "memory": memory, "throw": throw, "loop": loop}[input()]()

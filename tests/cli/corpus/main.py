# One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
import sys
import threading
import time


def threads():
    counts = [0] * 4

    def count(n):
        for _ in range(100000):
            counts[n] += 1

    workers = [threading.Thread(target=count, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sum(counts))


def files():
    with open("/tmp/file", "w", encoding="ascii") as f:
        f.write("x" * 100000)
    with open("/tmp/file", encoding="ascii") as f:
        print(len(f.read()))


def sort():
    a, x = [], 1
    for _ in range(1000000):
        x = x * 16807 % 2147483647
        a.append(x)
    a.sort()
    print(a[0], a[500000], a[999999])


def slept():
    begin = time.monotonic()
    time.sleep(0.1)
    if time.monotonic() - begin >= 0.1:
        print("slept")


what = sys.argv[1]
if what == "alloc":
    print((bytearray(b"\1") * (int(sys.argv[2]) << 20))[-1])
else:
    {"hello": lambda: print("hello"), "threads": threads, "files": files, "sort": sort, "time": slept}[what]()

// One program, the same in each language: hello | threads | files | sort | time | alloc MIB.
use std::{env, fs, thread, time};

fn threads() {
    let all: Vec<_> = (0..4).map(|_| thread::spawn(|| (0..100000u64).map(|_| 1).sum::<u64>())).collect();
    println!("{}", all.into_iter().map(|t| t.join().unwrap()).sum::<u64>());
}

fn files() {
    fs::write("/tmp/file", "x".repeat(100000)).unwrap();
    println!("{}", fs::read("/tmp/file").unwrap().len());
}

fn sort() {
    let mut x: u64 = 1;
    let mut a: Vec<u64> = (0..1000000)
        .map(|_| {
            x = x * 16807 % 2147483647;
            x
        })
        .collect();
    a.sort_unstable();
    println!("{} {} {}", a[0], a[500000], a[999999]);
}

fn slept() {
    let begin = time::Instant::now();
    thread::sleep(time::Duration::from_millis(100));
    if begin.elapsed().as_millis() >= 100 {
        println!("slept");
    }
}

fn alloc(mib: usize) {
    let a = vec![1u8; mib << 20];
    println!("{}", a[a.len() - 1]);
}

fn main() {
    let args: Vec<String> = env::args().collect();
    match args[1].as_str() {
        "threads" => threads(),
        "files" => files(),
        "sort" => sort(),
        "time" => slept(),
        "alloc" => alloc(args[2].parse().unwrap()),
        _ => println!("hello"),
    }
}

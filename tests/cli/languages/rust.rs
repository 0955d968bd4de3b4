// The same program in each language. The first line says what to do: hello, sort, threads, memory, throw or loop.
use std::{io, thread};

fn read() -> String {
    let mut line = String::new();
    io::stdin().read_line(&mut line).unwrap();
    line.trim().to_string()
}

fn sort() {
    let n: usize = read().parse().unwrap();
    let mut a: Vec<i64> = (0..n).map(|_| read().parse().unwrap()).collect();
    a.sort();
    println!("{} {} {}", a[0], a[n - 1], a.iter().sum::<i64>());
}

fn threads() {
    let all: Vec<_> = (0..4u64).map(|k| thread::spawn(move || (1..=250000).map(|i| k * 250000 + i).sum::<u64>())).collect();
    println!("{}", all.into_iter().map(|thread| thread.join().unwrap()).sum::<u64>());
}

fn memory() {
    let a = vec![1u8; 200 << 20];
    println!("{}", a[a.len() - 1]);
}

fn main() {
    match read().as_str() {
        "hello" => println!("hello"),
        "sort" => sort(),
        "threads" => threads(),
        "memory" => memory(),
        "throw" => panic!("thrown"),
        "loop" => loop {},
        _ => (),
    }
}

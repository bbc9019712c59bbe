//! How long an invoice takes after warm-up: `cargo bench -p documents` prints milliseconds.

#[path = "../examples/invoice/paper.rs"]
mod paper;

use std::time::Instant;

const TURNS: usize = 30;

fn main() {
    for lines in [1, 50, 500] {
        let invoice = paper::invoice(lines);
        let write = || match documents::render(&invoice) {
            Ok(pdf) => pdf.len(),
            Err(error) => {
                eprintln!("{error}");
                std::process::exit(1);
            }
        };
        let first = Instant::now();
        let bytes = write();
        let first = first.elapsed();
        let begun = Instant::now();
        for _ in 0..TURNS {
            std::hint::black_box(write());
        }
        let each = begun.elapsed() / TURNS as u32;
        println!("{lines:>4} lines: {each:>10.2?} each (first {first:.2?}), {bytes} bytes");
    }
}

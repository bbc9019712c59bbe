//! Writes a made-up invoice: `cargo run -p documents --example invoice -- out.pdf [lines] [watermark]`.

mod paper;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("name the file to write: out.pdf")?;
    let lines = arguments.next().map_or(Ok(4), |count| count.parse())?;
    let mut invoice = paper::invoice(lines);
    invoice.watermark = arguments.next().unwrap_or_default();
    std::fs::write(&path, documents::render(&invoice)?)?;
    println!("{path}");
    Ok(())
}

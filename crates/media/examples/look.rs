//! What the photo desk sees: `cargo run -p media --example look -- FILE...`.

use media::Limits;

fn main() {
    for name in std::env::args().skip(1) {
        let bytes = match std::fs::read(&name) {
            Ok(bytes) => bytes,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        match media::inspect(&bytes, &Limits::default()) {
            Ok(it) => println!(
                "{name}: {:#?}, thumbnail {} bytes, prepared {} bytes",
                it.look,
                it.thumbnail.len(),
                it.prepared.len()
            ),
            Err(error) => println!("{name}: {error}"),
        }
    }
}

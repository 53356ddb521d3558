//! How many photos a processor looks at in a second, stage by stage, and what that takes of memory:
//! `cargo run --release -p media --example photos [FILE]`.
//!
//! Without a file it makes one: a portrait of 12 megapixels with the grain of a sensor, stored as
//! cameras do (quality 88, colour at half resolution).

mod camera;

// The stages are private to the crate, so they are compiled a second time as parts of this program.
#[allow(dead_code, reason = "not all of it is a stage")]
#[path = "../../src/faces/mod.rs"]
mod faces;
#[allow(dead_code, reason = "not all of it is a stage")]
#[path = "../../src/jpeg.rs"]
mod jpeg;
#[path = "../../src/measure.rs"]
mod measure;
#[allow(dead_code, reason = "not all of it is a stage")]
#[path = "../../src/picture.rs"]
mod picture;
#[path = "../../src/resize.rs"]
mod resize;

use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom, Write};

use image::imageops::FilterType;
use media::{Format, Limits, Unreadable, inspect};
use picture::Picture;
use sha2::{Digest, Sha256};

fn main() {
    archive();
    let photo = match std::env::args().nth(1) {
        Some(name) => std::fs::read(&name).unwrap_or_else(|error| panic!("{name}: {error}")),
        None => camera::photo(4000, 3000),
    };
    let sideways = camera::with_orientation(&photo, 6);
    println!("{:<52} {:>7} {:>7} {:>9} {:>9}", "", "ms CPU", "at most", "photos/s", "peak MB");
    desk(&photo, &sideways);
    stages(&photo, &sideways);
    others(&photo);
}

fn desk(photo: &[u8], sideways: &[u8]) {
    let look = |photo: &[u8]| inspect(photo, &Limits::default()).expect("a photo");
    let seen = look(photo).look;
    let megapixels = f64::from(seen.width) * f64::from(seen.height) / 1e6;
    println!("{megapixels:.1} megapixels, {} bytes, faces: {}", photo.len(), seen.faces.len());
    time("THE WHOLE DESK", || look(photo));
    time("the whole desk, the photo lying on its side", || look(sideways));
}

/// What `inspect` does, one after the other.
fn stages(photo: &[u8], sideways: &[u8]) {
    println!("stages:");
    let open = |photo| Picture::open(photo, Format::Jpeg, &Limits::default()).expect("a JPEG");
    let strip = || jpeg::Jpeg::parse(photo).expect("a JPEG").without_metadata();
    let both = time("  decode, and remove metadata", || open(photo));
    let alone = time("  - of that, remove metadata", strip);
    println!("  - of that, decode: {:.1} ms", both - alone);
    let picture = open(photo);
    time("  copy of 640 pixels", || picture.copy(640));
    let measured = picture.copy(640);
    drop(picture);
    time("  brightness of each of its pixels", || measure::luma(&measured));
    let luma = measure::luma(&measured);
    time("  faces", || faces::find(&luma, 3.0));
    time("  sharpness, exposure, perceptual hash", || {
        (measure::sharpness(&luma), measure::brightness(&luma), measure::near_hash(&luma))
    });
    time("  SHA-256", || Sha256::digest(photo));
    time("  thumbnail", || {
        let size = resize::fit(measured.dimensions(), 320);
        let thumbnail = resize::rgb(measured.as_raw(), measured.dimensions(), size);
        picture::encode(&thumbnail, 80, None)
    });
    let picture = open(sideways);
    time("  only if it lies on its side: upright, compressed", || picture.encoded(2048, 92));
}

/// Other ways to do the two stages that cost most.
fn others(photo: &[u8]) {
    println!("for comparison:");
    time("  decode to new memory each time", || image::load_from_memory(photo).expect("a picture"));
    let picture = image::load_from_memory(photo).expect("a picture");
    for part in [2, 4, 8] {
        time(&format!("  decode at 1/{part} of the size (jpeg-decoder)"), || {
            let mut decoder = jpeg_decoder::Decoder::new(photo);
            let side = |it: u32| (it / part) as u16;
            decoder.scale(side(picture.width()), side(picture.height())).expect("a JPEG");
            decoder.decode().expect("a picture")
        });
    }
    let grey = picture.resize(640, 640, FilterType::Triangle).into_luma8();
    let model = rustface::read_model(include_bytes!(env!("MEDIA_FACE_MODEL")).as_slice());
    let mut engine = rustface::create_detector_with_model(model.expect("a model"));
    time("  faces by the engine that comes with the model", || {
        engine.detect(&rustface::ImageData::new(&grey, grey.width(), grey.height()))
    });
}

const ROUNDS: usize = 5;
const ROUND_MS: f64 = 600.0;

/// Prints the CPU time in the best and in the worst of five rounds, and returns the best.
fn time<T>(name: &str, mut work: impl FnMut() -> T) -> f64 {
    black_box(work());
    forget_peak();
    let rounds = [(); ROUNDS].map(|()| {
        let (begin, mut count) = (cpu_ms(), 0);
        while count == 0 || cpu_ms() - begin < ROUND_MS {
            black_box(work());
            count += 1;
        }
        (cpu_ms() - begin) / f64::from(count)
    });
    let best = rounds.into_iter().fold(f64::MAX, f64::min);
    let worst = rounds.into_iter().fold(0.0, f64::max);
    println!("{name:<52} {best:>7.2} {worst:>7.2} {:>9.1} {:>9}", 1000.0 / best, peak_mb());
    best
}

/// User and system time of the process (proc(5), `stat`), in ticks of 10 ms.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a Linux system");
    let (_, after_name) = stat.rsplit_once(") ").expect("a process has a name");
    let ticks = after_name.split(' ').skip(11).take(2).map(|it| it.parse::<f64>().expect("ticks"));
    ticks.sum::<f64>() * 10.0
}

/// The most that was resident since [`forget_peak`], with the program itself.
fn peak_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("a Linux system");
    let line = text.lines().find_map(|it| it.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1000
}

fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("a process may reset its own peak");
}

/// Forgets what is written to it.
struct Nowhere(u64);

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match to {
            SeekFrom::Start(at) => self.0 = at,
            SeekFrom::Current(by) | SeekFrom::End(by) => self.0 = self.0.saturating_add_signed(by),
        }
        Ok(self.0)
    }
}

/// 100 photos of 8 MB in one archive.
fn archive() {
    forget_peak();
    let (before, begin) = (peak_mb(), cpu_ms());
    let photos = (0..100).map(|at| Ok((format!("{at:03}.jpg"), std::io::repeat(7).take(8 << 20))));
    let count = media::archive::write_zip(Nowhere(0), photos).expect("an archive");
    println!(
        "archive of {count} photos of 8 MB: {:.0} ms CPU, peak {} MB, before it {before} MB",
        cpu_ms() - begin,
        peak_mb()
    );
}

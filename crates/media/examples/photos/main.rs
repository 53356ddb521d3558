//! How many photos a processor looks at in a second, stage by stage, and what that takes of memory:
//! `cargo run --release -p media --example photos [FILE]`.
//!
//! Without a file it makes one: a portrait of 12 megapixels with the grain of a sensor, stored as
//! cameras do (quality 88, colour at half resolution).

mod camera;
mod measured;

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

use std::io::Read;

use image::imageops::FilterType;
use measured::{Nowhere, header, peak_of, time};
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
    header();
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

/// 100 photos of 8 MB in one archive.
fn archive() {
    let photos =
        || (0..100).map(|at| Ok((format!("{at:03}.jpg"), std::io::repeat(7).take(8 << 20))));
    peak_of("an archive of 100 photos of 8 MB", || {
        media::archive::write_zip(Nowhere::default(), photos()).expect("an archive")
    });
}

//! What a picture costs us after it was made, and a page and an archive of a gallery:
//! `cargo run --release -p media --example artifacts`.
//!
//! The pictures are made of the shared portrait, with a little grain as models draw it.

#[path = "photos/measured.rs"]
mod measured;

use std::io::{Cursor, Read};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, RgbImage};
use measured::{header, peak_of, time};
use media::archive::{stream_zip, write_zip};
use media::artifact::{Limits, take_in};
use media::collage::{Tile, draw};

fn main() {
    header();
    for (width, height) in [(1024, 1024), (1344, 768), (2048, 2048)] {
        let picture = made(width, height);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, 92).encode_image(&picture).expect("a JPEG");
        pass(&format!("take in: jpeg {width}x{height}"), &jpeg);
        for (name, format) in [("png", ImageFormat::Png), ("webp", ImageFormat::WebP)] {
            let mut bytes = Cursor::new(Vec::new());
            let any = DynamicImage::from(picture.clone());
            any.write_to(&mut bytes, format).expect("a picture");
            pass(&format!("take in: {name} {width}x{height}"), bytes.get_ref());
        }
    }
    page();
    archives();
}

fn pass(name: &str, bytes: &[u8]) {
    let name = format!("{name}, {} KB", bytes.len() / 1000);
    time(&name, || take_in(bytes, &Limits::default()).expect("a picture"));
}

fn made(width: u32, height: u32) -> RgbImage {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/photos/portrait-1.jpg");
    let portrait = image::open(path).expect("the shared portrait");
    let mut picture = portrait.resize_to_fill(width, height, FilterType::CatmullRom).into_rgb8();
    let mut seed = 1_u32;
    for value in picture.iter_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *value = (i32::from(*value) + (seed >> 24) as i32 % 5 - 2).clamp(0, 255) as u8;
    }
    picture
}

fn page() {
    let thumbnails: Vec<_> = [(1024, 1024), (768, 1344), (1344, 768)]
        .map(|(width, height)| {
            let mut jpeg = Vec::new();
            JpegEncoder::new(&mut jpeg).encode_image(&made(width, height)).expect("a JPEG");
            take_in(&jpeg, &Limits::default()).expect("a picture").thumbnail
        })
        .into();
    let tiles: Vec<_> = (1..=9)
        .map(|number| Tile {
            thumbnail: Some(&thumbnails[usize::from(number) % 3]),
            number,
            is_favourite: number % 2 == 0,
        })
        .collect();
    time("a page of nine", || draw(&tiles, 3));
}

fn archives() {
    let pictures =
        || (0..1000).map(|at| Ok((format!("{at:04}.jpg"), std::io::repeat(7).take(1 << 20))));
    let to_file = || write_zip(measured::Nowhere::default(), pictures()).expect("an archive");
    peak_of("an archive of 1,000 pictures of 1 MB", to_file);
    let to_stream = || stream_zip(std::io::sink(), pictures()).expect("an archive");
    peak_of("the same, streamed", to_stream);
}

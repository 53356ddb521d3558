//! Makes files, good and bad ones.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageEncoder, ImageFormat, RgbImage};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};

/// The same cases at each run: what fails once fails always.
pub fn same_each_time(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(20_261_121);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// A photo that is shared with the tests of the whole product.
pub fn photo(name: &str) -> Vec<u8> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/photos").join(name))
}

/// A file of this crate's own.
pub fn file(name: &str) -> Vec<u8> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A woman's portrait of 512×512.
pub fn portrait() -> RgbImage {
    let photo = image::load_from_memory(&photo("portrait-1.jpg")).unwrap();
    photo.resize_exact(512, 512, image::imageops::FilterType::Triangle).into_rgb8()
}

/// Shades that differ in every corner, with a fine pattern.
pub fn shades(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let pattern = ((x * 7) ^ (y * 13)) % 32;
        image::Rgb([
            (x * 200 / width + pattern) as u8,
            (y * 200 / height + pattern) as u8,
            (120 + pattern) as u8,
        ])
    })
}

pub fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).unwrap();
    bytes
}

pub fn grey_jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let grey = DynamicImage::from(picture.clone()).into_luma8();
    JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode(&grey, grey.width(), grey.height(), ExtendedColorType::L8)
        .unwrap();
    bytes
}

/// A JPEG of one shade of grey in three colours, made without a picture of that size. Its sides
/// are whole blocks, and their number can be divided by four.
pub fn flat_jpeg(width: u16, height: u16) -> Vec<u8> {
    // T.81, annex K.3: "no difference" and "nothing more" of one bright and two coloured blocks.
    flat(jpeg(&grey()), "00101000000000", (width, height))
}

pub fn flat_grey_jpeg(width: u16, height: u16) -> Vec<u8> {
    flat(grey_jpeg(&grey()), "001010", (width, height))
}

/// What a JPEG stores as zero.
fn grey() -> RgbImage {
    RgbImage::from_pixel(8, 8, image::Rgb([128; 3]))
}

fn flat(small: Vec<u8>, block: &str, (width, height): (u16, u16)) -> Vec<u8> {
    let scan = small.windows(2).position(|it| it == [0xFF, 0xDA]).unwrap();
    let pixels = scan + 2 + usize::from(u16::from_be_bytes([small[scan + 2], small[scan + 3]]));
    let four = block.repeat(4);
    let bytes = four.as_bytes().chunks_exact(8);
    let four: Vec<u8> =
        bytes.map(|it| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 2).unwrap()).collect();
    let blocks = usize::from(width / 8) * usize::from(height / 8);
    let header = resized(&small[..pixels], width, height);
    [header.as_slice(), &four.repeat(blocks / 4), &[0xFF, 0xD9]].concat()
}

/// A small PNG whose colour profile has this many bytes after it is unpacked.
pub fn png_with_profile(bytes: usize) -> Vec<u8> {
    let mut profile = vec![0; bytes];
    profile[16..20].copy_from_slice(b"RGB ");
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    encoder.set_icc_profile(profile).unwrap();
    encoder.write_image(&[200; 3 * 64 * 48], 64, 48, ExtendedColorType::Rgb8).unwrap();
    file
}

pub fn png(picture: &DynamicImage) -> Vec<u8> {
    encode(picture, ImageFormat::Png)
}

pub fn webp(picture: &DynamicImage) -> Vec<u8> {
    encode(picture, ImageFormat::WebP)
}

fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The picture as a camera held this way would have stored it.
pub fn stored(picture: &RgbImage, orientation: u8) -> RgbImage {
    let mut stored = DynamicImage::from(picture.clone());
    stored.apply_orientation(match Orientation::from_exif(orientation).unwrap() {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        // Doing it twice undoes all others.
        it => it,
    });
    stored.into_rgb8()
}

/// What must not be found in a prepared photo.
pub const SECRETS: [&str; 6] =
    ["Spy camera", "45.9650N", "xmp secret", "iptc secret", "a comment", "preview secret"];

/// TIFF as in EXIF 2.3, 4.6: camera, orientation and a place.
pub fn exif(orientation: u8) -> Vec<u8> {
    let text = b"Spy camera\0\x0045.9650N\0\0";
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    // A directory of three entries ends at 8 + 2 + 3 * 12 + 4.
    let texts = 50_u32;
    tiff.extend(entry(0x0110, 2, 11, texts));
    tiff.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    tiff.extend(entry(0x8825, 4, 1, texts + text.len() as u32));
    tiff.extend([0; 4]);
    tiff.extend(text);
    // The place: one reference, as text.
    tiff.extend(b"\x01\0");
    tiff.extend(entry(0x001B, 2, 9, texts + 12));
    tiff.extend([0; 4]);
    tiff
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    let mut entry = tag.to_le_bytes().to_vec();
    entry.extend(kind.to_le_bytes());
    entry.extend(count.to_le_bytes());
    entry.extend(value.to_le_bytes());
    entry
}

/// Everything that cameras and programs like to add to a JPEG.
pub fn with_metadata(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend(segment(0xE1, &[b"Exif\0\0", exif(orientation).as_slice()].concat()));
    bytes.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>xmp secret</x>"));
    bytes.extend(segment(0xED, b"Photoshop 3.0\0iptc secret"));
    bytes.extend(segment(0xE0, b"JFXX\0\x10preview secret"));
    bytes.extend(segment(0xFE, b"<script>a comment</script>"));
    bytes.extend(&jpeg[2..]);
    bytes
}

pub fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], length.as_slice(), body].concat()
}

/// A PNG with one chunk more, before its pixels.
pub fn with_chunk(png: &[u8], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let after_header = 8 + 25;
    [&png[..after_header], chunk(kind, body).as_slice(), &png[after_header..]].concat()
}

pub fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [kind, body].concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [length.as_slice(), &named, &crc32(&named).to_be_bytes()].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}

/// A PNG that says it is as large as this, and isn't.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = chunk(b"IHDR", &[size.as_slice(), &[8, 6, 0, 0, 0]].concat());
    let pixels = chunk(b"IDAT", &[0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1]);
    [b"\x89PNG\r\n\x1a\n", header.as_slice(), &pixels, &chunk(b"IEND", &[])].concat()
}

/// A JPEG whose header was changed to another size.
pub fn resized(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let frame = jpeg.windows(2).position(|it| matches!(it, [0xFF, 0xC0 | 0xC2])).unwrap();
    let mut bytes = jpeg.to_vec();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// The last scan of a JPEG, many times.
pub fn with_scans(jpeg: &[u8], times: usize) -> Vec<u8> {
    let scan = jpeg.windows(2).rposition(|it| it == [0xFF, 0xDA]).unwrap();
    let end = jpeg.len() - 2;
    [&jpeg[..end], &jpeg[scan..end].repeat(times), &jpeg[end..]].concat()
}

/// A moving WebP of two equal frames.
pub fn animated_webp(picture: &RgbImage) -> Vec<u8> {
    let still = webp(&DynamicImage::from(picture.clone()));
    let size = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    let (width, height) = (size(picture.width()), size(picture.height()));
    let canvas = [&[2, 0, 0, 0], width.as_slice(), &height].concat();
    let frame = [&[0; 6], width.as_slice(), &height, &[100, 0, 0, 0], &still[12..]].concat();
    let chunks = [
        riff(b"VP8X", &canvas),
        riff(b"ANIM", &[255, 255, 255, 255, 0, 0]),
        riff(b"ANMF", &frame),
        riff(b"ANMF", &frame),
    ];
    riff(b"RIFF", &[b"WEBP", chunks.concat().as_slice()].concat())
}

pub fn riff(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let padding = vec![0; body.len() % 2];
    [kind, length.as_slice(), body, &padding].concat()
}

/// A lossless WebP that says it is as large as this (at most 16384).
pub fn webp_header(width: u32, height: u32) -> Vec<u8> {
    let size = (width - 1) | (height - 1) << 14;
    let stream = [&[0x2F], size.to_le_bytes().as_slice(), &[0; 16]].concat();
    riff(b"RIFF", &[b"WEBP", riff(b"VP8L", &stream).as_slice()].concat())
}

/// As its header says it.
pub fn jpeg_size(jpeg: &[u8]) -> (u16, u16) {
    let frame = jpeg.windows(2).position(|it| matches!(it, [0xFF, 0xC0 | 0xC2])).unwrap();
    let side = |at: usize| u16::from_be_bytes([jpeg[frame + at], jpeg[frame + at + 1]]);
    (side(7), side(5))
}

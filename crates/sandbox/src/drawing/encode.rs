//! Pixels as a file, with a sentence about them in it that no viewer shows.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, RgbImage};

const QUALITY: u8 = 85;

/// What a picture is kept as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    Webp,
}

impl Format {
    /// By the words that vendors use for it.
    pub fn from_name(name: &str) -> Option<Format> {
        match name {
            "jpeg" | "jpg" => Some(Format::Jpeg),
            "png" => Some(Format::Png),
            "webp" => Some(Format::Webp),
            _ => None,
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Webp => "image/webp",
        }
    }
}

/// The file. `facts` become a comment of the JPEG or a text of the PNG; WebP has no room for them.
pub fn encode(image: &RgbImage, format: Format, facts: &str) -> Vec<u8> {
    let (width, height) = image.dimensions();
    let (pixels, colour) = (image.as_raw().as_slice(), ExtendedColorType::Rgb8);
    let mut file = Cursor::new(Vec::new());
    let written = match format {
        Format::Jpeg => JpegEncoder::new_with_quality(&mut file, QUALITY)
            .write_image(pixels, width, height, colour),
        Format::Png => {
            PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
                .write_image(pixels, width, height, colour)
        }
        Format::Webp => {
            WebPEncoder::new_lossless(&mut file).write_image(pixels, width, height, colour)
        }
    };
    written.expect("a whole picture of a size that fits the format can be written to memory");
    let mut file = file.into_inner();
    match format {
        Format::Jpeg => insert(&mut file, 2, &comment(facts)),
        Format::Png => insert(&mut file, PNG_HEAD, &text(facts)),
        Format::Webp => {}
    }
    file
}

/// The signature of a PNG and its first chunk.
const PNG_HEAD: usize = 8 + 4 + 4 + 13 + 4;
/// The most that a segment of a JPEG holds beside its own length.
const COMMENT_BYTES_MAX: usize = 65_533;

fn insert(file: &mut Vec<u8>, at: usize, piece: &[u8]) {
    file.splice(at..at, piece.iter().copied());
}

fn comment(facts: &str) -> Vec<u8> {
    let facts = &facts[..facts.floor_char_boundary(COMMENT_BYTES_MAX)];
    let length = u16::try_from(facts.len() + 2).expect("it was cut to fit");
    [&[0xff, 0xfe], &length.to_be_bytes(), facts.as_bytes()].concat()
}

/// `iTXt`, the text of a PNG that may be of any language (PNG specification, third edition, 11.3.3.4).
fn text(facts: &str) -> Vec<u8> {
    let body = [b"iTXtDescription\0\0\0\0\0", facts.as_bytes()].concat();
    let length = u32::try_from(body.len() - 4).unwrap_or_default();
    [&length.to_be_bytes(), body.as_slice(), &crc(&body).to_be_bytes()].concat()
}

/// A PNG with a text of its own, as programs leave their notes: `tEXt`, in which a letter that
/// isn't Latin is written by its number, as in JSON.
pub fn encode_with_text(image: &RgbImage, name: &str, text: &str) -> Vec<u8> {
    let mut body = [b"tEXt", name.as_bytes(), &[0]].concat();
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => body.push(byte),
            _ => body.extend(format!("\\u{unit:04x}").bytes()),
        }
    }
    let length = u32::try_from(body.len() - 4).unwrap_or_default();
    let piece = [&length.to_be_bytes(), body.as_slice(), &crc(&body).to_be_bytes()].concat();
    let (width, height) = image.dimensions();
    let mut file = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
        .write_image(image.as_raw(), width, height, ExtendedColorType::Rgb8)
        .expect("a whole picture can be written to memory");
    let mut file = file.into_inner();
    insert(&mut file, PNG_HEAD, &piece);
    file
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { 0xedb8_8320 ^ (sum >> 1) } else { sum >> 1 };
    let take = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum));
    !bytes.iter().fold(!0, take)
}

//! The pictures: photos looked at, thumbnails, archives. Bytes in, facts or bytes out.
//!
//! Everything here takes time and none of it waits: call it on a thread that may be busy. It knows
//! no user and no network, and trusts no byte that it is given. Only `video` knows files and how
//! long something may take, for it has programs work on them.

pub mod archive;
pub mod artifact;
pub mod collage;
mod faces;
mod format;
mod jpeg;
mod measure;
mod picture;
mod plain;
mod resize;
pub mod safetensors;
pub mod video;

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::GrayImage;
use sha2::{Digest, Sha256};

pub use format::Format;
use picture::Picture;

/// What is opened at all. All of it is known before a pixel is decoded.
#[derive(Clone, Debug)]
pub struct Limits {
    pub bytes_max: usize,
    pub side_max: u32,
    pub pixels_max: u64,
    /// What decoding may need at its height. Our copies come to it: some 60 MB at most.
    pub memory_max: u64,
}

impl Default for Limits {
    /// The photos of all phones in the size in which a bot can get them, and 256 MB in all.
    fn default() -> Self {
        Self {
            bytes_max: 20 << 20,
            side_max: 16_384,
            pixels_max: 64_000_000,
            memory_max: 192_000_000,
        }
    }
}

/// A photo that could be opened, with what is made of it.
#[derive(Debug)]
pub struct Inspected {
    pub look: Look,
    /// A JPEG of at most [`THUMBNAIL_SIDE_MAX`] pixels.
    pub thumbnail: Vec<u8>,
    /// A JPEG to train with: upright, and without anything but its pixels and their colour
    /// profile. It is the original's own compressed pixels if they are a JPEG and upright;
    /// otherwise compressed again, with at most [`REMADE_SIDE_MAX`] pixels a side.
    pub prepared: Vec<u8>,
}

/// What was seen in a photo. Lengths are pixels of the original after turning it upright.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub format: Format,
    pub width: u32,
    pub height: u32,
    /// How it was stored, as EXIF counts (1 is upright).
    pub orientation: u8,
    /// The largest first. Found are faces that look at the camera, up to about 30° turned or
    /// tilted, with a side of at least a twelfth of the photo's short side and 40 pixels.
    pub faces: Vec<Face>,
    /// Variance of the Laplacian of the photo at 640 pixels: low is blurred.
    pub sharpness: u32,
    /// Mean luma, 0–255.
    pub brightness: u8,
    /// Hex of the SHA-256 of the bytes as they came.
    pub sha256: String,
    /// Photos are near when few bits differ.
    pub near_hash: u64,
}

/// A face, as far as it is in the photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
    /// How sure it is, in thousandths of a window that agrees: 20,000 is a plain portrait.
    pub score_milli: u32,
}

/// Why a file couldn't be opened as a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("not a picture of a kind that is taken")]
    NotAPicture,
    /// Recognised, so that its owner can be told what to do; no maintained decoder fits.
    #[error("a picture of the HEIF family")]
    Heic,
    #[error("cut off, or its bytes make no sense")]
    Broken,
    #[error("more bytes or pixels than are opened")]
    TooLarge,
}

pub const THUMBNAIL_SIDE_MAX: u32 = 320;
/// More than trainers look at: they work on 512 to 1536 pixels.
pub const REMADE_SIDE_MAX: u32 = 2048;

const THUMBNAIL_QUALITY: u8 = 80;
const REMADE_QUALITY: u8 = 92;
/// The size in which photos are measured.
const MEASURED_SIDE: u32 = 640;
/// The least short side in which faces are searched, so that long photos lose no small faces.
const SEARCHED_SHORT_SIDE: u32 = 480;
const SEARCHED_LONG_SIDE_MAX: u32 = 1280;
/// Below it, shadows and leaves are taken for faces.
const FACE_SCORE_MIN: f32 = 3.0;

/// Opens a photo once and does everything with it that needs its pixels.
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspected, Unreadable> {
    let format = format::recognise(bytes)?;
    if limits.bytes_max < bytes.len() {
        return Err(Unreadable::TooLarge);
    }
    // Decoders of others meet bytes that nobody has thought of.
    catch_unwind(AssertUnwindSafe(|| open(bytes, format, limits)))
        .unwrap_or(Err(Unreadable::Broken))
}

fn open(bytes: &[u8], format: Format, limits: &Limits) -> Result<Inspected, Unreadable> {
    let mut picture = Picture::open(bytes, format, limits)?;
    let (width, height) = picture.size();
    let measured = picture.copy(MEASURED_SIDE);
    let luma = measure::luma(&measured);
    let searched_side = searched_side(width, height);
    let faces = if searched_side == MEASURED_SIDE {
        search(&luma, (width, height))
    } else {
        search(&measure::luma(&picture.copy(searched_side)), (width, height))
    };
    let look = Look {
        format,
        width,
        height,
        orientation: picture.orientation.to_exif(),
        faces,
        sharpness: measure::sharpness(&luma),
        brightness: measure::brightness(&luma),
        sha256: hex::encode(Sha256::digest(bytes)),
        near_hash: measure::near_hash(&luma),
    };
    let size = resize::fit(measured.dimensions(), THUMBNAIL_SIDE_MAX);
    let thumbnail = resize::rgb(measured.as_raw(), measured.dimensions(), size);
    let thumbnail = picture::encode(&thumbnail, THUMBNAIL_QUALITY, None);
    let prepared = match picture.as_it_is.take() {
        Some(prepared) => prepared,
        None => picture.encoded(REMADE_SIDE_MAX, REMADE_QUALITY),
    };
    Ok(Inspected { look, thumbnail, prepared })
}

/// The long side of the copy in which faces are searched.
fn searched_side(width: u32, height: u32) -> u32 {
    let (short, long) = (width.min(height), width.max(height));
    let wanted = u64::from(SEARCHED_SHORT_SIDE) * u64::from(long) / u64::from(short.max(1));
    wanted.clamp(u64::from(MEASURED_SIDE), u64::from(SEARCHED_LONG_SIDE_MAX)) as u32
}

fn search(luma: &GrayImage, (width, height): (u32, u32)) -> Vec<Face> {
    let scale = f64::from(width.max(height)) / f64::from(luma.width().max(luma.height()));
    let mut faces: Vec<_> = faces::find(luma, FACE_SCORE_MIN)
        .into_iter()
        .map(|it| {
            let within = |at: i32, max: u32| (f64::from(at) * scale).clamp(0.0, max.into()) as u32;
            let (left, top) = (within(it.x, width), within(it.y, height));
            let side = (f64::from(it.side) * scale) as u32;
            Face {
                left,
                top,
                width: side.min(width - left),
                height: side.min(height - top),
                score_milli: (it.score * 1000.0) as u32,
            }
        })
        .collect();
    faces.sort_by_key(|it| std::cmp::Reverse(it.width.min(it.height)));
    faces
}

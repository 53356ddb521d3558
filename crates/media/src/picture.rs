//! A decoded picture.
//!
//! What decoding will cost is known from the header and refused before it is paid.

use std::cell::RefCell;
use std::io::Cursor;

use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, RgbImage,
};

use crate::jpeg::Jpeg;
use crate::resize::{self, fit};
use crate::{Format, Limits, Unreadable};

/// More scans than any camera writes; each may visit every pixel again.
const SCANS_MAX: u32 = 64;
/// Real profiles have a few kilobytes, those of printers two megabytes. A longer one is left away.
const PROFILE_BYTES_MAX: usize = 4 << 20;
/// What a PNG is unpacked into beside its pixels: a profile, and anything else that was packed.
const PNG_EXTRA_BYTES_MAX: u64 = 16 << 20;

/// As stored: it may lie on its side.
pub(crate) struct Picture {
    /// A byte a channel; nothing is transparent any more.
    pixels: Vec<u8>,
    /// Else it is RGB.
    is_grey: bool,
    width: u32,
    height: u32,
    pub orientation: Orientation,
    profile: Option<Vec<u8>>,
    /// The file as it may be passed on, if that needs no decoding.
    pub as_it_is: Option<Vec<u8>>,
}

/// Getting 36 MB from the system for each photo and clearing them takes as long as a third of its
/// decoding, so each thread keeps what it last used, if that isn't much.
const KEPT_BYTES_MAX: usize = 48 << 20;

thread_local! {
    static KEPT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Picture {
    fn drop(&mut self) {
        if self.pixels.capacity() <= KEPT_BYTES_MAX {
            KEPT.set(std::mem::take(&mut self.pixels));
        }
    }
}

impl Picture {
    pub(crate) fn open(bytes: &[u8], format: Format, limits: &Limits) -> Result<Self, Unreadable> {
        let file = Cursor::new(bytes);
        match format {
            Format::Jpeg => {
                let jpeg = Jpeg::parse(bytes)?;
                let decoder = JpegDecoder::new(file).map_err(judge)?;
                // All coefficients of a progressive file are kept until its last scan.
                let percent = if jpeg.is_progressive { 2 * jpeg.samples_percent } else { 0 };
                if SCANS_MAX < jpeg.scans {
                    return Err(Unreadable::TooLarge);
                }
                let mut picture = Self::decode(decoder, percent, limits)?;
                if picture.is_upright() {
                    picture.as_it_is = jpeg.without_metadata();
                }
                Ok(picture)
            }
            Format::Png => {
                let mut own = image::Limits::default();
                own.max_alloc = Some(PNG_EXTRA_BYTES_MAX.min(limits.memory_max));
                let decoder = PngDecoder::with_limits(file, own).map_err(judge)?;
                Self::decode(decoder, 0, limits)
            }
            Format::WebP => {
                // The first frame, if it moves. It is put together in a buffer of its own.
                let decoder = WebPDecoder::new(file).map_err(judge)?;
                Self::decode(decoder, 600, limits)
            }
        }
    }

    /// `percent`: bytes that the decoder itself needs for 100 pixels.
    fn decode(
        mut decoder: impl ImageDecoder,
        percent: u32,
        limits: &Limits,
    ) -> Result<Self, Unreadable> {
        let (width, height) = decoder.dimensions();
        let area = u64::from(width) * u64::from(height);
        let memory = decoder.total_bytes() + area * u64::from(percent) / 100;
        if limits.side_max < width.max(height)
            || limits.pixels_max < area
            || limits.memory_max < memory
        {
            return Err(Unreadable::TooLarge);
        }
        let color = decoder.color_type();
        let orientation = decoder.orientation().map_err(judge)?;
        let profile = decoder.icc_profile().map_err(judge)?;
        let profile = profile.filter(|it| it.len() <= PROFILE_BYTES_MAX && is_rgb(it));

        let mut pixels = KEPT.take();
        pixels.resize(decoder.total_bytes() as usize, 0);
        decoder.read_image(&mut pixels).map_err(judge)?;
        // All in place: a second copy of a large picture would be too much.
        if matches!(color, ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16)
        {
            halve_depth(&mut pixels);
        }
        match color {
            ColorType::L8 | ColorType::L16 | ColorType::Rgb8 | ColorType::Rgb16 => {}
            ColorType::La8 | ColorType::La16 => lay_on_white::<2>(&mut pixels),
            ColorType::Rgba8 | ColorType::Rgba16 => lay_on_white::<4>(&mut pixels),
            _ => return Err(Unreadable::Broken),
        }
        if KEPT_BYTES_MAX < pixels.capacity() {
            pixels.shrink_to_fit();
        }
        let is_grey = !color.has_color();
        Ok(Self { pixels, is_grey, width, height, orientation, profile, as_it_is: None })
    }

    pub(crate) fn is_upright(&self) -> bool {
        self.orientation == Orientation::NoTransforms
    }

    /// How far the values of a channel lie apart. It stops looking when that is a lot.
    pub(crate) fn spread(&self) -> u8 {
        const A_LOT: u8 = 64;
        let channels = if self.is_grey { 1 } else { 3 };
        let Some(first) = self.pixels.get(..channels) else { return 0 };
        let (mut least, mut most) = ([u8::MAX; 3], [0; 3]);
        least[..channels].copy_from_slice(first);
        most[..channels].copy_from_slice(first);
        let mut spread = 0;
        for pixel in self.pixels.chunks_exact(channels) {
            for (channel, value) in pixel.iter().enumerate() {
                least[channel] = least[channel].min(*value);
                most[channel] = most[channel].max(*value);
                spread = spread.max(most[channel] - least[channel]);
            }
            if A_LOT < spread {
                break;
            }
        }
        spread
    }

    /// Width and height when it stands upright.
    pub(crate) fn size(&self) -> (u32, u32) {
        match self.orientation {
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (self.height, self.width),
            Orientation::NoTransforms
            | Orientation::Rotate180
            | Orientation::FlipHorizontal
            | Orientation::FlipVertical => (self.width, self.height),
        }
    }

    /// An upright copy, which isn't larger than the original.
    pub(crate) fn copy(&self, long_side_max: u32) -> RgbImage {
        let from = (self.width, self.height);
        let to = fit(from, long_side_max);
        let mut copy = if self.is_grey {
            DynamicImage::from(resize::grey(&self.pixels, from, to))
        } else {
            DynamicImage::from(resize::rgb(&self.pixels, from, to))
        };
        copy.apply_orientation(self.orientation);
        copy.into_rgb8()
    }

    /// As a new JPEG in the colours of the original.
    pub(crate) fn encoded(&self, long_side_max: u32, quality: u8) -> Vec<u8> {
        encode(&self.copy(long_side_max), quality, self.profile.clone())
    }
}

pub(crate) fn encode(picture: &RgbImage, quality: u8, profile: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).expect("longer ones are left away");
    }
    encoder
        .encode(picture, picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("memory can be written to, and no side is over the limits of a JPEG");
    bytes
}

/// Takes the last of `N` channels away, which says how much of the others is seen.
fn lay_on_white<const N: usize>(pixels: &mut Vec<u8>) {
    let count = pixels.len() / N;
    for at in 0..count {
        let alpha = u32::from(pixels[at * N + N - 1]);
        for channel in 0..N - 1 {
            let value = u32::from(pixels[at * N + channel]);
            pixels[at * (N - 1) + channel] = ((value * alpha + 255 * (255 - alpha)) / 255) as u8;
        }
    }
    pixels.truncate(count * (N - 1));
}

/// From 16 to 8 bits a channel.
fn halve_depth(pixels: &mut Vec<u8>) {
    let half = pixels.len() / 2;
    for at in 0..half {
        pixels[at] = (u16::from_ne_bytes([pixels[2 * at], pixels[2 * at + 1]]) >> 8) as u8;
    }
    pixels.truncate(half);
}

/// A profile says which values it describes (ICC.1, 7.2.6); ours are RGB by now.
fn is_rgb(profile: &[u8]) -> bool {
    profile.get(16..20) == Some(b"RGB ")
}

fn judge(error: ImageError) -> Unreadable {
    match error {
        ImageError::Limits(_) => Unreadable::TooLarge,
        _ => Unreadable::Broken,
    }
}

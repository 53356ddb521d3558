//! What a provider made, as it comes to us: looked at, freed of what isn't the picture, and with a
//! thumbnail. The file is read as sceptically as one from a stranger, and decoded once.

use std::panic::{AssertUnwindSafe, catch_unwind};

use sha2::{Digest, Sha256};

use crate::picture::Picture;
use crate::{Format, THUMBNAIL_SIDE_MAX, Unreadable, format, picture, plain, resize};

/// What is taken. All of it is known before a pixel is decoded, but the least side.
#[derive(Clone, Debug)]
pub struct Limits {
    pub side_min: u32,
    pub most: crate::Limits,
}

impl Default for Limits {
    /// Four times what the largest models draw. Beside the file itself it takes at most 200 MB for
    /// decoding and as much again as the file has for its copy; a picture of 1024 pixels takes 5 MB.
    fn default() -> Self {
        let most = crate::Limits {
            bytes_max: 40 << 20,
            side_max: 16_384,
            pixels_max: 50_000_000,
            memory_max: 200_000_000,
        };
        Self { side_min: 64, most }
    }
}

/// A picture that may be stored and given away.
#[derive(Debug)]
pub struct TakenIn {
    /// The file without EXIF, XMP, text, comments, previews, times and anything appended. Its
    /// compressed pixels and its colour profile are the bytes that came, unless it lay on its side
    /// or is a JPEG that not everybody can show (four colours, twelve bits): those are compressed
    /// again, with at most 4096 pixels a side.
    pub clean: Vec<u8>,
    /// Of `clean`, like the sides.
    pub format: Format,
    pub width: u32,
    pub height: u32,
    /// A JPEG of at most [`THUMBNAIL_SIDE_MAX`] pixels.
    pub thumbnail: Vec<u8>,
    /// All of one colour, as the black picture that stands for a refusal in some providers.
    pub is_blank: bool,
    /// Hex, of `clean`.
    pub sha256: String,
}

/// Why what a provider gave can't be given to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPicture {
    #[error("neither a JPEG nor a PNG nor a WebP")]
    Unknown,
    #[error("cut off, or its bytes make no sense")]
    Broken,
    #[error("more bytes or pixels than are opened")]
    TooLarge,
    #[error("smaller than any picture that was asked for")]
    TooSmall,
    /// Nobody is sold moving pictures as stills, and the first frame alone may be empty.
    #[error("a picture that moves")]
    Moving,
}

impl From<Unreadable> for NotAPicture {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::NotAPicture | Unreadable::Heic => Self::Unknown,
            Unreadable::Broken => Self::Broken,
            Unreadable::TooLarge => Self::TooLarge,
        }
    }
}

const THUMBNAIL_QUALITY: u8 = 82;
const REMADE_QUALITY: u8 = 95;
/// A larger one would be in memory twice more.
const REMADE_SIDE_MAX: u32 = 4096;
/// How far the values of a channel may lie apart in a picture of one colour: what compressing does.
const BLANK_SPREAD_MAX: u8 = 6;

/// Does all that is done with a new picture, in one decoding.
pub fn take_in(bytes: &[u8], limits: &Limits) -> Result<TakenIn, NotAPicture> {
    let format = format::recognise(bytes)?;
    if limits.most.bytes_max < bytes.len() {
        return Err(NotAPicture::TooLarge);
    }
    // Decoders of others meet bytes that nobody has thought of.
    catch_unwind(AssertUnwindSafe(|| open(bytes, format, limits)))
        .unwrap_or(Err(NotAPicture::Broken))
}

fn open(bytes: &[u8], format: Format, limits: &Limits) -> Result<TakenIn, NotAPicture> {
    let plain = match format {
        Format::Jpeg => None,
        Format::Png => Some(plain::png(bytes)?),
        Format::WebP => Some(plain::webp(bytes)?),
    };
    let mut picture = Picture::open(bytes, format, &limits.most)?;
    let (mut width, mut height) = picture.size();
    if width.min(height) < limits.side_min {
        return Err(NotAPicture::TooSmall);
    }
    let thumbnail = picture::encode(&picture.copy(THUMBNAIL_SIDE_MAX), THUMBNAIL_QUALITY, None);
    let is_blank = picture.spread() <= BLANK_SPREAD_MAX;
    let plain = if picture.is_upright() { picture.as_it_is.take().or(plain) } else { None };
    let (clean, format) = match plain {
        Some(plain) => (plain, format),
        None => {
            (width, height) = resize::fit((width, height), REMADE_SIDE_MAX);
            (picture.encoded(REMADE_SIDE_MAX, REMADE_QUALITY), Format::Jpeg)
        }
    };
    let sha256 = hex::encode(Sha256::digest(&clean));
    Ok(TakenIn { clean, format, width, height, thumbnail, is_blank, sha256 })
}

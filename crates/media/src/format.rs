//! Which kind of file it is, by its first bytes: names and declared types are only claims.

use crate::Unreadable;

/// The kinds of pictures that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
}

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    /// Without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

/// No file that we know is shorter.
const BYTES_MIN: usize = 16;

/// Brands of ISO 14496-12 files that hold stills: HEIF (23008-12), HEVC and AV1 in it.
const HEIC_BRANDS: [&[u8; 4]; 12] = [
    b"avif", b"avis", b"heic", b"heif", b"heim", b"heis", b"heix", b"hevc", b"hevm", b"hevs",
    b"hevx", b"mif1",
];

pub(crate) fn recognise(bytes: &[u8]) -> Result<Format, Unreadable> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Format::WebP),
        [a, b, c, d, b'f', b't', b'y', b'p', brands @ ..] => {
            // The length of the box that lists the brands counts its own eight bytes.
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            let brands = brands.get(..length.saturating_sub(8)).unwrap_or(brands);
            let (brands, _) = brands.as_chunks::<4>();
            let heic = brands.iter().take(16).any(|it| HEIC_BRANDS.contains(&it));
            Err(if heic { Unreadable::Heic } else { Unreadable::NotAPicture })
        }
        _ if bytes.len() < BYTES_MIN => Err(Unreadable::Broken),
        _ => Err(Unreadable::NotAPicture),
    }
}

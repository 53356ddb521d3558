//! PNG and WebP files taken apart into their chunks, to leave out what isn't the picture. The
//! compressed pixels are copied as they are. (JPEG has its own file: there it is more than chunks.)
//!
//! Only what is known to belong to the picture stays, so a chunk that is invented tomorrow goes.

use crate::artifact::NotAPicture;

const PNG_SIGNATURE_BYTES: usize = 8;
/// Length, type and checksum.
const PNG_CHUNK_EXTRA_BYTES: usize = 12;

/// The palette, the pixels, and what their values mean (PNG 3rd edition, 4.7). Not among them: text,
/// EXIF, times, suggested palettes, physical sizes and backgrounds.
const PNG_KEPT: [&[u8; 4]; 12] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
    b"cICP", b"cLLI",
];

/// The same PNG. What comes after its end is no part of it.
pub(crate) fn png(bytes: &[u8]) -> Result<Vec<u8>, NotAPicture> {
    let (signature, mut rest) =
        bytes.split_at_checked(PNG_SIGNATURE_BYTES).ok_or(NotAPicture::Broken)?;
    let mut plain = Vec::with_capacity(bytes.len());
    plain.extend(signature);
    loop {
        let (length, named) = rest.split_first_chunk::<4>().ok_or(NotAPicture::Broken)?;
        let kind = named.first_chunk::<4>().ok_or(NotAPicture::Broken)?;
        let length = u32::from_be_bytes(*length) as usize + PNG_CHUNK_EXTRA_BYTES;
        let (chunk, after) = rest.split_at_checked(length).ok_or(NotAPicture::Broken)?;
        if PNG_KEPT.contains(&kind) {
            plain.extend(chunk);
        } else if kind == b"acTL" {
            return Err(NotAPicture::Moving);
        } else if kind[0].is_ascii_uppercase() {
            // Nobody can show a picture without it, so nobody knows what it would do.
            return Err(NotAPicture::Broken);
        }
        if kind == b"IEND" {
            return Ok(plain);
        }
        rest = after;
    }
}

/// Flags in the first byte of `VP8X` (RFC 9649, 2.7.1).
mod flag {
    pub(super) const PROFILE: u8 = 0x20;
    pub(super) const ALPHA: u8 = 0x10;
    pub(super) const MOVING: u8 = 0x02;
}

const RIFF_HEADER_BYTES: usize = 12;

/// The same WebP. What comes after its end is no part of it.
pub(crate) fn webp(bytes: &[u8]) -> Result<Vec<u8>, NotAPicture> {
    let size = bytes.get(4..8).and_then(|it| it.first_chunk()).ok_or(NotAPicture::Broken)?;
    let end = u32::from_le_bytes(*size) as usize + 8;
    let mut rest = bytes.get(RIFF_HEADER_BYTES..end).ok_or(NotAPicture::Broken)?;
    let mut plain = Vec::with_capacity(end);
    plain.extend(&bytes[..RIFF_HEADER_BYTES]);
    let mut has_pixels = false;
    while let Some((kind, sized)) = rest.split_first_chunk::<4>() {
        let length = sized.first_chunk().ok_or(NotAPicture::Broken)?;
        let length = 8 + u32::from_le_bytes(*length) as usize;
        let padded = length + length % 2;
        // Some writers forget the last padding.
        let chunk = rest.get(..padded).or(rest.get(..length)).ok_or(NotAPicture::Broken)?;
        match kind {
            b"VP8X" => {
                let flags = plain.len() + 8;
                plain.extend(chunk);
                let flags = plain.get_mut(flags).ok_or(NotAPicture::Broken)?;
                if *flags & flag::MOVING != 0 {
                    return Err(NotAPicture::Moving);
                }
                *flags &= flag::PROFILE | flag::ALPHA;
            }
            b"VP8 " | b"VP8L" => {
                // A second one would be shown by nobody, and so could be anything.
                if !has_pixels {
                    plain.extend(chunk);
                }
                has_pixels = true;
            }
            b"ICCP" | b"ALPH" => plain.extend(chunk),
            b"ANIM" | b"ANMF" => return Err(NotAPicture::Moving),
            _ => {}
        }
        rest = &rest[chunk.len()..];
    }
    if !has_pixels {
        return Err(NotAPicture::Broken);
    }
    if plain.len() % 2 == 1 {
        plain.push(0);
    }
    let size = u32::try_from(plain.len() - 8).map_err(|_| NotAPicture::TooLarge)?;
    plain[4..8].copy_from_slice(&size.to_le_bytes());
    Ok(plain)
}

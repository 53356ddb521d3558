//! The photos of a training, opened: a ZIP file with at least one whole picture (providers.md 2.3).

use std::io::{Cursor, Read};

use bytes::Bytes;

/// No photo of a training is larger; a bomb costs this much and no more.
const PHOTO_BYTES_MAX: u64 = 64 << 20;

/// How many photos there are, or what is wrong. Reads one at a time; blocks.
pub(super) fn photos(archive: &Bytes) -> Result<usize, String> {
    let no_zip = |_| "input_images must be a zip file".to_owned();
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(no_zip)?;
    let mut found = 0;
    let mut bytes = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(no_zip)?;
        let name = entry.name().map_err(no_zip)?.into_owned();
        if !is_photo(&name) {
            continue;
        }
        bytes.clear();
        let read = entry.take(PHOTO_BYTES_MAX).read_to_end(&mut bytes);
        if read.is_err() || !is_picture(&bytes) {
            return Err(format!("cannot identify image file '{name}'"));
        }
        found += 1;
    }
    if found == 0 { Err("No images found in input_images".to_owned()) } else { Ok(found) }
}

/// By its name; captions and what archivers leave behind are none.
fn is_photo(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let is_litter = path.split('/').any(|it| it == "__MACOSX") || name.starts_with('.');
    let ending = name.rsplit_once('.').map(|it| it.1);
    !is_litter && matches!(ending, Some("jpg" | "jpeg" | "png" | "webp"))
}

/// Whether bytes are a JPEG, a PNG or a WebP from the first mark to the last. Pixels aren't read.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    let has = |mark: &[u8]| bytes.windows(mark.len()).any(|it| it == mark);
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        let scan = bytes.windows(2).position(|it| it == [0xff, 0xda]);
        return scan.is_some_and(|at| bytes[at..].windows(2).any(|it| it == [0xff, 0xd9]));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return has(b"IDAT") && has(b"IEND");
    }
    let Some((head, _)) = bytes.split_first_chunk::<16>() else { return false };
    let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    head.starts_with(b"RIFF")
        && &head[8..15] == b"WEBPVP8"
        && 16 < size
        && size.saturating_add(8) <= bytes.len()
}

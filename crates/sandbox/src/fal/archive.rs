//! The training archive, opened: is it a ZIP, are there enough pictures in it, and is each of them
//! whole (providers.md 10).

use std::io::{Cursor, Read, Seek};

use super::refusals::Complaint;
use super::storage::Stored;

const IMAGES_MIN: usize = 4;
/// No picture of a training set is larger; a bomb costs this much and no more.
const IMAGE_BYTES_MAX: u64 = 64 << 20;

/// How many pictures there are, or what is wrong. Reads one picture at a time; blocks.
pub(super) fn images(archive: &Stored, field: &str) -> Result<usize, Complaint> {
    match archive {
        Stored::Memory(bytes) => count(Cursor::new(bytes), field),
        Stored::File { path, .. } => match std::fs::File::open(path) {
            Ok(file) => count(std::io::BufReader::new(file), field),
            Err(_) => Err(not_downloaded(field)),
        },
    }
}

pub(super) fn not_downloaded(field: &str) -> Complaint {
    Complaint::new(field, "file_download_error", "Failed to download the file")
}

fn count<R: Read + Seek>(file: R, field: &str) -> Result<usize, Complaint> {
    let no_archive = |_| Complaint::new(field, "file_download_error", "Not a zip archive");
    let unreadable = |text: String| Complaint::new(field, "image_load_error", text);
    let mut archive = zip::ZipArchive::new(file).map_err(no_archive)?;
    let mut found = 0;
    let mut bytes = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(no_archive)?;
        let name = entry.name().map_err(no_archive)?.into_owned();
        if !is_picture(&name) {
            continue;
        }
        bytes.clear();
        let read = entry.take(IMAGE_BYTES_MAX).read_to_end(&mut bytes);
        if read.is_err() || !is_whole(&bytes) {
            return Err(unreadable(format!("Failed to load the image {name}")));
        }
        found += 1;
    }
    match found {
        0 => Err(unreadable("No images in the archive".to_owned())),
        few if few < IMAGES_MIN => {
            Err(unreadable(format!("{few} images in the archive, at least {IMAGES_MIN} needed")))
        }
        enough => Ok(enough),
    }
}

/// A picture by its name; captions, masks and what archivers leave behind are none.
fn is_picture(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if path.split('/').any(|it| it == "__MACOSX") || name.starts_with('.') {
        return false;
    }
    match name.rsplit_once('.') {
        Some((stem, "jpg" | "jpeg" | "png" | "webp")) => !stem.ends_with("_mask"),
        _ => false,
    }
}

/// Whether the bytes are a JPEG, PNG or WebP from its first mark to its last. Pixels aren't decoded.
fn is_whole(bytes: &[u8]) -> bool {
    is_whole_jpeg(bytes) || is_whole_png(bytes) || is_whole_webp(bytes)
}

fn is_whole_jpeg(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return false;
    }
    let (mut at, mut has_size) = (2, false);
    loop {
        let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) else { return false };
        let length = usize::from(u16::from_be_bytes([high, low]));
        match marker {
            // Start of frame: precision, height, width.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let size = bytes.get(at + 5..at + 9);
                has_size = size.is_some_and(|it| it[..2] != [0, 0] && it[2..] != [0, 0]);
            }
            // Start of scan: the picture itself, up to the end mark.
            0xda => {
                let end = bytes[at..].windows(2).rposition(|it| it == [0xff, 0xd9]);
                return has_size && end.is_some();
            }
            _ => {}
        }
        if length < 2 {
            return false;
        }
        at += 2 + length;
    }
}

fn is_whole_png(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return false };
    let mut has_pixels = false;
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if tail.len() < length + 4 {
            return false;
        }
        match &head[4..] {
            b"IDAT" => has_pixels = true,
            b"IEND" => return has_pixels,
            _ => {}
        }
        rest = &tail[length + 4..];
    }
    false
}

fn is_whole_webp(bytes: &[u8]) -> bool {
    let Some((head, _)) = bytes.split_first_chunk::<16>() else { return false };
    let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    head.starts_with(b"RIFF")
        && &head[8..15] == b"WEBPVP8"
        && 16 < size
        && size.saturating_add(8) <= bytes.len()
}

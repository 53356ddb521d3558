//! Training sets as ZIP files: flat, and not compressed, because photos don't get smaller.

use std::io::{self, Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Bytes that are in memory at a time, however large the set is.
const CHUNK_BYTES: usize = 64 << 10;

/// Writes the entries in their order and returns how many there were.
///
/// The same entries give the same bytes, always: all are dated to the first moment that the format
/// knows. An entry that can't be opened or read ends it, and what was written by then is no ZIP.
/// Names are plain file names; anything with a path in it is refused.
pub fn write_zip<Entry: Read>(
    dest: impl Write + Seek,
    entries: impl IntoIterator<Item = io::Result<(String, Entry)>>,
) -> io::Result<usize> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(dest);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut count = 0;
    for entry in entries {
        let (name, mut entry) = entry?;
        if !is_flat(&name) {
            let message = format!("{name:?} can't be the name of a training file");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        zip.start_file(name, options)?;
        loop {
            match entry.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => zip.write_all(&chunk[..length])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        count += 1;
    }
    zip.finish()?.flush()?;
    Ok(count)
}

/// Trainers skip names that begin with a dot and may stumble over anything unusual.
fn is_flat(name: &str) -> bool {
    let usual = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(usual)
}

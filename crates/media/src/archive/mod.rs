//! Archives: training sets and galleries written, photos and weights read.
//!
//! What is written is flat and not compressed, because pictures don't get smaller.

mod tar;
mod zip;

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, DateTime, ZipWriter};

pub use tar::{TarLimits, Weights, WrongTar, read_tar};
pub use zip::{Unzipped, UnzippedFile, WrongZip, ZipLimits, read_zip};

/// Bytes that are in memory at a time, however large the set is.
const CHUNK_BYTES: usize = 64 << 10;
/// Of one entry of a stream, which is in memory as a whole.
pub const STREAMED_BYTES_MAX: usize = 64 << 20;

/// Writes the entries in their order and returns how many there were.
///
/// The same entries give the same bytes, always: all are dated to the first moment that the format
/// knows. An entry that can't be opened or read ends it, and what was written by then is no ZIP.
/// Names are plain file names, each there once; anything with a path in it is refused.
pub fn write_zip<Entry: Read>(
    dest: impl Write + Seek,
    entries: impl IntoIterator<Item = io::Result<(String, Entry)>>,
) -> io::Result<usize> {
    let is_over = Cell::new(false);
    fill(ZipWriter::new(Ending::new(dest, &is_over)), &is_over, entries)
}

/// The same archive, byte for byte, to where nothing can be written twice, as an answer by HTTP.
///
/// One entry is in memory at a time (at most [`STREAMED_BYTES_MAX`]), because its length and
/// checksum stand before it; archives that say them afterwards aren't read by everything on phones.
/// An entry that fails ends it as in [`write_zip`], and the answer must be broken off then.
pub fn stream_zip<Entry: Read>(
    dest: impl Write,
    entries: impl IntoIterator<Item = io::Result<(String, Entry)>>,
) -> io::Result<usize> {
    let is_over = Cell::new(false);
    let dest = Window { dest, gone: 0, held: Vec::new(), at: 0 };
    let mut zip = ZipWriter::new(Ending::new(dest, &is_over));
    // After an entry, so the window is emptied just when nothing in it changes any more.
    zip.set_flush_on_finish_file(true);
    fill(zip, &is_over, entries)
}

fn fill<Entry: Read>(
    mut zip: ZipWriter<impl Write + Seek>,
    is_over: &Cell<bool>,
    entries: impl IntoIterator<Item = io::Result<(String, Entry)>>,
) -> io::Result<usize> {
    let mut count = 0;
    let filled = || {
        let mut chunk = vec![0; CHUNK_BYTES];
        for entry in entries {
            let (name, entry) = entry?;
            append(&mut zip, name, entry, &mut chunk)?;
            count += 1;
        }
        io::Result::Ok(())
    };
    let filled = filled();
    if filled.is_err() {
        is_over.set(true);
        return filled.map(|()| count);
    }
    zip.finish()?.flush()?;
    Ok(count)
}

fn append(
    zip: &mut ZipWriter<impl Write + Seek>,
    name: String,
    mut entry: impl Read,
    chunk: &mut [u8],
) -> io::Result<()> {
    if !is_flat(&name) {
        let message = format!("{name:?} can't be the name of a file in an archive");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    zip.start_file(name, options)?;
    loop {
        match entry.read(chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => zip.write_all(&chunk[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Trainers skip names that begin with a dot and may stumble over anything unusual.
fn is_flat(name: &str) -> bool {
    let usual = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(usual)
}

/// Takes nothing more when it is over: a writer of archives that is dropped ends its archive, and
/// half of a picture would be in one that looks whole. Until then it goes on counting, because a
/// writer that fails while it is dropped complains on standard error.
struct Ending<'a, W> {
    dest: W,
    is_over: &'a Cell<bool>,
    at: u64,
    end: u64,
}

impl<'a, W> Ending<'a, W> {
    fn new(dest: W, is_over: &'a Cell<bool>) -> Self {
        Self { dest, is_over, at: 0, end: 0 }
    }

    fn reach(&mut self, at: u64) -> u64 {
        self.at = at;
        self.end = self.end.max(at);
        at
    }
}

impl<W: Write> Write for Ending<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = if self.is_over.get() { bytes.len() } else { self.dest.write(bytes)? };
        self.reach(self.at + length as u64);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_over.get() { Ok(()) } else { self.dest.flush() }
    }
}

/// Nobody reads, but the crate lets only what can be read be flushed after an entry.
impl<W: Read> Read for Ending<'_, W> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.dest.read(bytes)
    }
}

impl<W: Seek> Seek for Ending<'_, W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match (self.is_over.get(), to) {
            (false, to) => self.dest.seek(to)?,
            (true, SeekFrom::Start(at)) => at,
            (true, SeekFrom::End(by)) => self.end.saturating_add_signed(by),
            (true, SeekFrom::Current(by)) => self.at.saturating_add_signed(by),
        };
        Ok(self.reach(at))
    }
}

/// The end of a stream that can still be changed: what was written since it was flushed.
struct Window<W> {
    dest: W,
    /// Bytes that have been passed on.
    gone: u64,
    held: Vec<u8>,
    /// In `held`.
    at: usize,
}

impl<W: Write> Write for Window<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = self.at + bytes.len();
        if STREAMED_BYTES_MAX < end {
            return Err(io::Error::other("an entry is too long for an archive that is streamed"));
        }
        let (over, new) = bytes.split_at(bytes.len().min(self.held.len() - self.at));
        self.held[self.at..self.at + over.len()].copy_from_slice(over);
        self.held.extend(new);
        self.at = end;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.dest.write_all(&self.held)?;
        self.gone += self.held.len() as u64;
        self.held.clear();
        self.at = 0;
        self.dest.flush()
    }
}

impl<W> Read for Window<W> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = (&self.held[self.at..]).read(bytes)?;
        self.at += length;
        Ok(length)
    }
}

impl<W> Seek for Window<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => (self.gone + self.held.len() as u64).checked_add_signed(by),
            SeekFrom::Current(by) => (self.gone + self.at as u64).checked_add_signed(by),
        };
        let at = place.and_then(|it| it.checked_sub(self.gone)).map(|it| it as usize);
        let at = at.filter(|it| *it <= self.held.len());
        self.at = at.ok_or_else(|| io::Error::other("that part of the stream is gone"))?;
        Ok(self.gone + self.at as u64)
    }
}

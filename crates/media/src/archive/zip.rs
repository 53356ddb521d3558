//! Photos out of a ZIP that somebody sent. Nothing is unpacked to a disk, and nothing is believed:
//! what the directory says is held against the limits first, and then against what is there.

use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::zip::read::{Config, ZipFileEntry};
use ::zip::result::ZipError;
use ::zip::unstable::read::ZipIterable;
use ::zip::{CompressionMethod, ZipReadOptions};

#[derive(Clone, Debug)]
pub struct ZipLimits {
    /// Files that aren't passed over.
    pub files_max: usize,
    /// With folders and what is passed over.
    pub entries_max: usize,
    /// Of one file when it is unpacked.
    pub file_bytes_max: u64,
    /// Of all of them.
    pub total_bytes_max: u64,
    /// How many times longer a file may become. Photos stay as long as they are.
    pub growth_max: u64,
}

impl Default for ZipLimits {
    fn default() -> Self {
        Self {
            files_max: 200,
            entries_max: 2000,
            file_bytes_max: 20 << 20,
            total_bytes_max: 600 << 20,
            growth_max: 100,
        }
    }
}

/// A file out of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnzippedFile {
    /// The last part of its path, to be shown: at most 100 characters, none of which is invisible.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Why an archive isn't taken. Each but `Read` is its sender's mistake.
#[derive(Debug, thiserror::Error)]
pub enum WrongZip {
    #[error("reading the archive")]
    Read(#[source] io::Error),
    #[error("not a ZIP file")]
    NotAZip,
    #[error("a ZIP file that was cut off, or whose directory is damaged")]
    Cut,
    #[error("no files are in the ZIP file")]
    Empty,
    #[error("more than {0} files are in the ZIP file")]
    TooMany(usize),
    #[error("{name:?} has more than {max} bytes")]
    FileTooLarge { name: String, max: u64 },
    #[error("the files have more than {0} bytes together")]
    TooLarge(u64),
    #[error("{0:?} is compressed as no photo can be")]
    Bomb(String),
    #[error("{0:?} is encrypted")]
    Encrypted(String),
    #[error("{0:?} is a link")]
    Link(String),
    #[error("{0:?} is compressed in a way that isn't known here")]
    Method(String),
    #[error("{0:?} is damaged")]
    Broken(String),
}

/// Files that are this small may grow as they like.
const GROWTH_FREE_BYTES: u64 = 1 << 20;
const NAME_CHARS_MAX: usize = 100;
const PATH_BYTES_MAX: usize = 4 << 10;
/// With which archives begin, if nothing stands before them.
const FIRST_ENTRY: &[u8] = b"PK\x03\x04";

/// The files of an archive, one after the other in the order of its directory.
///
/// Ends after the first that is wrong.
#[derive(Debug)]
pub struct Unzipped<R> {
    zip: ZipIterable<R>,
    /// The last one first.
    entries: Vec<ZipFileEntry<'static>>,
}

/// Opens an archive and holds all that its directory says against the limits.
///
/// Passed over are folders, `__MACOSX`, and whatever has a name beginning with a dot or is such a
/// folder; everything else is a file, photo or not. An encrypted file or a link is refused. It takes
/// the memory of one file at a time, and of the directory, which may be 30 MB in the worst case.
pub fn read_zip<R: Read + Seek>(mut from: R, limits: &ZipLimits) -> Result<Unzipped<R>, WrongZip> {
    let mut start = [0; 4];
    let is_one = from.read_exact(&mut start).is_ok() && start == FIRST_ENTRY;
    from.seek(SeekFrom::Start(0)).map_err(WrongZip::Read)?;
    let wrong = |error| match judge(error, String::new()) {
        WrongZip::Read(error) => WrongZip::Read(error),
        _ if is_one => WrongZip::Cut,
        _ => WrongZip::NotAZip,
    };
    let mut zip = guarded(|| ZipIterable::try_new(from, Config::default())).map_err(wrong)?;
    if limits.entries_max < zip.len() {
        return Err(WrongZip::TooMany(limits.files_max));
    }
    let mut entries = Vec::new();
    let mut total = 0_u64;
    let files = zip.files().map_err(wrong)?;
    while let Some(entry) = guarded(|| files.next().transpose()).map_err(|_| WrongZip::Cut)? {
        if is_passed_over(&entry) {
            continue;
        }
        if limits.files_max <= entries.len() {
            return Err(WrongZip::TooMany(limits.files_max));
        }
        total = total.saturating_add(entry.size());
        check(&entry, limits)?;
        entries.push(entry);
    }
    if limits.total_bytes_max < total {
        return Err(WrongZip::TooLarge(limits.total_bytes_max));
    }
    if entries.is_empty() {
        return Err(WrongZip::Empty);
    }
    entries.reverse();
    Ok(Unzipped { zip, entries })
}

fn is_passed_over(entry: &ZipFileEntry<'_>) -> bool {
    let path = entry.name_raw();
    path.ends_with(b"/")
        || path.ends_with(b"\\")
        || path
            .split(|it| matches!(it, b'/' | b'\\'))
            .any(|it| it.starts_with(b".") && it != b"." && it != b".." || it == b"__MACOSX")
}

fn check(entry: &ZipFileEntry<'_>, limits: &ZipLimits) -> Result<(), WrongZip> {
    let name = shown(entry);
    let known = [CompressionMethod::Stored, CompressionMethod::Deflated];
    if PATH_BYTES_MAX < entry.name_raw().len() {
        return Err(WrongZip::Broken(name));
    }
    if entry.encrypted() {
        return Err(WrongZip::Encrypted(name));
    }
    if entry.is_symlink() {
        return Err(WrongZip::Link(name));
    }
    if !known.contains(&entry.compression()) {
        return Err(WrongZip::Method(name));
    }
    if limits.file_bytes_max < entry.size() {
        return Err(WrongZip::FileTooLarge { name, max: limits.file_bytes_max });
    }
    let growth = entry.size() / entry.compressed_size().max(1);
    if GROWTH_FREE_BYTES < entry.size() && limits.growth_max < growth {
        return Err(WrongZip::Bomb(name));
    }
    Ok(())
}

impl<R: Read + Seek> Unzipped<R> {
    /// Files that are still to come.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn unpack(&mut self, entry: ZipFileEntry<'static>) -> Result<UnzippedFile, WrongZip> {
        let (name, size) = (shown(&entry), entry.size());
        let from = self.zip.files().map_err(|it| judge(it, name.clone()))?.reader_mut();
        let bytes = guarded(|| {
            let entry = entry.with_reader(from, ZipReadOptions::new())?;
            let mut bytes = Vec::with_capacity(size as usize);
            // The checksum is compared at the end, so the end must be read.
            entry.take(size + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        match bytes.map_err(|it| judge(it, name.clone()))? {
            bytes if bytes.len() as u64 == size => Ok(UnzippedFile { name, bytes }),
            _ => Err(WrongZip::Broken(name)),
        }
    }
}

impl<R: Read + Seek> Iterator for Unzipped<R> {
    type Item = Result<UnzippedFile, WrongZip>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.entries.pop()?;
        let file = self.unpack(entry);
        if file.is_err() {
            self.entries.clear();
        }
        Some(file)
    }
}

/// Readers of others meet bytes that nobody has thought of.
fn guarded<T>(work: impl FnOnce() -> Result<T, ZipError>) -> Result<T, ZipError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(ZipError::FileNotFound))
}

/// What the system says is ours, but where somebody sends us it can't go.
fn judge(error: ZipError, name: String) -> WrongZip {
    match error {
        ZipError::Io(error)
            if error.raw_os_error().is_some() && error.kind() != io::ErrorKind::InvalidInput =>
        {
            WrongZip::Read(error)
        }
        _ => WrongZip::Broken(name),
    }
}

fn shown(entry: &ZipFileEntry<'_>) -> String {
    let path = match entry.name() {
        Ok(path) => path,
        Err(_) => String::from_utf8_lossy(entry.name_raw()),
    };
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_seen = |it: &char| {
        let turns_text = matches!(*it, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
            || matches!(*it, '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        !it.is_control() && !turns_text
    };
    let name: String = name.chars().filter(is_seen).take(NAME_CHARS_MAX).collect();
    if name.is_empty() { "?".to_owned() } else { name }
}

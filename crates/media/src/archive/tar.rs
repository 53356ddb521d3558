//! The weights out of the TAR in which a trainer delivers them, in one pass.
//!
//! Nothing is unpacked to names that the archive chooses: one file is copied to where the caller
//! says, and all others are read over.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::tar::{Archive, Entry, EntryType, PaxExtensions};

use super::CHUNK_BYTES;

#[derive(Clone, Debug)]
pub struct TarLimits {
    /// Of the weights.
    pub weights_bytes_max: u64,
    /// Of all that the archive says to have.
    pub total_bytes_max: u64,
    pub entries_max: usize,
}

impl Default for TarLimits {
    /// The largest adapters with some intermediate results beside them.
    fn default() -> Self {
        Self { weights_bytes_max: 4 << 30, total_bytes_max: 16 << 30, entries_max: 2000 }
    }
}

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The path in the archive: to be shown, not to be opened.
    pub path: String,
    pub bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum WrongTar {
    #[error("reading the archive")]
    Read(#[source] io::Error),
    #[error("writing the weights")]
    Write(#[source] io::Error),
    #[error("not a TAR, or damaged")]
    NotATar(#[source] io::Error),
    #[error("the archive ends inside {0:?}")]
    Cut(String),
    #[error("the archive has more than {0} entries")]
    TooMany(usize),
    #[error("the archive or its weights have more bytes than are taken")]
    TooLarge,
    #[error("{0:?} leaves the archive")]
    Outside(String),
    /// A link, a device, a file with holes, or a description of one that isn't understood.
    #[error("{0:?} is neither a file nor a folder")]
    Odd(String),
    #[error("the archive has no weights")]
    NoWeights,
    #[error("the archive has several weights: {0:?} and {1:?}")]
    Several(String, String),
}

const SUFFIX: &str = ".safetensors";
/// Of what stands before an entry: a long name, or what Python adds about times.
const EXTENSION_BYTES_MAX: u64 = 64 << 10;
const PATH_BYTES_MAX: usize = 4 << 10;

/// Copies the one `*.safetensors` of an archive.
///
/// What was written is worth nothing if this fails: a second file of weights, for example, is seen
/// only after the first. An archive that breaks off between two entries can't be told from a whole
/// one, but the weights in it are. It takes some 200 KB of memory.
pub fn read_tar(from: impl Read, to: impl Write, limits: &TarLimits) -> Result<Weights, WrongTar> {
    catch_unwind(AssertUnwindSafe(|| read(from, to, limits)))
        .unwrap_or_else(|_| Err(WrongTar::NotATar(io::Error::other("it can't be read"))))
}

fn read(from: impl Read, mut to: impl Write, limits: &TarLimits) -> Result<Weights, WrongTar> {
    let mut archive = Archive::new(from);
    let mut total = 0_u64;
    let mut weights: Option<Weights> = None;
    let mut long_name = None;
    // Raw, because otherwise names of any length are read into memory.
    let entries = archive.entries().map_err(judge)?.raw(true);
    for (at, entry) in entries.enumerate() {
        let mut entry = entry.map_err(judge)?;
        if limits.entries_max <= at {
            return Err(WrongTar::TooMany(limits.entries_max));
        }
        total = total.saturating_add(entry.size());
        if limits.total_bytes_max < total {
            return Err(WrongTar::TooLarge);
        }
        if is_extension(entry.header().entry_type()) {
            if let Some(name) = extension(&mut entry)? {
                long_name = Some(name);
            }
            continue;
        }
        let path = match long_name.take() {
            Some(name) => name,
            None => text(&entry.path_bytes()),
        };
        if leaves(&path) {
            return Err(WrongTar::Outside(path));
        }
        match entry.header().entry_type() {
            EntryType::Directory => continue,
            EntryType::Regular => {}
            _ => return Err(WrongTar::Odd(path)),
        }
        if !is_weights(&path) {
            continue;
        }
        if let Some(first) = weights {
            return Err(WrongTar::Several(first.path, path));
        }
        if limits.weights_bytes_max < entry.size() {
            return Err(WrongTar::TooLarge);
        }
        let bytes = entry.size();
        if copy(&mut entry, &mut to)? != bytes {
            return Err(WrongTar::Cut(path));
        }
        weights = Some(Weights { path, bytes });
    }
    to.flush().map_err(WrongTar::Write)?;
    weights.ok_or(WrongTar::NoWeights)
}

/// The format has no other mark of its own than the checksums, which the reader compares.
fn judge(error: io::Error) -> WrongTar {
    match error.raw_os_error() {
        Some(_) => WrongTar::Read(error),
        None => WrongTar::NotATar(error),
    }
}

fn is_extension(kind: EntryType) -> bool {
    kind.is_gnu_longname() || kind.is_pax_local_extensions() || kind.is_pax_global_extensions()
}

/// Reads what is said of the entry after it, and gives the path if it is there.
fn extension<R: Read>(entry: &mut Entry<'_, R>) -> Result<Option<String>, WrongTar> {
    let odd = || WrongTar::Odd("a description".to_owned());
    let (kind, length) = (entry.header().entry_type(), entry.size());
    if EXTENSION_BYTES_MAX < length {
        return Err(odd());
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(judge)?;
    if bytes.len() as u64 != length {
        return Err(WrongTar::Cut("a description".to_owned()));
    }
    if kind.is_gnu_longname() {
        let end = bytes.iter().position(|it| *it == 0).unwrap_or(bytes.len());
        return Ok(Some(text(&bytes[..end])));
    }
    let mut path = None;
    for pair in PaxExtensions::new(&bytes) {
        let pair = pair.map_err(|_| odd())?;
        match pair.key_bytes() {
            // For one file alone; for all of them it would make no sense.
            b"path" if kind.is_pax_local_extensions() => path = Some(text(pair.value_bytes())),
            // Another size than the header's would let two readers see two archives.
            b"path" | b"size" | b"linkpath" => return Err(odd()),
            key if key.starts_with(b"GNU.sparse") => return Err(odd()),
            _ => {}
        }
    }
    Ok(path)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn leaves(path: &str) -> bool {
    let is_windows_root = path.as_bytes().get(1) == Some(&b':');
    path.is_empty()
        || PATH_BYTES_MAX < path.len()
        || path.starts_with(['/', '\\'])
        || is_windows_root
        || path.contains('\0')
        || path.split(['/', '\\']).any(|it| it == "..")
}

/// A Mac puts a file that begins with a dot beside each real one.
fn is_weights(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(SUFFIX) && !name.starts_with('.')
}

fn copy(from: &mut impl Read, to: &mut impl Write) -> Result<u64, WrongTar> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(length) => {
                to.write_all(&chunk[..length]).map_err(WrongTar::Write)?;
                bytes += length as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(WrongTar::Read(error)),
        }
    }
}

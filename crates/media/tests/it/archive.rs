//! Training sets as archives.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use media::archive::write_zip;
use zip::{CompressionMethod, ZipArchive};

use crate::memory::peak;

type Entries = Vec<io::Result<(String, Cursor<Vec<u8>>)>>;

fn entries(files: &[(&str, &str)]) -> Entries {
    let entry = |(name, text): &(&str, &str)| ((*name).to_owned(), Cursor::new((*text).into()));
    files.iter().map(|it| Ok(entry(it))).collect()
}

#[test]
fn what_was_put_in_is_read_back() {
    let mut file = Cursor::new(Vec::new());
    let files = [("000.jpg", "first"), ("000.txt", "her caption"), ("001.jpg", "")];
    assert_eq!(write_zip(&mut file, entries(&files)).unwrap(), 3);
    let mut zip = ZipArchive::new(file).unwrap();
    for (at, (name, text)) in files.iter().enumerate() {
        let mut entry = zip.by_index(at).unwrap();
        assert_eq!(entry.name().unwrap(), *name);
        assert_eq!(entry.compression(), CompressionMethod::Stored);
        let mut read = String::new();
        entry.read_to_string(&mut read).unwrap();
        assert_eq!(read, *text);
    }
}

#[test]
fn the_same_set_is_the_same_bytes() {
    let [left, right] = [(); 2].map(|()| {
        let mut file = Cursor::new(Vec::new());
        write_zip(&mut file, entries(&[("000.jpg", "a"), ("001.jpg", "b")])).unwrap();
        file.into_inner()
    });
    assert_eq!(left, right);
}

#[test]
fn names_with_a_path_are_refused() {
    for name in ["", ".hidden", "../000.jpg", "a/000.jpg", "a\\000.jpg", "photo 1.jpg", "ф.jpg"] {
        let error = write_zip(Cursor::new(Vec::new()), entries(&[(name, "x")])).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{name:?}");
    }
}

#[test]
fn an_entry_that_fails_ends_it() {
    let mut set = entries(&[("000.jpg", "x")]);
    set.push(Err(io::Error::other("the folder is gone")));
    let error = write_zip(Cursor::new(Vec::new()), set).unwrap_err();
    assert_eq!(error.to_string(), "the folder is gone");
}

/// Forgets what is written to it, but not how much.
#[derive(Default)]
struct Nowhere {
    at: u64,
    end: u64,
}

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.at += bytes.len() as u64;
        self.end = self.end.max(self.at);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.end.checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

#[test]
fn a_large_set_takes_no_more_memory_than_a_small_one() {
    let mut nowhere = Nowhere::default();
    let set = (0..20).map(|at| Ok((format!("{at:03}.jpg"), io::repeat(7).take(8 << 20))));
    let bytes = peak(|| write_zip(&mut nowhere, set).unwrap());
    assert!(20 * (8 << 20) < nowhere.end);
    assert!(bytes < 1 << 20, "{bytes} bytes at once");
}

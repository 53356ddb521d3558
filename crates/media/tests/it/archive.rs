//! Training sets as archives.

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use media::archive::{STREAMED_BYTES_MAX, stream_zip, write_zip};
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

#[test]
fn a_streamed_archive_is_the_same() {
    let files = [("2026-11-20_neon_01.jpg", "first"), ("2026-11-20_neon_02.png", "")];
    for files in [files.as_slice(), &[]] {
        let (mut file, mut stream) = (Cursor::new(Vec::new()), Vec::new());
        write_zip(&mut file, entries(files)).unwrap();
        assert_eq!(stream_zip(&mut stream, entries(files)).unwrap(), files.len());
        assert_eq!(file.into_inner(), stream);
        let names: Vec<_> = files.iter().map(|it| it.0).collect();
        let zip = ZipArchive::new(Cursor::new(stream)).unwrap();
        let read: Vec<_> = zip.file_names().map(|it| it.unwrap().into_owned()).collect();
        assert_eq!(read, names);
    }
}

/// Half of a picture must not look like all of it.
#[test]
fn an_archive_that_failed_is_no_archive() {
    let half = || -> Vec<io::Result<(String, Box<dyn Read>)>> {
        let failing = Cursor::new(vec![1; 1000]).chain(Failing);
        vec![
            Ok(("000.jpg".to_owned(), Box::new(Cursor::new(vec![1; 1000])))),
            Ok(("001.jpg".to_owned(), Box::new(failing))),
        ]
    };
    let (mut file, mut stream) = (Cursor::new(Vec::new()), Vec::new());
    assert_eq!(write_zip(&mut file, half()).unwrap_err().to_string(), "the disk is gone");
    assert_eq!(stream_zip(&mut stream, half()).unwrap_err().to_string(), "the disk is gone");
    for bytes in [file.into_inner(), stream] {
        assert!(bytes.len() < 2200, "{}", bytes.len());
        assert!(ZipArchive::new(Cursor::new(bytes)).is_err());
    }
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn a_receiver_that_goes_away_ends_the_stream() {
    struct Gone(usize);
    impl Write for Gone {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.0.checked_sub(bytes.len()) {
                Some(left) => self.0 = left,
                None => return Err(io::ErrorKind::BrokenPipe.into()),
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let opened = std::cell::Cell::new(0);
    let set = (0..1000).map(|at| {
        opened.set(at + 1);
        Ok((format!("{at}.jpg"), io::repeat(1).take(100_000)))
    });
    let error = stream_zip(Gone(1_000_000), set).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(opened.get(), 11);
}

#[test]
fn names_are_there_once() {
    let twice = [("000.jpg", "a"), ("000.jpg", "b")];
    assert!(write_zip(Cursor::new(Vec::new()), entries(&twice)).is_err());
    assert!(stream_zip(Vec::new(), entries(&twice)).is_err());
}

#[test]
fn a_streamed_gallery_takes_the_memory_of_one_picture() {
    let mut nowhere = Nowhere::default();
    let set = (0..1000).map(|at| Ok((format!("{at:04}.jpg"), io::repeat(7).take(1 << 20))));
    let bytes = peak(|| stream_zip(&mut nowhere, set).unwrap());
    assert!(1000 * (1 << 20) < nowhere.end);
    println!("{bytes} bytes at once");
    assert!(bytes < 4 << 20, "{bytes} bytes at once");
    let set = [Ok(("long.jpg".to_owned(), io::repeat(7)))];
    let bytes = peak(|| stream_zip(io::sink(), set).unwrap_err());
    assert!(bytes < 4 * STREAMED_BYTES_MAX as i64, "{bytes} bytes at once");
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

//! Archives that others made: of photos and of weights, whole, damaged and hostile.

use std::io::{self, Cursor, Read, Write};

use media::archive::{
    TarLimits, UnzippedFile, Weights, WrongTar, WrongZip, ZipLimits, read_tar, read_zip,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use tar::{Builder, EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::memory::peak;

fn zip_of(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in files {
        match name.strip_suffix('/') {
            Some(folder) => zip.add_directory(folder, options).unwrap(),
            None => {
                zip.start_file(*name, options).unwrap();
                zip.write_all(bytes).unwrap();
            }
        }
    }
    zip.finish().unwrap().into_inner()
}

fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(files, CompressionMethod::Stored)
}

fn unzip(bytes: &[u8], limits: &ZipLimits) -> Result<Vec<UnzippedFile>, WrongZip> {
    read_zip(Cursor::new(bytes), limits)?.collect()
}

fn said(bytes: &[u8]) -> String {
    match unzip(bytes, &ZipLimits::default()) {
        Ok(files) => files.iter().map(|it| format!("{}={} ", it.name, it.bytes.len())).collect(),
        Err(why) => why.to_string(),
    }
}

/// The entry's header and its place in the directory, both changed in the same place of each.
fn with_field(zip: &[u8], at_header: usize, at_directory: usize, value: &[u8]) -> Vec<u8> {
    let mut zip = zip.to_vec();
    let directory = zip.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    for at in [at_header, directory + at_directory] {
        zip[at..at + value.len()].copy_from_slice(value);
    }
    zip
}

#[test]
fn photos_are_given_one_by_one() {
    let files: [(&str, &[u8]); 4] = [
        ("b.jpg", b"second"),
        ("deep/er/a.jpg", b"first"),
        ("notes.txt", b""),
        ("Фото 1.jpg", b"?"),
    ];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let bytes = zip_of(&files, method);
        let mut zip = read_zip(Cursor::new(bytes.as_slice()), &ZipLimits::default()).unwrap();
        assert_eq!((zip.len(), zip.is_empty()), (4, false));
        let names = ["b.jpg", "a.jpg", "notes.txt", "Фото 1.jpg"];
        for ((_, bytes), name) in files.iter().zip(names) {
            let file = zip.next().unwrap().unwrap();
            assert_eq!((file.name.as_str(), file.bytes.as_slice()), (name, *bytes));
        }
        assert!(zip.next().is_none() && zip.is_empty());
    }
}

#[test]
fn names_are_only_to_be_shown() {
    let long = format!("{}.jpg", "x".repeat(3000));
    for (name, shown) in [
        ("../../etc/passwd", "passwd"),
        ("/root/a.jpg", "a.jpg"),
        ("C:\\Users\\me\\a.jpg", "a.jpg"),
        ("a\nb\u{1b}[31m.jpg", "ab[31m.jpg"),
        ("photo\u{202E}gpj.exe", "photogpj.exe"),
        ("\u{200B}", "?"),
        (long.as_str(), &long[..100]),
    ] {
        let files = unzip(&stored(&[(name, b"x")]), &ZipLimits::default()).unwrap();
        assert_eq!(files[0].name, shown, "{name:?}");
    }
    let endless = "x".repeat(9000);
    let why = unzip(&stored(&[(&endless, b"x")]), &ZipLimits::default()).unwrap_err();
    assert!(matches!(why, WrongZip::Broken(_)));
}

#[test]
fn what_computers_add_is_passed_over() {
    let bytes = stored(&[
        ("photos/", b""),
        ("photos/a.jpg", b"1"),
        ("__MACOSX/photos/._a.jpg", b"22"),
        (".DS_Store", b"333"),
        ("photos/.hidden/b.jpg", b"4444"),
        ("./c.jpg", b"55555"),
    ]);
    assert_eq!(said(&bytes), "a.jpg=1 c.jpg=5 ");
    assert_eq!(
        said(&stored(&[("photos/", b""), (".a.jpg", b"1")])),
        "no files are in the ZIP file"
    );
}

#[test]
fn each_wrong_archive_has_its_words() {
    let photo = stored(&[("a.jpg", b"some pixels")]);
    let packed = zip_of(&[("a.jpg", &[7; 4000])], CompressionMethod::Deflated);
    // After the header of 30 bytes and the name.
    let mut changed = photo.clone();
    changed[30 + 5] ^= 1;
    let link = {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("a.jpg", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap().into_inner()
    };
    for (name, bytes, expected) in [
        ("nothing", vec![], "not a ZIP file"),
        ("a picture", b"\xFF\xD8\xFF and so on and so on and so on".to_vec(), "not a ZIP file"),
        ("another archive", b"Rar!\x1a\x07\x01\0 and so on and so on".to_vec(), "not a ZIP file"),
        ("no files", stored(&[]), "no files are in the ZIP file"),
        (
            "half of it",
            photo[..photo.len() / 2].to_vec(),
            "a ZIP file that was cut off, or whose directory is damaged",
        ),
        ("a password", with_field(&photo, 6, 8, &[1, 0]), r#""a.jpg" is encrypted"#),
        ("a link", link, r#""a.jpg" is a link"#),
        (
            "a way that is rare",
            with_field(&photo, 8, 10, &[14, 0]),
            r#""a.jpg" is compressed in a way that isn't known here"#,
        ),
        ("another checksum", with_field(&photo, 14, 16, &[1, 2, 3, 4]), r#""a.jpg" is damaged"#),
        // Lengths before and after unpacking.
        ("too short", with_field(&packed, 22, 24, &[1, 0, 0, 0]), r#""a.jpg" is damaged"#),
        ("too long", with_field(&packed, 22, 24, &[0, 64, 0, 0]), r#""a.jpg" is damaged"#),
        (
            "far too long",
            with_field(&packed, 22, 24, &[0, 0, 0, 64]),
            r#""a.jpg" has more than 20971520 bytes"#,
        ),
        ("other pixels", changed, r#""a.jpg" is damaged"#),
    ] {
        assert_eq!(said(&bytes), expected, "{name}");
    }
}

#[test]
fn limits_hold() {
    let limits = ZipLimits {
        files_max: 3,
        entries_max: 5,
        file_bytes_max: 100,
        total_bytes_max: 250,
        growth_max: 10,
    };
    let why = |files: &[(&str, &[u8])]| unzip(&stored(files), &limits).unwrap_err().to_string();
    let some = [0; 100];
    let [a, b, c]: [(&str, &[u8]); 3] =
        [("a", &some[..80]), ("b", &some[..80]), ("c", &some[..80])];
    assert_eq!(unzip(&stored(&[a, b, c]), &limits).unwrap().len(), 3);
    assert_eq!(why(&[a, b, c, ("d", b"")]), "more than 3 files are in the ZIP file");
    assert_eq!(why(&[("a", &[0; 101])]), r#""a" has more than 100 bytes"#);
    assert_eq!(
        why(&[("a", &some), ("b", &some), c]),
        "the files have more than 250 bytes together"
    );
    let hidden = [a, ("x/", b""), ("y/", b""), (".z", b""), (".zz", b"")];
    assert!(unzip(&stored(&hidden), &limits).is_ok());
    let hidden = [hidden.as_slice(), &[("w/", b"")]].concat();
    assert_eq!(why(&hidden), "more than 3 files are in the ZIP file");
}

#[test]
fn bombs_are_seen_before_they_go_off() {
    let zeros = zip_of(&[("a.jpg", &vec![0; 15 << 20])], CompressionMethod::Deflated);
    assert!(zeros.len() < 40_000);
    let mut answer = None;
    let memory = peak(|| answer = Some(said(&zeros)));
    assert_eq!(answer.unwrap(), r#""a.jpg" is compressed as no photo can be"#);
    assert!(memory < 1 << 20, "{memory}");
    // It says to be small: no more than what it says is unpacked.
    let liar = with_field(&zeros, 22, 24, &1000_u32.to_le_bytes());
    let memory = peak(|| assert_eq!(said(&liar), r#""a.jpg" is damaged"#));
    assert!(memory < 1 << 20, "{memory}");
    // A directory of a million entries, all of them the same one.
    let one = stored(&[("a", b"")]);
    let directory = one.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let end = one.windows(4).position(|it| it == b"PK\x05\x06").unwrap();
    let many = 60_000_u16;
    let entries = one[directory..end].repeat(many.into());
    let mut last = one[end..].to_vec();
    last[8..10].copy_from_slice(&many.to_le_bytes());
    last[10..12].copy_from_slice(&many.to_le_bytes());
    last[12..16].copy_from_slice(&(entries.len() as u32).to_le_bytes());
    let crowd = [&one[..directory], &entries, &last].concat();
    let memory = peak(|| assert_eq!(said(&crowd), "more than 200 files are in the ZIP file"));
    assert!(memory < 1 << 20, "{memory}");
}

#[test]
fn photos_take_the_memory_of_one() {
    let photo = vec![5; 10 << 20];
    let names: Vec<_> = (0..8).map(|it| format!("{it}.jpg")).collect();
    let files: Vec<_> = names.iter().map(|it| (it.as_str(), photo.as_slice())).collect();
    let bytes = stored(&files);
    let memory = peak(|| {
        let zip = read_zip(Cursor::new(bytes.as_slice()), &ZipLimits::default()).unwrap();
        zip.map(|it| it.unwrap().bytes.len()).sum::<usize>()
    });
    assert!(memory < 11 << 20, "{memory}");
}

#[test]
fn a_zip_behind_a_picture_is_a_zip() {
    let zip = stored(&[("a.jpg", b"1")]);
    let both = [crate::samples::jpeg(&crate::samples::shades(64, 48)), zip].concat();
    assert_eq!(said(&both), "a.jpg=1 ");
}

#[derive(Debug)]
struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(5))
    }
}

impl io::Seek for Failing {
    fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
        Ok(1000)
    }
}

#[test]
fn a_disk_that_fails_isnt_the_senders_mistake() {
    let why = read_zip(Failing, &ZipLimits::default()).unwrap_err();
    assert!(matches!(why, WrongZip::Read(_)), "{why}");
    let why = read_tar(Failing, io::sink(), &TarLimits::default()).unwrap_err();
    assert!(matches!(why, WrongTar::Read(_)), "{why}");
}

fn tar_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (path, bytes) in entries {
        let kind = if path.ends_with('/') { EntryType::Directory } else { EntryType::Regular };
        append(&mut tar, path, kind, bytes);
    }
    tar.into_inner().unwrap()
}

/// Writes the path as it is, as no good program would.
fn append(tar: &mut Builder<Vec<u8>>, path: &str, kind: EntryType, bytes: &[u8]) {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    tar.append(&header, bytes).unwrap();
}

fn untar(bytes: &[u8]) -> Result<(Weights, Vec<u8>), WrongTar> {
    let mut weights = Vec::new();
    read_tar(bytes, &mut weights, &TarLimits::default()).map(|it| (it, weights))
}

const PATH: &str = "output/flux_train_replicate/lora.safetensors";

#[test]
fn weights_are_found_among_the_rest() {
    let bytes = tar_of(&[
        ("output/", b""),
        ("output/flux_train_replicate/config.yaml", b"job: extension"),
        ("output/flux_train_replicate/._lora.safetensors", b"a Mac's"),
        (PATH, b"the weights"),
        ("output/flux_train_replicate/captions.txt", &[7; 3000]),
    ]);
    let (weights, copy) = untar(&bytes).unwrap();
    assert_eq!(weights, Weights { path: PATH.to_owned(), bytes: 11 });
    assert_eq!(copy, b"the weights");
}

#[test]
fn weights_with_a_long_name_or_what_python_adds_are_found() {
    let long = format!("{}/lora.safetensors", "folder/".repeat(30));
    let mut tar = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(3);
    header.set_mode(0o644);
    tar.append_data(&mut header, &long, b"gnu".as_slice()).unwrap();
    let (weights, _) = untar(&tar.into_inner().unwrap()).unwrap();
    assert_eq!(weights.path.replace("//", "/"), long.replace("//", "/"));

    let mut tar = Builder::new(Vec::new());
    let extra: [(&str, &[u8]); 2] = [("mtime", b"1753.25"), ("path", "вес.safetensors".as_bytes())];
    tar.append_pax_extensions(extra).unwrap();
    append(&mut tar, "short", EntryType::Regular, b"pax");
    let (weights, copy) = untar(&tar.into_inner().unwrap()).unwrap();
    assert_eq!((weights.path.as_str(), copy.as_slice()), ("вес.safetensors", b"pax".as_slice()));
}

#[test]
fn wrong_archives_of_weights_have_their_words() {
    let one = |path: &str| tar_of(&[(path, b"x")]);
    let special = |kind| {
        let mut tar = Builder::new(Vec::new());
        append(&mut tar, "lora.safetensors", kind, b"");
        tar.into_inner().unwrap()
    };
    let described = |key: &str, value: &str| {
        let mut tar = Builder::new(Vec::new());
        tar.append_pax_extensions([(key, value.as_bytes())]).unwrap();
        append(&mut tar, "lora.safetensors", EntryType::Regular, b"x");
        tar.into_inner().unwrap()
    };
    let endless = {
        let mut tar = Builder::new(Vec::new());
        append(&mut tar, "././@LongLink", EntryType::GNULongName, &vec![b'a'; 1 << 20]);
        append(&mut tar, "x", EntryType::Regular, b"x");
        tar.into_inner().unwrap()
    };
    let odd = r#""lora.safetensors" is neither a file nor a folder"#;
    let odd_description = r#""a description" is neither a file nor a folder"#;
    for (name, bytes, expected) in [
        ("nothing", vec![], "the archive has no weights"),
        ("a page", vec![b'<'; 2000], "not a TAR, or damaged"),
        ("a short page", b"<html>".to_vec(), "not a TAR, or damaged"),
        ("packed", [&[0x1F, 0x8B, 8], [9; 2000].as_slice()].concat(), "not a TAR, or damaged"),
        ("no weights", one("lora.bin"), "the archive has no weights"),
        ("up", one("../lora.safetensors"), r#""../lora.safetensors" leaves the archive"#),
        ("up and away", one("a/../../b"), r#""a/../../b" leaves the archive"#),
        (
            "from the root",
            one("/etc/lora.safetensors"),
            r#""/etc/lora.safetensors" leaves the archive"#,
        ),
        ("of Windows", one("C:\\x"), r#""C:\\x" leaves the archive"#),
        (
            "two",
            tar_of(&[("a.safetensors", b"1"), ("b.safetensors", b"2")]),
            r#"the archive has several weights: "a.safetensors" and "b.safetensors""#,
        ),
        (
            "the same twice",
            tar_of(&[("a.safetensors", b"1"), ("a.safetensors", b"2")]),
            r#"the archive has several weights: "a.safetensors" and "a.safetensors""#,
        ),
        ("a link", special(EntryType::Symlink), odd),
        ("a hard link", special(EntryType::Link), odd),
        ("a device", special(EntryType::Char), odd),
        ("a pipe", special(EntryType::Fifo), odd),
        ("holes", special(EntryType::GNUSparse), odd),
        ("a long link", special(EntryType::GNULongLink), odd),
        ("another size", described("size", "1000"), odd_description),
        ("holes, said so", described("GNU.sparse.major", "1"), odd_description),
        ("a name without end", endless, odd_description),
        (
            "a path said",
            described("path", "../up.safetensors"),
            r#""../up.safetensors" leaves the archive"#,
        ),
    ] {
        let memory =
            peak(|| assert_eq!(untar(&bytes).unwrap_err().to_string(), expected, "{name}"));
        assert!(memory < 300_000, "{name} took {memory}");
    }
}

#[test]
fn limits_of_weights_hold() {
    let bytes = tar_of(&[("a.txt", &[1; 600]), ("b.safetensors", &[2; 400])]);
    let limits = TarLimits { weights_bytes_max: 400, total_bytes_max: 1000, entries_max: 2 };
    let why = |limits: TarLimits| read_tar(bytes.as_slice(), io::sink(), &limits).unwrap_err();
    assert_eq!(read_tar(bytes.as_slice(), io::sink(), &limits).unwrap().bytes, 400);
    assert!(matches!(
        why(TarLimits { weights_bytes_max: 399, ..limits.clone() }),
        WrongTar::TooLarge
    ));
    assert!(matches!(
        why(TarLimits { total_bytes_max: 999, ..limits.clone() }),
        WrongTar::TooLarge
    ));
    assert!(matches!(why(TarLimits { entries_max: 1, ..limits }), WrongTar::TooMany(1)));
}

#[test]
fn weights_that_end_early_are_refused() {
    let bytes = tar_of(&[("a.txt", b"1"), ("b.safetensors", &[2; 4000])]);
    let start = 1024 + 512;
    for end in [1, 100, 511, 513, 600, 1025, 1100, start, start + 1, start + 2000, start + 3999] {
        let why = untar(&bytes[..end]).unwrap_err();
        assert!(
            matches!(why, WrongTar::Cut(_) | WrongTar::NotATar(_) | WrongTar::NoWeights),
            "{end}: {why:?}"
        );
    }
    // A header says 8 GB, and nothing follows.
    let mut header = Header::new_gnu();
    header.set_path("b.safetensors").unwrap();
    header.set_size(3 << 30);
    header.set_cksum();
    let memory =
        peak(|| assert!(matches!(untar(header.as_bytes()).unwrap_err(), WrongTar::Cut(_))));
    assert!(memory < 300_000, "{memory}");
}

#[test]
fn large_weights_take_no_more_memory_than_small_ones() {
    let mut header = Header::new_gnu();
    header.set_path("b.safetensors").unwrap();
    header.set_size(200 << 20);
    header.set_cksum();
    let end = [0; 1024];
    let tar = header.as_bytes().chain(io::repeat(3).take(200 << 20)).chain(end.as_slice());
    let memory = peak(|| {
        let weights = read_tar(tar, io::sink(), &TarLimits::default()).unwrap();
        assert_eq!(weights.bytes, 200 << 20);
    });
    assert!(memory < 200_000, "{memory}");
}

fn originals() -> Vec<Vec<u8>> {
    let files: [(&str, &[u8]); 3] =
        [("a.jpg", &[1; 300]), ("b/", b""), ("b/c.safetensors", &[2; 90])];
    vec![stored(&files), zip_of(&files, CompressionMethod::Deflated), tar_of(&files)]
}

proptest! {
    #![proptest_config(crate::samples::same_each_time(600))]

    #[test]
    fn damaged_archives(
        original in select(originals()),
        changes in vec((any::<Index>(), any::<u8>()), 0..8),
        end in any::<Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = original;
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(end.index(bytes.len()));
        }
        let memory = peak(|| {
            for file in unzip(&bytes, &ZipLimits::default()).into_iter().flatten() {
                assert!(file.bytes.len() < 1000);
            }
        });
        assert!(memory < 24 << 20, "{memory}");
        if let Ok((weights, copy)) = untar(&bytes) {
            assert_eq!(weights.bytes, copy.len() as u64);
        }
    }

    #[test]
    fn nonsense_as_an_archive(start in select(originals()), length in 0..200_usize, rest in vec(any::<u8>(), 0..2000)) {
        let bytes = [&start[..length.min(start.len())], &rest, &start[start.len() - 22..]].concat();
        let _ = unzip(&bytes, &ZipLimits::default());
        let _ = untar(&bytes);
    }
}

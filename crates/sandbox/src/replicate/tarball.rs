//! Tar files in the format ustar (POSIX.1-1988), written so that they can be wrong on purpose.

const BLOCK: usize = 512;

/// One member of an archive. Names are up to 100 bytes and aren't checked.
pub(super) struct Member<'a> {
    pub(super) name: &'a str,
    pub(super) bytes: &'a [u8],
    /// A symbolic link to this, in place of a file.
    pub(super) link: Option<&'a str>,
}

impl<'a> Member<'a> {
    pub(super) fn file(name: &'a str, bytes: &'a [u8]) -> Member<'a> {
        Member { name, bytes, link: None }
    }
}

/// The archive, of which every member was changed at `seconds`.
pub(super) fn write(members: &[Member<'_>], seconds: i64) -> Vec<u8> {
    let mut archive = Vec::new();
    for it in members {
        archive.extend_from_slice(&header(it, seconds));
        archive.extend_from_slice(it.bytes);
        archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks are the end.
    archive.resize(archive.len() + 2 * BLOCK, 0);
    archive
}

fn header(member: &Member<'_>, seconds: i64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, member.name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", member.bytes.len()).as_bytes());
    put(136, format!("{:011o}\0", seconds.max(0)).as_bytes());
    put(156, if member.link.is_some() { b"2" } else { b"0" });
    put(157, member.link.unwrap_or_default().as_bytes());
    put(257, b"ustar\x0000");
    // The sum is taken with blanks where it will stand.
    put(148, b"        ");
    let sum: u32 = header.iter().map(|it| u32::from(*it)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// Whether these bytes begin as an archive does.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// The bytes of the first file whose name ends so.
pub(super) fn find<'a>(archive: &'a [u8], ending: &str) -> Option<&'a [u8]> {
    let mut rest = archive;
    loop {
        let (header, after) = rest.split_first_chunk::<BLOCK>()?;
        let text = |bytes: &'a [u8]| {
            let end = bytes.iter().position(|it| *it == 0).unwrap_or(bytes.len());
            std::str::from_utf8(&bytes[..end]).ok()
        };
        if header[0] == 0 {
            return None;
        }
        let size = usize::from_str_radix(text(&rest[124..136])?.trim(), 8).ok()?;
        let bytes = after.get(..size)?;
        let is_file = matches!(header[156], b'0' | 0);
        if is_file && text(&rest[..100])?.ends_with(ending) {
            return Some(bytes);
        }
        rest = after.get(size.checked_next_multiple_of(BLOCK)?..)?;
    }
}

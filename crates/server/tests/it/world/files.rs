//! What people send: real photos from the fixtures, and made-up bytes of every bad kind.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use sandbox::telegram::As;

/// A file as it is sent: name, MIME type, bytes.
pub type File = (String, String, axum::body::Bytes);

/// One face each, all different.
pub const GOOD: [&str; 7] = [
    "portrait-1",
    "portrait-2",
    "portrait-3",
    "portrait-4",
    "portrait-5",
    "portrait-6",
    "portrait-7",
];

/// A file by its name. Photos of the fixtures go by theirs.
pub fn file(name: &str) -> File {
    let made_up = |ending: &str, mime: &str, bytes: Vec<u8>| {
        (format!("{name}.{ending}"), mime.to_owned(), bytes.into())
    };
    if let Some(seed) = name.strip_prefix("picture-") {
        let seed = seed.parse().expect("pictures are numbered");
        return made_up("png", "image/png", picture(seed, 256, 256));
    }
    match name {
        // Grows by itself when it is unpacked: 30,000 by 30,000 pixels.
        "bomb" => made_up("png", "image/png", bomb()),
        "broken" => {
            let (_, mime, bytes) = file("portrait-1");
            made_up("jpg", &mime, bytes[..bytes.len() / 3].to_vec())
        }
        "gif" => {
            made_up("gif", "image/gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff;".to_vec())
        }
        "heic" => made_up("heic", "image/heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        "large" => made_up("jpg", "image/jpeg", vec![0xff; 25 * 1024 * 1024]),
        "noise" => made_up("jpg", "image/jpeg", vec![0x5a; 4_000]),
        "pdf" => made_up("pdf", "application/pdf", b"%PDF-1.7\n".to_vec()),
        // Looks like a GIF to one reader and like a script to another.
        "polyglot" => {
            made_up("jpg", "image/jpeg", b"GIF89a/*<script>alert(1)</script>*/=0;".to_vec())
        }
        "svg" => made_up(
            "svg",
            "image/svg+xml",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(),
        ),
        "tiny" => made_up("png", "image/png", picture(1, 16, 16)),
        "zero" => made_up("jpg", "image/jpeg", Vec::new()),
        name => {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/photos");
            let file = format!("{name}.jpg");
            let bytes = std::fs::read(folder.join(&file));
            let bytes = bytes.unwrap_or_else(|_| panic!("there is no photo {name}"));
            (file, "image/jpeg".to_owned(), bytes.into())
        }
    }
}

/// Something that isn't a picture, by its kind.
pub fn other(name: &str) -> Option<(As, File)> {
    let (kind, ending, mime) = match name {
        "video" => (As::Video, "mp4", "video/mp4"),
        "voice" => (As::Voice, "ogg", "audio/ogg"),
        "audio" => (As::Audio, "mp3", "audio/mpeg"),
        "sticker" => return Some((As::Sticker, file("picture-1"))),
        _ => return None,
    };
    Some((kind, (format!("{name}.{ending}"), mime.to_owned(), vec![1; 64].into())))
}

/// A video of so many seconds with a sound, made once for all tests. Zero seconds are no video.
pub fn clip(seconds: u32) -> File {
    static MADE: Mutex<BTreeMap<u32, axum::body::Bytes>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().expect("nobody fails inside");
    let bytes = made.entry(seconds).or_insert_with(|| match seconds {
        0 => vec![7; 4_000].into(),
        seconds => film(seconds),
    });
    ("clip.mp4".to_owned(), "video/mp4".to_owned(), bytes.clone())
}

fn film(seconds: u32) -> axum::body::Bytes {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("clip.mp4");
    let (shown, heard) = ("testsrc2=size=320x240:rate=15", "sine=frequency=330");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", shown, "-f", "lavfi", "-i", heard, "-t"])
        .arg(seconds.to_string())
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"])
        .arg(&path)
        .status();
    assert!(made.is_ok_and(|it| it.success()), "ffmpeg is needed for tests of videos");
    std::fs::read(path).expect("it was made").into()
}

/// A PNG of grey squares that no other seed makes: a style to be learned.
fn picture(seed: u64, width: u32, height: u32) -> Vec<u8> {
    let mut chance = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        (chance >> 24) as u8
    };
    let squares: Vec<u8> = (0..256).map(|_| 60 + next() % 140).collect();
    let mut pixels = Vec::new();
    for y in 0..height {
        pixels.push(0);
        for x in 0..width {
            pixels.push(squares[(y * 16 / height * 16 + x * 16 / width) as usize]);
        }
    }
    png(width, height, &stored(&pixels))
}

fn bomb() -> Vec<u8> {
    png(30_000, 30_000, &stored(&[0; 1_000]))
}

fn png(width: u32, height: u32, packed: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], body: &[u8]| {
        bytes.extend((body.len() as u32).to_be_bytes());
        let checked: Vec<u8> = kind.iter().chain(body).copied().collect();
        bytes.extend(&checked);
        bytes.extend(crc(&checked).to_be_bytes());
    };
    let mut head = [width.to_be_bytes(), height.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    chunk(b"IHDR", &head);
    chunk(b"IDAT", packed);
    chunk(b"IEND", &[]);
    bytes
}

/// A zlib stream that packs nothing.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let pieces: Vec<_> = bytes.chunks(65_535).collect();
    for (at, piece) in pieces.iter().enumerate() {
        out.push(u8::from(at + 1 == pieces.len()));
        let length = piece.len() as u16;
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(*piece);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend(((b << 16) | a).to_be_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

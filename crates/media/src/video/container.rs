//! Which container it is, by its first bytes. The names are the ones by which ffmpeg is made to
//! open a file: what it would guess may be a list of other files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{VideoError, unreadable};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Avi,
    Flac,
    /// Matroska and WebM.
    Matroska,
    /// MP4, QuickTime and 3GP.
    Mov,
    Mp3,
    Ogg,
    Wav,
}

const LOOKED_AT_BYTES: usize = 16;

impl Container {
    pub fn of(path: &Path) -> Result<Self, VideoError> {
        let mut start = [0; LOOKED_AT_BYTES];
        let mut length = 0;
        let mut file = File::open(path)?;
        while length < start.len() {
            match file.read(&mut start[length..])? {
                0 => break,
                more => length += more,
            }
        }
        Self::recognise(&start[..length]).ok_or_else(|| unreadable("no kind that is taken"))
    }

    fn recognise(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Some(Self::Wav),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => Some(Self::Avi),
            // Old QuickTime files begin with another box than the one that names a brand.
            [_, _, _, _, b'f', b't', b'y', b'p', ..]
            | [_, _, _, _, b'm', b'o', b'o', b'v', ..]
            | [_, _, _, _, b'm', b'd', b'a', b't', ..]
            | [_, _, _, _, b'w', b'i', b'd', b'e', ..] => Some(Self::Mov),
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Some(Self::Matroska),
            [b'O', b'g', b'g', b'S', ..] => Some(Self::Ogg),
            [b'f', b'L', b'a', b'C', ..] => Some(Self::Flac),
            [b'I', b'D', b'3', ..] => Some(Self::Mp3),
            // Eleven bits of synchronisation, and layer III (ISO 11172-3, 2.4.2.3).
            [0xFF, second, ..] if second & 0xE6 == 0xE2 => Some(Self::Mp3),
            _ => None,
        }
    }

    pub(super) fn demuxer(self) -> &'static str {
        match self {
            Self::Avi => "avi",
            Self::Flac => "flac",
            Self::Matroska => "matroska",
            Self::Mov => "mov",
            Self::Mp3 => "mp3",
            Self::Ogg => "ogg",
            Self::Wav => "wav",
        }
    }
}

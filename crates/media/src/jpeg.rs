//! A JPEG file taken apart into its segments (ITU T.81, annex B), without decoding a pixel.
//!
//! Serves two ends: to know what decoding will cost before it is tried, and to remove what the
//! picture doesn't need (where and when it was taken, with what, previews) without touching its
//! pixels.

use crate::Unreadable;

pub(crate) struct Jpeg<'a> {
    /// Samples of all components for each pixel of the picture, in hundredths: 300 if none is
    /// stored at a lower resolution.
    pub samples_percent: u32,
    pub is_progressive: bool,
    pub scans: u32,
    /// What the picture is made of, in order, without what it doesn't need. None if there is
    /// something in it whose meaning isn't known here.
    plain: Option<Vec<&'a [u8]>>,
}

mod marker {
    pub(super) const SOF0_BASELINE: u8 = 0xC0;
    pub(super) const SOF1_EXTENDED: u8 = 0xC1;
    pub(super) const SOF2_PROGRESSIVE: u8 = 0xC2;
    pub(super) const DHT: u8 = 0xC4;
    pub(super) const RST0: u8 = 0xD0;
    pub(super) const RST7: u8 = 0xD7;
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const DQT: u8 = 0xDB;
    pub(super) const DRI: u8 = 0xDD;
    pub(super) const APP0: u8 = 0xE0;
    pub(super) const APP2: u8 = 0xE2;
    pub(super) const APP14: u8 = 0xEE;
    pub(super) const APP15: u8 = 0xEF;
    pub(super) const COM: u8 = 0xFE;
    pub(super) const TEM: u8 = 0x01;
}

/// Says that the components are YCbCr, like the one it replaces, which may hold a preview.
const JFIF: &[u8] = &[0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

const ADOBE_BYTES: usize = 12;

impl<'a> Jpeg<'a> {
    /// Reads to the end of the picture; what is appended to it is no part of it.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let mut jpeg = Self {
            samples_percent: 0,
            is_progressive: false,
            scans: 0,
            plain: Some(vec![&bytes[..2]]),
        };
        let mut at = 2;
        loop {
            let (code, start) = next_marker(bytes, at).ok_or(Unreadable::Broken)?;
            if code == marker::EOI {
                jpeg.keep(&bytes[start - 2..start]);
                return if 0 < jpeg.scans { Ok(jpeg) } else { Err(Unreadable::Broken) };
            }
            if matches!(code, marker::TEM | marker::SOI | marker::RST0..=marker::RST7) {
                // Without a length and out of place: decoders pass over them.
                at = start;
                continue;
            }
            let length = bytes.get(start..start + 2).ok_or(Unreadable::Broken)?;
            let end = start + usize::from(u16::from_be_bytes([length[0], length[1]]));
            let body = bytes.get(start + 2..end).ok_or(Unreadable::Broken)?;
            at = if code == marker::SOS { end_of_scan(bytes, end) } else { end };
            jpeg.take(code, body, &bytes[start - 2..at])?;
        }
    }

    fn take(&mut self, code: u8, body: &'a [u8], whole: &'a [u8]) -> Result<(), Unreadable> {
        match code {
            marker::SOF0_BASELINE | marker::SOF1_EXTENDED | marker::SOF2_PROGRESSIVE => {
                self.is_progressive = code == marker::SOF2_PROGRESSIVE;
                let frame = Frame::parse(body).ok_or(Unreadable::Broken)?;
                self.samples_percent = frame.samples_percent;
                self.keep(whole);
                if !frame.is_plain {
                    self.plain = None;
                }
            }
            marker::SOS => {
                self.scans += 1;
                self.keep(whole);
            }
            marker::DHT | marker::DQT | marker::DRI => self.keep(whole),
            marker::APP0 if body.starts_with(b"JFIF\0") => self.keep(JFIF),
            // Without its colour profile a picture of a wide-gamut camera would look pale. A
            // profile names a colour space, not a person or a place.
            marker::APP2 if body.starts_with(b"ICC_PROFILE\0") => self.keep(whole),
            // Whether the components are RGB, YCbCr, CMYK or YCCK.
            marker::APP14 if body.starts_with(b"Adobe") && body.len() == ADOBE_BYTES => {
                self.keep(whole)
            }
            marker::APP0..=marker::APP15 | marker::COM => {}
            _ => self.plain = None,
        }
        Ok(())
    }

    fn keep(&mut self, part: &'a [u8]) {
        if let Some(plain) = &mut self.plain {
            plain.push(part);
        }
    }

    /// The same picture, bit for bit, without anything around it.
    pub(crate) fn without_metadata(&self) -> Option<Vec<u8>> {
        self.plain.as_ref().map(|it| it.concat())
    }
}

/// The next marker's code and where its segment begins.
fn next_marker(bytes: &[u8], from: usize) -> Option<(u8, usize)> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|it| *it == 0xFF)?;
        match *bytes.get(at + 1)? {
            // Fill bytes may stand before a marker.
            0xFF => at += 1,
            0x00 => at += 2,
            code => return Some((code, at + 2)),
        }
    }
}

/// Where the compressed pixels end: at the next marker that isn't a part of them.
fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some((code, start)) = next_marker(bytes, at) {
        at = start;
        if !(marker::RST0..=marker::RST7).contains(&code) {
            return start - 2;
        }
    }
    bytes.len()
}

struct Frame {
    samples_percent: u32,
    /// Grey or three colours of eight bits, as everybody can read them.
    is_plain: bool,
}

impl Frame {
    fn parse(body: &[u8]) -> Option<Self> {
        let [precision, _, _, _, _, components, rest @ ..] = body else { return None };
        let factors = rest.as_chunks::<3>().0.iter().take(usize::from(*components));
        let factors: Vec<_> =
            factors.map(|[_, it, _]| (u32::from(it >> 4), u32::from(it & 15))).collect();
        let across = factors.iter().map(|it| it.0).max()?;
        let down = factors.iter().map(|it| it.1).max()?;
        let samples: u32 = factors.iter().map(|(across, down)| across * down * 100).sum();
        let samples_percent = samples.checked_div(across * down)?;
        Some(Self { samples_percent, is_plain: *precision == 8 && matches!(components, 1 | 3) })
    }
}

//! The photo desk's judgement: what is wrong with a photo, and how ready a set is.
//!
//! Pictures are measured elsewhere (`media`); here are the thresholds and what they mean.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::Kind;

/// What was seen in a picture that could be opened. Lengths are pixels after turning it upright.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    pub width: u32,
    pub height: u32,
    /// The shorter side of each face that was found, the largest first.
    pub faces: Vec<u32>,
    /// Variance of the Laplacian of the picture at 640 pixels: low is blurred.
    pub sharpness: u32,
    /// Mean luma, 0–255.
    pub brightness: u8,
    /// Hex of the SHA-256 of the bytes as they arrived.
    pub sha256: String,
    /// Perceptual hash; pictures are near when few bits differ.
    pub near_hash: u64,
}

/// Why a file could not be opened as a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// Not a picture, or one of a kind that we don't take.
    NotAPicture,
    /// HEIC: no maintained decoder fits; the customer is told how to send a JPEG.
    Heic,
    /// Cut off, or its bytes make no sense.
    Broken,
    /// More bytes or pixels than we open.
    TooLarge,
    /// Telegram no longer gives the file.
    Gone,
}

/// One thing to say about a photo. The number of a duplicate is the place in the set, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Unreadable(Unreadable),
    TooSmall,
    NoFace,
    SeveralFaces,
    FaceTooSmall,
    DuplicateOf(u32),
    NearDuplicateOf(u32),
    Blurred,
    TooDark,
    TooBright,
}

impl Verdict {
    /// A photo with such a verdict isn't trained with. The others only lower the score.
    pub fn excludes(self) -> bool {
        match self {
            Self::Unreadable(_)
            | Self::TooSmall
            | Self::NoFace
            | Self::SeveralFaces
            | Self::FaceTooSmall
            | Self::DuplicateOf(_) => true,
            Self::NearDuplicateOf(_) | Self::Blurred | Self::TooDark | Self::TooBright => false,
        }
    }

    /// Its text key without the prefix.
    pub fn key(self) -> &'static str {
        match self {
            Self::Unreadable(Unreadable::NotAPicture) => "not-a-picture",
            Self::Unreadable(Unreadable::Heic) => "heic",
            Self::Unreadable(Unreadable::Broken) => "broken",
            Self::Unreadable(Unreadable::TooLarge) => "too-large",
            Self::Unreadable(Unreadable::Gone) => "gone",
            Self::TooSmall => "too-small",
            Self::NoFace => "no-face",
            Self::SeveralFaces => "several-faces",
            Self::FaceTooSmall => "face-too-small",
            Self::DuplicateOf(_) => "duplicate",
            Self::NearDuplicateOf(_) => "near-duplicate",
            Self::Blurred => "blurred",
            Self::TooDark => "too-dark",
            Self::TooBright => "too-bright",
        }
    }
}

/// What a kind of training asks of its photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoRules {
    pub count_min: u32,
    pub count_max: u32,
    /// Shortest allowed side, pixels.
    pub side_min: u32,
    /// Shortest allowed side of the one face; none for a training without faces.
    pub face_min: Option<u32>,
}

const SHARPNESS_MIN: u32 = 60;
const BRIGHTNESS_MIN: u8 = 45;
const BRIGHTNESS_MAX: u8 = 215;
const NEAR_BITS_MAX: u32 = 6;

impl Measures {
    /// Orders photos of the same thing: a copy that was made smaller and a shot that was shaken
    /// are both worse than the other one.
    fn worth(&self) -> u64 {
        u64::from(self.sharpness) * u64::from(self.width.min(self.height))
    }

    fn is_near(&self, other: &Self) -> bool {
        (self.near_hash ^ other.near_hash).count_ones() <= NEAR_BITS_MAX
    }
}

/// Judges one photo of a set, given by its place among all of them (place, measures).
///
/// Of two that are the same the later one is too many; of two that are nearly the same the worse.
pub fn judge(
    place: u32,
    photo: &Measures,
    set: &[(u32, &Measures)],
    rules: &PhotoRules,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if photo.width.min(photo.height) < rules.side_min {
        verdicts.push(Verdict::TooSmall);
    }
    let same = set.iter().find(|(at, it)| *at < place && it.sha256 == photo.sha256);
    // Among equals the first is the best.
    let rank = |at: u32, it: &Measures| (it.worth(), Reverse(at));
    let near = set.iter().filter(|(at, it)| *at != place && photo.is_near(it));
    let best = near.max_by_key(|(at, it)| rank(*at, it));
    let better = best.filter(|(at, it)| rank(place, photo) < rank(*at, it));
    match (same, better) {
        (Some((at, _)), _) => verdicts.push(Verdict::DuplicateOf(*at)),
        (None, Some((at, _))) => verdicts.push(Verdict::NearDuplicateOf(*at)),
        (None, None) => {}
    }
    if let Some(face_min) = rules.face_min {
        match photo.faces.as_slice() {
            [] => verdicts.push(Verdict::NoFace),
            [face] if *face < face_min => verdicts.push(Verdict::FaceTooSmall),
            [_] => {}
            // A face half the size of the first one belongs to somebody in the background.
            [first, second, ..] if second * 2 >= *first => verdicts.push(Verdict::SeveralFaces),
            [first, ..] if *first < face_min => verdicts.push(Verdict::FaceTooSmall),
            [_, ..] => {}
        }
    }
    if photo.sharpness < SHARPNESS_MIN {
        verdicts.push(Verdict::Blurred);
    }
    if photo.brightness < BRIGHTNESS_MIN {
        verdicts.push(Verdict::TooDark);
    }
    if BRIGHTNESS_MAX < photo.brightness {
        verdicts.push(Verdict::TooBright);
    }
    verdicts
}

/// How well a set will train, 0–100. `sets` are the verdicts of each photo.
///
/// Enough good photos count for most; each doubtful one takes a little away. A set that is too
/// small for training never reaches 50, so that the number and the button agree.
pub fn readiness(sets: &[Vec<Verdict>], kind: Kind, rules: &PhotoRules) -> u32 {
    let usable: Vec<_> = sets.iter().filter(|it| !it.iter().any(|it| it.excludes())).collect();
    let doubtful = usable.iter().filter(|it| !it.is_empty()).count() as u32;
    let count = usable.len() as u32;
    let plenty = match kind {
        Kind::Portrait => rules.count_min * 3,
        Kind::Style => rules.count_min * 2,
    };
    if count < rules.count_min {
        return count * 49 / rules.count_min.max(1);
    }
    let span = (plenty - rules.count_min).max(1);
    let amount = 70 + (count - rules.count_min).min(span) * 30 / span;
    amount.saturating_sub(doubtful * 30 / count.max(1)).max(50)
}

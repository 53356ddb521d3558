//! The endpoints that make films: somebody who speaks, and somebody without a ground behind them
//! (providers.md 1.9.7, 1.9.8, 1.9.10).

use image::{RgbImage, imageops};
use serde_json::{Value, json};

use super::endpoints::{Endpoint, Link, Work};
use super::fields::{Field, Need, Shape, field};
use super::film::{Film, Sources, Talking};
use super::gather::{Asked, Fetched};
use super::refusals::Complaint;
use super::seeing;

pub(super) enum Filming {
    /// A portrait and a sound to somebody who speaks.
    Speaking(Model),
    /// A film to the same without what is behind, which is green where that is promised.
    Cutting { is_of_green: bool },
}

/// Who makes portraits speak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    OmniHuman,
    OmniHumanNewer,
    Kling,
}

/// The sizes of the shorter side.
const USUAL_PIXELS: u32 = 720;
const LARGE_PIXELS: u32 = 1080;
/// The longer side is no longer than this many shorter ones.
const STRETCH_MAX: u32 = 3;
/// No document says how much Kling takes.
const KLING_SECONDS_MAX: f64 = 60.0;

const IMAGE: Field = field("image_url", Need::Required, Shape::Text);
const AUDIO: Field = field("audio_url", Need::Required, Shape::Text);
const PROMPT: Field = field("prompt", Need::Optional, Shape::Text);
const VIDEO: Field = field("video_url", Need::Required, Shape::ShortAddress);
const CODEC: Field = field("output_codec", Need::Default, Shape::Choice(&["vp9", "h264"]));
const CUTTING: &[Field] = &[
    VIDEO,
    CODEC,
    field("refine_foreground_edges", Need::Default, Shape::Flag),
    field("subject_is_person", Need::Default, Shape::Flag),
];

pub(super) static FILMERS: [Endpoint; 6] = [
    Endpoint {
        name: "fal-ai/bytedance/omnihuman",
        work: Work::Filming(Filming::Speaking(Model::OmniHuman)),
        fields: &[IMAGE, AUDIO],
    },
    Endpoint {
        name: "fal-ai/bytedance/omnihuman/v1.5",
        work: Work::Filming(Filming::Speaking(Model::OmniHumanNewer)),
        fields: &[
            IMAGE,
            AUDIO,
            PROMPT,
            field("resolution", Need::Default, Shape::Choice(&["720p", "1080p"])),
            field("turbo_mode", Need::Default, Shape::Flag),
        ],
    },
    Endpoint {
        name: "fal-ai/kling-video/ai-avatar/v2/standard",
        work: Work::Filming(Filming::Speaking(Model::Kling)),
        fields: &[IMAGE, AUDIO, PROMPT],
    },
    Endpoint {
        name: "veed/video-background-removal",
        work: Work::Filming(Filming::Cutting { is_of_green: false }),
        fields: CUTTING,
    },
    Endpoint {
        name: "veed/video-background-removal/fast",
        work: Work::Filming(Filming::Cutting { is_of_green: false }),
        fields: CUTTING,
    },
    Endpoint {
        name: "veed/video-background-removal/green-screen",
        work: Work::Filming(Filming::Cutting { is_of_green: true }),
        fields: &[
            VIDEO,
            CODEC,
            field("spill_suppression_strength", Need::Default, Shape::Decimal(0.0, 1.0)),
        ],
    },
];

impl Filming {
    pub(super) fn main_field(&self) -> &'static str {
        match self {
            Filming::Speaking(_) => "image_url",
            Filming::Cutting { .. } => "video_url",
        }
    }

    pub(super) fn links(&self, input: &Value) -> Vec<Link> {
        let fields: &[&str] = match self {
            Filming::Speaking(_) => &["image_url", "audio_url"],
            Filming::Cutting { .. } => &["video_url"],
        };
        fields.iter().map(|it| Link::at(it, input[it].as_str().unwrap_or_default())).collect()
    }

    /// Looks at the picture. Who hears the sound and sees the film is [`Film::look`]. Blocks.
    pub(super) fn gather(&self, asked: &Asked, files: &[Fetched]) -> Result<Film, Complaint> {
        let input = &asked.input;
        match (self, files) {
            (Filming::Speaking(model), [image, audio]) => {
                let portrait = seeing::open(image)?;
                let audio = audio.stored()?.clone();
                let is_large = model.is_large(input);
                let short = if is_large { LARGE_PIXELS } else { USUAL_PIXELS };
                Ok(Film::new(Sources::Talking(Talking {
                    portrait: sized(portrait, short),
                    audio,
                    seconds_max: model.seconds_max(is_large),
                    levels: Vec::new(),
                })))
            }
            (Filming::Cutting { is_of_green }, [video]) => Ok(Film::new(Sources::Ground {
                video: video.stored()?.clone(),
                key: is_of_green.then_some(GREEN),
                is_pair: input["output_codec"] == "h264",
            })),
            _ => Err(Complaint::new(self.main_field(), "file_download_error", "No file")),
        }
    }
}

/// What a screen is painted with.
pub(super) const GREEN: [u8; 3] = [0, 255, 0];

impl Model {
    fn is_large(self, input: &Value) -> bool {
        self == Model::OmniHumanNewer && input["resolution"] != json!("720p")
    }

    fn seconds_max(self, is_large: bool) -> f64 {
        match self {
            Model::OmniHuman => 30.0,
            Model::OmniHumanNewer if is_large => 30.0,
            Model::OmniHumanNewer => 60.0,
            Model::Kling => KLING_SECONDS_MAX,
        }
    }
}

/// In the shape of the picture, with so short a shorter side, and even: half as much is needed of
/// the colours.
fn sized(portrait: RgbImage, short: u32) -> RgbImage {
    let (width, height) = portrait.dimensions();
    let side = |it: u32| {
        let long = u64::from(it) * u64::from(short) / u64::from(width.min(height).max(1));
        u32::try_from(long).unwrap_or(u32::MAX).min(short * STRETCH_MAX) / 2 * 2
    };
    let size = (side(width), side(height));
    if size == portrait.dimensions() {
        return portrait;
    }
    imageops::resize(&portrait, size.0, size.1, imageops::FilterType::Triangle)
}

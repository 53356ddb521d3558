//! Videos by fal: pictures that speak, and people freed of their background.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use domain::refusal::Fault;

use super::{File, RESULT, json, no_result, readable, unexpected};
use crate::http::{Answer, if_as_known, plain};
use crate::providers::numbers::millis;
use crate::providers::{LipSyncWork, MadeVideo, MattingWork, Progress, ProviderError, Resolution};

/// Up to half a minute, of one fineness.
const OMNIHUMAN: &str = "fal-ai/bytedance/omnihuman";
/// Up to half a minute in 1080p, which is its default, and a whole one in 720p.
const OMNIHUMAN_15: &str = "fal-ai/bytedance/omnihuman/v1.5";
/// Cheaper than either.
const KLING: &str = "fal-ai/kling-video/ai-avatar/v2/standard";

const MATTING: &str = "veed/video-background-removal";
/// The one that keeps what is transparent in the same file.
const CODEC: &str = "vp9";
/// As much of an address as it reads.
const URL_CHARS_MAX: usize = 2_083;

#[derive(Serialize)]
struct LipSync<'a> {
    image_url: &'a str,
    audio_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'a str>,
}

#[derive(Serialize)]
struct Matting<'a> {
    video_url: &'a str,
    output_codec: &'a str,
    subject_is_person: bool,
    refine_foreground_edges: bool,
}

/// The JSON that the endpoint named by the work takes.
pub(super) fn lip_sync(work: &LipSyncWork) -> Result<Vec<u8>, ProviderError> {
    if work.image_url.is_empty() || work.audio_url.is_empty() {
        return Err(unexpected("a picture that speaks needs both a picture and a sound"));
    }
    let prompt = work.prompt.as_deref().filter(|it| !it.trim().is_empty());
    let (prompt, resolution) = match work.workflow.as_str() {
        OMNIHUMAN => (None, None),
        OMNIHUMAN_15 => (prompt, work.resolution.map(lines)),
        KLING => (prompt, None),
        _ => return Err(unexpected("fal lets no picture speak so as far as we know")),
    };
    let (image_url, audio_url) = (work.image_url.as_str(), work.audio_url.as_str());
    json(&LipSync { image_url, audio_url, prompt, resolution })
}

fn lines(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::P720 => "720p",
        Resolution::P1080 => "1080p",
    }
}

/// The JSON that the endpoint named by the work takes.
pub(super) fn matting(work: &MattingWork) -> Result<Vec<u8>, ProviderError> {
    if work.workflow != MATTING {
        return Err(unexpected("fal frees nobody of a background so as far as we know"));
    }
    if !(1..=URL_CHARS_MAX).contains(&work.video_url.len()) {
        return Err(unexpected("a video's address is too long, or none"));
    }
    json(&Matting {
        video_url: &work.video_url,
        output_codec: CODEC,
        subject_is_person: true,
        refine_foreground_edges: true,
    })
}

#[derive(Deserialize)]
struct Spoken {
    video: Video,
    /// In seconds: what is billed.
    #[serde(default, deserialize_with = "if_as_known")]
    duration: Option<Number>,
}

#[derive(Deserialize)]
struct Freed {
    video: Vec<Video>,
}

#[derive(Deserialize)]
struct Video {
    #[serde(flatten)]
    file: File,
    #[serde(default, deserialize_with = "if_as_known")]
    content_type: Option<String>,
}

/// The video of a result. `None` when the endpoint makes none.
pub(super) fn made(endpoint: &str, answer: &Answer) -> Option<Result<MadeVideo, ProviderError>> {
    match endpoint {
        OMNIHUMAN | OMNIHUMAN_15 | KLING => Some(spoken(answer)),
        MATTING => Some(freed(answer)),
        _ => None,
    }
}

fn spoken(answer: &Answer) -> Result<MadeVideo, ProviderError> {
    let spoken: Spoken = readable(RESULT, answer)?;
    let seconds_millis = spoken.duration.as_ref().and_then(millis);
    spoken.video.made(seconds_millis)
}

/// Two files would be the picture and what is transparent of it apart, which nobody has asked for.
fn freed(answer: &Answer) -> Result<MadeVideo, ProviderError> {
    let freed: Freed = readable(RESULT, answer)?;
    let [video] = <[Video; 1]>::try_from(freed.video)
        .map_err(|it| no_result(&format!("there are {} videos in it", it.len())))?;
    video.made(None)
}

impl Video {
    fn made(self, seconds_millis: Option<i64>) -> Result<MadeVideo, ProviderError> {
        let file = self.file.remote().ok_or_else(|| no_result("its video has no address"))?;
        let content_type = self.content_type.as_deref().map(plain).filter(|it| !it.is_empty());
        Ok(MadeVideo { url: file.url, content_type, seconds_millis })
    }
}

/// What a run that failed came to.
pub(super) fn ended(endpoint: &str, ended: Progress) -> Progress {
    match ended {
        Progress::Failed { fault, reason } => {
            Progress::Failed { fault: blamed(endpoint, fault), reason }
        }
        other => other,
    }
}

/// Why a video was not taken on.
pub(super) fn not_taken(endpoint: &str, error: ProviderError) -> ProviderError {
    match error {
        ProviderError::Refused { fault, cause } => {
            ProviderError::Refused { fault: blamed(endpoint, fault), cause }
        }
        other => other,
    }
}

/// What is freed of its background was made by ourselves: no customer can give us another.
fn blamed(endpoint: &str, fault: Fault) -> Fault {
    match fault {
        Fault::PhotosUnusable | Fault::SoundTooLong | Fault::SoundTooShort
            if endpoint == MATTING =>
        {
            Fault::Ours
        }
        other => other,
    }
}

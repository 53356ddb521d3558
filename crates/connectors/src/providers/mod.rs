//! Services that make media for us, each behind the same few questions.
//!
//! One more provider is one file here, its `mod` line and its line in [`all`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use http::HeaderMap;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use domain::catalog::TrainingSettings;
use domain::refusal::Fault;
use domain::{Aspect, Kind, Millis, Subject, TrainingId};

use crate::http::{Http, TransportError};

mod body;
mod elevenlabs;
mod fal;
mod numbers;
mod replicate;

pub use elevenlabs::voices;

/// Everyone whom the operator has given us access to.
pub fn all(access: impl Fn(&str) -> Option<Access>) -> Vec<Arc<dyn Provider>> {
    let mut all: Vec<Arc<dyn Provider>> = Vec::new();
    if let Some(access) = access(elevenlabs::NAME) {
        all.push(Arc::new(elevenlabs::ElevenLabs::new(access)));
    }
    if let Some(access) = access(fal::NAME) {
        all.push(Arc::new(fal::Fal::new(access)));
    }
    if let Some(access) = access(replicate::NAME) {
        all.push(Arc::new(replicate::Replicate::new(access)));
    }
    all
}

/// What one needs to be a provider's customer.
#[derive(Clone, Debug)]
pub struct Access {
    pub key: SecretString,
    /// Where work is handed in. Who has one address for everything has it here and below.
    pub queue_url: Url,
    /// Where everything else is.
    pub rest_url: Url,
}

/// What we ask of a provider. Nothing is repeated in here: the error says whether it may be.
#[async_trait]
pub trait Provider: Send + Sync {
    fn name(&self) -> &'static str;

    /// Whether work may be handed in again when nobody knows whether it was taken: it is known again
    /// by its own id and is one run, or a second time costs next to nothing and only the operator.
    fn is_repeatable(&self) -> bool {
        false
    }

    /// Puts a file where the provider can read it, for a day. The answer is its address.
    async fn upload(&self, http: &Http, upload: Upload) -> Result<String, ProviderError>;

    async fn submit(&self, http: &Http, work: &Work) -> Result<Submitted, ProviderError>;

    /// The run of an id that was learned in another way than by [`Provider::submit`], as from a
    /// webhook after a submit whose answer was lost. `None` when that can't be an id, and from who
    /// has no runs.
    fn run(&self, workflow: &str, id: &str) -> Option<Run>;

    async fn poll(&self, http: &Http, run: &Run) -> Result<Progress, ProviderError>;

    async fn cancel(&self, http: &Http, run: &Run) -> Result<CancelAnswer, ProviderError>;

    /// Deletes a model that stayed with the provider, by its id there. What isn't there is deleted
    /// already; where nothing stays that can be deleted, there is nothing to do.
    async fn forget(&self, _http: &Http, _id: &str) -> Result<(), ProviderError> {
        Ok(())
    }

    /// What [`Provider::webhook`] needs. To be kept for a day at most, and asked for again (not
    /// often) when a call turns out [`WebhookError::Forged`].
    async fn keys(&self, http: &Http) -> Result<WebhookKeys, ProviderError>;

    /// Who is it about, if the call is really theirs. What it says of the run counts for nothing:
    /// asking decides.
    fn webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Millis,
        keys: &WebhookKeys,
    ) -> Result<Call, WebhookError>;
}

/// A file to be uploaded. The body is read once, as it comes.
pub struct Upload {
    pub name: String,
    pub content_type: String,
    pub bytes: u64,
    pub body: BoxStream<'static, std::io::Result<Bytes>>,
}

/// What is handed in.
#[derive(Clone, Debug)]
pub enum Work {
    Training(TrainingWork),
    Pictures(PictureWork),
    Edit(EditWork),
    Hint(HintWork),
    LipSync(LipSyncWork),
    Matting(MattingWork),
    Speech(SpeechWork),
}

impl Work {
    pub fn workflow(&self) -> &str {
        match self {
            Self::Training(it) => &it.workflow,
            Self::Pictures(it) => &it.workflow,
            Self::Edit(it) => &it.workflow,
            Self::Hint(it) => &it.workflow,
            Self::LipSync(it) => &it.workflow,
            Self::Matting(it) => &it.workflow,
            Self::Speech(it) => &it.workflow,
        }
    }

    /// Whom to call at the end. What is in its query comes back with the call.
    pub fn webhook_url(&self) -> Option<&str> {
        match self {
            Self::Training(it) => it.webhook_url.as_deref(),
            Self::Pictures(it) => it.webhook_url.as_deref(),
            Self::Edit(it) => it.webhook_url.as_deref(),
            Self::Hint(it) => it.webhook_url.as_deref(),
            Self::LipSync(it) => it.webhook_url.as_deref(),
            Self::Matting(it) => it.webhook_url.as_deref(),
            Self::Speech(_) => None,
        }
    }
}

/// Pictures to be made.
#[derive(Clone, Debug)]
pub struct PictureWork {
    /// Which of the provider's models.
    pub workflow: String,
    pub prompt: String,
    pub likeness: Likeness,
    /// How strong the likeness is; the provider's default where none is said.
    pub likeness_percent: Option<u32>,
    pub aspect: Aspect,
    /// From 1 to 4.
    pub count: u32,
    pub seed: u32,
    pub steps: Option<u32>,
    /// In tenths: 35 is 3.5.
    pub guidance_tenths: Option<u32>,
    /// The picture to begin from.
    pub source: Option<SourcePicture>,
    pub webhook_url: Option<String>,
}

/// Who is to be on a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// A model file (safetensors), from [`Provider::upload`]; or wherever the provider can read it
    /// without a key, at an address whose path ends in `.safetensors`.
    Weights { url: String },
    /// What stayed with the provider who trained it, by its id there.
    Remote { id: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePicture {
    /// From [`Provider::upload`].
    pub url: String,
    /// How far the new one may be from it: 1 is nearly the same, 100 something else.
    pub strength_percent: u32,
}

/// Pictures to be changed as words say. One comes of it.
#[derive(Clone, Debug)]
pub struct EditWork {
    /// Our own id of the work.
    pub work: String,
    pub workflow: String,
    pub prompt: String,
    /// From [`Provider::upload`], in the order in which the prompt speaks of them. There is at
    /// least one.
    pub image_urls: Vec<String>,
    /// These two are for machines that run graphs; the others draw their own.
    pub seed: u32,
    pub steps: Option<u32>,
    pub webhook_url: Option<String>,
}

/// Words to be found by a model: what a picture shows, or better ones.
#[derive(Clone, Debug)]
pub struct HintWork {
    pub workflow: String,
    /// Which model of a router is asked; unused by endpoints that are one model.
    pub model: Option<String>,
    /// What the model is to do.
    pub task: String,
    /// The customer's words, kept apart from ours.
    pub words: Option<String>,
    /// From [`Provider::upload`].
    pub image_url: Option<String>,
    pub webhook_url: Option<String>,
}

/// A picture that is to speak: its lips follow a sound.
#[derive(Clone, Debug)]
pub struct LipSyncWork {
    pub workflow: String,
    /// From [`Provider::upload`], as the sound is. The video has the picture's shape.
    pub image_url: String,
    pub audio_url: String,
    /// The provider's default where none is said; for who has a choice.
    pub resolution: Option<Resolution>,
    /// How to move, for who listens to words. May stay with the provider for a while.
    pub prompt: Option<String>,
    pub webhook_url: Option<String>,
}

/// How fine a video is, by the pixels of its short side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    P720,
    P1080,
}

/// A video of a person that is to be freed of its background.
#[derive(Clone, Debug)]
pub struct MattingWork {
    pub workflow: String,
    /// From [`Provider::upload`].
    pub video_url: String,
    pub webhook_url: Option<String>,
}

/// Words to be spoken. Who does it answers at once, with [`Made::Speech`].
#[derive(Clone, Debug)]
pub struct SpeechWork {
    /// Our own id of the work.
    pub work: String,
    /// Which of the provider's models.
    pub workflow: String,
    /// By its id at the provider.
    pub voice: String,
    /// As it is to be spoken: all of it is read aloud, and paid for.
    pub text: String,
    /// From 70 to 120, what is beyond is taken as the end of it; 100 is the voice's own pace.
    pub speed_percent: u32,
    /// By its code of two letters. For models that don't find it out better by themselves.
    pub language: Option<String>,
    pub seed: u32,
}

/// A training to be handed in.
#[derive(Clone, Debug)]
pub struct TrainingWork {
    pub training: TrainingId,
    /// Which of the provider's trainers.
    pub workflow: String,
    pub kind: Kind,
    pub subject: Subject,
    pub trigger_word: String,
    /// From [`Provider::upload`]. Uploads end, so each submit wants a fresh one.
    pub archive_url: String,
    pub settings: TrainingSettings,
    /// Whom to call at the end. What is in its query comes back with the call.
    pub webhook_url: Option<String>,
}

/// What became of work that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is begun, and asked for later.
    Run(Run),
    /// It was done at once. Nobody remembers it there, so there is nothing to ask for later.
    Made(Made),
}

/// What a provider is doing for us, by its own id. Stored by the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub id: String,
    pub workflow: String,
    pub response_url: String,
    pub status_url: String,
    pub cancel_url: String,
}

/// How far a run has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Waiting {
        /// How many are before us.
        position: Option<u32>,
    },
    Running {
        /// A guess, for the eye only.
        percent: Option<u8>,
    },
    Done(Made),
    /// It has failed, and would again.
    Failed {
        fault: Fault,
        reason: String,
    },
    /// The provider broke on the way. A new submit, with a fresh upload, may go better; the run
    /// itself will not.
    Broke {
        reason: String,
    },
    Cancelled,
    /// The provider doesn't know it: not yet, right after the submit, or not any more.
    Lost,
}

/// What a run gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    Model(Trained),
    /// In the provider's order.
    Pictures(Vec<MadePicture>),
    Words(String),
    Speech(MadeSpeech),
    Video(MadeVideo),
}

/// One picture of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadePicture {
    File(RemoteFile),
    /// The provider's safety check kept it back (the file is a black picture).
    Withheld,
}

/// Words that were spoken. It begins as an mp3 does; how long it is, only who opens it knows.
#[derive(Clone, PartialEq, Eq)]
pub struct MadeSpeech {
    pub audio: Bytes,
    pub content_type: String,
    /// What we are billed for, as far as the provider says; else how many we had sent.
    pub characters: u32,
    /// Under which the provider's own people find it.
    pub request_id: Option<String>,
}

impl fmt::Debug for MadeSpeech {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MadeSpeech")
            .field("audio", &format_args!("{} bytes", self.audio.len()))
            .field("content_type", &self.content_type)
            .field("characters", &self.characters)
            .field("request_id", &self.request_id)
            .finish()
    }
}

/// A video at the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeVideo {
    pub url: String,
    /// What the provider calls it. Not to be believed.
    pub content_type: Option<String>,
    /// How much of it we are billed for, where the provider says so.
    pub seconds_millis: Option<i64>,
}

/// What a training gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trained {
    Files {
        model: RemoteFile,
        config: Option<RemoteFile>,
    },
    /// The model stays with the provider, under this id.
    Finetune {
        id: String,
    },
    /// The model stays with the provider under this id, and a copy of its file is in an archive.
    Archive {
        weights: RemoteFile,
        id: String,
    },
}

/// A file at the provider's, as the provider describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    pub url: String,
    pub name: Option<String>,
    pub bytes: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelAnswer {
    /// It will try. The run may still end in any way.
    Asked,
    /// The run has ended: ask how.
    TooLate,
    /// The provider doesn't know the run.
    Unknown,
}

/// Why a provider did not do what it was asked. The causes are for logs and owners, never for
/// customers; no address, key or customer's word is in them.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// Nothing was done, or asking again does no harm.
    #[error("not now: {cause}")]
    Transient { cause: String, retry_after: Option<Duration> },
    /// It was done and billed, and what came of it can't be used. Asking again does no other harm.
    #[error("not now: {cause}")]
    Billed { cause: String, characters: u32 },
    /// They do as much for us at once as they ever do. Nothing was done, and nothing is wrong: who
    /// asks again finds a place sooner or later.
    #[error("not now: {cause}")]
    Crowded { cause: String, retry_after: Option<Duration> },
    /// It may have been done: whoever asks again may pay twice.
    #[error("uncertain: {cause}")]
    Uncertain { cause: String },
    /// It won't be done, and the customer may hear why.
    #[error("refused: {cause}")]
    Refused { fault: Fault, cause: String },
    /// It takes no work from us: a wrong key, or no money. The owners have to act.
    #[error("closed to us: {cause}")]
    Closed { cause: String },
    /// A person has to look.
    #[error("unexpected: {cause}")]
    Unexpected { cause: String },
}

impl ProviderError {
    /// No answer, where asking again does no harm.
    pub(crate) fn harmless(doing: &str, error: TransportError) -> Self {
        let cause = format!("{doing}: {error}");
        match error {
            TransportError::Barred(_) => Self::Unexpected { cause },
            TransportError::NotSent(_)
            | TransportError::Broken(_)
            | TransportError::TimedOut(_) => Self::Transient { cause, retry_after: None },
        }
    }

    /// No answer, where asking again would be paid for again.
    pub(crate) fn costly(doing: &str, error: TransportError) -> Self {
        match error {
            TransportError::Barred(_) | TransportError::NotSent(_) => Self::harmless(doing, error),
            TransportError::Broken(_) | TransportError::TimedOut(_) => {
                Self::Uncertain { cause: format!("{doing}: {error}") }
            }
        }
    }
}

/// What webhooks are verified with. What each one is, its provider knows; some are secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookKeys(Vec<Vec<u8>>);

impl fmt::Debug for WebhookKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "WebhookKeys({})", self.0.len())
    }
}

/// A webhook that is really from the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub run_id: String,
}

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    #[error("the headers of its signature are absent or malformed")]
    Headers,
    #[error("it was signed too long ago, or in the future")]
    Stale,
    /// None of the keys fits; there may be newer ones.
    #[error("none of the keys has signed it")]
    Forged,
    #[error("its body is not as known")]
    Body,
    #[error("it was signed for another run")]
    OtherRun,
}

const RUN_ID_CHARS_MAX: usize = 128;

/// Whether a text can be a run's id, which becomes a part of addresses.
fn is_run_id(text: &str) -> bool {
    (1..=RUN_ID_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
}

/// The text of a header that is there once, and isn't empty.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, WebhookError> {
    let mut all = headers.get_all(name).iter();
    match (all.next().map(|it| it.to_str()), all.next()) {
        (Some(Ok(text)), None) if !text.is_empty() => Ok(text),
        _ => Err(WebhookError::Headers),
    }
}

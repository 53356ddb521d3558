//! What we do with providers of media.

use std::time::Duration;

use bytes::Bytes;
use connectors::http::Http;
use connectors::providers::{
    Access, EditWork, HintWork, Likeness, LipSyncWork, MattingWork, PictureWork, Provider,
    Resolution, Run, SourcePicture, SpeechWork, Submitted, TrainingWork, Upload, Work, voices,
};
use domain::catalog::TrainingSettings;
use domain::{Aspect, Kind, Subject, TrainingId};
use futures::{StreamExt, stream};
use url::Origin;

use super::{SECRET, Words, at, text};

pub(super) fn access(name: &str) -> Option<Access> {
    let [queue, rest] = if name == "fal" { ["queue", "rest"] } else { ["api", "api"] };
    Some(Access {
        key: format!("key:{SECRET}").into(),
        queue_url: at(queue, name),
        rest_url: at(rest, name),
    })
}

pub(super) fn trusted(provider: &dyn Provider) -> Vec<Origin> {
    let access = access(provider.name()).expect("of everyone");
    vec![access.queue_url.origin(), access.rest_url.origin()]
}

pub(super) async fn perform(provider: &dyn Provider, http: &Http, words: &Words<'_>) -> String {
    let workflow = words.get("workflow").unwrap_or(match (provider.name(), words.verb) {
        ("fal", "pictures") => "fal-ai/flux-lora",
        ("fal", "edit") => "fal-ai/nano-banana/edit",
        ("fal", "hint") => "openrouter/router/vision",
        ("fal", "speaking") => "fal-ai/bytedance/omnihuman",
        ("fal", "matting") => "veed/video-background-removal",
        ("fal", _) => "fal-ai/flux-lora-portrait-trainer",
        (_, "speak") => "eleven_multilingual_v2",
        (_, "pictures") => "black-forest-labs/flux-dev-lora",
        _ => "ostris/flux-dev-lora-trainer:e4409",
    });
    let work = match words.verb {
        "submit" => Some(Work::Training(training(workflow, words))),
        "pictures" => Some(Work::Pictures(pictures(workflow, words))),
        "edit" => Some(Work::Edit(edit(workflow, words))),
        "hint" => Some(Work::Hint(hint(workflow, words))),
        "speaking" => Some(Work::LipSync(speaking(workflow, words))),
        "matting" => Some(Work::Matting(matting(workflow, words))),
        "speak" => Some(Work::Speech(speech(workflow, words))),
        _ => None,
    };
    if let Some(work) = work {
        return match provider.submit(http, &work).await {
            Ok(Submitted::Run(run)) => format!("{run:?}"),
            other => text(other),
        };
    }
    match words.verb {
        "run" => text::<_, String>(Ok(provider.run(workflow, words.get("id").unwrap_or("")))),
        "poll" => text(provider.poll(http, &run(provider, workflow, words)).await),
        "cancel" => text(provider.cancel(http, &run(provider, workflow, words)).await),
        "upload" => text(provider.upload(http, archive(words)).await),
        "voices" => text(voices::list(http, &access(provider.name()).expect("of everyone")).await),
        "subscription" => {
            text(voices::subscription(http, &access(provider.name()).expect("of everyone")).await)
        }
        "keys" => text(provider.keys(http).await),
        "fetch" => fetch(http, words).await,
        other => panic!("no such act: {other}"),
    }
}

/// Something to hand in to each provider, of each sort.
pub(crate) fn works() -> Vec<(&'static str, Work)> {
    let words = Words::of("submit strength=50 model=m task=t words=w");
    let remote = Words::of("submit remote=id");
    vec![
        ("fal", Work::Training(training("fal-ai/flux-lora-fast-training", &words))),
        ("fal", Work::Pictures(pictures("fal-ai/flux-lora", &words))),
        ("fal", Work::Edit(edit("fal-ai/nano-banana/edit", &words))),
        ("fal", Work::Hint(hint("openrouter/router/vision", &words))),
        ("fal", Work::LipSync(speaking("fal-ai/bytedance/omnihuman/v1.5", &words))),
        ("fal", Work::Matting(matting("veed/video-background-removal", &words))),
        ("elevenlabs", Work::Speech(speech("eleven_multilingual_v2", &words))),
        ("replicate", Work::Training(training("ostris/flux-dev-lora-trainer", &words))),
        ("replicate", Work::Pictures(pictures("black-forest-labs/flux-dev-lora", &words))),
        ("replicate", Work::Pictures(pictures("me/own", &remote))),
    ]
}

fn training(workflow: &str, words: &Words<'_>) -> TrainingWork {
    TrainingWork {
        training: TrainingId::new(7),
        workflow: workflow.to_owned(),
        kind: words.get("kind").map_or(Kind::Portrait, |it| Kind::from_text(it).expect("a kind")),
        subject: words
            .get("subject")
            .map_or(Subject::Woman, |it| Subject::from_text(it).expect("a subject")),
        trigger_word: words.get("trigger").unwrap_or("TOK_0a1b2c3d").to_owned(),
        archive_url: format!("https://files.test/set.zip?sig={SECRET}"),
        settings: TrainingSettings {
            steps: words.read("steps"),
            learning_rate_millionths: words.read("rate"),
            subject_crop: words.read("crop"),
            create_masks: words.read("masks"),
            multiresolution: words.read("multiresolution"),
            priority: words.get("priority").map(str::to_owned),
            lora_rank: words.read("rank"),
        },
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn pictures(workflow: &str, words: &Words<'_>) -> PictureWork {
    PictureWork {
        workflow: workflow.to_owned(),
        prompt: words.get("prompt").unwrap_or("TOK_in_a_garden").to_owned(),
        likeness: match words.get("remote") {
            Some(id) => Likeness::Remote { id: id.to_owned() },
            None => Likeness::Weights { url: format!("https://files.test/x.safetensors?{SECRET}") },
        },
        likeness_percent: words.read("likeness"),
        aspect: words
            .get("aspect")
            .map_or(Aspect::Portrait, |it| Aspect::from_text(it).expect("an aspect")),
        count: words.read("count").unwrap_or(2),
        seed: words.read("seed").unwrap_or(7),
        steps: words.read("steps"),
        guidance_tenths: words.read("guidance"),
        source: words.read("strength").map(|strength_percent| SourcePicture {
            url: format!("https://files.test/from.jpg?{SECRET}"),
            strength_percent,
        }),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn edit(workflow: &str, words: &Words<'_>) -> EditWork {
    let image = |at: u32| format!("https://files.test/{at}.jpg?{SECRET}");
    EditWork {
        work: "gen_work".to_owned(),
        workflow: workflow.to_owned(),
        seed: 7,
        steps: None,
        prompt: words.get("prompt").unwrap_or("on_a_white_table").to_owned(),
        image_urls: (1..=words.read("images").unwrap_or(1)).map(image).collect(),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn hint(workflow: &str, words: &Words<'_>) -> HintWork {
    HintWork {
        workflow: workflow.to_owned(),
        model: words.get("model").map(str::to_owned),
        task: words.get("task").unwrap_or("").to_owned(),
        words: words.get("words").map(str::to_owned),
        image_url: words.get("image").map(str::to_owned),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn speaking(workflow: &str, words: &Words<'_>) -> LipSyncWork {
    LipSyncWork {
        workflow: workflow.to_owned(),
        image_url: words
            .get("image")
            .map_or(format!("https://files.test/a.jpg?{SECRET}"), str::to_owned),
        audio_url: words
            .get("audio")
            .map_or(format!("https://files.test/a.mp3?{SECRET}"), str::to_owned),
        resolution: words.get("resolution").map(|it| match it {
            "720" => Resolution::P720,
            "1080" => Resolution::P1080,
            other => panic!("no such resolution: {other}"),
        }),
        prompt: words.get("prompt").map(str::to_owned),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn matting(workflow: &str, words: &Words<'_>) -> MattingWork {
    let video_url = format!("https://files.test/a.mp4?{SECRET}");
    let chars = words.read("chars").unwrap_or(video_url.len());
    MattingWork {
        workflow: workflow.to_owned(),
        video_url: format!("{video_url:a<chars$}")[..chars].to_owned(),
        webhook_url: words.get("webhook").map(str::to_owned),
    }
}

fn speech(workflow: &str, words: &Words<'_>) -> SpeechWork {
    SpeechWork {
        work: "vid_work".to_owned(),
        workflow: workflow.to_owned(),
        voice: words.get("voice").unwrap_or("v1").to_owned(),
        text: words.get("text").unwrap_or("Привет!").to_owned(),
        speed_percent: words.read("speed").unwrap_or(100),
        language: words.get("language").map(str::to_owned),
        seed: words.read("seed").unwrap_or(7),
    }
}

/// The run `req-1`, or one as somebody has put it into our store.
fn run(provider: &dyn Provider, workflow: &str, words: &Words<'_>) -> Run {
    let mut run = provider.run(workflow, "req-1").expect("an id");
    if let Some(url) = words.get("stored") {
        run.response_url = url.to_owned();
        run.status_url = url.to_owned();
        run.cancel_url = url.to_owned();
    }
    run
}

fn archive(words: &Words<'_>) -> Upload {
    let bytes: usize = words.read("bytes").expect("bytes=");
    let piece = 65_536;
    let pieces = (0..bytes).step_by(piece).map(move |at| piece.min(bytes - at));
    let body = stream::iter(pieces.map(|it| Ok(Bytes::from(vec![b'z'; it]))));
    let body = match words.get("then") {
        Some("breaks") => body.chain(stream::iter([Err(std::io::Error::other("disk"))])).boxed(),
        _ => body.boxed(),
    };
    Upload {
        name: words.get("name").unwrap_or("set.zip").to_owned(),
        content_type: "application/zip".to_owned(),
        bytes: words.read("promised").unwrap_or(bytes as u64),
        body,
    }
}

async fn fetch(http: &Http, words: &Words<'_>) -> String {
    let mut file = Vec::new();
    let limit = words.read("limit").unwrap_or(1_000);
    let url = words.get("url").expect("url=");
    let came = http.fetch(url, limit, Duration::from_secs(60), &mut file).await;
    assert!(file.len() as u64 <= limit, "more was kept than was allowed");
    text(came)
}

//! A customer of `bench videos`: walks the chat to a talking video as people do, and gets it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::video::Making;
use domain::{BotId, Millis};
use serde_json::Value;
use store::ledger::{self, HoldState};
use store::{Tx, artifacts, generations, objects, users};
use tokio::process::Command;

use crate::commands::drill::person::{Person, buttons};
use crate::commands::drill::stage::Stage;
use crate::commands::drill::{Halt, until_within};
use crate::failure::Failure;

/// Nothing that is measured takes as long, on however busy a machine.
const PATIENCE: Duration = Duration::from_secs(1_200);
const FRAME: (u32, u32) = (720, 1_280);
/// The customers' generations, and many more.
const ORDERS_MAX: u32 = 50;

/// What somebody orders.
pub struct Wish<'a> {
    pub script: &'a str,
    /// Spoken at 80 % of the usual pace.
    pub is_slow: bool,
    pub clip: Option<&'a Clip>,
}

/// A film that somebody has taken.
pub struct Clip {
    pub bytes: Vec<u8>,
    pub seconds: u32,
}

/// A button that was shown: its message, and what it carries.
pub type Button = (i64, String);

pub struct Customer<'a> {
    stage: &'a Stage,
    person: Person,
}

impl<'a> Customer<'a> {
    pub async fn join(stage: &'a Stage) -> Result<Self, Halt> {
        Ok(Self { stage, person: Person::join(stage, "Anna").await? })
    }

    /// Walks to the button by which a script is spoken.
    pub async fn prepare(&self, wish: &Wish<'_>) -> Result<Button, Halt> {
        let person = &self.person;
        person.write("/create").await?;
        match wish.clip {
            Some(clip) => {
                person.press("A person over my clip").await?;
                self.until_asked("clip").await?;
                self.send(clip).await?;
                self.until_shown("Woman", "a clip is taken in").await?;
            }
            None => person.press("A person who talks").await?,
        }
        for label in ["Woman", "1. Amina", "Choose this one", "Sofia"] {
            person.press(label).await?;
        }
        self.until_asked("What shall be said?").await?;
        person.write(wish.script).await?;
        if wish.is_slow {
            person.press("80%").await?;
            person.menu("\u{2713} 80%").await?;
        }
        person.menu("Speak it").await
    }

    pub async fn press(&self, button: &Button) -> Result<(), Halt> {
        self.person.press_on(button).await
    }

    /// Waits until the script is spoken, and walks to the button by which the video is made.
    pub async fn listen(&self) -> Result<Button, Halt> {
        self.until_shown("This is good", "a script is spoken").await?;
        self.person.press("This is good").await?;
        self.person.menu("Make the video").await
    }

    /// Waits for so many videos. Gives the latest, as Telegram has it.
    pub async fn receive(&self, count: usize) -> Result<Value, Halt> {
        until_within(PATIENCE, "a video is delivered", async || {
            let mut videos = self.videos().await?;
            Ok(if count <= videos.len() { videos.pop() } else { None })
        })
        .await
    }

    /// The videos that were delivered: messages of their own, not the menu below them.
    pub async fn videos(&self) -> Result<Vec<Value>, Halt> {
        let messages = self.person.messages().await?;
        let is_it = |it: &Value| {
            it["outgoing"] == false && it["video"].is_object() && buttons(it).is_empty()
        };
        Ok(messages.into_iter().filter(is_it).map(|mut it| it["video"].take()).collect())
    }

    /// Fetches what Telegram has of a video. Gives its hash.
    pub async fn save(&self, video: &Value, path: &Path) -> Result<String, Halt> {
        let id = video["file_id"].as_str().unwrap_or_default();
        self.stage.web.save(&format!("{}/sandbox/files/{id}", self.stage.world), path).await
    }

    /// What the books say of this customer's videos, the latest first.
    pub async fn made(&self) -> Result<Vec<Made>, Halt> {
        let (bot, person) = (format!("bot_{}", self.person.bot), self.person.id);
        let bot = BotId::from_text(&bot).ok_or_else(|| Halt::from("there is no such bot"))?;
        self.stage.ask(move |tx| made(tx, &bot, person)).await
    }

    /// Waits until the last menu has a button.
    async fn until_shown(&self, label: &str, what: &str) -> Result<(), Halt> {
        until_within(PATIENCE, what, async || {
            let messages = self.person.messages().await?;
            let menu = messages.iter().rev().find(|it| !buttons(it).is_empty());
            Ok(menu.filter(|it| has_button(it, label)).map(|_| ()))
        })
        .await
    }

    async fn until_asked(&self, words: &str) -> Result<(), Halt> {
        until_within(PATIENCE, &format!("somebody is asked “{words}”"), async || {
            let messages = self.person.messages().await?;
            let last = messages.iter().rev().find(|it| it["outgoing"] == false);
            let said = last.and_then(|it| it["text"].as_str().or(it["caption"].as_str()));
            Ok(said.filter(|it| it.contains(words)).map(|_| ()))
        })
        .await
    }

    async fn send(&self, clip: &Clip) -> Result<(), Halt> {
        let (bot, person) = (self.person.bot.to_string(), self.person.id.to_string());
        let (width, height) = (FRAME.0.to_string(), FRAME.1.to_string());
        let seconds = clip.seconds.to_string();
        let fields = [
            ("bot", bot.as_str()),
            ("person", &person),
            ("as", "video"),
            ("duration", &seconds),
            ("width", &width),
            ("height", &height),
        ];
        let named = ("clip.mp4", "video/mp4");
        let url = format!("{}/sandbox/send", self.stage.world);
        self.stage.web.send(&url, &fields, named, &clip.bytes).await
    }
}

fn has_button(message: &Value, label: &str) -> bool {
    buttons(message).iter().any(|it| it["text"].as_str().is_some_and(|it| it.contains(label)))
}

impl Clip {
    /// Films a test card, in grain that no encoder can make small, or without.
    pub async fn film(folder: &Path, seconds: u32, has_grain: bool) -> Result<Self, Halt> {
        let path = folder.join(format!("clip-{seconds}.mp4"));
        let (width, height) = FRAME;
        let mut card = format!("testsrc2=size={width}x{height}:rate=25:duration={seconds}");
        if has_grain {
            card += ",noise=alls=60:allf=t";
        }
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", &card, "-c:v", "libx264"]);
        // Telegram gives a bot 20 MB at most.
        command.args(["-preset", "ultrafast", "-b:v", "9M", "-maxrate", "9M", "-bufsize", "9M"]);
        let output = command.args(["-pix_fmt", "yuv420p"]).arg(&path).output().await;
        let output = output.map_err(|it| Halt::stuck(format!("ffmpeg is needed here: {it}")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Halt::stuck(format!("no clip can be made: {said}")));
        }
        Ok(Self { bytes: tokio::fs::read(&path).await?, seconds })
    }
}

/// A video as the books have it.
pub struct Made {
    /// Of the video.
    pub sha256: String,
    pub bytes: i64,
    pub millis: i64,
    /// Where the sound lies that it was ordered with, and how long that is.
    pub speech: PathBuf,
    pub speech_millis: i64,
    /// None: nothing was.
    pub charged: Option<i64>,
    pub quoted: i64,
    pub ordered_at: Millis,
    pub ended_at: Option<Millis>,
}

fn made(tx: &mut Tx, bot: &BotId, person: i64) -> Result<Vec<Made>, Failure> {
    let Some(user) = users::by_telegram(tx, bot, person)? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for it in generations::list(tx, &user.id, None, ORDERS_MAX)? {
        let Some(Making::Video { draft, .. }) = &it.making else { continue };
        let Some(speech) = artifacts::of(tx, &user.id, &draft.speech)? else { continue };
        let Some(sound) = objects::of(tx, &user.id, &speech.object)? else { continue };
        let charged = match ledger::hold_state(tx, &it.hold)?.map(|it| it.state) {
            Some(HoldState::Captured(credits)) => Some(credits.as_i64()),
            Some(HoldState::Open | HoldState::Released) | None => None,
        };
        for artifact in artifacts::of_generation(tx, &user.id, &it.id)? {
            let Some(object) = objects::of(tx, &user.id, &artifact.object)? else { continue };
            all.push(Made {
                sha256: object.sha256,
                bytes: object.bytes,
                millis: artifact.duration_ms.unwrap_or_default(),
                speech: Path::new("state/objects").join(&sound.key),
                speech_millis: speech.duration_ms.unwrap_or_default(),
                charged,
                quoted: it.credits.as_i64(),
                ordered_at: it.created_at,
                ended_at: it.ended_at,
            });
        }
    }
    Ok(all)
}

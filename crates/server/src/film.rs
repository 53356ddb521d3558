//! Sound and video, with our own hands: `media::video` on threads of its own, a few at a time, in
//! folders that go with the work.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use domain::video::VideoQuality;
use domain::{ChatId, GenerationId, Millis};
use media::video::speech::Speed;
use media::video::{
    self, Captions, Container, Figure, Folder, Frame, Label, Limits, Loudness, Montage, NotOurs,
    Tools, VideoError,
};
use store::generations;
use tokio::io::AsyncWriteExt;
use tokio::sync::{Semaphore, watch};

use crate::app::App;
use crate::bot::paint::PROGRESS_PAUSE;
use crate::config;
use crate::failure::Failure;

/// Who has a video that we put together, where others have a provider's name.
pub const PROVIDER: &str = "montage";

/// Both sides of the picture of a sound.
pub const WAVEFORM_SIDE: u32 = video::speech::WAVEFORM_SIDE;

/// How often the percent is noted while a video is put together.
const NOTED_EVERY: Duration = Duration::from_secs(2);

/// The longest that one program may take, and how much of it each of its threads may work.
const PROGRAM_SECONDS: u64 = 900;
const OUTPUT_BYTES_MAX: u64 = 500 << 20;

/// The work that each thread may have with a clip that nobody has paid for. It is judged by that and
/// not by the clock: on a busy machine a good one takes as long as it takes, but not for ever.
const CLIP_WORK_SECONDS: u64 = 60;
const CLIP_SECONDS: u64 = 4 * CLIP_WORK_SECONDS;

/// What is said of a label in the file itself.
const LABEL_IN_FILE: &str = "AI-generated";

/// The programs, and the folder in which they work.
pub struct Films {
    pub tools: Arc<Tools>,
    folder: PathBuf,
    room_bytes: u64,
    turns: Semaphore,
}

/// What a film is that came from outside, as far as we ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probed {
    /// How long something is to be seen.
    pub millis: i64,
    /// How much of it is missing of what its header promises.
    pub missing: i64,
    pub width: u32,
    pub height: u32,
    pub has_sound: bool,
    /// Whether something of it can be seen through.
    pub has_alpha: bool,
}

/// A speech, made even.
pub struct Sound {
    pub path: PathBuf,
    /// JPEG.
    pub waveform: Vec<u8>,
    pub millis: i64,
}

/// A clip that can be behind somebody.
pub struct Clip {
    pub path: PathBuf,
    pub width: u32,
    pub height: u32,
    pub millis: i64,
}

/// The files that a video is put together from.
pub struct Parts {
    pub figure: PathBuf,
    /// Whether the figure was cut out already; else it stands on green, or is the whole picture.
    pub is_cut: bool,
    pub sound: PathBuf,
    pub background: Option<PathBuf>,
}

/// What else a video is to have.
pub struct Wish {
    pub quality: VideoQuality,
    /// Written over the picture while it is said.
    pub script: Option<String>,
    /// What is written in a corner.
    pub label: Option<String>,
}

/// A video that can be sent.
pub struct Finished {
    pub path: PathBuf,
    pub width: u32,
    pub height: u32,
    pub millis: i64,
    /// JPEG.
    pub thumbnail: Vec<u8>,
}

/// Why it could not be done.
#[derive(Debug)]
pub enum Wrong {
    /// It would fail again: the file is not what it should be.
    Unusable(String),
    Failed(Failure),
}

impl Wrong {
    fn of(error: VideoError) -> Self {
        match error {
            VideoError::NoRoom => Self::Failed(Failure::NoRoom),
            VideoError::File(source) => Self::Failed(source.into()),
            VideoError::TooLong { .. } | VideoError::TooLarge | VideoError::Unreadable { .. } => {
                Self::Unusable(error.to_string())
            }
            VideoError::TimedOut { .. }
            | VideoError::TooMuchWork { .. }
            | VideoError::Failed { .. } => Self::Failed(Failure::Program(error.to_string())),
            VideoError::NoProgram { .. } | VideoError::Killed => {
                Self::Failed(Failure::Io(std::io::Error::other(error.to_string())))
            }
        }
    }
}

impl Films {
    pub fn new(config: &config::Config) -> Self {
        let videos = &config.videos;
        let limits = Limits {
            seconds: PROGRAM_SECONDS,
            cpu_seconds: PROGRAM_SECONDS * (u64::from(videos.threads) + 1),
            threads: videos.threads,
            niceness: videos.niceness,
            output_bytes: OUTPUT_BYTES_MAX,
        };
        let tools =
            Tools { ffmpeg: videos.ffmpeg.clone(), ffprobe: videos.ffprobe.clone(), limits };
        Self {
            tools: Arc::new(tools),
            // One of our own, whatever else lies there: what is left in it is swept away.
            folder: videos.folder.as_ref().unwrap_or(&config.data).join("atelier-work"),
            room_bytes: videos.room_bytes,
            turns: Semaphore::new(config.work.montage),
        }
    }

    /// Whether the programs are where they usually are. Whether they can what is needed takes a
    /// moment to find out, and until then customers are offered videos or not by this.
    pub fn are_there(&self) -> bool {
        const USUALLY: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/bin", "/opt/homebrew/bin"];
        [&self.tools.ffmpeg, &self.tools.ffprobe].into_iter().all(|program| {
            program.is_file() || USUALLY.iter().any(|it| Path::new(it).join(program).is_file())
        })
    }

    /// A folder of its own for a piece of work, by the work's id: gone when it is dropped, which is
    /// work for a thread of its own ([`leave`]).
    fn folder(&self, id: &str) -> Result<Arc<Folder>, Failure> {
        std::fs::create_dir_all(&self.folder)?;
        match Folder::new(&self.folder, id) {
            Ok(folder) => Ok(Arc::new(folder)),
            // Whoever had the job before is still letting go of it.
            Err(NotOurs::Taken) => Err(std::io::Error::other("its folder is in use").into()),
            Err(NotOurs::File(error)) => Err(error.into()),
            Err(error @ NotOurs::Name) => Err(Failure::Ours(error.to_string())),
        }
    }

    fn folder_of_what_came(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}-came"))
    }

    /// Where nobody can tell, there is room.
    fn is_full(&self) -> bool {
        let _ = std::fs::create_dir_all(&self.folder);
        video::room(&self.folder).is_ok_and(|it| it < self.room_bytes)
    }

    /// Deletes what processes have left behind that are gone. Says how many folders.
    fn sweep(&self, now: Millis) -> std::io::Result<usize> {
        let before = Duration::from_millis(now.since(LEFT_FOR).as_i64().max(0).unsigned_abs());
        video::sweep(&self.folder, UNIX_EPOCH + before)
    }
}

/// Runs something on a thread of its own.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::Ours("work on a video panicked".to_owned()))
}

/// The same for something of `media`.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VideoError> + Send + 'static,
) -> Result<T, Wrong> {
    apart(work).await.map_err(Wrong::Failed)?.map_err(Wrong::of)
}

/// A folder of its own for a piece of work, by the work's id. Whoever takes it leaves it ([`leave`]);
/// with whoever dies it goes all the same.
pub async fn folder(app: &App, id: &str) -> Result<Arc<Folder>, Failure> {
    let (films, id) = (app.films.clone(), id.to_owned());
    apart(move || films.folder(&id)).await?
}

/// Deletes a folder of work and all that is in it. When this returns, another one may take it.
pub async fn leave(work: Arc<Folder>) {
    // What could not be deleted is swept later.
    let _ = apart(move || drop(work)).await;
}

/// Where what came of a piece of work lies until the row says what became of it: whoever has the work
/// next, on this machine, finds it there. What is forgotten there goes as all that the dead leave.
pub async fn place(app: &App, id: &str) -> Result<PathBuf, Failure> {
    let folder = app.films.folder_of_what_came(id);
    let made = apart(move || {
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map(|()| folder)
    });
    Ok(made.await??.join("came"))
}

/// Puts it there, all of it or nothing.
pub async fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = place.with_extension("part");
    let mut file = tokio::fs::File::create(&part).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&part, place).await
}

/// Deletes it.
pub fn forget(app: &App, id: &str) -> impl Future<Output = ()> + Send + 'static {
    let folder = app.films.folder_of_what_came(id);
    async move {
        // What could not be deleted is swept later.
        let _ = tokio::fs::remove_dir_all(folder).await;
    }
}

/// Whether there is less room on the disk than is to stay free.
pub async fn is_full(films: &Arc<Films>) -> Result<bool, Failure> {
    let films = films.clone();
    apart(move || films.is_full()).await
}

/// What a film is that a provider made. All of it is decoded, as its header may promise what isn't
/// there.
pub async fn probe(app: &App, work: &Arc<Folder>, path: &Path) -> Result<Probed, Wrong> {
    // Seconds: it doesn't stand in line behind videos.
    let _turn = look(app).await?;
    let (tools, path, stop) = (app.films.tools.clone(), path.to_owned(), Stop::new());
    let (stopped, held) = (stop.flag(), work.clone());
    let (found, shown) = aside(move || {
        let _held = held;
        let found = video::probe(&tools, &path)?;
        let is_film = matches!(found.format, Container::Mov | Container::Matroska);
        let shown = match found.video.is_some() && is_film {
            true => video::shown_ms(&tools, &path, &found, &stopped).map_err(of_theirs)?,
            false => 0,
        };
        Ok((found, shown))
    })
    .await?;
    let is_film = matches!(found.format, Container::Mov | Container::Matroska);
    let frame = found.video.as_ref().filter(|_| is_film).map(|it| it.upright());
    let promised = found.video.as_ref().and_then(|it| it.duration_ms).unwrap_or(found.duration_ms);
    let millis = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    Ok(Probed {
        millis: millis(shown),
        missing: millis(promised) - millis(shown),
        width: frame.map_or(0, |it| it.width),
        height: frame.map_or(0, |it| it.height),
        has_sound: found.audio.is_some(),
        has_alpha: found.video.is_some_and(|it| it.has_alpha),
    })
}

/// What breaks ffmpeg breaks it again.
fn of_theirs(error: VideoError) -> VideoError {
    match error {
        VideoError::Failed { .. } => VideoError::Unreadable { why: error.to_string() },
        other => other,
    }
}

async fn look(app: &App) -> Result<tokio::sync::SemaphorePermit<'_>, Wrong> {
    let turn = app.looks.acquire().await;
    turn.map_err(|it| Wrong::Failed(Failure::Ours(it.to_string())))
}

/// Makes a speech even, and slower or faster where who spoke couldn't.
pub async fn sound(
    app: &App,
    work: &Arc<Folder>,
    came: &Path,
    speed_percent: u32,
) -> Result<Sound, Wrong> {
    // A second or two: it doesn't stand in line behind videos.
    let _turn = look(app).await?;
    let (came, path) = (came.to_owned(), work.path().join("speech.mp3"));
    let (tools, out, stop) = (app.films.tools.clone(), path.clone(), Stop::new());
    let (stopped, held) = (stop.flag(), work.clone());
    let (millis, waveform) = aside(move || {
        let _held = held;
        let speed = Speed::from_milli(speed_percent.saturating_mul(10));
        let spoken = video::speech::normalise(&tools, &came, &out, speed, &stopped)?;
        Ok((spoken.duration_ms, video::speech::waveform(&tools, &out)?))
    })
    .await?;
    Ok(Sound { path, waveform, millis: i64::try_from(millis).unwrap_or(i64::MAX) })
}

/// Makes a customer's clip fit to be behind somebody.
pub async fn take_in(app: &App, work: &Arc<Folder>, came: &Path) -> Result<Clip, Wrong> {
    let _turn = turn(app).await?;
    let (tools, came) = (app.films.tools.clone(), came.to_owned());
    let path = work.path().join("clip.mp4");
    let (out, stop) = (path.clone(), Stop::new());
    let (stopped, held) = (stop.flag(), work.clone());
    // Nobody has paid for it yet, and everybody's videos wait behind it.
    let cpu_seconds = CLIP_WORK_SECONDS * u64::from(tools.limits.threads);
    let limits = Limits { seconds: CLIP_SECONDS, cpu_seconds, ..tools.limits };
    let tools = Tools { limits, ..(*tools).clone() };
    // Telegram doesn't say how long a video is that is sent as a file.
    let most = app.ground.catalog.videos.limits.background_seconds_max;
    let taken = aside(move || {
        let _held = held;
        video::background::take_in(&tools, &came, &out, Frame::UPRIGHT, most, &stopped)
            .map_err(of_clip)
    })
    .await?;
    Ok(Clip {
        path,
        width: Frame::UPRIGHT.width,
        height: Frame::UPRIGHT.height,
        millis: i64::try_from(taken.duration_ms).unwrap_or(i64::MAX),
    })
}

/// What is too much work would be the same the next time.
fn of_clip(error: VideoError) -> VideoError {
    match error {
        VideoError::TooMuchWork { .. } => VideoError::Unreadable { why: error.to_string() },
        other => of_theirs(other),
    }
}

async fn turn(app: &App) -> Result<tokio::sync::SemaphorePermit<'_>, Wrong> {
    let turn = app.films.turns.acquire().await;
    turn.map_err(|it| Wrong::Failed(Failure::Ours(it.to_string())))
}

/// Puts a video together. Whoever waits for it sees how far that is; dropped, it stops.
pub async fn montage(
    app: &Arc<App>,
    id: &GenerationId,
    chat: Option<ChatId>,
    work: &Arc<Folder>,
    parts: &Parts,
    wish: &Wish,
) -> Result<Finished, Wrong> {
    let _turn = turn(app).await?;
    let (tools, folder) = (app.films.tools.clone(), work.clone());
    let (montage, stop) = (montage_of(parts, wish), Stop::new());
    let (stopped, permille) = (stop.flag(), Arc::new(AtomicU32::new(0)));
    let seen = permille.clone();
    let making = aside(move || {
        let done = video::montage(&tools, &montage, &folder, &stopped, &mut |it| {
            seen.store(u32::from(it), Ordering::Relaxed);
        })?;
        let thumbnail = video::thumbnail(&tools, &done.path)?;
        Ok((done, thumbnail))
    });
    tokio::pin!(making);
    loop {
        tokio::select! {
            done = &mut making => {
                let (done, thumbnail) = done?;
                let millis = i64::try_from(done.duration_ms).unwrap_or(i64::MAX);
                let (path, width, height) = (done.path, done.width, done.height);
                return Ok(Finished { path, width, height, millis, thumbnail });
            }
            () = tokio::time::sleep(NOTED_EVERY) => {
                note(app, id, chat.as_ref(), permille.load(Ordering::Relaxed) / 10).await;
            }
        }
    }
}

/// Ends what was begun on another thread as soon as nobody waits for it any more.
struct Stop(Arc<AtomicBool>);

impl Stop {
    fn new() -> Self {
        Self(Arc::new(AtomicBool::new(false)))
    }

    fn flag(&self) -> Arc<AtomicBool> {
        self.0.clone()
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn montage_of(parts: &Parts, wish: &Wish) -> Montage {
    let (width, height) = wish.quality.frame();
    let figure = match (parts.is_cut, &parts.background) {
        (true, _) => Figure::Alpha(parts.figure.clone()),
        (false, Some(_)) => Figure::Green(parts.figure.clone()),
        (false, None) => Figure::Whole(parts.figure.clone()),
    };
    Montage {
        figure,
        sound: Some(parts.sound.clone()),
        background: parts.background.clone(),
        frame: Frame { width, height },
        captions: wish.script.clone().map(|script| Captions { script }),
        label: wish.label.clone().map(|text| Label { text, metadata: LABEL_IN_FILE.to_owned() }),
        loudness: Loudness::AsItIs,
    }
}

/// Notes how far it is. That may fail: it is for the eye only.
async fn note(app: &Arc<App>, id: &GenerationId, chat: Option<&ChatId>, percent: u32) {
    let (id, touched, ground) = (id.clone(), chat.cloned(), app.ground.clone());
    let noted = app.db.write(move |tx| -> Result<bool, store::StoreError> {
        let is_news = generations::put_together(tx, &id, percent)?;
        if let Some(chat) = touched.as_ref().filter(|_| is_news) {
            store::chats::touch(tx, chat, ground.now())?;
        }
        Ok(is_news)
    });
    match (noted.await, chat) {
        (Ok(true), Some(chat)) => {
            app.painter.want(chat, None, app.ground.now().plus(PROGRESS_PAUSE));
        }
        (Ok(_), _) => {}
        (Err(failure), _) => tracing::warn!(%failure, "how far a video is could not be noted"),
    }
}

/// How often it is looked how much room there is, and what the dead have left.
const LOOKED_EVERY: Duration = Duration::from_secs(30);

/// A folder of work that nobody holds goes after so long.
const LEFT_FOR: Millis = Millis::HOUR;

/// Finds out whether videos can be put together here, and keeps an eye on the disk.
pub async fn watch(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let tools = app.films.tools.clone();
    match aside(move || tools.check()).await {
        Ok(equipment) if equipment.missing.is_empty() => {
            app.ground.can_film.store(true, Ordering::Relaxed);
        }
        Ok(equipment) => {
            app.ground.can_film.store(false, Ordering::Relaxed);
            let missing = equipment.missing.join(", ");
            tracing::warn!(missing, "ffmpeg lacks something: no videos are offered");
        }
        Err(wrong) => {
            app.ground.can_film.store(false, Ordering::Relaxed);
            tracing::warn!(?wrong, "ffmpeg isn't there: no videos are offered");
        }
    }
    loop {
        let (films, now) = (app.films.clone(), app.ground.now());
        match apart(move || (films.is_full(), films.sweep(now))).await {
            Ok((is_full, swept)) => {
                app.ground.room.store(!is_full, Ordering::Relaxed);
                match swept {
                    Ok(0) => {}
                    Ok(folders) => tracing::info!(folders, "what dead processes left was deleted"),
                    Err(error) => tracing::warn!(%error, "the folder of videos can't be swept"),
                }
            }
            Err(failure) => tracing::error!(%failure, "the folder of videos can't be looked after"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKED_EVERY) => {}
            _ = stopped.changed() => return,
        }
    }
}

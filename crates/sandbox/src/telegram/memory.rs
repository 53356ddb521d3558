//! What Telegram remembers over a restart, where it has a folder: one file, written anew soon after
//! something changed and read at the beginning.
//!
//! It is a demo's memory and no ledger: what came in the moment before a kill may be missing.
//! Webhooks, faults, payments that wait for the bot's word, and who looks on are not kept. A file
//! that can't be read is put aside, and the world begins anew.

use super::chats::{Chat, KeptChat};
use super::files::Media;
use super::mail::Waiting;
use super::people::{Bot, Person};
use super::stars::Books;
use super::{Telegram, groups};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

const NAME: &str = "telegram.json";
const NAME_ASIDE: &str = "telegram.unreadable.json";
/// Another one is not read.
const VERSION: u32 = 1;
/// So many numbers of messages and updates are passed over: they may have been given out after the
/// last writing, and bots remember them.
pub(super) const NUMBERS_LOST_MAX: i64 = 1_000;
/// So many times as long as it wrote it rests, however much there is to write.
const REST: u32 = 4;

/// Everything, as it is in the file.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    version: u32,
    #[serde(with = "shared")]
    pub(super) people: Vec<Arc<Person>>,
    #[serde(with = "shared")]
    bots: Vec<Arc<KeptBot>>,
    #[serde(with = "shared")]
    pub(super) files: Vec<Arc<Media>>,
    pub(super) next_file: u64,
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct KeptBot {
    id: i64,
    pub(super) last_message_id: i64,
    pub(super) commands: Vec<((String, String), Vec<Value>)>,
    chats: Vec<KeptChat>,
    pub(super) books: Books,
    pub(super) mail: Waiting,
}

pub(super) struct Memory {
    dir: PathBuf,
    /// Bots that nobody has made known since the beginning, as they were.
    absent: Mutex<BTreeMap<i64, Arc<KeptBot>>>,
    is_changed: AtomicBool,
    changed: Notify,
    /// Held while it is written, so that what is older can't replace what is newer.
    writing: Mutex<()>,
}

impl Memory {
    /// Reads what was kept in a folder. What belongs to bots comes when they are made known.
    pub(super) fn open(dir: &Path) -> (Memory, Kept) {
        let mut kept = read(&dir.join(NAME)).unwrap_or_else(|error| {
            tracing::warn!(%error, "what the made-up Telegram knew can't be read: it begins anew");
            // If it can't be put aside, the next writing replaces it.
            let _ = std::fs::rename(dir.join(NAME), dir.join(NAME_ASIDE));
            Kept::default()
        });
        kept.forget_files();
        let absent = kept.bots.drain(..).map(|bot| (bot.id, bot)).collect();
        let memory = Memory {
            dir: dir.to_owned(),
            absent: Mutex::new(absent),
            is_changed: AtomicBool::new(false),
            changed: Notify::new(),
            writing: Mutex::default(),
        };
        (memory, kept)
    }

    /// What was kept of a bot that is made known.
    pub(super) fn take(&self, id: i64) -> Option<Arc<KeptBot>> {
        self.absent.lock().expect("no panic under this lock").remove(&id)
    }

    fn write(&self, kept: &Kept) -> io::Result<()> {
        std::fs::create_dir_all(&self.dir)?;
        let half = self.dir.join(format!("{NAME}.half"));
        let mut file = BufWriter::new(std::fs::File::create(&half)?);
        serde_json::to_writer(&mut file, kept)?;
        file.flush()?;
        std::fs::rename(half, self.dir.join(NAME))
    }
}

/// Without a file there is nothing to know.
fn read(path: &Path) -> io::Result<Kept> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(error),
    };
    let kept: Kept = serde_json::from_slice(&bytes)?;
    if kept.version != VERSION {
        return Err(io::Error::other(format!("it is of version {}", kept.version)));
    }
    Ok(kept)
}

impl Kept {
    /// Files that no message and no update speaks of go. A bot that sends one by its id is refused,
    /// as it must expect.
    fn forget_files(&mut self) {
        let mut wires = Vec::new();
        for bot in &self.bots {
            wires.extend(bot.chats.iter().flat_map(KeptChat::messages).map(|it| &*it.wire));
            wires.extend(bot.mail.pending.values().map(|it| &*it.wire));
        }
        let named = wires.iter().flat_map(|wire| wire.split("\"file_id\":\"").skip(1));
        let named: HashSet<&str> = named.filter_map(|rest| rest.split('"').next()).collect();
        self.files.retain(|file| file.sizes.iter().any(|size| named.contains(size.id.as_str())));
    }
}

impl KeptBot {
    fn of(bot: &Bot) -> KeptBot {
        let chats: Vec<_> =
            bot.chats.read().expect("no panic under this lock").values().cloned().collect();
        let chat = |it: &Arc<Mutex<Chat>>| it.lock().expect("no panic under this lock").kept();
        let chats = chats.iter().map(chat).collect();
        let commands = bot.commands.read().expect("no panic under this lock");
        let commands = commands.iter().map(|(scope, it)| (scope.clone(), it.clone())).collect();
        KeptBot {
            id: bot.id,
            commands,
            chats,
            books: bot.books.lock().expect("no panic under this lock").kept(),
            mail: bot.mail.lock().expect("no panic under this lock").kept(),
            last_message_id: bot.last_message_id.load(Ordering::Relaxed) + NUMBERS_LOST_MAX,
        }
    }

    /// The chats of those who are still there.
    pub(super) fn chats(&self, telegram: &Telegram) -> HashMap<i64, Arc<Mutex<Chat>>> {
        let mut chats = HashMap::new();
        for kept in &self.chats {
            let person = match telegram.person(kept.person) {
                None if kept.person < 0 => Arc::new(groups::whole(kept.person, &kept.title)),
                None => continue,
                Some(person) => person,
            };
            chats.insert(kept.person, Arc::new(Mutex::new(Chat::restored(kept, person))));
        }
        chats
    }
}

impl Telegram {
    /// Something is to be remembered. It is said when it has happened: what is written meanwhile
    /// may not have it.
    pub(super) fn changed(&self) {
        if let Some(memory) = &self.memory {
            memory.is_changed.store(true, Ordering::Release);
            memory.changed.notify_one();
        }
    }

    /// Writes down what is to be remembered, if there is a folder and something has changed.
    pub fn remember(&self) {
        let Some(memory) = &self.memory else { return };
        let _alone = memory.writing.lock().expect("no panic under this lock");
        if !memory.is_changed.swap(false, Ordering::AcqRel) {
            return;
        }
        if let Err(error) = memory.write(&self.kept(memory)) {
            tracing::warn!(%error, "what the made-up Telegram knows can't be written down");
        }
    }

    /// Writes down each change at once, and what changes meanwhile after a rest.
    pub(crate) async fn keep_remembering(self: Arc<Self>) {
        let Some(memory) = &self.memory else { return std::future::pending().await };
        loop {
            memory.changed.notified().await;
            let (here, began) = (self.clone(), self.now());
            // If it fails, the next change is another chance.
            let _ = tokio::task::spawn_blocking(move || here.remember()).await;
            let took =
                Duration::from_millis(self.now().saturating_sub(began).max(0).unsigned_abs());
            tokio::time::sleep(took * REST).await;
        }
    }

    /// Files come last, so that none is missing that a message speaks of.
    fn kept(&self, memory: &Memory) -> Kept {
        let mut bots = memory.absent.lock().expect("no panic under this lock").clone();
        bots.extend(self.bots().iter().map(|bot| (bot.id, Arc::new(KeptBot::of(bot)))));
        let bots = bots.into_values().collect();
        let people = self.people();
        let (next_file, files) = self.files.kept();
        Kept { version: VERSION, people, bots, files, next_file }
    }
}

impl Drop for Telegram {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.remember();
        }
    }
}

/// Text that is shared in memory.
pub(super) mod text {
    use serde::{Deserialize, Deserializer, Serializer};
    use std::sync::Arc;

    pub(crate) fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(from).map(Arc::from)
    }
}

/// A list of what is shared in memory.
mod shared {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::Arc;

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        all: &[Arc<T>],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(all.iter().map(|it| &**it))
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<Arc<T>>, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().map(Arc::new).collect())
    }
}

//! What the operator's own GPUs do in a chat, at the desk where real ones stand: `gpu box1 can
//! qwen-edit@1` says hello, `takes` asks for a run, `is at 40`, `finishes`, `fails: photo`, `fails:
//! node`, `tries again`, `hands back`, `stops`, `dies` (says nothing for longer than its lease),
//! `wakes` (does what it had begun), `drains`, `is ill`, `is well`.

use std::time::Duration;

use bytes::Bytes;
use domain::refusal::Fault;
use domain::{GenerationId, Millis};
use server::commands::worker::{self, Care};
use server::farm::desk::{Answer, End, Hello, Ticket, Word};
use server::farm::here::{Desk, DeskError, Here};
use store::{generations, gpu_runs, users};

use super::talk::Talk;
use crate::world::files;

/// A worker in a chat: its name, and the last run that it was given.
#[derive(Clone, Debug)]
pub struct Seat {
    pub name: String,
    pub had: Option<(Ticket, u32)>,
}

impl Talk {
    /// Does what a GPU does, and writes what the desk says to it.
    pub(super) async fn gpu(&mut self, what: &str) -> Result<(), String> {
        let (name, does) = what.split_once(' ').ok_or("which GPU does what?")?;
        let said = match does.split_once(' ').unwrap_or((does, "")) {
            ("can", words) => self.hello(name, words).await?,
            ("takes", _) => self.takes(name).await?,
            ("is", "ill") => {
                let ill = self.desk(name).quarantine("it made no progress").await;
                ill.map_err(|it| it.to_string())?;
                None
            }
            ("is", "well") => Some(self.care(Care::Resume { name: name.to_owned() }).await?),
            ("drains", _) => Some(self.care(Care::Drain { name: name.to_owned() }).await?),
            ("is", how) => self.is_at(name, how.trim_start_matches("at ")).await?,
            ("dies", _) => {
                let lease = self.world.app.ground.config.gpu.lease;
                self.world.pass(lease.as_i64() + 1_000).await;
                None
            }
            ("finishes" | "wakes", _) => self.finishes(name).await?,
            ("fails:", "photo") => {
                let reason = "LoadImage: cannot identify image file '/srv/comfy/input/x.png'";
                self.ends(name, failed(Fault::PhotosUnusable, reason)).await?
            }
            ("fails:", "node") => {
                let reason = "KSampler: /srv/comfy/nodes.py: expected a tensor";
                self.ends(name, failed(Fault::ProviderFailed, reason)).await?
            }
            ("tries", "again") => {
                let reason = "it ran out of memory at /srv/comfy".to_owned();
                self.ends(name, End::Again { reason }).await?
            }
            ("hands", "back") => self.ends(name, End::HandBack { pause: Millis(0) }).await?,
            ("stops", _) => self.ends(name, End::Stopped).await?,
            _ => return Err("no GPU does anything like that".to_owned()),
        };
        if let Some(said) = said {
            self.write(&format!("  ({said})"));
        }
        self.world.breathe().await;
        Ok(())
    }

    pub fn desk(&self, name: &str) -> Here {
        Here { app: self.world.app.clone(), worker: name.to_owned() }
    }

    async fn care(&self, care: Care) -> Result<String, String> {
        let ground = self.world.app.ground.clone();
        let cared =
            self.world.db.write(move |tx| worker::look_after(tx, &ground, &care, ground.now()));
        let said = cared.await.map_err(|it| it.to_string())?;
        Ok(format!("{said:?}").replace("Done(\"", "").replace("\")", ""))
    }

    async fn hello(&mut self, name: &str, words: &str) -> Result<Option<String>, String> {
        let can = match words {
            "all" => self.world.app.ground.catalog.workflows.iter().map(|it| it.id()).collect(),
            words => words.split(' ').map(str::to_owned).collect(),
        };
        let hello = Hello { version: "0".to_owned(), device: "a GPU".to_owned(), can };
        self.desk(name).hello(&hello).await.map_err(|it| it.to_string())?;
        self.boxes.retain(|it| it.name != name);
        self.boxes.push(Seat { name: name.to_owned(), had: None });
        Ok(None)
    }

    async fn takes(&mut self, name: &str) -> Result<Option<String>, String> {
        let answer = self.desk(name).claim(Duration::ZERO).await.map_err(|it| it.to_string())?;
        let order = match answer {
            Answer::Order { order } => order,
            Answer::Nothing => return Ok(Some("there is nothing for it".to_owned())),
            Answer::Drain => return Ok(Some("it shall end".to_owned())),
            Answer::Unknown => return Ok(Some("it is not known".to_owned())),
            Answer::Quarantined { reason } => {
                return Ok(Some(format!("it is kept from work: {reason}")));
            }
        };
        let id = order.ticket.run.clone();
        let whose = self.world.read(move |tx| {
            let Some(run) = gpu_runs::get_for_job(tx, &id)? else { return Ok(None) };
            let Some(work) = GenerationId::from_text(&run.work) else { return Ok(None) };
            let work = generations::get_for_job(tx, &work)?;
            let user = users::get(tx, &run.user)?;
            Ok(work.zip(user).map(|(work, user)| {
                let preset = work.edit.map(|it| it.preset).unwrap_or_default();
                (user.first_name, preset)
            }))
        });
        let (whose, preset) = whose.await.ok_or("a run of nobody")?;
        let photos = order.photos;
        let own = self.boxes.iter_mut().find(|it| it.name == name).ok_or("no such GPU")?;
        own.had = Some((order.ticket.clone(), photos));
        Ok(Some(format!("{whose}’s {preset}, photos: {photos}")))
    }

    /// The run that it had last, whether or not it still has it.
    pub fn had(&self, name: &str) -> Result<(Ticket, u32), String> {
        let own = self.boxes.iter().find(|it| it.name == name);
        own.and_then(|it| it.had.clone()).ok_or_else(|| format!("{name} has had no run"))
    }

    async fn is_at(&self, name: &str, percent: &str) -> Result<Option<String>, String> {
        let percent = percent.parse().map_err(|_| "at how many percent?")?;
        let (ticket, _) = self.had(name)?;
        let word = self.desk(name).beat(&ticket, Some(percent)).await;
        Ok(match word.map_err(|it| it.to_string())? {
            Word::GoOn => None,
            Word::Stop => Some("it shall stop".to_owned()),
            Word::Lost => Some("it has lost the run".to_owned()),
        })
    }

    /// Fetches the photos, gives a picture, and says so.
    async fn finishes(&self, name: &str) -> Result<Option<String>, String> {
        let (ticket, photos) = self.had(name)?;
        let desk = self.desk(name);
        let lost = || Ok(Some("it has lost the run".to_owned()));
        for number in 0..photos {
            match desk.photo(&ticket, number).await {
                Ok(photo) if photo.bytes.is_empty() => return Err("an empty photo".to_owned()),
                Ok(_) => {}
                Err(DeskError::Lost) => return lost(),
                Err(error) => return Err(error.to_string()),
            }
        }
        let bytes: Bytes = files::file("picture-9").2;
        let end = End::Done { files: vec![bytes.len() as u64] };
        match desk.put(&ticket, 1, bytes).await {
            Ok(()) => self.ends(name, end).await,
            Err(DeskError::Lost) => lost(),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn ends(&self, name: &str, end: End) -> Result<Option<String>, String> {
        let (ticket, _) = self.had(name)?;
        match self.desk(name).end(&ticket, &end).await {
            Ok(()) => Ok(None),
            Err(DeskError::Lost) => Ok(Some("it has lost the run".to_owned())),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn failed(fault: Fault, reason: &str) -> End {
    End::Failed { fault, reason: reason.to_owned() }
}

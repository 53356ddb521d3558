//! What happens in the world, a line each: time, work, faults of others, and our own ends.

use std::sync::atomic::Ordering;

use domain::{Credits, JobId, News};
use serde_json::{Map, Value, json};
use server::outbox;
use server::studio::people::wallet;
use store::ledger::{self, Grant, GrantKind};
use store::{StoreError, artifacts, attention, jobs, users};

use super::support::SUPPORT;
use super::talk::{Talk, Talker};
use crate::world::wire::{Knock, Luck};
use crate::world::{ANNA, BOT, LANES, OTHER_TOKEN, TOKEN};

const MINUTE: i64 = 60_000;

impl Talk {
    /// Scenes begin with scenes, so what they need of the stack is little: the rest is on the heap.
    pub async fn happen(&mut self, talker: Option<Talker>, what: &str) -> Result<(), String> {
        let Some(scene) = what.strip_prefix("scene ") else {
            return Box::pin(self.happens(talker, what)).await;
        };
        let file = super::folder().join("scenes").join(format!("{scene}.scene"));
        let text = std::fs::read_to_string(file).map_err(|it| it.to_string())?;
        self.quietly(talker, &text).await
    }

    async fn happens(&mut self, talker: Option<Talker>, what: &str) -> Result<(), String> {
        let (word, rest) = what.split_once(' ').unwrap_or((what, ""));
        let number =
            || rest.split(' ').next().and_then(|it| it.parse::<i64>().ok()).ok_or("how many?");
        let person = talker.as_ref().map_or(ANNA, |it| it.person);
        let bot = talker.as_ref().map_or(BOT, |it| it.bot);
        match word {
            // Read before the world began.
            "with" => {}
            "join" => {
                let (name, language) = rest.split_once(' ').unwrap_or((rest, "en"));
                let _ = self.join(name, language);
            }
            "gift" => self.gift(bot, person, number()?).await?,
            "worker" if rest == "dies" => self.worker_dies().await,
            "worker" => {
                self.world.work().await;
                self.world.breathe().await;
            }
            "gpu" => self.gpu(rest).await?,
            "glance" => self.world.glance().await,
            "settle" if rest.is_empty() => self.world.settle(30 * MINUTE).await,
            "settle" => self.world.settle(number()? * MINUTE).await,
            "seconds" => self.world.pass(number()? * 1_000).await,
            "minutes" => self.world.pass(number()? * MINUTE).await,
            "days" => self.world.pass(number()? * 24 * 60 * MINUTE).await,
            "back" => self.world.clock.pass(-number()? * MINUTE),
            "restart" => self.world.restart().await,
            "database" if rest == "away" => self.world.lose_database(),
            "database" => self.world.find_database().await,
            "blocks" => {
                self.world.sandbox.telegram().block(bot, person, true)?;
                self.world.breathe().await;
            }
            "groups" => self.open_groups(bot)?,
            "kicked" => self.world.sandbox.telegram().remove_from_group(bot, SUPPORT)?,
            "unblocks" => {
                self.world.sandbox.telegram().block(bot, person, false)?;
                self.world.breathe().await;
            }
            "telegram" if rest == "is down" => self.world.telegram_wire.always(Some(Luck::NotSent)),
            "telegram" if rest == "is up" => self.world.telegram_wire.always(None),
            "telegram" => {
                let fault = fault(rest, "method", "retry_after")?;
                let fault = serde_json::from_value(fault).map_err(|it| it.to_string())?;
                self.world.sandbox.telegram().fault(fault);
            }
            "fal" if rest == "is down" => self.world.fal_wire.always(Some(Luck::NotSent)),
            "fal" if rest == "is up" => self.world.fal_wire.always(None),
            "result" => self.result_deleted(person).await?,
            "fal" if rest == "is closed" => {
                let now = self.world.now();
                let closed = move |tx: &mut store::Tx| {
                    attention::raise(tx, "provider-closed", "fal", "for the story", now)
                };
                self.world.write(closed).await;
            }
            "fal" => {
                let fault = fault(rest, "on", "seconds")?;
                let fault = serde_json::from_value(fault).map_err(|it| it.to_string())?;
                self.world.sandbox.fal().fault(fault);
            }
            "replicate" if rest == "is down" => {
                self.world.replicate_wire.always(Some(Luck::NotSent));
            }
            "replicate" if rest == "is up" => self.world.replicate_wire.always(None),
            "replicate" => {
                let fault = fault(rest, "on", "seconds")?;
                let fault = serde_json::from_value(fault).map_err(|it| it.to_string())?;
                self.world.sandbox.replicate().fault(fault);
            }
            "speech" if rest == "is down" => {
                self.world.speech_wire.always(Some(Luck::NotSent));
            }
            "speech" if rest == "is silent" => {
                self.world.speech_wire.always(Some(Luck::AnswerLost));
            }
            "speech" if rest == "is up" => self.world.speech_wire.always(None),
            "speech" => {
                let fault = fault(rest, "on", "seconds")?;
                let fault = serde_json::from_value(fault).map_err(|it| it.to_string())?;
                self.world.sandbox.elevenlabs().fault(fault);
            }
            "disk" => {
                let has_room = rest != "is full";
                self.world.app.ground.room.store(has_room, Ordering::SeqCst);
            }
            "till" if rest == "is down" => self.world.till_wire.always(Some(Luck::NotSent)),
            "till" if rest == "is silent" => self.world.till_wire.always(Some(Luck::AnswerLost)),
            "till" if rest == "is up" => self.world.till_wire.always(None),
            "yookassa" => {
                let fault = fault(rest, "on", "seconds")?;
                let fault = serde_json::from_value(fault).map_err(|it| it.to_string())?;
                self.world.sandbox.yookassa().fault(fault);
            }
            "stars" => {
                self.world.sandbox.telegram().add_stars(person, number()?)?;
            }
            "renew" | "cancels" | "resumes" | "refund" | "card" | "promo" | "leave" => {
                self.at_the_till(bot, person, what).await?;
            }
            "revoke" => {
                let token = if rest == "second" { OTHER_TOKEN } else { TOKEN };
                self.world.sandbox.telegram().revoke(token);
            }
            "update" => self.again(|it| it.path.starts_with("/webhook/"), |_| {}).await?,
            "webhook" => {
                let is_ours = |it: &Knock| !it.path.starts_with("/webhook/");
                match rest {
                    "again" => self.again(is_ours, |_| {}).await?,
                    "changed" => {
                        let change = |it: &mut Knock| {
                            let text = String::from_utf8_lossy(&it.body).into_owned();
                            let other = text.replace("test_", "tost_");
                            let is_same = other == text;
                            it.body = if is_same { text + " " } else { other }.into_bytes().into();
                        };
                        self.again(is_ours, change).await?;
                    }
                    "unsigned" => {
                        let change = |it: &mut Knock| {
                            it.headers
                                .retain(|(name, _)| !name.to_lowercase().ends_with("signature"));
                        };
                        self.again(is_ours, change).await?;
                    }
                    _ => return Err("again, changed or unsigned?".to_owned()),
                }
            }
            _ => return Err("nothing like that happens here".to_owned()),
        }
        Ok(())
    }

    /// An operator gives credits, and the person is told.
    async fn gift(&mut self, bot: i64, person: i64, credits: i64) -> Result<(), String> {
        let ground = self.world.app.ground.clone();
        let credits = Credits::new(credits).ok_or("credits are never negative")?;
        let bot = domain::BotId::from_text(&format!("bot_{bot}")).ok_or("a bot")?;
        let given = self.world.db.write(move |tx| -> Result<(), server::failure::Failure> {
            let now = ground.now();
            let user = users::by_telegram(tx, &bot, person)?.ok_or_else(|| {
                server::failure::Failure::Ours("nobody has written yet".to_owned())
            })?;
            let reference = format!("grant:{}", JobId::new(ground.number()));
            let grant = Grant {
                reference: &reference,
                wallet: &wallet(&user),
                credits,
                kind: GrantKind::Bonus,
                reason: "a present",
                actor: "operator",
                cause: Some(user.id.as_str()),
                expires_at: None,
            };
            ledger::grant(tx, &grant, now)?;
            let news = News::Granted { credits, reason: "a present".to_owned() };
            outbox::tell(tx, &ground, &user.id, &news, &reference, now)
        });
        given.await.map_err(|it| it.to_string())?;
        self.world.work().await;
        self.world.breathe().await;
        Ok(())
    }

    /// A person's last result is deleted, as in another window.
    async fn result_deleted(&self, person: i64) -> Result<(), String> {
        let now = self.world.now();
        let bot = domain::BotId::from_text(&format!("bot_{BOT}")).ok_or("a bot")?;
        let delete = move |tx: &mut store::Tx| {
            let Some(user) = users::by_telegram(tx, &bot, person)? else { return Ok(0) };
            let last = "SELECT id FROM artifacts WHERE user_id = $1 ORDER BY id DESC LIMIT 1";
            let last = tx.one(last, &[&user.id])?.id(0)?;
            artifacts::delete(tx, &user.id, &[last], now)
        };
        match self.world.write(delete).await {
            1 => Ok(()),
            _ => Err("there is no result to be deleted".to_owned()),
        }
    }

    /// A worker takes the next job and is never heard of again.
    async fn worker_dies(&self) {
        let now = self.world.now();
        let lease = self.world.app.ground.config.work.lease;
        let claim = self.world.db.write(move |tx| {
            let claim = jobs::Claim::of(LANES, "worker_that_dies", lease);
            jobs::claim(tx, &claim, now).map(|it| it.is_some())
        });
        let took: Result<bool, StoreError> = claim.await;
        assert!(took.expect("the database is there"), "there was a job to take");
    }

    /// Posts the last of some webhooks once more, as it was or changed.
    async fn again(
        &mut self,
        is_meant: impl Fn(&Knock) -> bool,
        change: impl Fn(&mut Knock),
    ) -> Result<(), String> {
        let knocks = self.world.door.knocks();
        let mut knock = knocks.into_iter().rev().find(is_meant).ok_or("there was none yet")?;
        change(&mut knock);
        let code = self.world.door.post(&knock.path, &knock.headers, knock.body).await;
        let code = code.ok_or("nobody opens")?;
        self.write(&format!("  (answered {code})"));
        self.world.breathe().await;
        Ok(())
    }
}

/// `NAME times 2 on submit seconds 30 type x count 3` as the emulators want it.
fn fault(words: &str, place: &str, time: &str) -> Result<Value, String> {
    let mut words = words.split_whitespace();
    let mut fault = Map::new();
    fault.insert("fault".to_owned(), json!(words.next().ok_or("which fault?")?));
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        let name = match name {
            "on" => place,
            "seconds" => time,
            other => other,
        };
        let value = value.parse::<i64>().map_or_else(|_| json!(value), |it| json!(it));
        fault.insert(name.to_owned(), value);
    }
    Ok(Value::Object(fault))
}

//! Looks behind the scenes: the books, the trainings, the jobs, the files, in a few words each.

use std::collections::BTreeMap;

use server::inbox::facts;
use store::{Row, StoreError, Tx};

use super::World;
use super::films;
use super::opinions;
use crate::chats::till;

/// How many jobs are unfinished, but for the clockwork's own.
pub fn jobs_left(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.one("SELECT COUNT(*) FROM jobs WHERE ended_at IS NULL AND kind <> 'sweep'", &[])?.number(0)
}

/// Lines of `column, column` of a statement.
pub fn lines(
    tx: &mut Tx,
    sql: &'static str,
    line: impl Fn(&Row) -> Result<String, StoreError>,
) -> Result<Vec<String>, StoreError> {
    tx.query(sql, &[])?.iter().map(line).collect()
}

fn books(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let mut books = lines(
        tx,
        "SELECT users.first_name AS name, accounts.posted, accounts.held
         FROM accounts JOIN users ON accounts.id = 'wallet:' || users.bot_id || ':' || users.id
         ORDER BY users.created_at, users.id",
        |row| {
            let held = match row.number("held")? {
                0 => String::new(),
                held => format!(", {held} of it set aside"),
            };
            Ok(format!("{}: {}{held}", row.text("name")?, row.number("posted")?))
        },
    )?;
    books.extend(lines(
        tx,
        "SELECT id, CAST(SUM(credits) AS BIGINT) AS credits FROM (
            SELECT payee AS id, credits FROM transfers
            UNION ALL SELECT payer AS id, -credits FROM transfers) AS both_ways
         WHERE id LIKE 'platform:%' GROUP BY id ORDER BY id",
        |row| Ok(format!("{}: {}", row.text("id")?, row.number("credits")?)),
    )?);
    Ok(books)
}

fn trainings(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT avatars.name, trainings.kind, trainings.quality, trainings.state, trainings.fault,
                trainings.credits, holds.state AS hold, holds.captured,
                trainings.late_at
         FROM trainings JOIN avatars ON avatars.id = trainings.avatar_id
         JOIN holds ON holds.id = trainings.hold_id ORDER BY trainings.created_at, trainings.id",
        |row| {
            let mut line = format!(
                "{}, {} {}: {}",
                row.text("name")?,
                row.text("kind")?,
                row.text("quality")?,
                row.text("state")?
            );
            if let Some(fault) = row.maybe_text("fault")? {
                line += &format!(" ({fault})");
            }
            line += &match row.text("hold")?.as_str() {
                "captured" => format!(", {} charged", row.number("captured")?),
                "released" => format!(", {} given back", row.number("credits")?),
                _ => format!(", {} set aside", row.number("credits")?),
            };
            if row.maybe_number("late_at")?.is_some() {
                line += ", delivered late";
            }
            Ok(line)
        },
    )
}

fn jobs(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT kind, state, COUNT(*) AS count FROM jobs
         WHERE (ended_at IS NULL OR state = 'dead') AND kind <> 'sweep'
         GROUP BY kind, state ORDER BY kind, state",
        |row| Ok(format!("{} {}: {}", row.text("kind")?, row.text("state")?, row.number("count")?)),
    )
}

fn objects(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT kind, COUNT(*) AS count, COUNT(delete_after) AS dated FROM objects
         WHERE deleted_at IS NULL GROUP BY kind ORDER BY kind",
        |row| {
            let dated = match row.number("dated")? {
                0 => String::new(),
                dated => format!(", {dated} to be deleted"),
            };
            Ok(format!("{}: {}{dated}", row.text("kind")?, row.number("count")?))
        },
    )
}

fn avatars(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT avatars.name, avatars.state, avatars.is_main, avatars.deleted_at,
                avatars.model_object, users.first_name
         FROM avatars JOIN users ON users.id = avatars.user_id
         ORDER BY avatars.created_at, avatars.id",
        |row| {
            let mut line = format!(
                "{}'s {}: {}",
                row.text("first_name")?,
                row.text("name")?,
                row.text("state")?
            );
            if row.flag("is_main")? {
                line += ", main";
            }
            if row.maybe_text("model_object")?.is_some() {
                line += ", with a model";
            }
            if row.maybe_number("deleted_at")?.is_some() {
                line += ", deleted";
            }
            Ok(line)
        },
    )
}

fn tells(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(tx, "SELECT dedupe_key, state, error FROM tells ORDER BY created_at, id", |row| {
        let key = row.text("dedupe_key")?;
        let kind = key.split(':').next().unwrap_or_default();
        let error = row.maybe_text("error")?.map(|it| format!(" ({it})")).unwrap_or_default();
        Ok(format!("{kind}: {}{error}", row.text("state")?))
    })
}

fn attention(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT kind, COUNT(*) AS count FROM attention WHERE closed_at IS NULL
         GROUP BY kind ORDER BY kind",
        |row| {
            let count = match row.number("count")? {
                1 => String::new(),
                count => format!(" ({count})"),
            };
            Ok(format!("{}{count}", row.text("kind")?))
        },
    )
}

/// What is on the attention list, with its evidence, but for ids.
fn evidence(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT kind, evidence FROM attention WHERE closed_at IS NULL
               ORDER BY created_at, kind, subject";
    lines(tx, sql, |row| {
        let evidence = row.text("evidence")?;
        let words = evidence.split(' ').map(without_id).collect::<Vec<_>>();
        Ok(format!("{}: {}", row.text("kind")?, words.join(" ")))
    })
}

/// An id of ours or of theirs is another in each run: its kind is enough.
fn without_id(word: &str) -> String {
    let bare = word.trim_matches(|it: char| !it.is_alphanumeric());
    let is_ours = ["ord_", "pay_", "ref_", "usr_", "sub_"].iter().any(|it| bare.starts_with(it));
    let is_theirs = 24 < bare.len() && bare.chars().any(|it| it.is_ascii_digit());
    match (is_ours, is_theirs) {
        (true, _) => word.replace(bare, &bare[..3]),
        (false, true) => word.replace(bare, "theirs"),
        (false, false) => word.to_owned(),
    }
}

fn orders(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT first_name, pack, method, minor, currency, credits, bonus, promo, is_renewal,
                orders.state, declined
         FROM orders JOIN users ON users.id = orders.user_id
         ORDER BY orders.created_at, orders.id",
        |row| {
            let mut line = format!(
                "{}: {} by {} for {} {}: {}",
                row.text("first_name")?,
                row.text("pack")?,
                row.text("method")?,
                row.number("minor")?,
                row.text("currency")?,
                row.text("state")?
            );
            if let Some(why) = row.maybe_text("declined")? {
                line += &format!(" ({})", why.trim_matches('"'));
            }
            line += &format!(", {}+{} credits", row.number("credits")?, row.number("bonus")?);
            if let Some(code) = row.maybe_text("promo")? {
                line += &format!(" with {code}");
            }
            if row.flag("is_renewal")? {
                line += ", a renewal";
            }
            Ok(line)
        },
    )
}

fn payments(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT first_name, gateway, minor, currency, credits, bonus, payments.state, refunded,
                owed, why_parked
         FROM payments LEFT JOIN users ON users.id = payments.user_id
         ORDER BY payments.created_at, payments.id",
        |row| {
            let mut line = format!(
                "{}: {} {} by {}: {}, {}+{} credits",
                row.maybe_text("first_name")?.unwrap_or_else(|| "nobody".to_owned()),
                row.number("minor")?,
                row.text("currency")?,
                row.text("gateway")?,
                row.text("state")?,
                row.number("credits")?,
                row.number("bonus")?
            );
            if row.number("refunded")? != 0 {
                line += &format!(", {} given back", row.number("refunded")?);
            }
            if row.number("owed")? != 0 {
                line += &format!(", {} credits were spent", row.number("owed")?);
            }
            if let Some(why) = row.maybe_text("why_parked")? {
                line += &format!(" ({why})");
            }
            Ok(line)
        },
    )
}

fn refunds(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT refunds.minor, payments.currency, refunds.credits, refunds.state, reason, actor,
                error
         FROM refunds JOIN payments ON payments.id = refunds.payment_id
         ORDER BY refunds.created_at, refunds.id",
        |row| {
            let error = row.maybe_text("error")?.map(|it| format!(" ({it})")).unwrap_or_default();
            Ok(format!(
                "{} {}: {}{error}, {} credits, {} by {}",
                row.number("minor")?,
                row.text("currency")?,
                row.text("state")?,
                row.number("credits")?,
                row.text("reason")?,
                row.text("actor")?
            ))
        },
    )
}

fn plans(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT first_name, pack, method, subscriptions.state, until, next_at, tries, saved_title,
                ended_why
         FROM subscriptions JOIN users ON users.id = subscriptions.user_id
         ORDER BY subscriptions.created_at, subscriptions.id",
        |row| {
            let day = |name: &str| Ok::<_, StoreError>(row.maybe_millis(name)?.map(facts::day));
            let mut line = format!(
                "{}: {} by {}: {}",
                row.text("first_name")?,
                row.text("pack")?,
                row.text("method")?,
                row.text("state")?
            );
            for (word, moment) in [("until", day("until")?), ("next", day("next_at")?)] {
                if let Some(moment) = moment {
                    line += &format!(", {word} {moment}");
                }
            }
            if row.number("tries")? != 0 {
                line += &format!(", tried {} times", row.number("tries")?);
            }
            if let Some(card) = row.maybe_text("saved_title")? {
                line += &format!(", {card}");
            }
            if let Some(why) = row.maybe_text("ended_why")? {
                line += &format!(" ({why})");
            }
            Ok(line)
        },
    )
}

fn pictures(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT generations.style, generations.words, generations.count, generations.state,
                generations.fault, generations.provider, generations.tried, generations.made,
                generations.withheld, generations.late_at, generations.credits,
                holds.state AS hold, holds.captured
         FROM generations JOIN holds ON holds.id = generations.hold_id
         ORDER BY generations.created_at, generations.id",
        |row| {
            let style =
                row.maybe_text("style")?.unwrap_or_else(|| row.text("words").unwrap_or_default());
            let mut line = format!("{style} x {}: {}", row.number("count")?, row.text("state")?);
            if let Some(fault) = row.maybe_text("fault")? {
                line += &format!(" ({fault})");
            }
            line += &format!(" by {}", row.text("provider")?);
            match row.text("tried")?.as_str() {
                "" => {}
                tried => line += &format!(" after {tried}"),
            }
            line += &format!(", {} made", row.number("made")?);
            match row.number("withheld")? {
                0 => {}
                withheld => line += &format!(", {withheld} withheld"),
            }
            line += &match row.text("hold")?.as_str() {
                "captured" => {
                    format!(", {} of {} charged", row.number("captured")?, row.number("credits")?)
                }
                "released" => format!(", {} returned", row.number("credits")?),
                _ => format!(", {} held", row.number("credits")?),
            };
            if row.maybe_millis("late_at")?.is_some() {
                line += ", came late";
            }
            Ok(line)
        },
    )
}

/// What is in galleries, the oldest first.
fn gallery(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT users.first_name AS name, artifacts.number, artifacts.width, artifacts.height,
                artifacts.favourite_of, artifacts.file_id, artifacts.document_file_id,
                objects.bytes
         FROM artifacts JOIN users ON users.id = artifacts.user_id
         JOIN objects ON objects.id = artifacts.object_id
         WHERE artifacts.deleted_at IS NULL ORDER BY artifacts.created_at, artifacts.id",
        |row| {
            let mark = |name: &str, says: &str| -> Result<String, StoreError> {
                Ok(row.maybe_text(name)?.map_or_else(String::new, |_| says.to_owned()))
            };
            Ok(format!(
                "{}: {} ({}x{}{}){}{}{}",
                row.text("name")?,
                row.number("number")?,
                row.number("width")?,
                row.number("height")?,
                if row.number("bytes")? == 0 { ", empty" } else { "" },
                mark("favourite_of", ", favourite")?,
                mark("file_id", ", sent")?,
                mark("document_file_id", ", original sent")?,
            ))
        },
    )
}

/// Edits of photos: what was ordered, how it ended, and who made it.
fn edits(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT users.first_name, generations.preset, generations.preset_version,
                generations.state, generations.fault, generations.provider, generations.tried,
                holds.state AS hold, holds.captured, generations.credits
         FROM generations JOIN holds ON holds.id = generations.hold_id
         JOIN users ON users.id = generations.user_id WHERE preset IS NOT NULL
         ORDER BY generations.created_at, generations.id",
        |row| {
            let mut line = format!(
                "{}: {}@{}: {}",
                row.text("first_name")?,
                row.text("preset")?,
                row.number("preset_version")?,
                row.text("state")?
            );
            if let Some(fault) = row.maybe_text("fault")? {
                line += &format!(" ({})", fault.trim_matches('"'));
            }
            line += &format!(" by {}", row.text("provider")?);
            match row.text("tried")?.as_str() {
                "" => {}
                tried => line += &format!(" after {tried}"),
            }
            line += &match row.text("hold")?.as_str() {
                "captured" => format!(", {} charged", row.number("captured")?),
                "released" => format!(", {} returned", row.number("credits")?),
                _ => format!(", {} held", row.number("credits")?),
            };
            Ok(line)
        },
    )
}

/// What our own GPUs were given, in order.
fn runs_of_gpus(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT workflow, state, worker, fault, reason FROM gpu_runs ORDER BY created_at, id",
        |row| {
            let mut line = format!("{}: {}", row.text("workflow")?, row.text("state")?);
            if let Some(worker) = row.maybe_text("worker")? {
                line += &format!(" at {worker}");
            }
            if let Some(reason) = row.maybe_text("reason")? {
                line += &format!(" ({reason})");
            }
            Ok(line)
        },
    )
}

fn hints(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(tx, "SELECT kind, state, fault FROM hints ORDER BY created_at, id", |row| {
        let fault = row.maybe_text("fault")?.map_or_else(String::new, |it| format!(" ({it})"));
        Ok(format!("{}: {}{fault}", row.text("kind")?, row.text("state")?))
    })
}

/// What providers were asked for, and what that cost.
fn calls(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT provider, call, outcome, cost_micros FROM provider_calls ORDER BY at, work_id, number",
        |row| {
            let cost = match row.number("cost_micros")? {
                0 => String::new(),
                cost => format!(", {cost} micros"),
            };
            Ok(format!(
                "{} {}: {}{cost}",
                row.text("provider")?,
                row.text("call")?,
                row.text("outcome")?
            ))
        },
    )
}

/// Rows in which a person of this Telegram id, or an id of theirs, still stands.
fn traces(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT 'a user' AS what FROM users WHERE telegram_id IS NOT NULL OR first_name <> ''
         UNION ALL SELECT 'an avatar ' || name FROM avatars WHERE deleted_at IS NULL
         UNION ALL SELECT 'a photo' FROM photos
            WHERE removed_at IS NULL OR measures IS NOT NULL
         UNION ALL SELECT 'a picture' FROM artifacts WHERE deleted_at IS NULL
         UNION ALL SELECT 'words' FROM generations WHERE words <> '' OR prompt <> ''
         UNION ALL SELECT 'a hint' FROM hints
            WHERE words IS NOT NULL OR result IS NOT NULL OR file_id IS NOT NULL
         UNION ALL SELECT 'a photo to edit' FROM inputs WHERE file_id IS NOT NULL
         UNION ALL SELECT 'a video that was begun' FROM chats WHERE begun IS NOT NULL
         UNION ALL SELECT 'feedback' FROM feedback WHERE words <> '' OR file_id IS NOT NULL
         UNION ALL SELECT 'a run of a GPU' FROM gpu_runs WHERE filled <> ''
         UNION ALL SELECT 'an upload to ' || provider FROM uploads
         UNION ALL SELECT 'an archive' FROM packings JOIN objects ON objects.id = object_id
            WHERE deleted_at IS NULL
         UNION ALL SELECT 'an object ' || kind FROM objects WHERE deleted_at IS NULL
         ORDER BY what",
        |row| row.text("what"),
    )
}

/// Where providers can read files of ours, and runs that work has left behind.
fn elsewhere(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT 'a file with ' || provider AS what FROM uploads
         UNION ALL SELECT 'a run left with ' || provider FROM past_runs ORDER BY what",
        |row| row.text("what"),
    )
}

fn files_on_disk(folder: &std::path::Path) -> u32 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|it| if it.path().is_dir() { files_on_disk(&it.path()) } else { 1 }).sum()
}

impl World {
    /// What a line that begins with `$` asks for. None: there is no such look.
    pub async fn look(&self, what: &str) -> Option<Vec<String>> {
        Some(match what {
            "attention" => self.read(attention).await,
            "avatars" => self.read(avatars).await,
            "books" => self.read(books).await,
            "check" => self.broken().await,
            "clips" => self.read(films::given).await,
            "fal" => self.submits(),
            "feedback" => self.read(opinions::feedback).await,
            "films" => self.read(films::films).await,
            "files" => vec![files_on_disk(&self.folder.path().join("objects")).to_string()],
            "jobs" | "jobs left" => self.read(jobs).await,
            "edits" => self.read(edits).await,
            "elsewhere" => self.read(elsewhere).await,
            "evidence" => self.read(evidence).await,
            "calls" => self.read(calls).await,
            "gallery" => self.read(gallery).await,
            "gateway" => till::listed(&self.sandbox.yookassa().payments()),
            "objects" => self.read(objects).await,
            "gpus" => self.read(runs_of_gpus).await,
            "hints" => self.read(hints).await,
            "orders" => self.read(orders).await,
            "pictures" => self.read(pictures).await,
            "payments" => self.read(payments).await,
            "plans" => self.read(plans).await,
            "posts" => self.read(opinions::posts).await,
            "ratings" => self.read(opinions::ratings).await,
            "replicate" => self.runs(),
            "refunds" => self.read(refunds).await,
            "said" => self.said(),
            "tells" => self.read(tells).await,
            "traces" => self.read(traces).await,
            "training" => self.read(trainings).await,
            "versions" => vec![self.sandbox.replicate().own_versions().to_string()],
            "webhooks" => self.webhooks(),
            "work" => self.workplaces(),
            _ => return None,
        })
    }

    /// What fal was asked to train.
    fn submits(&self) -> Vec<String> {
        let requests = self.sandbox.fal().requests();
        let line = |it: &sandbox::fal::Seen| {
            let cancelled = if it.is_cancelled { ", cancelled" } else { "" };
            format!("{}: {}{cancelled}", it.endpoint, it.state.word())
        };
        requests.iter().map(line).collect()
    }

    /// What Replicate was asked for.
    fn runs(&self) -> Vec<String> {
        let runs = self.sandbox.replicate().runs();
        runs.iter().map(|it| format!("{}: {}", it.model, it.phase.word())).collect()
    }

    /// What fal has called us for, and what we answered.
    fn webhooks(&self) -> Vec<String> {
        let mut counts: BTreeMap<u16, u32> = BTreeMap::new();
        let of_fal = self.door.knocks();
        for knock in of_fal.iter().filter(|it| !it.path.starts_with("/webhook/")) {
            *counts.entry(knock.code).or_default() += 1;
        }
        counts.iter().map(|(code, count)| format!("answered {code}: {count}")).collect()
    }
}

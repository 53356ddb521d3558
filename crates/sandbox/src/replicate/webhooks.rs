//! Webhooks by the Standard Webhooks scheme (providers.md 2.6): the whole object, signed, for each
//! event that was asked for; the last one again for about a minute until it is accepted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::faults::{self, Fault, Trouble};
use super::run::Run;
use super::{Kind, Replicate, Settings, World};
use crate::Outlet;

pub(super) const EVENTS: [&str; 4] = ["start", "output", "logs", "completed"];
/// What is told if nothing is asked for.
pub(super) const EVENTS_OF_DEFAULT: [&str; 3] = ["output", "logs", "completed"];

/// News of output and logs comes no more often.
const NEWS_MS: i64 = 500;
const PAUSE_MS: i64 = 1000;
/// The seventh and last try is 63 seconds after the first.
const TRIED_FOR_MS: i64 = 65_000;
const KEY_MARK: &str = "whsec_";

/// A webhook on its way.
pub(super) struct Delivery {
    number: u64,
    id: String,
    url: String,
    body: Bytes,
    due: i64,
    tries: u32,
    /// No try later than this.
    until: i64,
    signing: Signing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Signing {
    True,
    Forged,
    /// A wrong signature before the right one, as while a secret is changed.
    Several,
}

/// `v1,` and the base64 of the signature. None if the secret is none.
pub fn signature(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(KEY_MARK)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

impl Settings {
    pub(super) fn webhook_secret(&self) -> String {
        self.secret("webhooks")
    }

    fn secret(&self, of: &str) -> String {
        format!("{KEY_MARK}{}", STANDARD.encode(&self.derive("secret", of)[..24]))
    }
}

/// What is told of a run.
struct News<'a> {
    url: &'a str,
    body: Value,
    due: i64,
    until: i64,
    signing: Signing,
}

impl World {
    fn tell(&mut self, settings: &Settings, news: News<'_>, copies: u32) {
        let count = self.count("message");
        let id =
            format!("msg_{}", &hex::encode(settings.derive("message", &count.to_string()))[..27]);
        for _ in 0..copies {
            let number = self.count("delivery");
            self.deliveries.push(Delivery {
                number,
                id: id.clone(),
                url: news.url.to_owned(),
                body: Bytes::from(news.body.to_string()),
                due: news.due,
                tries: 0,
                until: news.until,
                signing: news.signing,
            });
        }
    }

    /// Plans what is to be told of the beginning and the log of runs that go on, or have until now.
    pub(super) fn plan_progress(&mut self, now: i64, settings: &Settings) {
        for number in self.unfinished.clone() {
            let Some(mut run) = self.runs.remove(&number) else { continue };
            self.plan_progress_of(&mut run, now, settings);
            self.runs.insert(number, run);
        }
    }

    fn plan_progress_of(&mut self, run: &mut Run, now: i64, settings: &Settings) {
        let Some(hook) = run.hook.clone() else { return };
        let now = run.end_by(now).map_or(now, |it| it.0);
        let wants = |event: &str| hook.events.iter().any(|it| it == event);
        let progress =
            |body, due| News { url: &hook.url, body, due, until: due, signing: Signing::True };
        if run.starts_at <= now && !run.is_aborted && !run.told.is_started {
            run.told.is_started = true;
            run.told.log_at = run.starts_at;
            if wants("start") {
                let due = run.starts_at;
                self.tell(settings, progress(run.wire(due, settings), due), 1);
            }
        }
        let lines = run.log(now).len();
        if wants("logs") && run.told.log_lines < lines && run.told.log_at + NEWS_MS <= now {
            (run.told.log_lines, run.told.log_at) = (lines, now);
            self.tell(settings, progress(run.wire(now, settings), now), 1);
        }
    }

    /// Plans what is told when a run has ended, with what was ordered to go wrong with it. `before`
    /// is the object as it was.
    pub(super) fn plan_end(&mut self, run: &Run, at: i64, before: &Value, settings: &Settings) {
        let faults = &mut self.faults;
        let mut take = |it| faults::take(faults, it, run.kind);
        let own = |it| run.has(it).then(|| Fault::once(it));
        let late = take(Trouble::Late).or_else(|| own(Trouble::Late));
        let late = late.map_or(0, |it| it.millis_or(60));
        let copies = take(Trouble::Duplicate).or_else(|| own(Trouble::Duplicate));
        let copies = copies.map_or(1, |it| it.count.unwrap_or(2));
        let is_stale = take(Trouble::Stale).is_some() || run.has(Trouble::Stale);
        let is_forged = take(Trouble::Forged).is_some() || run.has(Trouble::Forged);
        let has_several = take(Trouble::ManySignatures).is_some();
        let is_never = take(Trouble::Never).is_some() || run.has(Trouble::Never);
        let Some(hook) = run.hook.clone() else { return };
        let wants = |event: &str| hook.events.iter().any(|it| it == event);
        let body = run.wire(at, settings);
        let due = at + late;
        let plain =
            |body, due| News { url: &hook.url, body, due, until: due, signing: Signing::True };
        if wants("output") && run.kind == Kind::Prediction && !body["output"].is_null() {
            // It is there a moment before the run is over.
            let mut with_output = before.clone();
            with_output["output"] = body["output"].clone();
            self.tell(settings, plain(with_output, at), 1);
        }
        if !wants("completed") || is_never {
            return;
        }
        let (signing, until) = match (is_forged, has_several) {
            (true, _) => (Signing::Forged, due),
            (false, true) => (Signing::Several, due + TRIED_FOR_MS),
            (false, false) => (Signing::True, due + TRIED_FOR_MS),
        };
        self.tell(settings, News { url: &hook.url, body, due, until, signing }, copies);
        if is_stale {
            self.tell(settings, plain(before.clone(), due), 1);
        }
    }

    /// The numbers of what is due, in the order in which it is to be sent.
    fn due(&self, now: i64) -> Vec<u64> {
        let due = self.deliveries.iter().filter(|it| it.due <= now);
        let mut due: Vec<_> = due.map(|it| (it.due, it.number)).collect();
        due.sort_unstable();
        due.into_iter().map(|it| it.1).collect()
    }

    /// Counts a try and plans the next one, before this one is made: if it breaks off, the next
    /// one still comes.
    fn begin_try(&mut self, number: u64, now: i64) -> Option<Try> {
        let it = self.deliveries.iter_mut().find(|it| it.number == number && it.due <= now)?;
        it.due = now + (PAUSE_MS << it.tries.min(16));
        it.tries += 1;
        let is_last = it.until < it.due;
        let (id, url, body) = (it.id.clone(), it.url.clone(), it.body.clone());
        Some(Try { id, url, body, signing: it.signing, is_last })
    }
}

struct Try {
    id: String,
    url: String,
    body: Bytes,
    signing: Signing,
    is_last: bool,
}

impl Replicate {
    /// Sends what is due, one after the other, and counts it.
    pub(super) async fn send_due(&self, out: &dyn Outlet) -> usize {
        let now = self.now();
        let due = self.world().due(now);
        let mut sent = 0;
        for number in due {
            let Some(attempt) = self.world().begin_try(number, now) else { continue };
            let headers = self.signed_headers(&attempt);
            let answer = out.post(&attempt.url, &headers, attempt.body).await;
            // A redirection is not followed, and is as final as a welcome.
            if attempt.is_last || answer.is_ok_and(|it| (200..400).contains(&it.status)) {
                self.world().deliveries.retain(|it| it.number != number);
            }
            sent += 1;
        }
        sent
    }

    fn signed_headers(&self, attempt: &Try) -> Vec<(String, String)> {
        let timestamp = self.now().div_euclid(1000).to_string();
        let sign = |secret: &str| {
            signature(secret, &attempt.id, &timestamp, &attempt.body).unwrap_or_default()
        };
        let (own, strange) =
            (self.settings.webhook_secret(), self.settings.secret("somebody else's"));
        let signature = match attempt.signing {
            Signing::True => sign(&own),
            Signing::Forged => sign(&strange),
            Signing::Several => format!("{} {}", sign(&strange), sign(&own)),
        };
        [
            ("Content-Type", "application/json"),
            ("webhook-id", &attempt.id),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &signature),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}

//! The keys with which providers sign their webhooks: asked for once for all, and by one at a time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use connectors::http::Http;
use connectors::providers::{Provider, WebhookKeys};
use domain::Millis;

/// Keys are asked for once a day, and after a signature that fits none, at most once a minute.
pub const KEPT: Millis = Millis::DAY;
pub const AGAIN: Millis = Millis::MINUTE;

/// After a look in vain there is none for so long: whoever calls meanwhile isn't kept waiting.
const PAUSE: Millis = Millis(15_000);

#[derive(Default)]
pub struct Keyring {
    known: Mutex<HashMap<&'static str, Known>>,
    asking: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Option<(WebhookKeys, Millis)>,
    /// The last look was in vain, or isn't over, or its caller is gone.
    tried_at: Option<Millis>,
}

impl Known {
    /// What may be had without asking: keys that are young enough, or whatever there is while
    /// asking is of no use. Old ones do no harm: a webhook only wakes.
    fn answer(&self, kept: Millis, now: Millis) -> Option<Option<WebhookKeys>> {
        let keys = self.keys.as_ref();
        let is_young = keys.is_some_and(|it| now.since(it.1) < kept);
        let is_paused = self.tried_at.is_some_and(|it| now.since(it) < PAUSE);
        (is_young || is_paused).then(|| keys.map(|it| it.0.clone()))
    }
}

impl Keyring {
    /// The keys of a provider, not older than `kept` if newer ones can be had. `None`: there are
    /// none yet.
    pub async fn get(
        &self,
        http: &Http,
        provider: &dyn Provider,
        kept: Millis,
        now: Millis,
    ) -> Option<WebhookKeys> {
        let name = provider.name();
        let known = self.known(name);
        if let Some(answer) = known.answer(kept, now) {
            return answer;
        }
        let _asking = match (self.asking.try_lock(), known.keys) {
            (Ok(asking), _) => asking,
            // Somebody asks for newer ones just now.
            (Err(_), Some((keys, _))) => return Some(keys),
            (Err(_), None) => self.asking.lock().await,
        };
        // Whoever was before us may have got them.
        if let Some(answer) = self.known(name).answer(kept, now) {
            return answer;
        }
        self.all().entry(name).or_default().tried_at = Some(now);
        match provider.keys(http).await {
            Ok(keys) => {
                let known = Known { keys: Some((keys.clone(), now)), tried_at: None };
                self.all().insert(name, known);
                Some(keys)
            }
            Err(error) => {
                tracing::warn!(provider = name, %error, "the keys of webhooks could not be fetched");
                self.known(name).keys.map(|it| it.0)
            }
        }
    }

    fn known(&self, name: &str) -> Known {
        self.all().get(name).cloned().unwrap_or_default()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<&'static str, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

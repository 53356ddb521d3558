//! Where the world is: addresses, keys and how far each road may lead.

use std::sync::Arc;

use connectors::http::Http;
use connectors::payments;
use connectors::providers::Access;
use connectors::reach::Reach;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use url::Url;

use crate::clock::{Ids, SystemClock};
use crate::config::Config;
use crate::start::made_up::{SANDBOX_SHOP, SANDBOX_SHOP_KEY};
use crate::start::{StartError, Supplier, World};

/// The addresses and roads of a deployment: real ones, or the sandbox's.
pub(super) fn real_world(
    config: &Config,
    sandbox: Option<&str>,
    local: &str,
    metrics: PrometheusHandle,
) -> Result<World, StartError> {
    let made_up = sandbox.filter(|_| config.sandbox.has_telegram);
    let telegram_url = url(made_up.unwrap_or(&config.telegram.api_url))?;
    // Whatever is made up may not leave the machine, and that is enforced where calls are made.
    let telegram = if config.sandbox.has_telegram {
        Reach::Loopback
    } else {
        Reach::Public { trusted: vec![telegram_url.origin()] }
    };
    let made_up = are_made_up(config);
    let webhooks = if made_up {
        config.sandbox.has_webhooks.then(|| local.to_owned())
    } else {
        config.http.public_url.clone()
    };
    let mut providers = Vec::new();
    for (name, access) in accesses(config, sandbox)? {
        let reach = if made_up {
            Reach::Loopback
        } else {
            Reach::Public { trusted: vec![access.queue_url.origin(), access.rest_url.origin()] }
        };
        let http = Arc::new(Http::new(reach)?);
        providers.push(Supplier { name, access, http, webhooks: webhooks.clone() });
    }
    // Whoever tries the program has their own address called, and nobody else's.
    let out = if config.sandbox.has_telegram {
        Reach::Loopback
    } else {
        Reach::Public { trusted: Vec::new() }
    };
    let yookassa = yookassa_access(config, sandbox)?;
    let till = match &yookassa {
        Some(access) if !config.yookassa.is_test => {
            Reach::Public { trusted: vec![access.url.origin()] }
        }
        Some(_) | None => Reach::Loopback,
    };
    Ok(World {
        till: Arc::new(Http::new(till)?),
        yookassa,
        clock: Arc::new(SystemClock),
        ids: Ids::random(),
        telegram: Arc::new(Http::new(telegram)?),
        telegram_url,
        providers,
        out: Arc::new(Http::new(out)?),
        webhooks,
        public: config
            .http
            .public_url
            .clone()
            .or_else(|| config.sandbox.has_telegram.then(|| local.to_owned())),
        chat_page: sandbox.filter(|_| config.sandbox.has_telegram).map(|it| format!("{it}/")),
        metrics,
    })
}

/// Whether all providers are the built-in ones. Made-up pictures must never go to whoever pays for
/// real ones: as soon as one provider is real, the others are real or rest.
pub fn are_made_up(config: &Config) -> bool {
    // A GPU of one's own may be tried in a made-up Telegram: nobody pays there.
    let has_gpu = config.gpu.comfyui_url.is_some() && !config.sandbox.has_telegram;
    let Config { fal, replicate, elevenlabs, .. } = config;
    fal.is_test && replicate.is_test && elevenlabs.is_test && !has_gpu
}

/// What is needed to be a customer of each provider: the real ones', or the sandbox's.
pub fn accesses(
    config: &Config,
    sandbox: Option<&str>,
) -> Result<Vec<(&'static str, Access)>, StartError> {
    let access = |key: &SecretString, queue_url: &str, rest_url: &str| {
        Ok::<_, StartError>(Access {
            key: key.clone(),
            queue_url: url(queue_url)?,
            rest_url: url(rest_url)?,
        })
    };
    let Config { fal, replicate, elevenlabs, .. } = config;
    if are_made_up(config) {
        let Some(origin) = sandbox else { return Ok(Vec::new()) };
        let key = SecretString::from("test:sandbox");
        let api = format!("{origin}/replicate");
        let voices = format!("{origin}/elevenlabs");
        return Ok(vec![
            ("fal", access(&key, origin, origin)?),
            ("replicate", access(&key, &api, &api)?),
            ("elevenlabs", access(&key, &voices, &voices)?),
        ]);
    }
    let mut all = Vec::new();
    if let Some(key) = fal.key.as_ref().filter(|_| !fal.is_test) {
        all.push(("fal", access(key, &fal.queue_url, &fal.rest_url)?));
    }
    if let Some(key) = replicate.key.as_ref().filter(|_| !replicate.is_test) {
        all.push(("replicate", access(key, &replicate.api_url, &replicate.api_url)?));
    }
    if let Some(key) = elevenlabs.key.as_ref().filter(|_| !elevenlabs.is_test) {
        all.push(("elevenlabs", access(key, &elevenlabs.api_url, &elevenlabs.api_url)?));
    }
    Ok(all)
}

/// What is needed to be YooKassa's shop: the real one's, or the sandbox's. None: no money is taken
/// by card.
pub fn yookassa_access(
    config: &Config,
    sandbox: Option<&str>,
) -> Result<Option<payments::Access>, StartError> {
    let settings = &config.yookassa;
    if !settings.is_open {
        return Ok(None);
    }
    if settings.is_test {
        let Some(origin) = sandbox else { return Ok(None) };
        return Ok(Some(payments::Access {
            shop: SANDBOX_SHOP.to_owned(),
            key: SecretString::from(SANDBOX_SHOP_KEY),
            url: url(&format!("{origin}/yookassa/v3"))?,
        }));
    }
    let (Some(shop), Some(key)) = (&settings.shop, &settings.key) else { return Ok(None) };
    let url = url(&settings.api_url)?;
    Ok(Some(payments::Access { shop: shop.clone(), key: key.clone(), url }))
}

fn url(text: &str) -> Result<Url, StartError> {
    Url::parse(text).map_err(|_| StartError::Url(text.to_owned()))
}

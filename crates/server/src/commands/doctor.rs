//! What is set, what is missing, what it means, and whether each connection works.

mod films;
mod gpu;
mod roles;
pub mod support;
mod till;

use std::process::ExitCode;
use std::sync::Arc;

use connectors::http::Http;
use connectors::reach::Reach;
use frankenstein::AsyncTelegramApi;
use url::Url;

use crate::bot::telegram::Telegram;
use crate::clock::{Clock, Ids, SystemClock};
use crate::commands::Done;
use crate::config::{Config, ObjectsPlace};
use crate::objects::Objects;
use crate::start;

/// What was found: good, worth knowing, or broken.
enum Finding {
    Good(String),
    Note(String),
    Broken(String),
}

pub fn run(config: &Config) -> Done {
    println!("Settings (those that differ from the defaults):");
    for setting in config.described().iter().filter(|it| it.from.is_given()) {
        println!("  {} = {}  ({})", setting.key, setting.shown, setting.from);
    }
    for (name, what) in config.unused() {
        println!("  {name} is set and not used yet: {what}");
    }
    println!("Checks:");
    let findings = super::runtime()?.block_on(check(config));
    let mut is_broken = false;
    for finding in &findings {
        match finding {
            Finding::Good(says) => println!("  ok      {says}"),
            Finding::Note(says) => println!("  note    {says}"),
            Finding::Broken(says) => {
                is_broken = true;
                println!("  broken  {says}");
            }
        }
    }
    Ok(if is_broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![store(config).await, objects(config).await];
    findings.extend(roles::check(config).await);
    findings.extend(telegram(config).await);
    findings.extend(providers(config).await);
    findings.extend(gpu::check(config).await);
    findings.extend(films::check(config).await);
    findings.extend(till::check(config).await);
    findings.push(match &config.http.public_url {
        Some(url) => Finding::Good(format!("Telegram and providers call us at {url}")),
        None => Finding::Note(
            "WEBHOOK_URL is not set: updates are fetched by asking, and providers are asked for \
             results"
                .to_owned(),
        ),
    });
    findings
}

async fn store(config: &Config) -> Finding {
    let config = config.clone();
    let opened = tokio::task::spawn_blocking(move || start::open_store(&config)).await;
    match opened {
        Ok(Ok(db)) => {
            let healthy = db.health().await;
            match healthy {
                Ok(()) => Finding::Good(format!(
                    "the database ({:?}) answers, at version {}",
                    db.backend(),
                    store::Db::known_version()
                )),
                Err(error) => Finding::Broken(format!("the database does not answer: {error}")),
            }
        }
        Ok(Err(error)) => Finding::Broken(format!("the database can't be opened: {error}")),
        Err(_) => Finding::Broken("opening the database panicked".to_owned()),
    }
}

async fn objects(config: &Config) -> Finding {
    let place = match &config.objects.place {
        ObjectsPlace::Folder(folder) => folder.display().to_string(),
        ObjectsPlace::S3(s3) => format!("{}/{}", s3.endpoint, s3.bucket),
    };
    let probed = match Objects::open(&config.objects.place) {
        Ok(objects) => objects.probe(Ids::random().next(SystemClock.now())).await,
        Err(error) => Err(error),
    };
    match probed {
        Ok(()) => Finding::Good(format!("files can be written, read and deleted in {place}")),
        Err(error) => {
            Finding::Broken(format!("files can't be kept in {place}: {}", caused(&error)))
        }
    }
}

async fn telegram(config: &Config) -> Vec<Finding> {
    if config.bots.is_empty() {
        return vec![Finding::Note(
            "no bot has a token: `atelier` without a command plays with a made-up one".to_owned(),
        )];
    }
    let Ok(base) = Url::parse(&config.telegram.api_url) else {
        return vec![Finding::Broken("telegram.api_url is not an address".to_owned())];
    };
    let http = match Http::new(Reach::Public { trusted: vec![base.origin()] }) {
        Ok(http) => Arc::new(http),
        Err(error) => return vec![Finding::Broken(error.to_string())],
    };
    let mut findings = Vec::new();
    for bot in &config.bots {
        let line = Telegram::new(http.clone(), base.clone(), bot.token.clone());
        findings.push(match line.get_me().await {
            Ok(me) => Finding::Good(format!(
                "bot `{}` is @{}",
                bot.name,
                me.result.username.unwrap_or_default()
            )),
            Err(error) => Finding::Broken(format!("bot `{}`: {error}", bot.name)),
        });
        findings.push(support::check(config, bot, &line).await);
        if bot.owners.is_empty() {
            findings.push(Finding::Note(format!(
                "bot `{}` has no owners (ADMIN_IDS): nobody is told when something breaks",
                bot.name
            )));
        }
    }
    findings
}

async fn providers(config: &Config) -> Vec<Finding> {
    if start::are_made_up(config) {
        return vec![Finding::Note(
            "the providers are the built-in ones: nothing is made for real \
             (FAL_TRAINING_TEST_MODE=false and FAL_API_KEY change that)"
                .to_owned(),
        )];
    }
    let accesses = match start::accesses(config, None) {
        Ok(accesses) => accesses,
        Err(error) => return vec![Finding::Broken(error.to_string())],
    };
    let mut findings = Vec::new();
    for (name, access) in &accesses {
        let trusted = vec![access.queue_url.origin(), access.rest_url.origin()];
        let http = match Http::new(Reach::Public { trusted }) {
            Ok(http) => http,
            Err(error) => return vec![Finding::Broken(error.to_string())],
        };
        for provider in connectors::providers::all(|it| (it == *name).then(|| access.clone())) {
            findings.push(match provider.keys(&http).await {
                Ok(_) => Finding::Good(format!("{name} answers")),
                Err(error) => Finding::Broken(format!("{name}: {error}")),
            });
        }
    }
    for (name, is_test) in [
        ("fal", config.fal.is_test),
        ("replicate", config.replicate.is_test),
        ("elevenlabs", config.elevenlabs.is_test),
    ] {
        if is_test {
            findings.push(Finding::Note(format!(
                "{name} rests: its test mode is on, and another provider is real"
            )));
        }
    }
    let names: Vec<&str> = accesses.iter().map(|(name, _)| *name).collect();
    findings.extend(wanted(config, &names));
    findings
}

/// What the settings expect of providers that aren't there.
fn wanted(config: &Config, names: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(trainer) = config.training.trainer.as_deref().filter(|it| !names.contains(it)) {
        findings.push(Finding::Broken(format!(
            "training.trainer is `{trainer}`, which is not set up: the catalog's own trainers are \
             asked"
        )));
    }
    let hints = config.hints.provider.as_str();
    if 0 < config.hints.per_day && !names.contains(&hints) {
        findings.push(Finding::Note(format!(
            "hints.provider is `{hints}`, which is not set up: no words are found for customers"
        )));
    }
    if names.contains(&"replicate") && config.http.public_url.is_none() {
        findings.push(Finding::Note(
            "Replicate can't fetch avatars from here without http.public_url (WEBHOOK_URL): it \
             trains, but its pictures may fail"
                .to_owned(),
        ));
    }
    findings
}

/// An error with its causes.
fn caused(error: &dyn std::error::Error) -> String {
    let mut says = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        says = format!("{says}: {cause}");
        source = cause.source();
    }
    says
}

//! Voices: those that can speak, and the provider's list read anew.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use connectors::http::Http;
use connectors::reach::Reach;
use domain::Language;
use store::voices;

use super::{Done, Said, ask, runtime};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::prices;
use crate::start;
use crate::voices::{PROVIDER, Source, shown, sync};

#[derive(Clone, Debug, Subcommand)]
pub enum Voices {
    /// Lists the voices that customers are offered, and those that are gone at the provider.
    List,
    /// Reads the provider's list: what is new there is offered, what isn't there any more rests.
    Sync,
}

pub fn run(config: Config, what: &Voices) -> Done {
    match what {
        Voices::List => ask(config, |tx, ground, _| {
            let offered = shown(tx, ground, Language::En)?;
            let mut lines: Vec<String> = offered
                .iter()
                .map(|it| {
                    format!("{}  {}  {}: {}", it.name, it.gender.as_str(), it.title, it.about)
                })
                .collect();
            for it in voices::all(tx, PROVIDER)?.iter().filter(|it| it.gone_at.is_some()) {
                lines.push(format!("{} {}  gone at the provider", it.voice, it.name));
            }
            Said::done(lines.join("\n"))
        }),
        Voices::Sync => read(&config),
    }
}

fn read(config: &Config) -> Done {
    let made_up = start::are_made_up(config);
    let origin = format!("http://127.0.0.1:{}", config.sandbox.listen.port());
    let accesses = start::accesses(config, made_up.then_some(origin.as_str()))?;
    let Some((_, access)) = accesses.into_iter().find(|(name, _)| *name == PROVIDER) else {
        println!("Nobody is set up who speaks (ELEVEN_API_KEY, ELEVEN_TEST_MODE=false).");
        return Ok(ExitCode::FAILURE);
    };
    let reach = match made_up {
        true => Reach::Loopback,
        false => Reach::Public { trusted: vec![access.rest_url.origin()] },
    };
    let source = Source { access, http: Arc::new(Http::new(reach)?) };
    let (db, catalog) = (start::open_store(config)?, prices::read_catalog(config)?);
    let synced = runtime()?.block_on(sync(&db, &source, &catalog, SystemClock.now()));
    db.close();
    match synced {
        Ok(synced) => {
            println!("{} voices are there, {} have gone since.", synced.seen, synced.gone);
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => {
            let hint = if made_up { " Is `atelier` running?" } else { "" };
            println!("The list could not be read: {failure}.{hint}");
            Ok(ExitCode::FAILURE)
        }
    }
}

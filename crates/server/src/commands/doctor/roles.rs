//! What processes there may be, what each works for, and how they call each other.

use super::Finding;
use crate::config::{Config, Database};
use crate::shared::Shared;
use crate::start::Roles;

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let is_alone = matches!(config.store.address, Database::Sqlite(_));
    let mut findings = vec![match is_alone {
        true => Finding::Good(format!(
            "one process does everything (`atelier serve`), with the lanes {}; several processes \
             need PostgreSQL",
            lanes(&Roles::all(&config.work))
        )),
        false => Finding::Good(format!(
            "one process may do everything (`atelier serve`), or several of each: `atelier api`; \
             `atelier bot` with the lane {}; `atelier worker` with the lanes {}",
            lanes(&Roles::bot(config, false)),
            lanes(&Roles::worker(&config.work, Vec::new(), false))
        )),
    }];
    if let Some(address) = &config.redis {
        findings.push(redis(Shared::new(address)).await);
        if is_alone {
            findings.push(Finding::Note(
                "REDIS_URL is set and of no use with SQLite: there are no other processes"
                    .to_owned(),
            ));
        }
    }
    findings
}

async fn redis(shared: Option<Shared>) -> Finding {
    let Some(shared) = shared else {
        return Finding::Broken("redis.url (REDIS_URL) is not the address of a Redis".to_owned());
    };
    match shared.probe().await {
        Ok(()) => {
            Finding::Good("Redis answers: wake-ups and Telegram's limits are shared".to_owned())
        }
        Err(why) => Finding::Broken(format!(
            "Redis can't be used: {why}. Nothing is lost by it; each process keeps to Telegram's \
             limits alone"
        )),
    }
}

fn lanes(roles: &Roles) -> String {
    let lanes = roles.lanes.iter().map(|(lane, count)| format!("{lane}={count}"));
    lanes.collect::<Vec<_>>().join(" ")
}

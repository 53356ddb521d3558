//! Whether talking videos can be put together, and whether anybody speaks.

use std::sync::Arc;

use connectors::http::Http;
use connectors::providers::{Access, voices};
use connectors::reach::Reach;

use super::Finding;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::film::{self, Films};
use crate::inbox::facts::iso_day;
use crate::start;
use crate::voices::PROVIDER;

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let films = Arc::new(Films::new(config));
    let tools = films.tools.clone();
    let mut findings = vec![match tokio::task::spawn_blocking(move || tools.check()).await {
        Ok(Ok(found)) if found.missing.is_empty() => {
            Finding::Good(format!("videos are put together by ffmpeg {}", found.ffmpeg))
        }
        Ok(Ok(found)) => Finding::Broken(format!(
            "no videos are offered: ffmpeg {} lacks {}",
            found.ffmpeg,
            found.missing.join(", ")
        )),
        Ok(Err(error)) => Finding::Note(format!(
            "no videos are offered: {error}; videos.ffmpeg and videos.ffprobe say where the \
             programs are"
        )),
        Err(_) => Finding::Broken("asking ffmpeg panicked".to_owned()),
    }];
    // What it can't find out is no finding.
    if film::is_full(&films).await.unwrap_or_default() {
        let megabytes = config.videos.room_bytes / 1024 / 1024;
        findings.push(Finding::Broken(format!(
            "less than {megabytes} MB are free where videos are put together: none is begun"
        )));
    }
    if start::are_made_up(config) {
        return findings;
    }
    match start::accesses(config, None) {
        Ok(accesses) => match accesses.into_iter().find(|(name, _)| *name == PROVIDER) {
            Some((_, access)) => findings.push(speaker(&access).await),
            None => findings.push(Finding::Note(
                "nobody speaks (ELEVEN_API_KEY, ELEVEN_TEST_MODE=false): no videos are offered"
                    .to_owned(),
            )),
        },
        Err(error) => findings.push(Finding::Broken(error.to_string())),
    }
    findings
}

/// How much can still be spoken.
async fn speaker(access: &Access) -> Finding {
    let http = match Http::new(Reach::Public { trusted: vec![access.rest_url.origin()] }) {
        Ok(http) => http,
        Err(error) => return Finding::Broken(error.to_string()),
    };
    match voices::subscription(&http, access).await {
        Ok(quota) => {
            let left = quota.limit.saturating_sub(quota.used);
            let until = iso_day(quota.resets_at.unwrap_or_else(|| SystemClock.now()));
            let says = format!("{left} of {} characters can be spoken until {until}", quota.limit);
            if left == 0 { Finding::Broken(says) } else { Finding::Good(says) }
        }
        Err(error) => Finding::Broken(format!("{PROVIDER}: {error}")),
    }
}

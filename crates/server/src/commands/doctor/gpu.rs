//! The ComfyUI of this machine.

use std::sync::Arc;

use connectors::comfyui::Comfy;
use connectors::http::Http;
use connectors::reach::Reach;

use super::Finding;
use crate::clock::{Ids, SystemClock};
use crate::config::Config;
use crate::{farm, start};

/// Whether it answers, and which workflows it can run.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let Some(url) = &config.gpu.comfyui_url else {
        return vec![Finding::Note(
            "COMFYUI_URL is not set: photos are edited by workers elsewhere, or by a remote model"
                .to_owned(),
        )];
    };
    let http = match Http::new(Reach::Public { trusted: vec![url.origin()] }) {
        Ok(http) => http,
        Err(error) => return vec![Finding::Broken(error.to_string())],
    };
    let comfy = Comfy::new(url.clone());
    let (stats, able) = match (comfy.stats(&http).await, comfy.able(&http).await) {
        (Ok(stats), Ok(able)) => (stats, able),
        (Err(error), _) | (_, Err(error)) => {
            return vec![Finding::Broken(format!("ComfyUI does not answer: {error}"))];
        }
    };
    let mut findings = vec![Finding::Good(format!("ComfyUI {} answers", stats.version))];
    let ground = start::ground(config.clone(), Arc::new(SystemClock), Ids::random());
    let Ok(ground) = ground else { return findings };
    for wanted in farm::desk::wanted(&ground) {
        let lacks = able.lacks(&wanted.graph);
        findings.push(match lacks.is_empty() {
            true => Finding::Good(format!("it can run {}", wanted.workflow)),
            false => Finding::Note(format!("it can't run {}: it lacks {lacks:?}", wanted.workflow)),
        });
    }
    findings
}

//! What payment systems tell us unasked. YooKassa signs nothing (API v3), so what it says is only
//! where to look: the sender's network is checked, and a job asks for the truth.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connectors::payments::{About, Noted, signed, source_is};
use domain::{JobId, Task};
use store::{Tx, jobs, webhooks};

use crate::api::no;
use crate::app::{App, Ground};
use crate::failure::Failure;

const GATEWAY: &str = "yookassa";
const SIGNATURE: &str = "x-signature";
const FORWARDED: &str = "x-forwarded-for";

pub async fn yookassa(
    State(app): State<Arc<App>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let refused = |code, says| {
        metrics::counter!("atelier_webhook_errors_total", "from" => GATEWAY).increment(1);
        no(code, says)
    };
    let Some(gateway) = app.gateway(GATEWAY) else {
        return refused(StatusCode::UNAUTHORIZED, "nobody is expected to call");
    };
    let source = source(&app, peer.map(|it| it.0.0.ip()), &headers);
    let is_known =
        app.notifiers.is_empty() || source.is_some_and(|it| source_is(it, &app.notifiers));
    if !is_known {
        tracing::warn!(?source, "a notification of a payment came from nowhere that is known");
        return refused(StatusCode::FORBIDDEN, "not from here");
    }
    if let Some(key) = &app.ground.config.yookassa.signature_key {
        let given = headers.get(SIGNATURE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if !signed(key, &body, given) {
            return refused(StatusCode::UNAUTHORIZED, "the signature is missing or wrong");
        }
    }
    let noted = match gateway.notification(&body) {
        Ok(noted) => noted,
        Err(error) => {
            tracing::warn!(%error, "a notification of a payment could not be read");
            return refused(StatusCode::BAD_REQUEST, "that is no notification");
        }
    };
    let ground = app.ground.clone();
    match app.db.write_durably(move |tx| note(tx, &ground, &noted)).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(failure) => {
            tracing::error!(%failure, "a notification of a payment could not be noted");
            no(StatusCode::SERVICE_UNAVAILABLE, "not now, bring it again")
        }
    }
}

/// Who calls: the peer, or whom a trusted proxy names. Of a chain of proxies the last address that
/// isn't one of ours counts; what stands before it anybody may have written.
fn source(app: &App, peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = peer?;
    if !source_is(peer, &app.trusted_proxies) {
        return Some(peer);
    }
    let lines = headers.get_all(FORWARDED).iter().filter_map(|it| it.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|it| it.split(',')).map(str::trim).collect();
    for text in named.iter().rev() {
        let address: IpAddr = text.parse().ok()?;
        if !source_is(address, &app.trusted_proxies) {
            return Some(address);
        }
    }
    Some(peer)
}

/// Writes down that something was said, and queues the asking, once however often it is said.
fn note(tx: &mut Tx, ground: &Ground, noted: &Noted) -> Result<(), Failure> {
    let now = ground.now();
    let gateway = GATEWAY.to_owned();
    let (id, task) = match &noted.about {
        About::Payment { id } => (id, Task::ConfirmPayment { gateway, payment: id.clone() }),
        About::Refund { id, .. } => (id, Task::ConfirmRefund { gateway, refund: id.clone() }),
        About::Other { id } => {
            webhooks::note(tx, GATEWAY, id, &noted.event, now)?;
            return Ok(());
        }
    };
    webhooks::note(tx, GATEWAY, id, &noted.event, now)?;
    let job = jobs::NewJob {
        unique_key: Some(format!("confirm:{GATEWAY}:{id}")),
        wake_key: Some(id.clone()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    jobs::wake(tx, id, now)?;
    Ok(())
}

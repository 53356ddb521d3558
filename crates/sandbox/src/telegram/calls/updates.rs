//! How a bot gets its updates: `getUpdates`, or a webhook.

use super::{Call, Done, Outcome};
use crate::outlet::is_loopback;
use crate::telegram::mail::Webhook;
use crate::telegram::refusal::Refusal;
use serde_json::json;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const PORTS: [u16; 4] = [443, 80, 88, 8443];
const WAIT_SECONDS_MAX: i64 = 50;
const SECRET_BYTES_MAX: usize = 256;
const CONNECTIONS_USUAL: i64 = 40;
const SET_NO_OFTENER_THAN: i64 = 1_000;

/// Every kind of update (Bot API 10.3); names that aren't here are skipped, not refused.
const KINDS: [&str; 27] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
    "subscription",
    "stopped_message_generation",
];

impl Call<'_> {
    pub(super) async fn get_updates(&self) -> Outcome {
        let limit = self.params.number("limit").unwrap_or(100).clamp(1, 100) as usize;
        let seconds = self.params.number("timeout").unwrap_or(0).clamp(0, WAIT_SECONDS_MAX);
        let allowed = self.allowed()?;
        let mine = self.begin_poll(allowed)?;
        let deadline = tokio::time::Instant::now() + Duration::from_secs(seconds as u64);
        loop {
            let mut posted = pin!(self.bot.posted.notified());
            posted.as_mut().enable();
            {
                let mut mail = self.bot.mail.lock().expect("no panic under this lock");
                if mail.poll != mine {
                    return Err(Refusal::conflict(mail.poll_ended_by));
                }
                let batch = mail.batch(limit, self.telegram.now());
                let is_over = tokio::time::Instant::now() >= deadline;
                if batch.is_some() || is_over {
                    let result = batch.unwrap_or_else(|| "[]".into());
                    return Ok(Done { result, note: None });
                }
            }
            // Either way it is looked again: there may be something at the last moment.
            let _ = tokio::time::timeout_at(deadline, posted).await;
        }
    }

    /// Confirms what the offset says and becomes the one poller.
    fn begin_poll(&self, allowed: Option<Vec<String>>) -> Result<u64, Refusal> {
        let mut mail = self.bot.mail.lock().expect("no panic under this lock");
        if mail.webhook.is_some() {
            return Err(Refusal::conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to \
                 delete the webhook first",
            ));
        }
        if let Some(allowed) = allowed {
            mail.allowed = allowed;
        }
        match self.params.number("offset").unwrap_or(0) {
            0 => {}
            offset if offset < 0 => {
                let first = mail.offset_from_end(-offset);
                mail.confirm(first);
            }
            offset => mail.confirm(offset),
        }
        mail.end_poll(
            "terminated by other getUpdates request; make sure that only one bot instance is \
             running",
        );
        let mine = mail.poll;
        drop(mail);
        self.bot.posted.notify_waiters();
        Ok(mine)
    }

    pub(super) fn set_webhook(&self) -> Outcome {
        let url = self.params.text("url").unwrap_or_default().trim().to_owned();
        if url.is_empty() {
            return self.delete_webhook();
        }
        check_url(&url)?;
        let secret = self.params.text("secret_token").filter(|it| !it.is_empty());
        if let Some(secret) = &secret {
            check_secret(secret)?;
        }
        let connections = self.params.number("max_connections").unwrap_or(CONNECTIONS_USUAL);
        let allowed = self.allowed()?;
        let webhook = Webhook {
            url,
            secret: secret.map(Into::into),
            connections_max: connections.clamp(1, 100) as usize,
        };
        let mut mail = self.bot.mail.lock().expect("no panic under this lock");
        let is_same = mail.webhook.as_deref() == Some(&webhook)
            && allowed.as_ref().is_none_or(|it| *it == mail.allowed);
        let drops = self.params.flag("drop_pending_updates");
        if is_same && !drops {
            return Ok(Done { note: Some("Webhook is already set"), ..Done::yes() });
        }
        if mail.webhook_set_at.is_some_and(|at| self.now - at < SET_NO_OFTENER_THAN)
            && mail.webhook.is_some()
        {
            return Err(Refusal::flood(1));
        }
        if drops {
            mail.drop_pending();
        }
        if let Some(allowed) = allowed {
            mail.allowed = allowed;
        }
        mail.webhook = Some(Arc::new(webhook));
        mail.webhook_set_at = Some(self.now);
        mail.last_error = None;
        mail.end_poll("terminated by setWebhook request");
        drop(mail);
        self.bot.posted.notify_waiters();
        self.telegram.woken.notify_one();
        Ok(Done { note: Some("Webhook was set"), ..Done::yes() })
    }

    pub(super) fn delete_webhook(&self) -> Outcome {
        let mut mail = self.bot.mail.lock().expect("no panic under this lock");
        if self.params.flag("drop_pending_updates") {
            mail.drop_pending();
        }
        mail.last_error = None;
        let note = match mail.webhook.take() {
            Some(_) => "Webhook was deleted",
            None => "Webhook is already deleted",
        };
        Ok(Done { note: Some(note), ..Done::yes() })
    }

    pub(super) fn webhook_info(&self) -> Outcome {
        let mail = self.bot.mail.lock().expect("no panic under this lock");
        let mut wire = json!({
            "url": mail.webhook.as_ref().map_or("", |it| it.url.as_str()),
            "has_custom_certificate": false,
            "pending_update_count": mail.pending_count(),
        });
        if let Some(webhook) = &mail.webhook {
            wire["max_connections"] = json!(webhook.connections_max);
            let host = Url::parse(&webhook.url).ok();
            if let Some(Host::Ipv4(address)) = host.as_ref().and_then(Url::host) {
                wire["ip_address"] = json!(address.to_string());
            }
        }
        if let Some((at, why)) = &mail.last_error {
            wire["last_error_date"] = json!(at / 1_000);
            wire["last_error_message"] = json!(why);
        }
        if !mail.allowed.is_empty() {
            wire["allowed_updates"] = json!(mail.allowed);
        }
        Ok(Done::value(&wire))
    }

    /// Nothing: as before. An empty list: the usual kinds.
    fn allowed(&self) -> Result<Option<Vec<String>>, Refusal> {
        let Some(given) = self.params.list("allowed_updates")? else { return Ok(None) };
        let kinds = given.iter().filter_map(|it| it.as_str());
        Ok(Some(kinds.filter(|it| KINDS.contains(it)).map(str::to_owned).collect()))
    }
}

fn check_secret(secret: &str) -> Result<(), Refusal> {
    if secret.len() > SECRET_BYTES_MAX {
        return Err(Refusal::bad("secret token is too long"));
    }
    if !secret.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_')) {
        return Err(Refusal::bad("secret token contains unallowed characters"));
    }
    Ok(())
}

/// A public HTTPS address on one of four ports; on this machine anything goes, as it does for a
/// Bot API server that runs beside its bot.
fn check_url(url: &str) -> Result<(), Refusal> {
    let bad = |why: &str| Err(Refusal::bad(format!("bad webhook: {why}")));
    let Ok(url) = Url::parse(url) else {
        return bad("invalid webhook URL specified");
    };
    if is_loopback(&url) && matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    if url.scheme() != "https" {
        return bad("An HTTPS URL must be provided for webhook");
    }
    if !PORTS.contains(&url.port_or_known_default().unwrap_or(0)) {
        return bad("Webhook can be set up only on ports 80, 88, 443 or 8443");
    }
    match url.host() {
        Some(Host::Ipv4(it))
            if it.is_private()
                || it.is_link_local()
                || it.is_unspecified()
                || it.is_broadcast() =>
        {
            bad(&format!("IP address {it} is reserved"))
        }
        Some(Host::Ipv6(_)) => bad("only IPv4 addresses are supported"),
        Some(Host::Domain(name)) if !name.contains('.') => {
            bad("Failed to resolve host: Name or service not known")
        }
        _ => Ok(()),
    }
}

//! YooKassa: payments by card and by SBP, one shop.
//!
//! Source: its API v3 as documented in July 2026, and what the official SDK for Python (3.13.0)
//! sends. Notifications are not signed, so they count for nothing but a reason to ask.

mod answers;
mod notes;
mod orders;
mod seen;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use http::{HeaderName, HeaderValue, Method as Verb, StatusCode, header};
use reqwest::Request;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use domain::{Method, Millis};

use super::{
    Access, Autopayment, Gateway, GatewayError, NewPayment, NewRefund, Noted, NotificationError,
    Page, RefundSeen, Seen, Shop,
};
use crate::http::{Answer, Http, Limits, below};
use answers::Doing;
use seen::List;

pub(super) const NAME: &str = "yookassa";

/// They end what they are doing after 30 seconds themselves; then nobody knows how.
const ACT: Limits = Limits { time: std::time::Duration::from_secs(40), bytes: 1 << 20 };
/// A hundred payments are some 300 KiB.
const ASK: Limits = Limits { time: std::time::Duration::from_secs(30), bytes: 8 << 20 };

/// The most that a page may hold.
const PAGE: &str = "100";
const KEY_NAME: HeaderName = HeaderName::from_static("idempotence-key");
const KEY_CHARS_MAX: usize = 64;
const ID_CHARS_MAX: usize = 64;

/// By the documents of July 2026. The SDK has narrower blocks of IPv6, all of them within this one.
const NETWORKS: &[&str] = &[
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.154.128/25",
    "77.75.156.11",
    "77.75.156.35",
    "2a02:5180::/32",
];

pub(super) struct YooKassa {
    access: Access,
}

#[async_trait]
impl Gateway for YooKassa {
    fn name(&self) -> &'static str {
        NAME
    }

    fn methods(&self) -> &'static [Method] {
        &[Method::Card, Method::Sbp]
    }

    async fn whoami(&self, http: &Http) -> Result<Shop, GatewayError> {
        let doing = Doing::ask("asking who we are");
        let answer = self.ask(http, doing, self.at("me")).await?;
        let me: Me = doing.read(&answer)?;
        let is_enabled = match me.status.as_str() {
            "enabled" => true,
            "disabled" => false,
            other => return Err(doing.unexpected(&format!("the shop is `{other}`"))),
        };
        Ok(Shop { account: me.account_id, is_enabled, is_test: me.test })
    }

    async fn open(&self, http: &Http, payment: &NewPayment) -> Result<Seen, GatewayError> {
        let doing = Doing::act("opening a payment");
        let body = orders::payment(payment).map_err(|it| doing.unexpected(it))?;
        let answer = self.act(http, doing, "payments", &payment.key, Some(body)).await?;
        seen::payment(doing.read(&answer)?).map_err(|it| doing.unexpected(&it))
    }

    async fn charge(&self, http: &Http, payment: &Autopayment) -> Result<Seen, GatewayError> {
        let doing = Doing::act("charging");
        let body = orders::autopayment(payment).map_err(|it| doing.unexpected(it))?;
        let answer = self.act(http, doing, "payments", &payment.key, Some(body)).await?;
        seen::payment(doing.read(&answer)?).map_err(|it| doing.unexpected(&it))
    }

    async fn payment(&self, http: &Http, id: &str) -> Result<Option<Seen>, GatewayError> {
        let doing = Doing::ask("asking for a payment");
        let Some(wire) = self.ask_one(http, doing, "payments", id).await? else {
            return Ok(None);
        };
        let seen = seen::payment(wire).map_err(|it| doing.unexpected(&it))?;
        doing.is_about(id, &seen.id)?;
        Ok(Some(seen))
    }

    async fn cancel(&self, http: &Http, id: &str, key: &str) -> Result<Seen, GatewayError> {
        let doing = Doing::act("cancelling a payment");
        let path = format!("payments/{}/cancel", doing.usable(id)?);
        let answer = self.act(http, doing, &path, key, None).await?;
        let seen = seen::payment(doing.read(&answer)?).map_err(|it| doing.unexpected(&it))?;
        doing.is_about(id, &seen.id)?;
        Ok(seen)
    }

    async fn refund(&self, http: &Http, refund: &NewRefund) -> Result<RefundSeen, GatewayError> {
        let doing = Doing::act("refunding");
        doing.usable(&refund.payment)?;
        let body = orders::refund(refund).map_err(|it| doing.unexpected(it))?;
        let answer = self.act(http, doing, "refunds", &refund.key, Some(body)).await?;
        let seen = seen::refund(doing.read(&answer)?).map_err(|it| doing.unexpected(&it))?;
        doing.is_about(&refund.payment, &seen.payment)?;
        Ok(seen)
    }

    async fn refund_seen(&self, http: &Http, id: &str) -> Result<Option<RefundSeen>, GatewayError> {
        let doing = Doing::ask("asking for a refund");
        let Some(wire) = self.ask_one(http, doing, "refunds", id).await? else {
            return Ok(None);
        };
        let seen = seen::refund(wire).map_err(|it| doing.unexpected(&it))?;
        doing.is_about(id, &seen.id)?;
        Ok(Some(seen))
    }

    async fn payments(
        &self,
        http: &Http,
        from: Millis,
        to: Millis,
        cursor: Option<&str>,
    ) -> Result<Page<Seen>, GatewayError> {
        let doing = Doing::ask("asking for the list of payments");
        let list = self.list(http, doing, "payments", [from, to], cursor).await?;
        Ok(list.page(seen::payment))
    }

    async fn refunds(
        &self,
        http: &Http,
        from: Millis,
        to: Millis,
        cursor: Option<&str>,
    ) -> Result<Page<RefundSeen>, GatewayError> {
        let doing = Doing::ask("asking for the list of refunds");
        let list = self.list(http, doing, "refunds", [from, to], cursor).await?;
        Ok(list.page(seen::refund))
    }

    fn notification(&self, body: &[u8]) -> Result<Noted, NotificationError> {
        notes::read(body)
    }

    fn networks(&self) -> &'static [&'static str] {
        NETWORKS
    }
}

impl YooKassa {
    pub(super) fn new(access: Access) -> Self {
        Self { access }
    }

    fn at(&self, path: &str) -> Url {
        below(&self.access.url, path)
    }

    /// A request with our key. It goes to the configured host only.
    fn request(&self, verb: Verb, url: Url) -> Request {
        let pair = format!("{}:{}", self.access.shop, self.access.key.expose_secret());
        let value = format!("Basic {}", STANDARD.encode(pair));
        let mut value = HeaderValue::from_str(&value).expect("base64 is text");
        value.set_sensitive(true);
        let mut request = Request::new(verb, url);
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, value);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        request
    }

    async fn ask(&self, http: &Http, doing: Doing, url: Url) -> Result<Answer, GatewayError> {
        let request = self.request(Verb::GET, url);
        http.call(request, ASK).await.map_err(|it| doing.unanswered(it))
    }

    /// Asks for something that moves money, under a key.
    async fn act(
        &self,
        http: &Http,
        doing: Doing,
        path: &str,
        key: &str,
        json: Option<Vec<u8>>,
    ) -> Result<Answer, GatewayError> {
        let mut request = self.request(Verb::POST, self.at(path));
        let key = Some(key).filter(|it| is_key(it)).and_then(|it| HeaderValue::from_str(it).ok());
        let key = key.ok_or_else(|| doing.unexpected("the key of the request can't be one"))?;
        request.headers_mut().insert(KEY_NAME, key);
        if let Some(json) = json {
            let kind = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, kind);
            *request.body_mut() = Some(json.into());
        }
        http.call(request, ACT).await.map_err(|it| doing.unanswered(it))
    }

    /// `None` when they say in their own words that there is none: a 404 of anybody else on the
    /// way must not make a payment unknown.
    async fn ask_one<T: DeserializeOwned>(
        &self,
        http: &Http,
        doing: Doing,
        of: &str,
        id: &str,
    ) -> Result<Option<T>, GatewayError> {
        let url = self.at(&format!("{of}/{}", doing.usable(id)?));
        let answer = self.ask(http, doing, url).await?;
        if answer.code == StatusCode::NOT_FOUND && answers::is_unknown(&answer) {
            return Ok(None);
        }
        doing.read(&answer).map(Some)
    }

    async fn list(
        &self,
        http: &Http,
        doing: Doing,
        of: &str,
        [from, to]: [Millis; 2],
        cursor: Option<&str>,
    ) -> Result<List, GatewayError> {
        let mut url = self.at(of);
        for (name, at) in [("created_at.gte", from), ("created_at.lt", to)] {
            let at =
                moment(at).ok_or_else(|| doing.unexpected("a moment that can't be written"))?;
            url.query_pairs_mut().append_pair(name, &at);
        }
        url.query_pairs_mut().append_pair("limit", PAGE);
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        let answer = self.ask(http, doing, url).await?;
        let list: List = doing.read(&answer)?;
        if cursor.is_some() && list.next_cursor.as_deref() == cursor {
            return Err(doing.unexpected("the next page is the same again"));
        }
        Ok(list)
    }
}

#[derive(Deserialize)]
struct Me {
    account_id: String,
    status: String,
    test: bool,
}

fn moment(at: Millis) -> Option<String> {
    let at = DateTime::from_timestamp_millis(at.as_i64())?;
    Some(at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn is_key(text: &str) -> bool {
    is_made_of(text, KEY_CHARS_MAX, b"+-_.")
}

/// Whether a text may become a part of a path. Ids come from notifications too.
fn is_id(text: &str) -> bool {
    is_made_of(text, ID_CHARS_MAX, b"-_")
}

fn is_made_of(text: &str, chars_max: usize, besides: &[u8]) -> bool {
    (1..=chars_max).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || besides.contains(&it))
}

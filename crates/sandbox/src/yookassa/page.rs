//! The page where a person confirms a payment: made here, without scripts, for any width.

use std::fmt::Write;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query as Asked, State as Given};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, StatusCode, header};

use super::cards::{BANKS, CARDS, Kind, Means, REASONS};
use super::lists::Query;
use super::payment::{Payment, State};
use super::words::{Language, Words};
use super::{PAY, YooKassa};

/// No script runs and nothing comes from elsewhere. Where forms may lead isn't said: a browser
/// holds it against the redirection to the shop as well.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'";

/// What a saved method can do later, beside going well.
const LATER: &[&str] =
    &["insufficient_funds", "card_expired", "issuer_unavailable", "permission_revoked"];

pub(super) fn routes() -> Router<Arc<YooKassa>> {
    Router::new().route(PAY, get(show).post(act))
}

async fn show(
    Given(yookassa): Given<Arc<YooKassa>>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Response {
    let id = query.get("orderId").map_or("", String::as_str);
    let wanted = query.get("lang").and_then(|it| Language::from_code(it));
    yookassa.page(id, wanted, &headers)
}

async fn act(Given(yookassa): Given<Arc<YooKassa>>, headers: HeaderMap, body: String) -> Response {
    let form: Query = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let id = field("orderId");
    let outcome = match field("deed") {
        "pay" => {
            let means = match field("way") {
                "sbp" => Means::Bank(field("bank").to_owned()),
                _ => Means::Card(field("card").to_owned()),
            };
            yookassa.pay(id, means)
        }
        "decline" => yookassa.decline(id, field("reason")),
        _ => Ok(()),
    };
    if outcome.is_ok() && !field("later").is_empty() {
        // A card that was declined isn't saved, so that there is nothing to change.
        let _ = yookassa.change_method(id, Some(field("later")));
    }
    let (world, _) = yookassa.settled();
    let payment = world.payment_of(id);
    let is_over = outcome.is_err() || payment.is_none_or(|it| it.state == State::Canceled);
    let back = payment.and_then(|it| it.confirmation.as_ref()).map(|it| it.return_url.clone());
    drop(world);
    match back {
        Some(url) if !is_over => {
            let here = (yookassa.settings.way_back)(&url);
            Redirect::to(&here.unwrap_or(url)).into_response()
        }
        _ => yookassa.page(id, Language::from_code(field("lang")), &headers),
    }
}

/// What the page needs to know of a payment.
struct Sight<'a> {
    payment: &'a Payment,
    shop: &'a str,
    back: String,
    minutes_left: i64,
    language: Language,
    words: &'static Words,
}

impl YooKassa {
    fn page(&self, id: &str, wanted: Option<Language>, headers: &HeaderMap) -> Response {
        let (world, now) = self.settled();
        let Some(payment) = world.payment_of(id) else {
            let language = wanted.unwrap_or_else(|| language_of(headers));
            let text = language.words().unknown;
            let main = format!("<main><h1>{text}</h1></main>");
            return answer(StatusCode::NOT_FOUND, language, text, &main);
        };
        let confirmation = payment.confirmation.as_ref();
        let asked = confirmation.and_then(|it| it.locale.as_deref());
        let language = wanted
            .or_else(|| asked.and_then(Language::from_code))
            .unwrap_or_else(|| language_of(headers));
        let url = confirmation.map_or("", |it| &it.return_url);
        let shop = world.shops.get(&payment.shop).map_or("", |it| &it.name);
        let sight = Sight {
            payment,
            shop,
            back: (self.settings.way_back)(url).unwrap_or_else(|| url.to_owned()),
            minutes_left: payment.due.map_or(0, |due| (due - now + 59_999) / 60_000),
            language,
            words: language.words(),
        };
        let main = sight.main();
        answer(StatusCode::OK, language, language.words().title, &main)
    }
}

/// As the browser speaks; Russian when it doesn't say.
fn language_of(headers: &HeaderMap) -> Language {
    let said = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
    said.and_then(Language::from_code).unwrap_or(Language::Ru)
}

fn answer(status: StatusCode, language: Language, title: &str, main: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title>\
         <link rel=\"icon\" href=\"/web/icon.svg\"><link rel=\"stylesheet\" href=\"/web/pay.css\">\
         </head><body>{main}</body></html>\n",
        language.code(),
    );
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // A form that is sent without any referrer has no origin either, and is refused.
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(page)).into_response()
}

impl Sight<'_> {
    fn main(&self) -> String {
        let Words { made_up, language: other, .. } = self.words;
        let price = self.language.price(self.payment.kopecks);
        let about = self.payment.description.as_deref().unwrap_or_default();
        let rest = if self.payment.is_open() { self.forms() } else { self.ending() };
        format!(
            "<p class=\"made-up\">{made_up}</p><main>\
             <header><span class=\"shop\">{}</span>\
             <a class=\"language\" href=\"{PAY}?orderId={}&amp;lang={}\">{other}</a></header>\
             <h1 class=\"price\">{price}</h1><p class=\"about\" dir=\"auto\">{}</p>{rest}</main>",
            escaped(self.shop),
            self.payment.id,
            self.language.other().code(),
            escaped(about),
        )
    }

    /// What became of it.
    fn ending(&self) -> String {
        let (look, title) = match self.payment.state {
            State::Succeeded => ("good", self.words.paid),
            State::WaitingForCapture => ("good", self.words.held),
            State::Pending => ("open", self.words.under_way),
            State::Canceled => ("bad", self.words.not_paid),
        };
        let why = self.payment.cancellation.as_ref();
        let why = why.map_or("", |it| self.language.reason(&it.reason));
        let mut ending = format!(
            "<div class=\"ending {look}\" role=\"status\"><b>{title}</b><span>{why}</span></div>"
        );
        if !self.back.is_empty() {
            let (back, words) = (escaped(&self.back), self.words.back);
            let _ = write!(ending, "<a class=\"button\" href=\"{back}\">{words}</a>");
        }
        ending
    }

    fn forms(&self) -> String {
        let words = self.words;
        let hidden = format!(
            "<input type=\"hidden\" name=\"orderId\" value=\"{}\">\
             <input type=\"hidden\" name=\"lang\" value=\"{}\">",
            self.payment.id,
            self.language.code(),
        );
        let begin = format!("<form method=\"post\" action=\"{PAY}\">{hidden}");
        let reasons = self.reasons(REASONS);
        format!(
            "{begin}{}{}<button class=\"button\" name=\"deed\" value=\"pay\">{} {}</button></form>\
             <p class=\"left\">{} {}</p>\
             <details><summary>{}</summary>{begin}<label class=\"field\"><span>{}</span>\
             <select name=\"reason\">{reasons}</select></label>\
             <button class=\"button plain\" name=\"deed\" value=\"decline\">{}</button></form>\
             </details>\
             {begin}<button class=\"button quiet\" name=\"deed\" value=\"leave\">{}</button></form>",
            self.ways(),
            self.later(),
            words.pay,
            self.language.price(self.payment.kopecks),
            words.minutes_left,
            self.minutes_left,
            words.decline,
            words.decline_why,
            words.decline_do,
            words.leave,
        )
    }

    /// The ways to pay that are left open, and what each asks.
    fn ways(&self) -> String {
        let is_offered = |it: &Kind| {
            self.payment.kind.is_none_or(|kind| kind == *it)
                && self.payment.kopecks <= it.kopecks_max()
                && (*it == Kind::Card || self.payment.takes_at_once)
        };
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(is_offered).collect();
        let mut choices = String::new();
        for (at, kind) in kinds.iter().enumerate() {
            let (value, name) = match kind {
                Kind::Card => ("card", self.words.by_card),
                Kind::Sbp => ("sbp", self.words.by_sbp),
            };
            let checked = if at == 0 { " checked" } else { "" };
            let _ = write!(
                choices,
                "<label class=\"way\"><input type=\"radio\" name=\"way\" value=\"{value}\"{checked}>\
                 <span>{name}</span></label>"
            );
        }
        let mut ways = format!(
            "<fieldset class=\"ways\"><legend>{}</legend>{choices}</fieldset>",
            self.words.how
        );
        if kinds.contains(&Kind::Card) {
            ways.push_str(&self.cards());
        }
        if kinds.contains(&Kind::Sbp) {
            ways.push_str(&self.banks());
        }
        ways
    }

    fn cards(&self) -> String {
        let (mut good, mut bad) = (String::new(), String::new());
        for card in CARDS {
            let number = in_fours(card.number);
            let value = card.number;
            let (group, note) = match card.declined {
                None if card.is_secure => (&mut good, self.words.with_check),
                None => (&mut good, ""),
                Some(reason) => (&mut bad, self.language.reason(reason)),
            };
            let line = if note.is_empty() { number } else { format!("{number} — {note}") };
            let _ = write!(group, "<option value=\"{value}\">{line}</option>");
        }
        let Words { card, cards_good, cards_bad, .. } = self.words;
        format!(
            "<label class=\"field by-card\"><span>{card}</span><select name=\"card\">\
             <optgroup label=\"{cards_good}\">{good}</optgroup>\
             <optgroup label=\"{cards_bad}\">{bad}</optgroup></select></label>"
        )
    }

    fn banks(&self) -> String {
        let mut banks = String::new();
        for (at, bank) in BANKS.iter().enumerate() {
            let checked = if at == 0 { " checked" } else { "" };
            let _ = write!(
                banks,
                "<label class=\"bank\"><input type=\"radio\" name=\"bank\" value=\"{}\"{checked}>\
                 <span>{}</span></label>",
                bank.id, bank.name
            );
        }
        let legend = self.words.bank;
        format!("<fieldset class=\"banks by-sbp\"><legend>{legend}</legend>{banks}</fieldset>")
    }

    /// How it goes on with a method that is saved.
    fn later(&self) -> String {
        if !self.payment.saves {
            return String::new();
        }
        let Words { saves, later, later_well, .. } = self.words;
        let reasons = self.reasons(LATER);
        format!(
            "<p class=\"saves\">{saves}</p><label class=\"field\"><span>{later}</span>\
             <select name=\"later\"><option value=\"\">{later_well}</option>{reasons}</select>\
             </label>"
        )
    }

    fn reasons(&self, reasons: &[&str]) -> String {
        let mut options = String::new();
        for reason in reasons {
            // Not a word for a person: it stands for all that have no words of their own.
            let text = self.language.reason(reason);
            let _ = write!(options, "<option value=\"{reason}\">{text} ({reason})</option>");
        }
        options
    }
}

/// `5555 5555 5555 4477`.
fn in_fours(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    let fours: Vec<String> = letters.chunks(4).map(|it| it.iter().collect()).collect();
    fours.join(" ")
}

fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\'' => made.push_str("&#39;"),
            other => made.push(other),
        }
    }
    made
}

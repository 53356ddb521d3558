//! What gateways say, by tables: why a payment was declined, who sent a notification.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use connectors::http::Http;
use connectors::payments::{
    self, About, Gateway, Network, PaymentState, WrongNetwork, signed, source_is,
};
use connectors::reach::Reach;
use domain::Declined;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::record::Recorded;
use crate::talks::payments::access;

fn yookassa() -> Arc<dyn Gateway> {
    payments::all(access).pop().expect("there is one")
}

/// All the reasons that are documented (API v3, July 2026), and a few that aren't.
const REASONS: &[(&str, Declined)] = &[
    ("3d_secure_failed", Declined::CardWrong),
    ("call_issuer", Declined::BankSaidNo),
    ("canceled_by_merchant", Declined::CalledOff),
    ("card_expired", Declined::CardWrong),
    ("country_forbidden", Declined::CardWrong),
    ("deal_expired", Declined::Other),
    ("expired_on_capture", Declined::Other),
    ("expired_on_confirmation", Declined::NotConfirmed),
    ("fraud_suspected", Declined::PermissionRevoked),
    ("general_decline", Declined::BankSaidNo),
    ("identification_required", Declined::NoMoney),
    ("insufficient_funds", Declined::NoMoney),
    ("internal_timeout", Declined::Other),
    ("invalid_card_number", Declined::CardWrong),
    ("invalid_csc", Declined::CardWrong),
    ("issuer_unavailable", Declined::BankSaidNo),
    ("loan_declined", Declined::BankSaidNo),
    ("payment_method_limit_exceeded", Declined::NoMoney),
    ("payment_method_restricted", Declined::PermissionRevoked),
    ("permission_revoked", Declined::PermissionRevoked),
    ("rejected_by_timeout", Declined::Other),
    ("unsupported_mobile_operator", Declined::Other),
    ("", Declined::Other),
    ("INSUFFICIENT_FUNDS", Declined::Other),
    ("something_new", Declined::Other),
];

/// After these the documents want the same card charged again later, or never.
const LATER: &[&str] = &["insufficient_funds", "internal_timeout", "issuer_unavailable"];
const NEVER: &[&str] =
    &["card_expired", "fraud_suspected", "payment_method_restricted", "permission_revoked"];

async fn state_after(reason: &str) -> PaymentState {
    let id = "23d93cac-000f-5000-8000-126628f15141";
    let body = json!({
        "id": id,
        "status": "canceled",
        "amount": { "value": "1.00", "currency": "RUB" },
        "created_at": "2026-11-20T08:00:00.000Z",
        "test": false,
        "cancellation_details": { "party": "payment_network", "reason": reason },
    });
    let transport = Recorded::new(&[format!("200 {body}")]);
    let http = Http::over(Arc::new(transport), Reach::Public { trusted: Vec::new() });
    let seen = yookassa().payment(&http, id).await.expect("readable");
    seen.expect("known").state
}

#[tokio::test]
async fn each_reason_has_a_word_for_the_customer() {
    for (reason, declined) in REASONS {
        assert_eq!(state_after(reason).await, PaymentState::Canceled(*declined), "{reason}");
    }
}

#[tokio::test]
async fn a_saved_card_is_charged_again_when_the_documents_say_so() {
    let rows = LATER.iter().map(|it| (it, true)).chain(NEVER.iter().map(|it| (it, false)));
    for (reason, expected) in rows {
        let PaymentState::Canceled(declined) = state_after(reason).await else {
            panic!("{reason} is no reason");
        };
        assert_eq!(declined.may_heal(), expected, "{reason}");
    }
}

#[derive(Deserialize)]
struct Recordings {
    notifications: Vec<Recording>,
    trusted_networks: Vec<String>,
    is_ip_trusted: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct Recording {
    body: Value,
}

/// Nothing when they aren't at hand.
fn recordings() -> Option<Recordings> {
    let path = "../../../shared/reference/yookassa-notifications.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let Ok(text) = fs::read_to_string(path) else {
        println!("skipped: the recorded notifications aren't here");
        return None;
    };
    Some(serde_json::from_str(&text).expect("as they were recorded"))
}

#[test]
fn recorded_notifications_say_what_to_ask_about() {
    let Some(recordings) = recordings() else { return };
    let gateway = yookassa();
    let mut told = Vec::new();
    for Recording { body } in recordings.notifications {
        let noted = gateway.notification(body.to_string().as_bytes()).expect("readable");
        assert_eq!(body["event"], noted.event.as_str());
        let id = match &noted.about {
            About::Payment { id } => id,
            About::Refund { id, payment } => {
                assert_eq!(body["object"]["payment_id"].as_str(), payment.as_deref());
                id
            }
            About::Other { id } => panic!("not ours: {id}"),
        };
        assert_eq!(body["object"]["id"], id.as_str());
        told.push(noted.event);
    }
    // The last is a word that nobody knows: all the more a reason to ask.
    assert_eq!(
        told,
        [
            "payment.succeeded",
            "payment.waiting_for_capture",
            "payment.canceled",
            "refund.succeeded",
            "payment.nosuch"
        ]
    );
}

fn networks<T: AsRef<str>>(texts: &[T]) -> Vec<Network> {
    let read = |it: &T| Network::from_text(it.as_ref()).expect("a network");
    texts.iter().map(read).collect()
}

fn is_from(address: &str, networks: &[Network]) -> bool {
    let address: IpAddr = address.parse().expect("an address");
    source_is(address, networks)
}

#[test]
fn recorded_addresses_are_judged_as_by_the_official_kit() {
    let Some(recordings) = recordings() else { return };
    let theirs = networks(&recordings.trusted_networks);
    let documented = networks(yookassa().networks());
    for (address, is_trusted) in &recordings.is_ip_trusted {
        let is_trusted = *is_trusted == Value::Bool(true);
        // The kit doesn't know that this is an IPv4 address. A server that listens on `[::]` sees
        // all of them so.
        let is_mapped = address.starts_with("::ffff:");
        assert_eq!(is_from(address, &theirs), is_trusted || is_mapped, "{address}");
        assert!(!is_trusted || is_from(address, &documented), "{address}");
    }
}

#[test]
fn sources_are_compared_by_network() {
    let networks = networks(&["185.71.76.0/27", "77.75.156.11", "2a02:5180::/32", "::1"]);
    for inside in [
        "185.71.76.0",
        "185.71.76.31",
        "::ffff:185.71.76.1",
        "::ffff:b947:4c1f",
        "77.75.156.11",
        "::ffff:77.75.156.11",
        "2a02:5180::",
        "2a02:5180:ffff:ffff:ffff:ffff:ffff:ffff",
        "::1",
    ] {
        assert!(is_from(inside, &networks), "{inside}");
    }
    for outside in [
        "185.71.75.255",
        "185.71.76.32",
        "::ffff:185.71.76.32",
        // Once meant the same, and is nobody's today.
        "::185.71.76.1",
        "64:ff9b::185.71.76.1",
        "2002:b947:4c01::",
        "77.75.156.10",
        "77.75.156.12",
        "2a02:517f:ffff::",
        "2a02:5181::",
        "::2",
        "127.0.0.1",
        "0.0.0.0",
        "::",
    ] {
        assert!(!is_from(outside, &networks), "{outside}");
    }
    assert!(!is_from("185.71.76.1", &[]), "no networks let nobody in");
}

#[test]
fn networks_are_read_or_refused_with_the_reason() {
    for text in ["10.0.0.0/8", " 10.1.2.3 ", "0.0.0.0/0", "::/0", "2a02:5180:0:1509::/64"] {
        assert!(Network::from_text(text).is_ok(), "{text}");
    }
    let mapped = Network::from_text("::ffff:185.71.76.0/123");
    assert_eq!(mapped, Network::from_text("185.71.76.0/27"));
    assert_eq!(Network::from_text("::ffff:185.71.76.1"), Network::from_text("185.71.76.1/32"));
    let none = |text: &str| Err(WrongNetwork::NotANetwork(text.to_owned()));
    for text in ["", "yookassa.ru", "185.71.76/27", "185.71.76.0/33", "::/129", "1.2.3.4/", "*"] {
        assert_eq!(Network::from_text(text), none(text));
    }
    let inside = Network::from_text("185.71.76.5/27").expect_err("an address in it");
    assert_eq!(
        inside.to_string(),
        "`185.71.76.5/27` has an address inside of a network: write 185.71.76.0/27 for all of it"
    );
}

#[test]
fn documented_networks_are_networks() {
    for gateway in payments::all(access) {
        assert!(!networks(gateway.networks()).is_empty(), "{}", gateway.name());
    }
}

/// The first two cases of RFC 4231.
#[test]
fn signatures_are_as_published() {
    let many = |byte: u8, count: usize| String::from_utf8(vec![byte; count]).expect("ASCII");
    let cases = [
        (
            many(0x0b, 20),
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            "Jefe".to_owned(),
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
    ];
    for (secret, body, signature) in cases {
        let secret = secret.into();
        let body = body.as_bytes();
        assert!(signed(&secret, body, signature));
        assert!(signed(&secret, body, &format!(" {} ", signature.to_uppercase())));
        let mut other = body.to_vec();
        other[0] ^= 1;
        assert!(!signed(&secret, &other, signature), "another body");
        assert!(!signed(&"other".into(), body, signature), "another secret");
        assert!(!signed(&secret, body, &signature[..62]), "a part of it");
        assert!(!signed(&secret, body, &format!("{signature}00")), "more than it");
        for wrong in ["", "00", "zz", &signature[1..], &signature.replace('b', "c")] {
            assert!(!signed(&secret, body, wrong), "{wrong}");
        }
    }
}

#[test]
fn an_empty_secret_signs_nothing() {
    let of_nothing = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    assert!(!signed(&"".into(), b"", of_nothing));
}

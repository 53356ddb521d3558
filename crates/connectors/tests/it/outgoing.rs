//! Our own webhooks: their signatures are everybody's, and strangers' addresses lead nowhere inside.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connectors::http::{Http, TransportError};
use connectors::outgoing::{Unsignable, deliver, new_secret, sign};
use connectors::reach::{Barred, Reach};
use domain::Millis;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::{Origin, Url};

use crate::record::Recorded;

const ID: &str = "msg_1";
const AT: Millis = Millis(1_760_000_000_999);

/// Secret, id, seconds, body, signature: published by others, so that all agree with them.
const PUBLISHED: &[(&str, &str, i64, &str, &str)] = &[
    (
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1_649_367_553,
        r#"{"email":"test@example.com","username":"test_user"}"#,
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
    (
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
        "msg_1",
        1_760_000_000,
        r#"{"id":"trn1","status":"succeeded"}"#,
        "v1,AyeJ5UIgUN8DAYllZO7ykdq3AV7zbnC+AZ8UCzC3vBk=",
    ),
    (
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        r#"{"текст":"привет"}"#,
        "v1,sCfFeEN3fpiODHqxmCl9rofVIP1H3yuPZShCmfYwV0I=",
    ),
    (
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        "",
        "v1,3vkgVpnn+quDawCVJggbhrYDFqI22q3fIn+XyKvQ0kg=",
    ),
];

fn secret() -> SecretString {
    new_secret(&[7; 32])
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

/// What was said on the wire, and what came of it.
async fn delivered(
    address: &str,
    trusted: &[&str],
    answers: &[&str],
) -> (Vec<String>, Result<u16, TransportError>) {
    let answers: Vec<String> = answers.iter().map(|it| (*it).to_owned()).collect();
    let transport = Arc::new(Recorded::new(&answers));
    let trusted: Vec<Origin> = trusted.iter().map(|it| url(it).origin()).collect();
    let http = Http::over(transport.clone(), Reach::Public { trusted });
    let body = br#"{"type":"generation.ended"}"#.to_vec();
    let came = deliver(&http, &url(address), &secret(), ID, AT, body).await;
    (transport.lines(), came)
}

#[test]
fn signatures_are_as_published() {
    for (secret, id, seconds, body, signature) in PUBLISHED {
        let secret = SecretString::from(*secret);
        let signed = sign(&secret, id, Millis::seconds(*seconds), body.as_bytes());
        assert_eq!(signed.as_deref(), Ok(*signature));
    }
}

#[test]
fn a_signature_is_of_everything_that_is_sent() {
    let signed = |secret: &SecretString, id, at, body: &[u8]| sign(secret, id, at, body);
    let own = signed(&secret(), ID, AT, b"x").expect("signed");
    assert_ne!(signed(&new_secret(&[8; 32]), ID, AT, b"x").expect("signed"), own);
    assert_ne!(signed(&secret(), "msg_2", AT, b"x").expect("signed"), own);
    assert_ne!(signed(&secret(), ID, Millis(AT.0 + 1_000), b"x").expect("signed"), own);
    assert_ne!(signed(&secret(), ID, AT, b"y").expect("signed"), own);
}

#[test]
fn a_secret_is_as_everybody_writes_them() {
    let secret = new_secret(&[7; 32]);
    let text = secret.expose_secret();
    let bytes = STANDARD.decode(text.strip_prefix("whsec_").expect("a prefix")).expect("base64");
    assert_eq!(bytes, [7; 32]);
    assert!(!format!("{secret:?}").contains(text));
}

#[test]
fn nothing_is_signed_with_less() {
    for wrong in ["", "whsec_", "whsec_!", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] {
        assert_eq!(sign(&wrong.into(), ID, AT, b"x"), Err(Unsignable), "{wrong}");
    }
    for wrong in ["", "msg.1", "msg 1", "msg\n1", "é"] {
        assert_eq!(sign(&secret(), wrong, AT, b"x"), Err(Unsignable), "{wrong}");
    }
}

#[tokio::test]
async fn a_message_is_brought_with_its_signature() {
    let (lines, came) = delivered("https://shop.test/hooks?a=b", &[], &["204"]).await;
    assert!(matches!(came, Ok(204)), "{came:?}");
    let signature =
        sign(&secret(), ID, AT, br#"{"type":"generation.ended"}"#).expect("a signature");
    assert_eq!(
        lines,
        [
            r#"> POST https://shop.test/hooks?a=b {"type":"generation.ended"}"#.to_owned(),
            ">   content-type: application/json".to_owned(),
            ">   webhook-id: msg_1".to_owned(),
            format!(">   webhook-signature: {signature}"),
            ">   webhook-timestamp: 1760000000".to_owned(),
            "< 204".to_owned(),
        ]
    );
}

#[tokio::test]
async fn whatever_is_answered_is_told_and_not_followed() {
    for (answer, code) in [
        ("200 {}", 200),
        ("302 (location: http://169.254.169.254/) ", 302),
        ("307 (location: https://elsewhere.test/) ", 307),
        ("410", 410),
        ("500 (endless) <html>", 500),
    ] {
        let (_, came) = delivered("https://shop.test/", &[], &[answer]).await;
        assert!(matches!(came, Ok(it) if it == code), "{answer}: {came:?}");
    }
    let (_, came) = delivered("https://shop.test/", &[], &["refused"]).await;
    assert!(matches!(came, Err(TransportError::NotSent(_))), "{came:?}");
    let (_, came) = delivered("https://shop.test/", &[], &["reset"]).await;
    assert!(matches!(came, Err(TransportError::Broken(_))), "{came:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_waited_for_longer_than_a_quarter_of_a_minute() {
    let begun = Instant::now();
    let (_, came) = delivered("https://shop.test/", &[], &["silence"]).await;
    assert!(matches!(came, Err(TransportError::TimedOut(_))), "{came:?}");
    let (_, came) = delivered("https://shop.test/", &[], &["200 (stalls) {"]).await;
    assert!(matches!(came, Ok(200)), "{came:?}");
    assert_eq!(begun.elapsed(), Duration::from_secs(30));
}

#[tokio::test]
async fn a_stranger_is_not_led_inside() {
    let trusted = ["http://minio:9000", "http://10.0.0.5:9000", "https://queue.fal.run"];
    for (address, why) in [
        ("http://169.254.169.254/latest/meta-data", Barred::Internal),
        ("http://[::1]/", Barred::Internal),
        ("http://2130706433/", Barred::Internal),
        ("http://localhost:8080/", Barred::Internal),
        ("http://10.0.0.6/", Barred::Internal),
        // What the operator trusts us to reach, at any port.
        ("http://minio:9000/photos", Barred::Internal),
        ("http://minio/", Barred::Internal),
        ("http://10.0.0.5:9000/photos", Barred::Internal),
        ("https://queue.fal.run/", Barred::Internal),
        ("https://me:pass@shop.test/", Barred::UserInfo),
        ("file:///etc/passwd", Barred::Scheme),
    ] {
        let (lines, came) = delivered(address, &trusted, &[]).await;
        assert!(
            matches!(came, Err(TransportError::Barred(it)) if it == why),
            "{address}: {came:?}"
        );
        assert!(lines.is_empty(), "{address}");
    }
    let (_, came) = delivered("https://shop.test/", &trusted, &["inward"]).await;
    assert!(matches!(came, Err(TransportError::Barred(Barred::Internal))), "{came:?}");
}

#[tokio::test]
async fn a_secret_that_is_none_sends_nothing() {
    let transport = Arc::new(Recorded::new(&[]));
    let http = Http::over(transport.clone(), Reach::Public { trusted: Vec::new() });
    let secret = SecretString::from("whsec_SECRET!");
    let came = deliver(&http, &url("https://shop.test/"), &secret, ID, AT, Vec::new()).await;
    let Err(TransportError::NotSent(text)) = came else { panic!("{came:?}") };
    assert!(!text.contains("SECRET"), "{text}");
    assert!(transport.lines().is_empty());
}

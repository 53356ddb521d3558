//! The real transport, against peers on this machine that write down what reaches them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use connectors::http::{Http, Limits, Network, TransportError};
use connectors::outgoing;
use connectors::providers::{self, Access, ProviderError, SpeechWork, Upload, Work};
use connectors::reach::{Barred, Reach};
use domain::Millis;
use futures::{StreamExt, stream};
use http::{Method, StatusCode};
use reqwest::Request;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

const LIMITS: Limits = Limits { time: Duration::from_secs(20), bytes: 10_000 };

/// A peer that answers each connection with the next of its answers, and tells what it was sent.
struct Peer {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    async fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let to = heard.clone();
        tokio::spawn(async move {
            for answer in answers {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let mut request = Vec::new();
                while !is_whole(&request) {
                    if stream.read_buf(&mut request).await.expect("bytes") == 0 {
                        break;
                    }
                }
                to.lock().expect("whole").push(String::from_utf8(request).expect("text"));
                stream.write_all(answer.as_bytes()).await.expect("taken");
            }
            drop(listener);
        });
        Self { address, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("whole").clone()
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).expect("an address")
    }
}

/// Whether a request of a known length has come in full.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
    length.map_or(0, |it| it.parse().expect("a number")) <= body.len()
}

fn answer(code: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {code}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Names as somebody hostile would have them: a name has other addresses at each look.
struct Names {
    looks: AtomicUsize,
    addresses: Vec<Vec<SocketAddr>>,
}

impl Names {
    fn new(addresses: &[&[&str]]) -> Arc<Self> {
        let address = |it: &&str| format!("{it}:0").parse().expect("an address");
        let addresses = addresses.iter().map(|it| it.iter().map(address).collect()).collect();
        Arc::new(Self { looks: AtomicUsize::new(0), addresses })
    }

    fn looks(&self) -> usize {
        self.looks.load(Ordering::Relaxed)
    }
}

impl Resolve for Names {
    fn resolve(&self, _: Name) -> Resolving {
        let look = self.looks.fetch_add(1, Ordering::Relaxed);
        let found = self.addresses[look % self.addresses.len()].clone();
        Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
    }
}

fn http(reach: Reach, names: Arc<Names>) -> Http {
    let network = Network::new(&reach, names).expect("the network");
    Http::over(Arc::new(network), reach)
}

async fn get(http: &Http, url: Url) -> Result<StatusCode, TransportError> {
    http.call(Request::new(Method::GET, url), LIMITS).await.map(|it| it.code)
}

fn named(peer: &Peer, name: &str) -> Url {
    let mut url = peer.url("/secret");
    url.set_host(Some(name)).expect("a name");
    url
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_followed() {
    let peer = Peer::new(vec![answer("200 OK", "", "inside")]).await;
    let inward =
        ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]"];
    for address in inward {
        let names = Names::new(&[&[address]]);
        let http = http(Reach::Public { trusted: Vec::new() }, names.clone());
        let came = get(&http, named(&peer, "evil.test")).await;
        let is_barred = matches!(came, Err(TransportError::Barred(Barred::Internal)));
        assert!(is_barred, "{address}: {came:?}");
        assert_eq!(names.looks(), 1);
    }
    assert!(peer.heard().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_between_two_looks_gains_nothing() {
    let peer = Peer::new(vec![answer("200 OK", "", ""), answer("200 OK", "", "")]).await;
    let names = Names::new(&[&["127.0.0.1", "10.0.0.1"], &["10.0.0.1"]]);
    let http = http(Reach::Loopback, names.clone());
    let came = get(&http, named(&peer, "localhost")).await;
    assert!(matches!(came, Ok(StatusCode::OK)), "{came:?}");
    let came = get(&http, named(&peer, "localhost")).await;
    assert!(matches!(came, Err(TransportError::Barred(Barred::NotLoopback))), "{came:?}");
    assert_eq!(names.looks(), 2);
}

#[tokio::test]
async fn a_trusted_name_may_lead_inside() {
    let peer = Peer::new(vec![answer("200 OK", "", "inside")]).await;
    let url = named(&peer, "minio");
    let reach = Reach::Public { trusted: vec![url.origin()] };
    let came = get(&http(reach, Names::new(&[&["127.0.0.1"]])), url).await;
    assert!(matches!(came, Ok(StatusCode::OK)), "{came:?}");
}

#[tokio::test]
async fn the_sandbox_asks_nobody_about_names_of_elsewhere() {
    let names = Names::new(&[&["127.0.0.1"]]);
    let http = http(Reach::Loopback, names.clone());
    let came = get(&http, Url::parse("http://queue.fal.run/").expect("an address")).await;
    assert!(matches!(came, Err(TransportError::Barred(Barred::NotLoopback))), "{came:?}");
    assert_eq!(names.looks(), 0);
}

#[tokio::test]
async fn the_sandbox_doesnt_follow_its_own_name_to_elsewhere() {
    let names = Names::new(&[&["8.8.8.8"]]);
    let came =
        get(&http(Reach::Loopback, names), Url::parse("http://localhost:9/").expect("one")).await;
    assert!(matches!(came, Err(TransportError::Barred(Barred::NotLoopback))), "{came:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let elsewhere = Peer::new(vec![answer("200 OK", "", "elsewhere")]).await;
    let location = format!("location: {}\r\n", elsewhere.url("/x"));
    let peer = Peer::new(vec![answer("307 Temporary Redirect", &location, "")]).await;
    let http = Http::new(Reach::Loopback).expect("the network");
    let came = get(&http, peer.url("/")).await;
    assert!(matches!(came, Ok(StatusCode::TEMPORARY_REDIRECT)), "{came:?}");
    assert!(elsewhere.heard().is_empty());
}

#[tokio::test]
async fn nobody_there_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let http = Http::new(Reach::Loopback).expect("the network");
    let url = Url::parse(&format!("http://{address}/?key=SECRET")).expect("an address");
    let came = get(&http, url).await;
    let Err(TransportError::NotSent(text)) = &came else { panic!("{came:?}") };
    assert!(!text.contains("SECRET"), "{text}");
}

#[tokio::test]
async fn a_peer_that_hangs_up_may_have_acted() {
    let peer = Peer::new(vec![String::new()]).await;
    let http = Http::new(Reach::Loopback).expect("the network");
    let came = get(&http, peer.url("/?key=SECRET")).await;
    let Err(TransportError::Broken(text)) = &came else { panic!("{came:?}") };
    assert!(!text.contains("SECRET"), "{text}");
}

#[tokio::test]
async fn a_file_is_uploaded_with_its_length_and_without_our_key() {
    let store = Peer::new(vec![answer("200 OK", "", "")]).await;
    let place = format!(
        r#"{{"upload_url":"{}","file_url":"{}"}}"#,
        store.url("/up?sig=1"),
        store.url("/files/set.zip")
    );
    let rest = Peer::new(vec![answer("200 OK", "", &place)]).await;
    let access =
        Access { key: "key".to_owned().into(), queue_url: rest.url("/"), rest_url: rest.url("/") };
    let all = providers::all(|_| Some(access.clone()));
    let fal = all.iter().find(|it| it.name() == "fal").expect("in `all`");
    let body = stream::iter(["pho", "tos"]).map(|it| Ok(Bytes::from(it))).boxed();
    let (name, content_type) = ("set.zip".to_owned(), "application/zip".to_owned());
    let http = Http::new(Reach::Loopback).expect("the network");
    let came = fal.upload(&http, Upload { name, content_type, bytes: 6, body }).await;
    assert_eq!(came.expect("uploaded"), store.url("/files/set.zip").as_str());

    let heard = store.heard().pop().expect("the file");
    let (head, body) = heard.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body, "photos");
    let head = head.to_lowercase();
    assert!(head.contains("content-length: 6") && !head.contains("transfer-encoding"), "{head}");
    assert!(!head.contains("authorization"), "{head}");
    assert!(rest.heard()[0].to_lowercase().contains("authorization: key key"));
}

#[tokio::test]
async fn a_form_is_uploaded_with_its_length() {
    let kept = r#"{"id":"f","urls":{"get":"https://api.test/v1/files/f"}}"#;
    let api = Peer::new(vec![answer("201 Created", "", kept)]).await;
    let access =
        Access { key: "key".to_owned().into(), queue_url: api.url("/"), rest_url: api.url("/") };
    let all = providers::all(|_| Some(access.clone()));
    let replicate = all.iter().find(|it| it.name() == "replicate").expect("in `all`");
    let body = stream::iter(["pho", "tos"]).map(|it| Ok(Bytes::from(it))).boxed();
    let (name, content_type) = ("set.zip".to_owned(), "application/zip".to_owned());
    let http = Http::new(Reach::Loopback).expect("the network");
    let came = replicate.upload(&http, Upload { name, content_type, bytes: 6, body }).await;
    assert_eq!(came.expect("uploaded"), "https://api.test/v1/files/f");

    let heard = api.heard().pop().expect("the form");
    let (head, body) = heard.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("POST /v1/files HTTP/1.1"), "{head}");
    let head = head.to_lowercase();
    assert!(head.contains("authorization: bearer key"), "{head}");
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
    let (_, rest) = head.split_once("boundary=").expect("a boundary");
    let boundary = rest.lines().next().expect("a line");
    assert!(body.ends_with(&format!("photos\r\n--{boundary}--\r\n")), "{body}");
}

#[tokio::test]
async fn our_own_webhook_is_brought_once_and_not_further() {
    let elsewhere = Peer::new(vec![answer("200 OK", "", "")]).await;
    let location = format!("location: {}\r\n", elsewhere.url("/x"));
    let peer = Peer::new(vec![answer("307 Temporary Redirect", &location, "")]).await;
    let http = Http::new(Reach::Loopback).expect("the network");
    let (secret, at) = (outgoing::new_secret(&[7; 32]), Millis::seconds(1_760_000_000));
    let url = peer.url("/hooks");
    let came = outgoing::deliver(&http, &url, &secret, "msg_1", at, b"{}".to_vec()).await;
    assert!(matches!(came, Ok(307)), "{came:?}");
    assert!(elsewhere.heard().is_empty());
    let signature = outgoing::sign(&secret, "msg_1", at, b"{}").expect("signed");
    assert!(peer.heard()[0].contains(&format!("webhook-signature: {signature}\r\n")));
}

/// Names that a stranger owns may have any address, and may change it between two looks.
#[tokio::test]
async fn a_strangers_name_is_not_followed_inside() {
    let peer = Peer::new(vec![answer("200 OK", "", "")]).await;
    for inside in ["127.0.0.1", "169.254.169.254", "[::1]"] {
        let names = Names::new(&[&[inside]]);
        let http = http(Reach::Public { trusted: Vec::new() }, names.clone());
        let secret = outgoing::new_secret(&[7; 32]);
        let url = named(&peer, "shop.test");
        let came = outgoing::deliver(&http, &url, &secret, "msg_1", Millis(0), Vec::new()).await;
        let is_barred = matches!(came, Err(TransportError::Barred(Barred::Internal)));
        assert!(is_barred, "{inside}: {came:?}");
        assert_eq!(names.looks(), 1);
    }
    assert!(peer.heard().is_empty());
}

#[tokio::test]
async fn a_file_that_ends_early_is_no_file() {
    let cut =
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\nweights".to_owned();
    let peer = Peer::new(vec![cut]).await;
    let http = Http::new(Reach::Loopback).expect("the network");
    let mut file = Vec::new();
    let came = http.fetch(peer.url("/x").as_str(), 1_000, LIMITS.time, &mut file).await;
    assert!(matches!(came, Err(ProviderError::Transient { .. })), "{came:?}");
}

#[tokio::test]
async fn words_that_end_early_are_not_spoken() {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: audio/mpeg\r\n";
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n7\r\nID3\x04aaa\r\n");
    let counted = format!("{head}content-length: 9\r\n\r\nID3\x04aaa");
    for cut in [chunked, counted] {
        let peer = Peer::new(vec![cut]).await;
        let access =
            Access { key: "key".into(), queue_url: peer.url("/"), rest_url: peer.url("/") };
        let speaking = providers::all(|it| (it == "elevenlabs").then(|| access.clone())).remove(0);
        let words = SpeechWork {
            work: "vid_1".to_owned(),
            workflow: "eleven_multilingual_v2".to_owned(),
            voice: "v1".to_owned(),
            text: "Привет!".to_owned(),
            speed_percent: 100,
            language: None,
            seed: 7,
        };
        let http = http(Reach::Loopback, Names::new(&[&["127.0.0.1"]]));
        let came = speaking.submit(&http, &Work::Speech(words)).await;
        let Err(ProviderError::Billed { cause, characters: 7 }) = came else { panic!("{came:?}") };
        assert!(cause.contains("the connection broke"), "{cause}");
        assert!(peer.heard()[0].starts_with("POST /v1/text-to-speech/v1?"), "{:?}", peer.heard());
    }
}

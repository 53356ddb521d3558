//! The wire, in process: the real clients speak to the real emulators, and what goes wrong on the
//! way is ordered here.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use connectors::http::{Transport, TransportError};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use sandbox::{Answer, Outlet, Sandbox};
use tower::ServiceExt;

/// What the emulators do takes milliseconds; one that is silent for so long stays silent.
const PATIENCE: Duration = Duration::from_secs(2);

/// To speak takes as long as a program needs for it on a busy machine.
const PATIENCE_WITH_SPEECH: Duration = Duration::from_secs(60);

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Luck {
    /// It goes well.
    Good,
    /// There is no connection; nothing was sent.
    NotSent,
    /// It breaks before it arrives, but the caller can't know that.
    Broken,
    /// It is carried out, and the answer is lost.
    AnswerLost,
    /// This answer instead of the peer's.
    Says(u16),
    /// It is carried out, and this is what stands between us and the peer answers.
    SaysAfter(u16),
    /// It never comes back, and was not carried out.
    HangsBefore,
    /// It never comes back, but was carried out.
    HangsAfter,
}

/// A request as it was sent, as far as it stood in memory: large bodies and forms do not.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Method and address.
    pub what: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Bodies above it are not kept.
const KEPT_BYTES_MAX: usize = 64 * 1024;

/// Trouble by chance, the same each time.
#[derive(Clone, Debug)]
pub struct Storm {
    pub seed: u64,
    /// How many calls of a thousand it strikes.
    pub per_mille: u64,
    pub lucks: Vec<Luck>,
}

impl Storm {
    fn draw(&mut self) -> Option<Luck> {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let drawn = self.seed >> 20;
        let is_struck = drawn % 1_000 < self.per_mille;
        is_struck.then(|| self.lucks[(drawn / 1_000) as usize % self.lucks.len()])
    }
}

/// A line to the sandbox. Counts its calls; what is ordered for one strikes when its turn comes.
pub struct Wire {
    sandbox: Arc<Sandbox>,
    state: Mutex<Calls>,
    hung: tokio::sync::Notify,
    patience: Duration,
}

#[derive(Default)]
struct Calls {
    /// Method and path of each, in order.
    made: Vec<String>,
    orders: BTreeMap<usize, Luck>,
    always: Option<Luck>,
    storm: Option<Storm>,
    /// In place of every picture that is fetched.
    picture: Option<Bytes>,
    sent: Vec<Sent>,
    /// What stands in the peer's answers, and what is read in its place.
    lies: Vec<(String, String)>,
}

impl Wire {
    pub fn to(sandbox: &Arc<Sandbox>) -> Arc<Self> {
        Arc::new(Self {
            sandbox: sandbox.clone(),
            state: Mutex::default(),
            hung: tokio::sync::Notify::new(),
            patience: PATIENCE,
        })
    }

    /// One on which sounds are made while somebody waits.
    pub fn to_speech(sandbox: &Arc<Sandbox>) -> Arc<Self> {
        let wire = Self::to(sandbox);
        let mut wire = Arc::into_inner(wire).expect("nobody else has it yet");
        wire.patience = PATIENCE_WITH_SPEECH;
        Arc::new(wire)
    }

    /// Orders luck for the call of this number, counted from 0.
    pub fn order(&self, number: usize, luck: Luck) {
        self.calls().orders.insert(number, luck);
    }

    /// The luck of all calls from now on.
    pub fn always(&self, luck: Option<Luck>) {
        self.calls().always = luck;
    }

    /// Trouble by chance from now on, or none any more.
    pub fn storms(&self, storm: Option<Storm>) {
        self.calls().storm = storm;
    }

    /// From now on every picture that is fetched is this one: to draw and to look at a thousand
    /// large ones takes minutes.
    pub fn draws(&self, picture: Bytes) {
        self.calls().picture = Some(picture);
    }

    /// What was sent, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        self.calls().sent.clone()
    }

    /// From now on something else is read in the peer's answers than stands there.
    pub fn lies(&self, truth: &str, lie: &str) {
        self.calls().lies.push((truth.to_owned(), lie.to_owned()));
    }

    pub fn stops_lying(&self) {
        self.calls().lies.clear();
    }

    /// Comes true when a call hangs.
    pub async fn hangs(&self) {
        self.hung.notified().await;
    }

    /// Takes back what was ordered and has not struck.
    pub fn forget_orders(&self) {
        self.calls().orders.clear();
    }

    pub fn made(&self) -> Vec<String> {
        self.calls().made.clone()
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.state.lock().expect("nothing panics under this lock")
    }

    fn luck(&self, request: &reqwest::Request) -> Luck {
        let mut calls = self.calls();
        let number = calls.made.len();
        calls.made.push(format!("{} {}", request.method(), request.url().path()));
        calls.sent.push(sent(request));
        let ordered = calls.orders.remove(&number).or(calls.always);
        ordered.or_else(|| calls.storm.as_mut()?.draw()).unwrap_or(Luck::Good)
    }

    /// To the sandbox and back. Where nothing comes back, the time-out of whoever asks is not
    /// waited for, as that is minutes of a real clock.
    async fn carry(&self, request: reqwest::Request) -> Result<reqwest::Response, TransportError> {
        let answer = tokio::time::timeout(self.patience, self.ask(request)).await;
        answer.map_err(|_| TransportError::TimedOut(self.patience))
    }

    async fn ask(&self, request: reqwest::Request) -> reqwest::Response {
        let path = request.url().path();
        let is_picture = [".jpg", ".jpeg", ".png"].iter().any(|it| path.ends_with(it));
        if let Some(picture) = self.calls().picture.clone().filter(|_| is_picture) {
            return Response::new(spoilt(path, picture)).into();
        }
        let request: Request<reqwest::Body> =
            request.try_into().expect("a request with an address");
        let response = self.sandbox.router().oneshot(request.map(Body::new)).await;
        let (parts, body) = response.expect("a router always answers").into_parts();
        let lies = self.calls().lies.clone();
        if lies.is_empty() {
            // As it comes, so that one that breaks off breaks off for whoever reads it.
            let body = reqwest::Body::wrap_stream(body.into_data_stream());
            return Response::from_parts(parts, body).into();
        }
        let body = body.collect().await.expect("a body in memory").to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        let lie = |text: String, it: &(String, String)| text.replace(&it.0, &it.1);
        let body = lies.iter().fold(text, lie);
        Response::from_parts(parts, body).into()
    }
}

#[async_trait]
impl Transport for Wire {
    async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, TransportError> {
        let lost = || TransportError::Broken("the connection was reset".to_owned());
        match self.luck(&request) {
            Luck::Good => self.carry(request).await,
            Luck::NotSent => Err(TransportError::NotSent("nobody listens there".to_owned())),
            Luck::Broken => Err(lost()),
            Luck::AnswerLost => {
                drop(self.carry(request).await);
                Err(lost())
            }
            Luck::Says(code) => Ok(answered(code)),
            Luck::SaysAfter(code) => {
                drop(self.carry(request).await);
                Ok(answered(code))
            }
            Luck::HangsBefore => {
                self.hung.notify_one();
                std::future::pending().await
            }
            Luck::HangsAfter => {
                drop(self.carry(request).await);
                self.hung.notify_one();
                std::future::pending().await
            }
        }
    }
}

/// A few of many pictures are cut in half, or a page: always the same ones.
fn spoilt(path: &str, picture: Bytes) -> Bytes {
    let sum = path.bytes().fold(7_u32, |sum, it| sum.wrapping_mul(31).wrapping_add(it.into()));
    match sum % 40 {
        0 => picture.slice(..picture.len() / 2),
        1 => Bytes::from_static(b"<html>This is no picture.</html>"),
        _ => picture,
    }
}

fn sent(request: &reqwest::Request) -> Sent {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    let body = request.body().and_then(reqwest::Body::as_bytes);
    let body = body.filter(|it| it.len() <= KEPT_BYTES_MAX).unwrap_or_default();
    Sent {
        what: format!("{} {}", request.method(), request.url()),
        headers: request.headers().iter().map(header).collect(),
        body: String::from_utf8_lossy(body).into_owned(),
    }
}

/// Whoever calls without saying otherwise is on this machine, as the sandbox is.
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn answered(code: u16) -> reqwest::Response {
    let mut response = Response::new("{\"detail\":\"as ordered\"}");
    *response.status_mut() = StatusCode::from_u16(code).expect("a code of HTTP");
    response.into()
}

/// Where webhooks go: into the program's own router, while there is a program.
#[derive(Default)]
pub struct Door {
    router: Mutex<Option<Router>>,
    knocks: Mutex<Vec<Knock>>,
}

/// A webhook as it was posted.
#[derive(Clone, Debug)]
pub struct Knock {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    pub code: u16,
}

impl Door {
    pub fn leads_to(&self, router: Option<Router>) {
        *self.router.lock().expect("nothing panics under this lock") = router;
    }

    /// Every webhook so far, oldest first.
    pub fn knocks(&self) -> Vec<Knock> {
        self.knocks.lock().expect("nothing panics under this lock").clone()
    }

    /// Asks the program something over HTTP.
    pub async fn ask(&self, request: Request<Body>) -> Option<(StatusCode, Bytes)> {
        let router = self.router.lock().expect("nothing panics under this lock").clone()?;
        let response = router.oneshot(request).await.expect("a router always answers");
        let code = response.status();
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        Some((code, body))
    }

    pub async fn post(&self, path: &str, headers: &[(String, String)], body: Bytes) -> Option<u16> {
        self.post_from(LOCAL, path, headers, body).await
    }

    /// Posts from an address.
    pub async fn post_from(
        &self,
        peer: IpAddr,
        path: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Option<u16> {
        let mut request = Request::post(path).extension(ConnectInfo(SocketAddr::new(peer, 1_024)));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body.clone())).expect("a good request");
        let (code, _) = self.ask(request).await?;
        let knock =
            Knock { path: path.to_owned(), headers: headers.to_vec(), body, code: code.as_u16() };
        self.knocks.lock().expect("nothing panics under this lock").push(knock);
        Some(code.as_u16())
    }
}

#[async_trait]
impl Outlet for Door {
    async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let url = url::Url::parse(url).map_err(|it| it.to_string())?;
        let path = url[url::Position::BeforePath..].to_owned();
        match Door::post(self, &path, headers, body).await {
            Some(status) => Ok(Answer { status, retry_after: None }),
            None => Err("Connection refused".to_owned()),
        }
    }

    async fn get(&self, url: &str, limit: u64) -> Result<Bytes, String> {
        let url = url::Url::parse(url).map_err(|it| it.to_string())?;
        let request = Request::get(&url[url::Position::BeforePath..]).body(Body::empty());
        let request = request.map_err(|it| it.to_string())?;
        let (code, body) = self.ask(request).await.ok_or("Connection refused")?;
        if !code.is_success() || limit < body.len() as u64 {
            return Err(format!("answered {code} with {} bytes", body.len()));
        }
        Ok(body)
    }
}

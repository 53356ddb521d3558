//! A ComfyUI that goes by a script: what it answers and says, and after what it changes its mind.
//!
//! Nothing of it is on a network, so the clock may stand still until everybody waits.

use std::collections::{BTreeMap, VecDeque};
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use connectors::http::{Http, Transport, TransportError};
use connectors::reach::Reach;
use futures::SinkExt;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use reqwest::{Body, Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Longer bodies are told by their length.
const LONG_BODY: usize = 1_000;

/// What happens at the peer.
#[derive(Clone, Debug)]
pub enum Turn {
    /// From now on a request (`GET /queue`) is answered so: `CODE BODY`, where a body may be in
    /// `hex:`; or `refused`, `reset`, `silence`.
    Answer(String, String),
    /// On the websocket that was opened last.
    Say(Message),
    /// The websocket is closed.
    Close,
    /// What follows waits for such a request, and comes before its answer.
    Until(String),
    /// What follows comes so much later.
    After(Duration),
}

#[derive(Clone)]
pub struct Peer(Arc<Mutex<State>>);

struct State {
    begun: Instant,
    turns: VecDeque<Turn>,
    answers: BTreeMap<String, String>,
    ears: Option<UnboundedSender<Option<Message>>>,
    lines: Vec<String>,
}

impl Peer {
    pub fn new(turns: impl IntoIterator<Item = Turn>) -> Self {
        let peer = Self(Arc::new(Mutex::new(State {
            begun: Instant::now(),
            turns: turns.into_iter().collect(),
            answers: BTreeMap::new(),
            ears: None,
            lines: Vec::new(),
        })));
        peer.go_on();
        peer
    }

    pub fn http(&self) -> Http {
        let trusted = vec![super::base().origin()];
        Http::over(Arc::new(self.clone()), Reach::Public { trusted })
    }

    pub fn note(&self, line: &str) {
        let mut state = self.0.lock().expect("no test panics here");
        let line = format!("{} {}ms", line, state.begun.elapsed().as_millis());
        state.lines.push(line);
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.lock().expect("no test panics here").lines.clone()
    }

    pub fn left(&self) -> usize {
        self.0.lock().expect("no test panics here").turns.len()
    }

    /// Takes turns up to the next one that waits for something.
    fn go_on(&self) {
        let mut state = self.0.lock().expect("no test panics here");
        while let Some(turn) = state.turns.pop_front() {
            match turn {
                Turn::Answer(request, answer) => {
                    state.answers.insert(request, answer);
                }
                Turn::Say(message) => state.say(Some(message)),
                Turn::Close => state.say(None),
                Turn::Until(_) => return state.turns.push_front(turn),
                Turn::After(span) => {
                    let (at, peer) = (Instant::now() + span, self.clone());
                    tokio::spawn(async move {
                        sleep_until(at).await;
                        peer.go_on();
                    });
                    return;
                }
            }
        }
    }

    /// Writes a request down and looks whether it was waited for.
    fn hear(&self, request: &str, line: String) {
        self.note(&line);
        let is_awaited = {
            let mut state = self.0.lock().expect("no test panics here");
            let is_awaited = matches!(state.turns.front(), Some(Turn::Until(it)) if it == request);
            is_awaited && state.turns.pop_front().is_some()
        };
        if is_awaited {
            self.go_on();
        }
    }

    fn answer(&self, request: &str) -> String {
        let state = self.0.lock().expect("no test panics here");
        let answer = state.answers.get(request).cloned();
        answer.unwrap_or_else(|| panic!("no answer to: {request}\n{}", state.lines.join("\n")))
    }

    async fn open(&self, request: Request) -> Response {
        let (client, server) = tokio::io::duplex(1 << 20);
        let (to, from) = unbounded_channel();
        self.0.lock().expect("no test panics here").ears = Some(to);
        tokio::spawn(talk(server, from));
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(client)).await.expect("a peer");
        tokio::spawn(connection.with_upgrades());
        let request: http::Request<Body> = request.try_into().expect("a request");
        let response = sender.send_request(request).await.expect("an answer");
        Response::from(response.map(Body::wrap))
    }
}

impl State {
    fn say(&mut self, message: Option<Message>) {
        // Without a websocket, or after its end, nobody hears it.
        if let Some(ears) = &self.ears {
            let _ = ears.send(message);
        }
    }
}

#[async_trait]
impl Transport for Peer {
    async fn execute(&self, mut request: Request) -> Result<Response, TransportError> {
        let url = request.url().clone();
        let path = url.path().strip_prefix("/box").expect("below the base");
        let name = format!("{} {path}", request.method());
        let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
        let body = request.body_mut().take().unwrap_or_default();
        let body = body.collect().await.expect("whole").to_bytes();
        self.hear(&name, format!("> {name}{query} {}", text(&body)).trim_end().to_owned());
        let answer = self.answer(&name);
        match answer.split_once(' ').unwrap_or((&answer, "")) {
            ("refused", _) => Err(TransportError::NotSent("connection refused".to_owned())),
            ("reset", _) => Err(TransportError::Broken("connection reset by peer".to_owned())),
            ("silence", _) => pending().await,
            ("101", _) => Ok(self.open(request).await),
            (code, body) => {
                let body = match body.strip_prefix("hex:") {
                    Some(hex) => hex::decode(hex).expect("hex"),
                    None => body.as_bytes().to_vec(),
                };
                let code: u16 = code.parse().unwrap_or_else(|_| panic!("not an answer: {answer}"));
                let response = http::Response::builder().status(code).body(Body::from(body));
                Ok(Response::from(response.expect("well made")))
            }
        }
    }
}

fn text(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) if body.len() <= LONG_BODY => text.replace("\r\n", "\\r\\n"),
        _ => format!("({} bytes)", body.len()),
    }
}

/// The peer's end of a websocket.
async fn talk(mut stream: DuplexStream, mut from: UnboundedReceiver<Option<Message>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_buf(&mut head).await.expect("a head");
    }
    let head = String::from_utf8(head).expect("text");
    let key = head.lines().find_map(|it| it.strip_prefix("sec-websocket-key: ")).expect("a key");
    let accept = derive_accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await.expect("taken");
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    while let Some(message) = from.recv().await {
        let Some(message) = message else { return };
        if socket.send(message).await.is_err() {
            return;
        }
    }
    // Another one was opened in its place: this one stays open, and silent.
    pending::<()>().await;
}

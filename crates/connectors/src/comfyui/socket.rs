//! The websocket: what is heard of one prompt.
//!
//! It is an HTTP request that goes the way of all others, so that what may be reached, and how it
//! is encrypted, is decided in one place. Where a server speaks HTTP/2 there is no websocket.

use std::time::Duration;

use futures::StreamExt;
use http::{HeaderValue, Method, StatusCode, header};
use reqwest::{Request, Upgraded};
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::progress::{Event, Node};
use super::{Comfy, Job};
use crate::http::{Deadline, Http};

/// It isn't worth waiting for.
const OPEN_MAX: Duration = Duration::from_secs(5);

/// Pictures may come in between. What is larger ends the connection, and asking goes on.
const MESSAGE_BYTES_MAX: usize = 16 << 20;

pub(super) struct Socket(WebSocketStream<Upgraded>);

impl Socket {
    /// `None` when there is no having it.
    pub(super) async fn open(comfy: &Comfy, http: &Http, job: &Job) -> Option<Self> {
        let deadline = Deadline::after(OPEN_MAX);
        let mut url = comfy.url("ws");
        url.query_pairs_mut().append_pair("clientId", &job.client_id);
        let key = generate_key();
        let mut request = Request::new(Method::GET, url);
        let headers = request.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let sent = HeaderValue::from_str(&key).expect("base64");
        headers.insert(header::SEC_WEBSOCKET_KEY, sent);
        let response = http.begin(request, deadline).await.ok()?;
        let accept = response.headers().get(header::SEC_WEBSOCKET_ACCEPT)?;
        let is_accepted = response.status() == StatusCode::SWITCHING_PROTOCOLS
            && accept.as_bytes() == derive_accept_key(key.as_bytes()).as_bytes();
        if !is_accepted {
            return None;
        }
        let stream = deadline.bound(response.upgrade()).await.ok()?.ok()?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        Some(Self(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await))
    }

    /// What is said next of a prompt; `None` when nothing more can be heard. Nothing is lost when
    /// this is dropped on the way.
    pub(super) async fn next(&mut self, prompt_id: &str) -> Option<Event> {
        loop {
            match self.0.next().await?.ok()? {
                Message::Text(text) => {
                    if let Some(event) = event(&text, prompt_id) {
                        return Some(event);
                    }
                }
                Message::Close(_) => return None,
                // Previews, and texts that nodes show.
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }
}

/// What a message says of our prompt. Others' may be heard too, and some of what is said names no
/// prompt at all.
fn event(text: &str, prompt_id: &str) -> Option<Event> {
    let message: Value = serde_json::from_str(text).ok()?;
    let told = &message["data"];
    if told["prompt_id"].as_str() != Some(prompt_id) {
        return None;
    }
    let node = || told["node"].as_str().map(str::to_owned);
    Some(match message["type"].as_str()? {
        "execution_cached" => {
            let ids = told["nodes"].as_array().into_iter().flatten();
            Event::Cached(ids.filter_map(Value::as_str).map(str::to_owned).collect())
        }
        "executing" if told["node"].is_null() => Event::Over,
        "executing" => Event::Running(node()?),
        "progress_state" => {
            let nodes = told["nodes"].as_object().into_iter().flatten();
            Event::State(nodes.map(|(id, it)| Node::of(id, it)).collect())
        }
        "progress" => node().map_or(Event::Other, |it| Event::Steps(Node::of(&it, told))),
        "executed" => Event::Executed(node()?),
        "execution_success" => Event::Succeeded,
        "execution_interrupted" => Event::Interrupted,
        "execution_error" => Event::Failed(told.clone()),
        _ => Event::Other,
    })
}

//! The websocket: who listens under which name. A second socket of one name takes its place.

use super::server::{Server, State};
use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What is sent.
#[derive(Clone)]
pub(super) enum Frame {
    Text(String),
    Binary(Bytes),
}

impl Frame {
    pub(super) fn text(kind: &str, content: &Value) -> Frame {
        Frame::Text(json!({ "type": kind, "data": content }).to_string())
    }

    /// Kind 1: a picture of the work, as JPEG.
    pub(super) fn preview(picture: &[u8]) -> Frame {
        Frame::Binary([&1_u32.to_be_bytes()[..], &1_u32.to_be_bytes(), picture].concat().into())
    }

    /// Kind 4: the same with what it is of.
    pub(super) fn preview_of(about: &Value, picture: &[u8]) -> Frame {
        let about = about.to_string();
        let length = u32::try_from(about.len()).unwrap_or_default();
        let head = [4_u32.to_be_bytes(), length.to_be_bytes()].concat();
        Frame::Binary([head.as_slice(), about.as_bytes(), picture].concat().into())
    }
}

pub(super) struct Socket {
    pub(super) number: u64,
    pub(super) client: String,
    pub(super) out: UnboundedSender<Frame>,
    pub(super) knows_metadata: bool,
    /// Whether another one has taken its place.
    is_robbed: bool,
}

impl Socket {
    pub(super) fn is_of(&self, client: &str) -> bool {
        !self.is_robbed && self.client == client
    }

    pub(super) fn is_heard(&self) -> bool {
        !self.is_robbed
    }
}

/// Listens until either side ends.
pub(super) async fn listen(server: Arc<Server>, client: Option<String>, mut socket: WebSocket) {
    let (number, mut frames) = server.state().join(client);
    let mut is_first = true;
    loop {
        // What is to be sent goes first, so that an answer to a ping comes after it.
        tokio::select! {
            biased;
            frame = frames.recv() => {
                let message = match frame {
                    Some(Frame::Text(text)) => Message::Text(text.into()),
                    Some(Frame::Binary(bytes)) => Message::Binary(bytes),
                    None => break,
                };
                if socket.send(message).await.is_err() {
                    break;
                }
            }
            came = socket.recv() => match came {
                Some(Ok(Message::Text(text))) => {
                    if is_first {
                        server.state().hear(number, &text);
                    }
                    is_first = false;
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    server.state().sockets.retain(|it| it.number != number);
}

impl State {
    /// A socket opens: it is told how long the queue is, and of its own prompt which node runs.
    fn join(&mut self, client: Option<String>) -> (u64, UnboundedReceiver<Frame>) {
        self.socket_numbers += 1;
        let number = self.socket_numbers;
        let client = client.filter(|it| !it.is_empty()).unwrap_or_else(|| format!("{number:032x}"));
        let (out, frames) = unbounded_channel();
        let state = json!({ "exec_info": { "queue_remaining": self.remaining() } });
        let hello = Frame::text("status", &json!({ "status": state, "sid": client }));
        // The receiver is here, so that nothing can fail.
        drop(out.send(hello));
        if self.client.as_ref() == Some(&client)
            && let Some(node) = &self.last_node
        {
            drop(out.send(Frame::text("executing", &json!({ "node": node }))));
        }
        // Who was here under this name hears nothing any more, but isn't hung up on.
        if let Some(old) = self.sockets.iter_mut().find(|it| it.is_of(&client)) {
            old.is_robbed = true;
        }
        self.sockets.push(Socket { number, client, out, knows_metadata: false, is_robbed: false });
        (number, frames)
    }

    /// The first message says what a client can read.
    fn hear(&mut self, number: u64, text: &str) {
        let said: Value = serde_json::from_str(text).unwrap_or_default();
        if said["type"] != "feature_flags" {
            return;
        }
        if let Some(socket) = self.sockets.iter_mut().find(|it| it.number == number) {
            socket.knows_metadata = said["data"]["supports_preview_metadata"] == true;
            let ours = json!({ "supports_preview_metadata": true, "max_upload_size": 104_857_600 });
            drop(socket.out.send(Frame::text("feature_flags", &ours)));
        }
    }
}

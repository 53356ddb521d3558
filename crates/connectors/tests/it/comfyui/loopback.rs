//! The same over a real network, as far as this machine: a websocket is opened through the client
//! that everything else goes through, and goes no further.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use connectors::comfyui::{Comfy, Fate, Outcome, Step};
use connectors::http::Http;
use connectors::reach::Reach;
use futures::SinkExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;
use url::Url;

use super::{ID, job, limits};

/// Whether the prompt was handed in, and whether it is done.
#[derive(Clone, Copy, Default)]
struct State {
    is_taken: bool,
    is_done: bool,
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.expect("bytes") == 0 {
            break;
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let head = head(&mut stream).await;
    if head.starts_with("GET /ws?clientId=worker-1 HTTP/1.1\r\n") {
        return talk(stream, &head, state).await;
    }
    let now = *state.lock().expect("whole");
    let history = format!(
        r#"{{"{ID}":{{"outputs":{{"9":{{"images":[{{"filename":"a.gif","type":"output"}}]}}}}}}}}"#
    );
    let queue = format!(r#"{{"queue_running":[[0,"{ID}"]],"queue_pending":[]}}"#);
    let body = match head.split(' ').nth(1).unwrap_or_default() {
        "/queue" if now.is_taken && !now.is_done => queue,
        "/queue" => r#"{"queue_running":[],"queue_pending":[]}"#.to_owned(),
        "/prompt" => {
            state.lock().expect("whole").is_taken = true;
            format!(r#"{{"prompt_id":"{ID}","number":0.5,"node_errors":{{}}}}"#)
        }
        "/view?filename=a.gif&subfolder=&type=output" => "GIF89a".to_owned(),
        _ if now.is_done => history,
        _ => "{}".to_owned(),
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all((answer + &body).as_bytes()).await.expect("taken");
}

async fn talk(mut stream: TcpStream, head: &str, state: Arc<Mutex<State>>) {
    let key = head.lines().find_map(|it| it.strip_prefix("sec-websocket-key: ")).expect("a key");
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-accept: {}\r\n\r\n",
        derive_accept_key(key.as_bytes())
    );
    stream.write_all(answer.as_bytes()).await.expect("taken");
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    while !state.lock().expect("whole").is_taken {
        tokio::task::yield_now().await;
    }
    let steps = r#"{"type":"progress","data":{"value":2,"max":4,"node":"3","prompt_id":"$ID"}}"#;
    let over = r#"{"type":"executing","data":{"node":null,"prompt_id":"$ID"}}"#;
    socket.send(Message::text(steps.replace("$ID", ID))).await.expect("heard");
    state.lock().expect("whole").is_done = true;
    socket.send(Message::text(over.replace("$ID", ID))).await.expect("heard");
}

async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let state = Arc::new(Mutex::new(State::default()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, state.clone()));
        }
    });
    address
}

async fn run(address: SocketAddr, reach: Reach) -> (Outcome, Vec<Step>) {
    let comfy = Comfy::new(Url::parse(&format!("http://{address}")).expect("an address"));
    let http = Http::new(reach).expect("the network");
    let mut steps = Vec::new();
    let mut seen = |step| steps.push(step);
    let stop = std::future::pending::<()>();
    let (job, limits) = (job(), limits());
    let running = comfy.run(&http, &job, limits, &mut seen, stop);
    let outcome = is_send(running).await;
    (outcome, steps)
}

/// A worker has many threads.
fn is_send<T: Future + Send>(work: T) -> T {
    work
}

#[tokio::test]
async fn a_real_websocket_is_heard() {
    let (outcome, steps) = run(server().await, Reach::Loopback).await;
    assert!(matches!(&outcome, Outcome::Done(files) if files[0].content_type == "image/gif"));
    assert_eq!(steps, [Step { percent: Some(28), step: Some((2, 4)), place: None }]);
}

#[tokio::test]
async fn what_is_out_of_reach_is_not_asked() {
    let (outcome, _) = run(server().await, Reach::Public { trusted: Vec::new() }).await;
    let Outcome::Away { reason, fate } = outcome else { panic!("{outcome:?}") };
    assert_eq!(fate, Fate::NothingHandedIn);
    assert_eq!(reason, "the address may not be reached: it leads into an internal network");
}

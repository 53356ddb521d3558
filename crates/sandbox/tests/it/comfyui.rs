//! ComfyUI's emulator: HTTP in process, and the websocket over a real one, with a clock that is
//! moved by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use image::RgbImage;
use sandbox::comfyui::{ComfyUi, Server, Settings};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tower::ServiceExt;

mod queue;
mod requests;
mod talks;
mod troubles;

const START: i64 = 1_763_600_000_000;
const CLIENT: &str = "0efdfd59dece43a59358530152867d30";

/// A world with one server that is talked to.
pub struct World {
    comfyui: Arc<ComfyUi>,
    router: Router,
    clock: Arc<AtomicI64>,
    address: SocketAddr,
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    status: u16,
    headers: HeaderMap,
    bytes: Bytes,
}

impl Came {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    fn kind(&self) -> &str {
        self.headers.get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

/// Somebody at the websocket.
pub struct Ears {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Ears {
    /// All that was said up to now; `None` once the line is dead.
    async fn heard(&mut self) -> Option<Vec<Message>> {
        self.socket.send(Message::Ping(Bytes::new())).await.ok()?;
        let mut heard = Vec::new();
        loop {
            match self.socket.next().await? {
                Ok(Message::Pong(_)) => return Some(heard),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(message) => heard.push(message),
            }
        }
    }

    /// The texts of it, as JSON.
    async fn said(&mut self) -> Vec<Value> {
        let heard = self.heard().await.expect("the line is open");
        let text = |it: Message| it.into_text().ok().filter(|it| it.starts_with('{'));
        heard
            .into_iter()
            .filter_map(text)
            .map(|it| serde_json::from_str(&it).expect("JSON"))
            .collect()
    }

    /// The kinds of what was said, in short: `executing 3`, `status 1`.
    async fn kinds(&mut self) -> Vec<String> {
        let short = |it: &Value| {
            let (kind, of) = (it["type"].as_str().unwrap_or_default(), &it["data"]);
            match kind {
                "status" => format!("status {}", of["status"]["exec_info"]["queue_remaining"]),
                "executing" => format!("executing {}", of["node"].as_str().unwrap_or("-")),
                "progress" => format!("progress {}/{}", of["value"], of["max"]),
                other => other.to_owned(),
            }
        };
        self.said().await.iter().filter(|it| it["type"] != "progress_state").map(short).collect()
    }

    async fn tell(&mut self, message: &Value) {
        let sent = self.socket.send(Message::text(message.to_string())).await;
        sent.expect("it is open");
    }

    async fn close(mut self) {
        self.socket.close(None).await.expect("it was open");
    }
}

impl World {
    async fn new() -> World {
        let clock = Arc::new(AtomicI64::new(START));
        let read = clock.clone();
        let comfyui = ComfyUi::new(Settings {
            clock: Arc::new(move || read.load(Ordering::SeqCst)),
            seed: 7,
            picture_ms: 4_000,
        });
        let router = comfyui.router();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let served = router.clone();
        tokio::spawn(async move { axum::serve(listener, served).await });
        World { comfyui, router, clock, address }
    }

    fn server(&self) -> Arc<Server> {
        self.comfyui.server("box1")
    }

    /// Moves the clock, and lets everything happen that is due.
    async fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
        self.comfyui.deliver_due().await;
    }

    async fn send(&self, request: Request<Body>) -> Came {
        let response = self.router.clone().oneshot(request).await.expect("it answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Came { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str) -> Came {
        let path = path.replace(' ', "%20");
        let request = Request::get(format!("/comfyui/box1{path}")).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    async fn post(&self, path: &str, body: impl Into<Body>) -> Came {
        let request = Request::post(format!("/comfyui/box1{path}")).body(body.into());
        self.send(request.expect("a request")).await
    }

    async fn tell(&self, path: &str, body: &Value) -> Came {
        self.post(path, body.to_string()).await
    }

    async fn upload(&self, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Came {
        let mut body = Vec::new();
        for (field, value) in fields {
            let head = format!("content-disposition: form-data; name=\"{field}\"");
            body.extend(format!("--XX\r\n{head}\r\n\r\n{value}\r\n").bytes());
        }
        let head = format!("form-data; name=\"image\"; filename=\"{name}\"");
        body.extend(format!("--XX\r\ncontent-disposition: {head}\r\n").bytes());
        body.extend(b"content-type: image/png\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n--XX--\r\n");
        let request = Request::post("/comfyui/box1/upload/image")
            .header("content-type", "multipart/form-data; boundary=XX")
            .body(Body::from(body));
        self.send(request.expect("a request")).await
    }

    /// Opens a socket; what it was greeted with.
    async fn open(&self, query: &str) -> (Ears, Vec<Value>) {
        let url = format!("ws://{}/comfyui/box1{query}", self.address);
        let (socket, _) = connect_async(url).await.expect("it is let in");
        let mut ears = Ears { socket };
        let hello = ears.said().await;
        (ears, hello)
    }

    async fn listen(&self) -> Ears {
        self.open(&format!("/ws?clientId={CLIENT}")).await.0
    }

    /// Queues a prompt of ours, and lets it begin.
    async fn submit(&self, prompt: &Value) -> String {
        let asked = json!({ "prompt": prompt, "client_id": CLIENT });
        let told = self.tell("/prompt", &asked).await;
        self.pass(0).await;
        told.json()["prompt_id"].as_str().unwrap_or_else(|| panic!("{told:?}")).to_owned()
    }

    async fn history(&self, id: &str) -> Value {
        self.get(&format!("/history/{id}")).await.json()[id].clone()
    }

    /// The picture that a prompt has made.
    async fn made(&self, id: &str) -> RgbImage {
        let past = self.history(id).await;
        let file = &past["outputs"]["o"]["images"][0];
        let name = file["filename"].as_str().unwrap_or_else(|| panic!("{past}"));
        let came = self.get(&format!("/view?filename={name}&type=output")).await;
        image::load_from_memory(&came.bytes).expect("a picture").into_rgb8()
    }
}

/// A photo with something in it, as PNG.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let colour = |x: u32, y: u32| [(x * 255 / width) as u8, (y * 255 / height) as u8, 90];
    let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb(colour(x, y)));
    sandbox::drawing::encode(&picture, sandbox::drawing::Format::Png, "")
}

/// An edit, as the documents have it.
pub fn edit(photos: &[&str], words: &str, seed: u64) -> Value {
    let mut prompt = json!({
        "u": { "class_type": "UNETLoader", "inputs": {
            "unet_name": "qwen_image_edit_2511_fp8mixed.safetensors", "weight_dtype": "default" } },
        "c": { "class_type": "CLIPLoader", "inputs": {
            "clip_name": "qwen_2.5_vl_7b_fp8_scaled.safetensors", "type": "qwen_image",
            "device": "default" } },
        "v": { "class_type": "VAELoader", "inputs": { "vae_name": "qwen_image_vae.safetensors" } },
        "l": { "class_type": "LoraLoaderModelOnly", "inputs": {
            "lora_name": "Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors",
            "strength_model": 1, "model": ["u", 0] } },
        "m": { "class_type": "ModelSamplingAuraFlow", "inputs": { "shift": 3.1, "model": ["l", 0] } },
        "n": { "class_type": "CFGNorm", "inputs": { "strength": 1, "model": ["m", 0] } },
        "s": { "class_type": "FluxKontextImageScale", "inputs": { "image": ["i1", 0] } },
        "p": { "class_type": "TextEncodeQwenImageEditPlus", "inputs": {
            "clip": ["c", 0], "vae": ["v", 0], "image1": ["s", 0], "prompt": words } },
        "q": { "class_type": "TextEncodeQwenImageEditPlus", "inputs": {
            "clip": ["c", 0], "vae": ["v", 0], "image1": ["s", 0], "prompt": "" } },
        "r": { "class_type": "FluxKontextMultiReferenceLatentMethod", "inputs": {
            "conditioning": ["p", 0], "reference_latents_method": "index_timestep_zero" } },
        "e": { "class_type": "VAEEncode", "inputs": { "pixels": ["s", 0], "vae": ["v", 0] } },
        "k": { "class_type": "KSampler", "inputs": {
            "seed": seed, "steps": 4, "cfg": 1, "sampler_name": "euler", "scheduler": "simple",
            "denoise": 1, "model": ["n", 0], "positive": ["r", 0], "negative": ["q", 0],
            "latent_image": ["e", 0] } },
        "d": { "class_type": "VAEDecode", "inputs": { "samples": ["k", 0], "vae": ["v", 0] } },
        "o": { "class_type": "SaveImage", "inputs": {
            "images": ["d", 0], "filename_prefix": "job" } },
    });
    for (number, photo) in (1..).zip(photos) {
        let load = json!({ "class_type": "LoadImage", "inputs": { "image": photo } });
        prompt[format!("i{number}")] = load;
        if 1 < number {
            prompt["p"]["inputs"][format!("image{number}")] = json!([format!("i{number}"), 0]);
        }
    }
    prompt
}

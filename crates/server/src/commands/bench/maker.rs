//! fal as far as a measurement needs it: takes work, and gives the same picture for each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use sandbox::drawing::{self, Format, Scene};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

use super::wire::{Traffic, Wire};

const SIDE: u32 = 1_024;

pub struct Maker {
    pub origin: String,
    /// What all get: a JPEG.
    pub picture: Vec<u8>,
    /// For how many milliseconds it pretends to work.
    lasts: AtomicU64,
    runs: Mutex<Vec<Run>>,
    traffic: Arc<Traffic>,
}

struct Run {
    taken: Instant,
    prompt: String,
    count: u64,
}

impl Maker {
    pub fn new(origin: String, traffic: Arc<Traffic>) -> Self {
        let (lasts, runs) = (AtomicU64::default(), Mutex::default());
        Self { origin, picture: picture(), lasts, runs, traffic }
    }

    pub fn set_lasts(&self, lasts: Duration) {
        self.lasts.store(lasts.as_millis() as u64, Ordering::Relaxed);
    }

    /// When the latest submit came whose prompt has these words.
    pub fn taken(&self, words: &str) -> Option<Instant> {
        self.runs().iter().rev().find(|it| it.prompt.contains(words)).map(|it| it.taken)
    }

    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let maker = self.clone();
            crate::app::spawn(async move {
                // The platform has gone; so may the connection.
                drop(maker.talk(stream).await);
            });
        }
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut wire = Wire::new(stream)?;
        while wire.read().await? {
            let now = Instant::now();
            let mut words = wire.first_line().split(' ');
            let method = words.next().unwrap_or_default();
            let path = words.next().unwrap_or_default();
            let path = path.split('?').next().unwrap_or_default();
            if path.starts_with("/files/") {
                let head = head(200, "image/jpeg", self.picture.len());
                self.traffic.count(head.len() + self.picture.len(), wire.length());
                wire.write(head.as_bytes()).await?;
                wire.write(&self.picture).await?;
                continue;
            }
            let answer = match (method, path.split_once("/requests/")) {
                ("POST", None) => self.take(wire.body(), now),
                ("GET", Some((_, rest))) => self.tell(rest, now),
                _ => None,
            };
            let code = if answer.is_some() { 200 } else { 404 };
            let body = answer.unwrap_or_default().to_string();
            let answer = head(code, "application/json", body.len()) + &body;
            self.traffic.count(answer.len(), wire.length());
            wire.write(answer.as_bytes()).await?;
        }
        Ok(())
    }

    fn take(&self, body: &[u8], now: Instant) -> Option<Value> {
        let input: Value = serde_json::from_slice(body).ok()?;
        let prompt = input["prompt"].as_str()?.to_owned();
        let mut runs = self.runs();
        runs.push(Run { taken: now, prompt, count: input["num_images"].as_u64()? });
        Some(json!({ "request_id": (runs.len() - 1).to_string() }))
    }

    /// `ID/status`, or `ID` for the result.
    fn tell(&self, rest: &str, now: Instant) -> Option<Value> {
        let (id, verb) = rest.split_once('/').unwrap_or((rest, ""));
        let runs = self.runs();
        let run = runs.get(id.parse::<usize>().ok()?)?;
        if verb == "status" {
            let lasts = Duration::from_millis(self.lasts.load(Ordering::Relaxed));
            let is_over = lasts <= now.duration_since(run.taken);
            let state = if is_over { "COMPLETED" } else { "IN_PROGRESS" };
            return Some(json!({ "status": state, "request_id": id }));
        }
        let image = |number| {
            json!({
                "url": format!("{}/files/{id}/{number}.jpg", self.origin),
                "content_type": "image/jpeg", "width": SIDE, "height": SIDE,
            })
        };
        let images: Vec<Value> = (1..=run.count).map(image).collect();
        Some(json!({ "images": images, "prompt": run.prompt }))
    }

    fn runs(&self) -> MutexGuard<'_, Vec<Run>> {
        self.runs.lock().expect("never poisoned: nothing panics inside")
    }
}

fn head(code: u16, content_type: &str, length: usize) -> String {
    format!("HTTP/1.1 {code} -\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n")
}

/// A drawing with grain, as models give it: a plain one would be a fourth as large.
pub fn picture() -> Vec<u8> {
    let mut picture = drawing::draw(&Scene {
        prompt: "a picture of the usual size",
        seed: 1,
        model: "bench",
        avatars: &[],
        notes: "",
        width: SIDE,
        height: SIDE,
        source: None,
    });
    let mut seed = 1_u32;
    for value in picture.iter_mut() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (seed >> 24) as i16 % 17 - 8;
        *value = (i16::from(*value) + grain).clamp(0, 255) as u8;
    }
    drawing::encode(&picture, Format::Jpeg, "")
}

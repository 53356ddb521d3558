//! A small picture that every ComfyUI can make, without a model: what is made of it shows whether
//! files go in, a graph runs and files come out.

use std::time::Duration;

use bytes::Bytes;
use connectors::comfyui::{Comfy, Input, Job, Limits, Outcome};
use connectors::http::Http;
use serde_json::json;

use crate::farm::worker::uuid_of;

/// Four nodes on a busy machine.
const TIME: Duration = Duration::from_secs(60);
const SIDE: u32 = 32;

/// A PNG of 8 × 8 pixels: the left half black, the right half white.
const SAMPLE: [u8; 75] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x08, 0x08, 0x02, 0x00, 0x00, 0x00, 0x4b, 0x6d, 0x29,
    0xdc, 0x00, 0x00, 0x00, 0x12, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0x40, 0x02, 0xff,
    0x91, 0x00, 0xc3, 0xd0, 0x92, 0x00, 0x00, 0x1f, 0x95, 0x5f, 0xa1, 0x1c, 0xa5, 0xaa, 0x2f, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// Makes it. The error says what is wrong, for owners.
pub async fn run(comfy: &Comfy, http: &Http, name: &str) -> Result<(), String> {
    let job = Job {
        // The same each time, so that what is left of an earlier one is found and not done again.
        prompt_id: uuid_of(&format!("self-test:{name}:{}", std::process::id())),
        client_id: uuid_of(name),
        graph: json!({
            "1": { "class_type": "LoadImage", "inputs": { "image": "" } },
            "2": { "class_type": "ImageScale", "inputs": {
                "image": ["1", 0], "upscale_method": "nearest-exact", "width": SIDE,
                "height": SIDE, "crop": "disabled" } },
            "3": { "class_type": "ImageInvert", "inputs": { "image": ["2", 0] } },
            "4": { "class_type": "SaveImage", "inputs": {
                "images": ["3", 0], "filename_prefix": "atelier-self-test" } },
        }),
        images: vec![Input {
            node: "1".to_owned(),
            input: "image".to_owned(),
            name: "atelier-self-test.png".to_owned(),
            content_type: "image/png".to_owned(),
            bytes: Bytes::from_static(&SAMPLE),
        }],
        output: "4".to_owned(),
    };
    let limits = Limits { time: TIME, silence: TIME, away: TIME / 4, output_bytes: 1 << 20 };
    let outcome = comfy.run(http, &job, limits, &mut |_| {}, std::future::pending::<()>()).await;
    let _ = comfy.put_away(http, &job.prompt_id).await;
    let files = match outcome {
        Outcome::Done(files) => files,
        Outcome::Failed { reason, .. } | Outcome::Away { reason, .. } => return Err(reason),
        Outcome::Lost => return Err("it forgot the self-test".to_owned()),
        Outcome::Hung | Outcome::TooLong | Outcome::Stopped => {
            return Err("the self-test made no progress".to_owned());
        }
    };
    let file = files.first().map(|it| it.bytes.to_vec()).unwrap_or_default();
    let most = media::artifact::Limits { side_min: 1, ..media::artifact::Limits::default() };
    match media::artifact::take_in(&file, &most) {
        Ok(taken) if (taken.width, taken.height) == (SIDE, SIDE) && !taken.is_blank => Ok(()),
        Ok(_) => Err("the self-test gave another picture than it should".to_owned()),
        Err(wrong) => Err(format!("the self-test gave no picture: {wrong}")),
    }
}

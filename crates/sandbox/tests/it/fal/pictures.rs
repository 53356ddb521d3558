//! What a talk can't show of pictures: the pictures.

use axum::body::Body;
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use image::RgbImage;
use sandbox::drawing::likeness;
use sandbox::fal::faults::{Fault, Trouble};
use serde_json::{Value, json};

use super::World;

/// A small safetensors file of one tensor.
pub(super) fn lora(trigger: Option<&str>) -> Vec<u8> {
    let mut header =
        json!({ "a.weight": { "dtype": "F16", "shape": [4], "data_offsets": [0, 8] } });
    if let Some(trigger) = trigger {
        header["__metadata__"] = json!({ "trigger_word": trigger });
    }
    let header = header.to_string();
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &[1; 8]].concat()
}

/// Mostly blue, with some white.
pub(super) fn photo() -> Vec<u8> {
    let colour = |_, y| if y < 60 { [250, 250, 250] } else { [30, 60, 200] };
    let picture = RgbImage::from_fn(300, 200, |x, y| image::Rgb(colour(x, y)));
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("memory");
    file.into_inner()
}

struct Fetched {
    status: u16,
    content_type: String,
    length: Option<usize>,
    /// `None` if the connection broke.
    bytes: Option<Bytes>,
}

impl World {
    async fn fetch(&self, url: &str) -> Fetched {
        let request = Request::get(url).body(Body::empty()).expect("a request");
        let response = self.send(request).await;
        let header = |name| response.headers().get(name).and_then(|it| it.to_str().ok());
        let (content_type, length) = (header("content-type"), header("content-length"));
        let content_type = content_type.unwrap_or_default().to_owned();
        let length = length.map(|it| it.parse().expect("a number"));
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.ok().map(|it| it.to_bytes());
        Fetched { status, content_type, length, bytes }
    }

    /// Asks for pictures, waits, and gives the result.
    async fn paint(&self, endpoint: &str, input: &Value) -> Value {
        let told = self.json("POST", &format!("/fal-ai/{endpoint}"), input).await;
        self.pass(4_000);
        self.fal.deliver_due(&self.receiver).await;
        let url = told["response_url"].as_str().unwrap_or_else(|| panic!("{told}"));
        self.json("GET", url, &Value::Null).await
    }

    /// The pictures of a result, each of the size and the type that was promised.
    async fn pictures(&self, result: &Value) -> Vec<RgbImage> {
        let mut pictures = Vec::new();
        for it in result["images"].as_array().unwrap_or_else(|| panic!("{result}")) {
            let file = self.fetch(it["url"].as_str().expect("a link")).await;
            let bytes = file.bytes.expect("all of it");
            assert_eq!((file.status, file.length), (200, Some(bytes.len())));
            assert_eq!(it["content_type"], file.content_type);
            let kind = image::guess_format(&bytes).expect("a picture");
            assert_eq!(kind.to_mime_type(), file.content_type);
            let picture = image::load_from_memory(&bytes).expect("a whole one").into_rgb8();
            assert_eq!(json!([it["width"], it["height"]]), json!(picture.dimensions()));
            pictures.push(picture);
        }
        pictures
    }
}

#[tokio::test]
async fn pictures_are_as_many_and_as_large_as_asked_and_no_two_are_alike() {
    let world = World::new(|_| {});
    for (endpoint, input, size) in [
        ("flux-lora", json!({ "num_images": 4 }), (1024, 768)),
        ("flux-lora", json!({ "image_size": "square", "output_format": "png" }), (512, 512)),
        ("flux-lora", json!({ "image_size": { "width": 333, "height": 200 } }), (333, 200)),
        ("flux-lora", json!({ "image_size": {} }), (512, 512)),
        (
            "flux-pro/v1.1-ultra-finetuned",
            json!({ "finetune_id": "f", "finetune_strength": 1, "aspect_ratio": "3:4" }),
            (1792, 2368),
        ),
    ] {
        let mut input = input;
        input["prompt"] = json!("a garden");
        let result = world.paint(endpoint, &input).await;
        let pictures = world.pictures(&result).await;
        assert_eq!(pictures.len() as u64, input["num_images"].as_u64().unwrap_or(1));
        assert!(pictures.iter().all(|it| it.dimensions() == size));
        assert!(pictures.windows(2).all(|it| it[0] != it[1]));
        assert_eq!(result["has_nsfw_concepts"], json!(vec![false; pictures.len()]));
    }
}

#[tokio::test]
async fn the_seed_of_one_picture_is_that_of_its_place() {
    let world = World::new(|_| {});
    let asked = |seed: u64, count| {
        json!({
            "prompt": "p", "seed": seed, "num_images": count, "image_size": "square",
            "output_format": "png", "loras": [{ "path": "owner/anna" }],
        })
    };
    let facts = async |seed, count: usize| {
        let result = world.paint("flux-lora", &asked(seed, count)).await;
        assert_eq!(result["seed"], seed);
        let url = result["images"][count - 1]["url"].as_str().expect("a link");
        let file = world.fetch(url).await.bytes.expect("all of it");
        let text = String::from_utf8_lossy(&file).into_owned();
        let facts = text.split("model=").nth(1).expect("facts");
        facts[..facts.find(" size").expect("a size")].to_owned()
    };
    assert_eq!(facts(7, 3).await, "fal-ai/flux-lora seed=9 avatar=anna");
    assert_eq!(facts(u64::MAX, 2).await, "fal-ai/flux-lora seed=0 avatar=anna");
    // Without a seed there is one all the same, and the same world draws another next time.
    let mut input = asked(0, 1);
    input["seed"] = Value::Null;
    let seeds = [
        world.paint("flux-lora", &input).await["seed"].as_u64(),
        world.paint("flux-lora", &input).await["seed"].as_u64(),
    ];
    assert!(seeds[0].is_some() && seeds[0] != seeds[1], "{seeds:?}");
}

#[tokio::test]
async fn whom_the_weights_show_is_seen() {
    let world = World::new(|_| {});
    let trained = async |trigger: &str| {
        let url = world.upload("set.zip", super::archive("good")).await;
        let input = json!({ "images_data_url": url, "trigger_phrase": trigger });
        let path = "/fal-ai/flux-lora-portrait-trainer";
        let told = world.json("POST", path, &input).await;
        world.pass(31_000);
        let url = told["response_url"].as_str().expect("an address");
        let result = world.json("GET", url, &Value::Null).await;
        result["diffusers_lora_file"]["url"].as_str().expect("a link").to_owned()
    };
    let (anna, boris) = (trained("ANNA").await, trained("BORIS").await);
    let drawn = async |path: &str, scale: f64| {
        let loras = json!([{ "path": path, "scale": scale }]);
        let input = json!({ "prompt": "p", "seed": 1, "loras": loras, "image_size": "square" });
        let result = world.paint("flux-lora", &input).await;
        world.pictures(&result).await.remove(0)
    };
    let of_anna = drawn(&anna, 1.0).await;
    assert_eq!(of_anna, drawn(&anna, 0.7).await);
    assert_ne!(of_anna, drawn(&boris, 1.0).await);
    // A copy of the file somewhere else is the same person.
    let bytes = world.fetch(&anna).await.bytes.expect("all of it");
    let copy = world.upload("copy.safetensors", bytes.to_vec()).await;
    assert_eq!(of_anna, drawn(&copy, 1.0).await);
    assert_ne!(likeness(&bytes), [0; 32]);
    let nobody = drawn(&anna, 0.0).await;
    assert_ne!(of_anna, nobody);
    assert_eq!(nobody, drawn(&boris, 0.0).await);
}

#[tokio::test]
async fn a_flagged_picture_is_black_and_known_to_the_judge() {
    let world = World::new(|_| {});
    let input = json!({ "prompt": "[unsafe 2]", "num_images": 2, "image_size": "square" });
    let result = world.paint("flux-lora", &input).await;
    assert_eq!(result["has_nsfw_concepts"], json!([false, true]));
    let pictures = world.pictures(&result).await;
    let is_black = |it: &RgbImage| it.pixels().all(|it| it.0 == [0, 0, 0]);
    assert!(!is_black(&pictures[0]) && is_black(&pictures[1]));
    let url = &result["images"][1]["url"];
    let judged = world.paint("imageutils/nsfw", &json!({ "image_url": url })).await;
    assert!(0.9 < judged["nsfw_probability"].as_f64().expect("a number"), "{judged}");
    let photo = world.upload("photo.png", photo()).await;
    let judged = world.paint("imageutils/nsfw", &json!({ "image_url": photo })).await;
    assert!(judged["nsfw_probability"].as_f64().expect("a number") < 0.1, "{judged}");
}

#[tokio::test]
async fn the_picture_beneath_shows_as_the_strength_says() {
    let world = World::new(|_| {});
    let beneath = world.upload("photo.png", photo()).await;
    let blue = async |strength: f64| {
        let input = json!({
            "prompt": "sunset", "seed": 1, "image_url": beneath, "strength": strength,
            "image_size": "square",
        });
        let result = world.paint("flux-lora/image-to-image", &input).await;
        let picture = world.pictures(&result).await.remove(0);
        let balance = |it: &image::Rgb<u8>| i64::from(it.0[2]) - i64::from(it.0[0]);
        picture.pixels().map(balance).sum::<i64>()
    };
    assert!(blue(0.9).await < blue(0.2).await);
}

#[tokio::test]
async fn a_caption_says_what_was_measured() {
    let world = World::new(|_| {});
    let photo = world.upload("photo.png", photo()).await;
    for (length, said) in [
        (
            "caption",
            "The image is a wide, evenly lit picture of 300 by 200 pixels, mostly in blue and white.",
        ),
        (
            "detailed-caption",
            "The image is a wide, evenly lit picture of 300 by 200 pixels, mostly in blue and white. The largest part of it is blue.",
        ),
    ] {
        let endpoint = format!("florence-2-large/{length}");
        let result = world.paint(&endpoint, &json!({ "image_url": photo })).await;
        assert_eq!(result, json!({ "results": said }));
    }
}

#[tokio::test]
async fn a_file_may_be_cut_torn_or_endless() {
    let world = World::new(|_| {});
    let input = json!({ "prompt": "p", "seed": 1, "image_size": "square" });
    let result = world.paint("flux-lora", &input).await;
    let url = result["images"][0]["url"].as_str().expect("a link");
    let whole = world.fetch(url).await.bytes.expect("all of it");

    world.fal.fault(Fault::once(Trouble::Half));
    let half = world.fetch(url).await;
    assert_eq!(half.length, Some(whole.len() / 2));
    assert_eq!(half.bytes.expect("all that comes"), whole.slice(..whole.len() / 2));

    world.fal.fault(Fault::once(Trouble::Torn));
    let torn = world.fetch(url).await;
    assert_eq!((torn.length, torn.bytes), (Some(whole.len()), None));

    world.fal.fault(Fault::once(Trouble::Huge));
    let huge = world.fetch(url).await;
    assert_eq!((huge.status, huge.length), (200, None));
    assert_eq!(huge.bytes.map(|it| it.len()), Some((256 << 20) + 4));

    world.fal.fault(Fault { times: 9, ..Fault::once(Trouble::LinkExpired) });
    assert_eq!(world.fetch(url).await.status, 404);
    world.fal.forgive();
    assert_eq!(world.fetch(url).await.bytes, Some(whole));
}

/// Drawn when they are fetched, pictures go with their time as if they had been kept.
#[tokio::test]
async fn pictures_are_kept_as_long_as_was_asked() {
    let world = World::new(|_| {});
    let request = Request::post("/fal-ai/flux-lora")
        .header("authorization", "Key k")
        .header(
            "x-fal-object-lifecycle-preference",
            json!({ "expiration_duration_seconds": 60 }).to_string(),
        )
        .body(Body::from(json!({ "prompt": "p", "image_size": "square" }).to_string()))
        .expect("a request");
    let response = world.send(request).await;
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    let told: Value = serde_json::from_slice(&body).expect("JSON");
    let id = told["request_id"].as_str().expect("an id");
    world.pass(4_000);
    let url = format!("/files/{id}/1.jpeg");
    assert_eq!(world.fetch(&url).await.status, 200);
    world.pass(60_000);
    assert_eq!(world.fetch(&url).await.status, 404);
}

#[tokio::test]
async fn photos_are_edited() {
    let world = World::new(|_| {});
    let link = world.upload("photo.png", photo()).await;
    let asked = |words: &str, urls: &[&str]| json!({ "prompt": words, "image_urls": urls, "num_images": 2, "seed": 3 });
    let mut all = Vec::new();
    for (words, urls) in [
        ("change the hair", &[link.as_str()][..]),
        ("make it a pencil sketch", &[&link]),
        ("the clothes of image 2", &[&link, &link]),
    ] {
        let result = world.paint("nano-banana/edit", &asked(words, urls)).await;
        assert_eq!(result["images"].as_array().map(Vec::len), Some(2), "{result}");
        assert!(result["description"].is_string() && result["images"][0]["width"].is_null());
        for it in result["images"].as_array().expect("images") {
            let file = world.fetch(it["url"].as_str().expect("a link")).await;
            assert_eq!((file.status, file.content_type.as_str()), (200, "image/png"));
            let picture = image::load_from_memory(&file.bytes.expect("all of it"));
            let picture = picture.expect("a picture").into_rgb8();
            assert_eq!(picture.dimensions(), (300, 200));
            assert!(!all.contains(&picture), "{words}");
            all.push(picture);
        }
    }
    let none = world.json("POST", "/fal-ai/nano-banana/edit", &json!({ "prompt": "hair" })).await;
    assert_eq!(none["detail"][0]["loc"], json!(["body", "image_urls"]), "{none}");
}

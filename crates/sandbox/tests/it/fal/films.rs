//! What a talk can't show of films: the films. Without ffmpeg these skip.

use axum::body::Body;
use http::Request;
use http_body_util::BodyExt;
use image::RgbImage;
use sandbox::fal::faults::{Fault, Trouble};
use sandbox::programs::Programs;
use serde_json::{Value, json};

use super::World;
use crate::films::{frames, has_programs, probe};

const GREEN: [u8; 3] = [0, 255, 0];
const SKIN: [u8; 3] = [224, 172, 125];
const RATE: usize = 16_000;
/// How far a colour may be from what it was, after a film.
const NEAR: u8 = 12;

/// Silence and a tone in turns, in quarters of a second: `_` and `#`.
fn sound(quarters: &str) -> Vec<u8> {
    let mut samples = Vec::new();
    for quarter in quarters.chars() {
        for at in 0..RATE / 4 {
            let turn = at as f64 * 220.0 / RATE as f64 * std::f64::consts::TAU;
            samples.push(if quarter == '#' { (turn.sin() * 9_000.0) as i16 } else { 0 });
        }
    }
    let bytes: Vec<u8> = samples.iter().flat_map(|it| it.to_le_bytes()).collect();
    let length = u32::try_from(bytes.len()).expect("short");
    let rate = RATE as u32;
    let head = [
        b"RIFF".as_slice(),
        &(length + 36).to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &[1, 0, 1, 0],
        &rate.to_le_bytes(),
        &(rate * 2).to_le_bytes(),
        &[2, 0, 16, 0],
        b"data",
        &length.to_le_bytes(),
    ];
    [head.concat(), bytes].concat()
}

/// A face before a flat ground.
fn portrait(width: u32, height: u32, ground: [u8; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let across = (f64::from(x) / f64::from(width) - 0.5) / 0.22;
        let down = (f64::from(y) / f64::from(height) - 0.36) / 0.2;
        image::Rgb(if across * across + down * down < 1.0 { SKIN } else { ground })
    })
}

fn png(picture: &RgbImage) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("memory");
    file.into_inner()
}

fn is_near(one: [u8; 3], other: [u8; 3]) -> bool {
    (0..3).all(|it| one[it].abs_diff(other[it]) <= NEAR)
}

impl World {
    /// Asks for a film, lets it be made, and gives the answer to who asks for it.
    async fn film(&self, endpoint: &str, input: &Value) -> Value {
        let told = self.json("POST", &format!("/{endpoint}"), input).await;
        let url = told["response_url"].as_str().unwrap_or_else(|| panic!("{told}")).to_owned();
        self.pass(1_000);
        self.fal.deliver_due(&self.receiver).await;
        self.pass(4_000);
        self.fal.deliver_due(&self.receiver).await;
        self.json("GET", &url, &Value::Null).await
    }

    async fn speaking(&self, picture: &RgbImage, quarters: &str) -> Value {
        let image_url = self.upload("face.png", png(picture)).await;
        let audio_url = self.upload("speech.wav", sound(quarters)).await;
        let input = json!({ "image_url": image_url, "audio_url": audio_url });
        self.film("fal-ai/bytedance/omnihuman", &input).await
    }

    async fn file(&self, told: &Value) -> Vec<u8> {
        let request = Request::get(told["url"].as_str().unwrap_or_else(|| panic!("{told}")));
        let response = self.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.status(), 200);
        let length = response.headers()["content-length"].to_str().expect("text").to_owned();
        let bytes = response.into_body().collect().await.expect("all of it").to_bytes();
        assert_eq!(length, bytes.len().to_string());
        assert_eq!(told["file_size"], bytes.len());
        bytes.to_vec()
    }
}

fn stream<'a>(facts: &'a Value, kind: &str) -> &'a Value {
    let streams = facts["streams"].as_array().expect("streams");
    streams.iter().find(|it| it["codec_type"] == kind).expect("one of these")
}

fn seconds(facts: &Value) -> f64 {
    facts["format"]["duration"].as_str().expect("text").parse().expect("a number")
}

#[tokio::test]
async fn a_portrait_speaks_as_long_as_there_is_sound() {
    if !has_programs() {
        return;
    }
    for (endpoint, more, size, wanted) in [
        ("fal-ai/bytedance/omnihuman", json!({}), (360, 640), [720, 1280]),
        ("fal-ai/bytedance/omnihuman/v1.5", json!({}), (360, 640), [1080, 1920]),
        (
            "fal-ai/bytedance/omnihuman/v1.5",
            json!({ "resolution": "720p", "turbo_mode": true, "prompt": "calmly" }),
            (1001, 700),
            [1028, 720],
        ),
        ("fal-ai/kling-video/ai-avatar/v2/standard", json!({}), (500, 500), [720, 720]),
    ] {
        let world = World::new(|_| {});
        let image_url = world.upload("face.png", png(&portrait(size.0, size.1, GREEN))).await;
        let mut input = more;
        input["image_url"] = json!(image_url);
        input["audio_url"] = json!(world.upload("speech.wav", sound("_##_#")).await);
        let told = world.film(endpoint, &input).await;
        assert_eq!(told["duration"], 1.25, "{endpoint}: {told}");
        assert_eq!(told["video"]["content_type"], "video/mp4");
        let facts = probe(&world.file(&told["video"]).await, "mp4");
        let (video, audio) = (stream(&facts, "video"), stream(&facts, "audio"));
        assert_eq!((&video["codec_name"], &audio["codec_name"]), (&json!("h264"), &json!("aac")));
        assert_eq!(json!([video["width"], video["height"]]), json!(wanted), "{endpoint}");
        assert_eq!(video["pix_fmt"], "yuv420p");
        assert_eq!(video["avg_frame_rate"], "25/1");
        assert!((seconds(&facts) - 1.25).abs() < 0.1, "{}", facts["format"]);
    }
}

/// The mouth opens while there is sound, and nothing else moves; the ground stays as flat.
#[tokio::test]
async fn the_mouth_moves_and_nothing_else() {
    if !has_programs() {
        return;
    }
    let world = World::new(|_| {});
    let picture = portrait(720, 1280, GREEN);
    let told = world.speaking(&picture, "__##__").await;
    let frames = frames(&world.file(&told["video"]).await, 720, 1280);
    assert_eq!(frames.len(), 38);
    let (shut, open) = (&frames[5], &frames[18]);
    assert!(is_near(shut.get_pixel(360, 524).0, SKIN), "{:?}", shut.get_pixel(360, 524));
    assert!(!is_near(open.get_pixel(360, 524).0, SKIN), "{:?}", open.get_pixel(360, 524));
    assert!(is_near(frames[33].get_pixel(360, 524).0, SKIN));
    for frame in &frames {
        for (x, y, pixel) in frame.enumerate_pixels() {
            let is_mouth = x.abs_diff(360) < 70 && y.abs_diff(524) < 70;
            let was = picture.get_pixel(x, y).0;
            // Edges are softer in a film.
            let is_edge = is_mouth || {
                let at = |x: u32, y: u32| picture.get_pixel(x.min(719), y.min(1279)).0;
                at(x + 3, y) != was
                    || at(x.saturating_sub(3), y) != was
                    || at(x, y + 3) != was
                    || at(x, y.saturating_sub(3)) != was
            };
            assert!(is_edge || is_near(pixel.0, was), "{x} {y} {pixel:?}");
        }
    }
}

#[tokio::test]
async fn sound_may_not_be_too_long() {
    if !has_programs() {
        return;
    }
    let world = World::new(|_| {});
    let image_url = world.upload("face.png", png(&portrait(36, 64, GREEN))).await;
    let long = world.upload("speech.wav", sound(&"#_".repeat(60))).await;
    for (endpoint, resolution, most) in [
        ("fal-ai/bytedance/omnihuman", "", Some(30.0)),
        ("fal-ai/bytedance/omnihuman/v1.5", "1080p", Some(30.0)),
        ("fal-ai/bytedance/omnihuman/v1.5", "720p", None),
    ] {
        let mut input = json!({ "image_url": image_url, "audio_url": long });
        if !resolution.is_empty() {
            input["resolution"] = json!(resolution);
        }
        let told = world.film(endpoint, &input).await;
        match most {
            None => assert_eq!(told["duration"], 30.0),
            Some(most) => {
                let detail = &told["detail"][0];
                assert_eq!(detail["type"], "audio_duration_too_long", "{told}");
                assert_eq!(detail["loc"], json!(["body", "audio_url"]));
                let facts = json!({ "max_duration": most, "provided_duration": 30.0 });
                assert_eq!(detail["ctx"], facts);
            }
        }
    }
    let input = json!({ "image_url": image_url, "audio_url": image_url });
    let told = world.film("fal-ai/bytedance/omnihuman", &input).await;
    assert_eq!(told["detail"][0]["type"], "unsupported_audio_format", "{told}");
}

/// What is left of a film is somebody alone, whatever the ground was.
#[tokio::test]
async fn a_ground_goes() {
    if !has_programs() {
        return;
    }
    let world = World::new(|_| {});
    for (endpoint, ground) in [
        ("veed/video-background-removal", GREEN),
        ("veed/video-background-removal/fast", [40, 60, 150]),
        ("veed/video-background-removal/green-screen", GREEN),
    ] {
        let told = world.speaking(&portrait(720, 720, ground), "_##").await;
        let input = json!({ "video_url": told["video"]["url"] });
        let told = world.film(endpoint, &input).await;
        let Some([_]) = told["video"].as_array().map(Vec::as_slice) else { panic!("{told}") };
        assert_eq!(told["video"][0]["content_type"], "application/octet-stream");
        let film = world.file(&told["video"][0]).await;
        let facts = probe(&film, "webm");
        let video = stream(&facts, "video");
        assert_eq!(
            (&video["codec_name"], &video["tags"]["alpha_mode"]),
            (&json!("vp9"), &json!("1"))
        );
        assert!((seconds(&facts) - 0.75).abs() < 0.1);
        let cover = crate::films::covers(&film, 720, 720);
        assert_eq!(cover.len(), 19);
        for it in cover {
            assert!(it[0] < 8, "{endpoint}: the corner is seen: {}", it[0]);
            assert!(247 < it[260 * 720 + 360], "{endpoint}: nobody is seen");
        }
        let codec = json!({ "video_url": input["video_url"], "output_codec": "h264" });
        let told = world.film(endpoint, &codec).await;
        let Some([colours, cover]) = told["video"].as_array().map(Vec::as_slice) else {
            panic!("two files are wanted: {told}")
        };
        let cover = frames(&world.file(cover).await, 720, 720);
        assert!(is_near(cover[9].get_pixel(360, 260).0, [255; 3]));
        assert!(is_near(cover[9].get_pixel(5, 5).0, [0; 3]));
        let colours = frames(&world.file(colours).await, 720, 720);
        assert!(is_near(colours[9].get_pixel(360, 200).0, SKIN));
    }
    let image_url = world.upload("text.mp4", b"no film".to_vec()).await;
    let told =
        world.film("veed/video-background-removal", &json!({ "video_url": image_url })).await;
    assert_eq!(told["detail"][0]["type"], "unsupported_video_format", "{told}");
}

/// Parts of a film can be asked for, as players do.
#[tokio::test]
async fn parts_of_files_are_given() {
    let world = World::new(|_| {});
    let url = world.upload("a.bin", b"0123456789".to_vec()).await;
    for (range, code, told, body) in [
        ("bytes=2-5", 206, "bytes 2-5/10", "2345"),
        ("bytes=7-", 206, "bytes 7-9/10", "789"),
        ("bytes=-3", 206, "bytes 7-9/10", "789"),
        ("bytes=8-99", 206, "bytes 8-9/10", "89"),
        ("bytes=10-", 416, "bytes */10", ""),
        ("bytes=5-2", 416, "bytes */10", ""),
        ("bytes=0-1,3-4", 200, "", "0123456789"),
        ("lines=1-2", 200, "", "0123456789"),
    ] {
        let request = Request::get(&url).header("range", range).body(Body::empty());
        let response = world.send(request.expect("a request")).await;
        assert_eq!(response.status(), code, "{range}");
        let head = response.headers();
        let said = head.get("content-range").map_or("", |it| it.to_str().expect("text")).to_owned();
        let length = head["content-length"].to_str().expect("text").to_owned();
        let bytes = response.into_body().collect().await.expect("all").to_bytes();
        assert_eq!((said.as_str(), &*bytes), (told, body.as_bytes()), "{range}");
        assert_eq!(length, body.len().to_string());
    }
}

/// Who has a folder leaves films in it, and nothing else.
#[tokio::test]
async fn films_lie_in_the_folder_and_their_workplaces_go() {
    if !has_programs() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new(|it| it.dir = Some(folder.path().to_owned()));
    let told = world.speaking(&portrait(72, 128, GREEN), "_#_").await;
    world.file(&told["video"]).await;
    let names: Vec<_> = std::fs::read_dir(folder.path().join("fal-files"))
        .expect("a folder")
        .map(|it| it.expect("a file"))
        .map(|it| (it.file_name(), it.file_type().expect("a kind").is_dir()))
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|it| !it.1), "{names:?}");
}

#[tokio::test]
async fn films_have_their_faults() {
    if !has_programs() {
        return;
    }
    let world = World::new(|_| {});
    let small = portrait(36, 64, GREEN);
    let of_videos = |trouble| Fault { endpoint: Some("videos".into()), ..Fault::once(trouble) };
    world.fal.fault(of_videos(Trouble::Error));
    let told = world.speaking(&small, "#").await;
    assert_eq!(told["detail"][0]["type"], "content_policy_violation");
    world.fal.fault(of_videos(Trouble::CompletedWithError));
    assert_eq!(world.speaking(&small, "#").await["error_type"], "runner_disconnected");
    let told = world.speaking(&small, "#").await;
    let whole = world.file(&told["video"]).await;
    world.fal.fault(of_videos(Trouble::Half));
    let response = |range: Option<&str>| {
        let request = Request::get(told["video"]["url"].as_str().expect("an address"));
        let request = match range {
            Some(range) => request.header("range", range),
            None => request,
        };
        world.send(request.body(Body::empty()).expect("a request"))
    };
    let half = response(None).await.into_body().collect().await.expect("half").to_bytes();
    assert_eq!(half.len(), whole.len() / 2);
    world.fal.fault(of_videos(Trouble::NotAPicture));
    assert_eq!(response(None).await.headers()["content-type"], "video/mp4");
    let part = response(Some("bytes=4-7")).await.into_body().collect().await.expect("a part");
    assert_eq!(&*part.to_bytes(), b"ftyp");
}

/// Where nothing can be filmed that is said, and nobody waits for ever.
#[tokio::test]
async fn without_programs_there_are_no_films() {
    let world = World::new(|it| {
        it.programs = Programs { ffmpeg: "/nowhere/ffmpeg".to_owned(), ..Programs::default() };
    });
    let told = world.speaking(&portrait(36, 64, GREEN), "#").await;
    assert_eq!(told["detail"][0]["type"], "downstream_service_unavailable", "{told}");
}

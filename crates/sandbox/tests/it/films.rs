//! Films and what they are made of: looked into with the programs that others use.

use std::process::Command;

use image::RgbImage;
use serde_json::Value;

/// Whether what makes sound and film is here; if not, says that a test is skipped.
pub fn has_programs() -> bool {
    let is_there = |name: &str, question| Command::new(name).arg(question).output().is_ok();
    let all = is_there("ffmpeg", "-version")
        && is_there("ffprobe", "-version")
        && is_there("espeak-ng", "--version");
    if !all {
        println!("skipped: ffmpeg, ffprobe or espeak-ng isn't installed");
    }
    all
}

/// What ffprobe says of a file.
pub fn probe(bytes: &[u8], end: &str) -> Value {
    let file = tempfile::Builder::new().suffix(&format!(".{end}")).tempfile().expect("a file");
    std::fs::write(file.path(), bytes).expect("it can be written");
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_streams", "-show_format"])
        .arg(file.path())
        .output()
        .expect("ffprobe is there");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What ffmpeg decodes of a film, as raw pictures of a format.
fn decoded(bytes: &[u8], before: &[&str], format: &str) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("it can be written");
    let output = Command::new("ffmpeg")
        .args(["-loglevel", "error"])
        .args(before)
        .arg("-i")
        .arg(file.path())
        .args(["-an", "-f", "rawvideo", "-pix_fmt", format, "pipe:1"])
        .output()
        .expect("ffmpeg is there");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// All frames of a film of this size.
pub fn frames(bytes: &[u8], width: u32, height: u32) -> Vec<RgbImage> {
    let size = (width * height * 3) as usize;
    let decoded = decoded(bytes, &[], "rgb24");
    assert_eq!(decoded.len() % size, 0, "whole pictures of this size");
    let picture = |it: &[u8]| RgbImage::from_raw(width, height, it.to_vec()).expect("all bytes");
    decoded.chunks(size).map(picture).collect()
}

/// How much of each place is seen, in all frames of a webm: 0 is nothing.
pub fn covers(bytes: &[u8], width: u32, height: u32) -> Vec<Vec<u8>> {
    // The usual decoder drops what is seen through.
    let decoded = decoded(bytes, &["-c:v", "libvpx-vp9"], "yuva420p");
    let (light, size) = ((width * height) as usize, (width * height) as usize * 5 / 2);
    assert_eq!(decoded.len() % size, 0, "whole pictures of this size");
    decoded.chunks(size).map(|it| it[light * 3 / 2..].to_vec()).collect()
}

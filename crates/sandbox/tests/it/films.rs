//! Films and what they are made of: looked into with the programs that others use.

use std::process::Command;

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

//! Voices: as loud as others, as fast as wished, and drawn.

use std::process::Command;

use media::video::speech::{Speed, normalise, waveform};
use media::video::{VideoError, probe};

use super::sources::*;
use crate::samples::jpeg_size;

/// In hundredths of LUFS, as ffmpeg measures it.
fn loudness(path: &std::path::Path) -> i64 {
    let done = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(path)
        .args(["-af", "ebur128", "-f", "null", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let summary = said.rsplit_once("I:").unwrap().1;
    (summary.split_whitespace().next().unwrap().parse::<f64>().unwrap() * 100.0) as i64
}

#[test]
fn loud_and_soft_voices_come_out_alike() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    for level in [400, 3000, 30_000] {
        let from = shelf.file("voice.wav", &tone(440, 4000, level));
        let to = shelf.place("voice.mp3");
        let made = normalise(&tools, &from, &to, Speed::AS_IT_CAME, &ON).unwrap();
        let loudness = loudness(&to);
        assert!((-1750..-1450).contains(&loudness), "{level}: {loudness}");
        assert!(made.duration_ms.abs_diff(4000) < 80, "{}", made.duration_ms);
        let probed = probe(&tools, &to).unwrap();
        let audio = probed.audio.unwrap();
        assert_eq!((audio.codec.as_str(), audio.sample_rate, audio.channels), ("mp3", 44_100, 1));
        assert_eq!(made.bytes, probed.bytes);
    }
}

#[test]
fn speed_is_what_it_says() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let from = shelf.file("voice.wav", &tone(440, 3000, 9000));
    // What is out of range is brought into it.
    for (milli, ms) in [(1250, 2400), (750, 4000), (9000, 1500), (0, 6000)] {
        let speed = Speed::from_milli(milli);
        let made = normalise(&tools, &from, &shelf.place("voice.mp3"), speed, &ON).unwrap();
        assert!(made.duration_ms.abs_diff(ms) < 120, "{milli}: {}", made.duration_ms);
    }
}

#[test]
fn silence_stays_silence() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let from = shelf.file("voice.wav", &tone(440, 1000, 0));
    let to = shelf.place("voice.mp3");
    let made = normalise(&tools, &from, &to, Speed::AS_IT_CAME, &ON).unwrap();
    assert!(made.duration_ms.abs_diff(1000) < 80);
    assert!(waveform(&tools, &to).is_ok());
}

#[test]
fn what_says_nothing_is_no_voice() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let from = shelf.make("mute.mp4", "-f lavfi -i color=gray:64x64:25 -t 0.2");
    let to = shelf.place("voice.mp3");
    let error = normalise(&tools, &from, &to, Speed::AS_IT_CAME, &ON).unwrap_err();
    assert!(matches!(error, VideoError::Unreadable { .. }), "{error:?}");
    assert!(matches!(waveform(&tools, &from), Err(VideoError::Unreadable { .. })));
}

/// A header that counts all frames, and half of them.
#[test]
fn what_ends_before_its_time_is_no_voice() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let whole = shelf.make("whole.mp3", "-f lavfi -i sine -t 4 -c:a libmp3lame -b:a 128k");
    let bytes = std::fs::read(&whole).unwrap();
    let half = shelf.file("half.mp3", &bytes[..bytes.len() / 2]);
    assert!(probe(&tools, &half).unwrap().duration_ms.abs_diff(4000) < 80, "it says so");
    let to = shelf.place("voice.mp3");
    for milli in [800, 1000, 1200] {
        let speed = Speed::from_milli(milli);
        assert!(normalise(&tools, &whole, &to, speed, &ON).is_ok(), "{milli}");
        let error = normalise(&tools, &half, &to, speed, &ON).unwrap_err();
        assert!(matches!(error, VideoError::Unreadable { .. }), "{milli}: {error:?}");
    }
}

#[test]
fn a_waveform_is_high_where_it_is_loud() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let mut voice = tone(440, 2000, 20_000);
    // The second half is silent.
    let half = voice.len() / 2;
    voice[half..].fill(0);
    let jpeg = waveform(&tools, &shelf.file("voice.wav", &voice)).unwrap();
    assert_eq!(jpeg_size(&jpeg), (512, 512));
    let page = image::load_from_memory(&jpeg).unwrap().into_rgb8();
    let bright = |from: u32, to: u32| {
        let is_bar = |(x, y): &(u32, u32)| 120 < page.get_pixel(*x, *y).0[2];
        (from..to).flat_map(|x| (0..512).map(move |y| (x, y))).filter(is_bar).count()
    };
    let (left, right) = (bright(0, 250), bright(262, 512));
    assert!(10 * right < left && 0 < right, "{left} {right}");
}

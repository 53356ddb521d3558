//! Whatever a phone records becomes the same kind of video.

use std::path::Path;

use media::video::background::take_in;
use media::video::{Frame, Tools, VideoError};

use super::sources::*;

const FRAME: Frame = Frame { width: 72, height: 128 };

#[track_caller]
fn taken(tools: &Tools, shelf: &Shelf, from: &Path) -> Vec<u8> {
    let to = shelf.place("taken.mp4");
    let probed = take_in(tools, from, &to, FRAME, 15, &ON).unwrap();
    let video = probed.video.unwrap();
    assert_eq!((video.codec.as_str(), video.fps_milli, video.rotation), ("h264", 25_000, 0));
    assert_eq!((video.width, video.height), (72, 128));
    assert!(probed.audio.is_none());
    pixels(&to)
}

/// The colour at a place of the first frame, in hundredths of its sides.
fn at(pixels: &[u8], across: usize, down: usize) -> [u8; 3] {
    let (x, y) = (72 * across / 100, 128 * down / 100);
    pixels[(y * 72 + x) * 3..][..3].try_into().unwrap()
}

const HALVES: &str = "-f lavfi -i color=red:160x90:25 -f lavfi -i color=blue:160x90:25 \
    -filter_complex [0:v][1:v]hstack,format=yuv420p -t 0.4";

#[test]
fn a_phone_may_be_held_in_any_way() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let is_red = |[red, _, blue]: [u8; 3]| 150 < red && blue < 100;
    for (degrees, top_is_red) in [(90, true), (270, false)] {
        let from = shelf.make("phone.mp4", HALVES);
        turn(&from, degrees);
        let seen = taken(&tools, &shelf, &from);
        assert_eq!(is_red(at(&seen, 20, 10)), top_is_red, "{degrees}");
        assert_eq!(is_red(at(&seen, 80, 90)), !top_is_red, "{degrees}");
    }
    // Upright in a wide picture: its middle is kept.
    let seen = taken(&tools, &shelf, &shelf.make("wide.mp4", HALVES));
    assert!(is_red(at(&seen, 10, 50)) && !is_red(at(&seen, 90, 50)));
}

#[test]
fn whatever_a_camera_writes_is_taken() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let hdr = "-f lavfi -i testsrc=size=90x160:rate=30 -t 0.4 -pix_fmt yuv420p10le -c:v libx264 \
        -color_primaries bt2020 -colorspace bt2020nc -color_trc";
    for (name, arguments) in [
        ("hlg.mp4", format!("{hdr} arib-std-b67")),
        ("pq.mov", format!("{hdr} smpte2084")),
        ("odd.mkv", "-f lavfi -i testsrc=size=101x57:rate=60 -t 0.4 -c:v libx264".to_owned()),
        ("full.avi", "-f lavfi -i testsrc=size=64x64 -t 0.4 -c:v mjpeg".to_owned()),
        (
            "uneven.mkv",
            "-f lavfi -i testsrc=size=64x64:rate=50 -vf select='mod(n,7)*mod(n,3)' -vsync vfr \
             -t 0.4 -c:v libx264"
                .to_owned(),
        ),
        (
            "loud.webm",
            "-f lavfi -i testsrc=size=64x64 -f lavfi -i sine -t 0.4 -c:v libvpx-vp9 -deadline realtime"
                .to_owned(),
        ),
    ] {
        let seen = taken(&tools, &shelf, &shelf.make(name, &arguments));
        let (least, most) = (seen.iter().min().unwrap(), seen.iter().max().unwrap());
        assert!(80 < most - least, "{name} came out grey: {least} to {most}");
    }
}

#[test]
fn where_it_was_taken_is_forgotten() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let from = shelf.make(
        "phone.mp4",
        &format!(
            "{HALVES} -movflags use_metadata_tags -metadata location=+43.2380+076.8829/ \
             -metadata com.apple.quicktime.make=SpyPhone -metadata title=SpyTitle"
        ),
    );
    let found = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        let has = |words: &str| bytes.windows(words.len()).any(|it| it == words.as_bytes());
        ["+43.2380", "SpyPhone", "SpyTitle"].into_iter().filter(|it| has(it)).count()
    };
    assert_eq!(found(&from), 3);
    taken(&tools, &shelf, &from);
    assert_eq!(found(&shelf.place("taken.mp4")), 0);
}

#[test]
fn longer_ones_are_refused_before_any_work() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let from = shelf.make("long.mp4", "-f lavfi -i color=gray:16x16:5 -t 16 -pix_fmt yuv420p");
    let to = shelf.place("taken.mp4");
    let error = take_in(&tools, &from, &to, FRAME, 15, &ON).unwrap_err();
    assert!(matches!(error, VideoError::TooLong { limit_ms: 15_000 }), "{error:?}");
    assert!(!to.exists());
    let short = shelf.make("short.mp4", "-f lavfi -i color=gray:16x16:5 -t 9 -pix_fmt yuv420p");
    let error = take_in(&tools, &short, &to, FRAME, 8, &ON).unwrap_err();
    assert!(matches!(error, VideoError::TooLong { limit_ms: 8_000 }), "{error:?}");
    let voice = shelf.file("voice.wav", &tone(220, 500, 900));
    let error = take_in(&tools, &voice, &to, FRAME, 15, &ON).unwrap_err();
    assert!(matches!(error, VideoError::Unreadable { .. }), "{error:?}");
}

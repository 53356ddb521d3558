//! Pictures of videos, and what is known of them.

use media::video::{Container, probe, thumbnail};

use super::sources::*;
use crate::samples::jpeg_size;

#[test]
fn a_thumbnail_is_as_small_as_telegram_wants_it() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let video = shelf
        .make("video.mp4", "-f lavfi -i testsrc=size=720x1280:rate=25 -t 0.08 -pix_fmt yuv420p");
    assert_eq!(jpeg_size(&thumbnail(&tools, &video).unwrap()), (180, 320));

    // Nothing compresses as badly as noise in all colours.
    let noise = shelf.make(
        "noise.mkv",
        "-f lavfi -i nullsrc=s=320x320:r=25,geq=r=random(1)*255:g=random(2)*255:b=random(3)*255 \
         -t 0.08 -c:v ffv1",
    );
    let small = thumbnail(&tools, &noise).unwrap();
    assert!((50_000..200_000).contains(&small.len()), "{}", small.len());
}

#[test]
fn what_is_in_a_file_is_told() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let video = shelf.make(
        "video.mp4",
        "-f lavfi -i testsrc=size=64x48:rate=30000/1001 -f lavfi -i sine=sample_rate=48000 -t 1 \
         -pix_fmt yuv420p",
    );
    turn(&video, 90);
    let probed = probe(&tools, &video).unwrap();
    assert_eq!(probed.format, Container::Mov);
    assert!(probed.duration_ms.abs_diff(1000) < 40);
    let seen = probed.video.unwrap();
    assert_eq!((seen.codec.as_str(), seen.fps_milli, seen.rotation), ("h264", 29_970, 90));
    assert_eq!((seen.width, seen.height, seen.upright().width), (64, 48, 48));
    let heard = probed.audio.unwrap();
    assert_eq!((heard.codec.as_str(), heard.sample_rate, heard.channels), ("aac", 48_000, 1));

    let voice = probe(&tools, &shelf.file("voice.wav", &tone(220, 500, 900))).unwrap();
    assert_eq!((voice.format, voice.duration_ms), (Container::Wav, 500));
    assert!(voice.video.is_none());
}

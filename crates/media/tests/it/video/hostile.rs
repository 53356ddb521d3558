//! Files that aren't what their names say, or that want more than they should get.

use media::video::background::take_in;
use media::video::{Frame, VideoError, probe, shown_ms};

use super::sources::*;

/// Lists of other files, which ffmpeg would open by itself.
#[test]
fn no_file_opens_another_one() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let secret = shelf.make("secret.mp4", "-f lavfi -i testsrc=size=64x64 -t 0.2");
    let secret = secret.display();
    for (name, text) in [
        ("list.mp4", format!("ffconcat version 1.0\nfile {secret}\n")),
        ("short.mp4", "ffconcat version 1.0\nfile secret.mp4\n".to_owned()),
        (
            "stream.mp4",
            format!("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n"),
        ),
        (
            "stream.m3u8",
            format!(
                "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:{secret}\n#EXT-X-ENDLIST\n"
            ),
        ),
        ("far.mp4", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n".to_owned()),
        ("session.mp4", "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n".to_owned()),
        ("drawing.mp4", format!("<svg><image href=\"file://{secret}\"/></svg>")),
    ] {
        let file = shelf.file(name, text.as_bytes());
        let error = probe(&tools, &file).unwrap_err();
        assert!(matches!(error, VideoError::Unreadable { .. }), "{name}: {error:?}");
    }
}

#[test]
fn broken_files_are_unreadable() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let whole = shelf.make("whole.mp4", "-f lavfi -i testsrc=size=64x64 -t 0.2");
    let whole = std::fs::read(whole).unwrap();
    for (name, bytes) in [
        ("empty", vec![]),
        ("short", whole[..12].to_vec()),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("nothing behind its name", [&whole[..32], &[0; 4096]].concat()),
        ("only mp3 by its start", [b"ID3\x04\0\0\0\0\0\0".as_slice(), &[7; 4096]].concat()),
        ("only webm by its start", [&[0x1A, 0x45, 0xDF, 0xA3], [9; 4096].as_slice()].concat()),
    ] {
        let file = shelf.file("broken.mp4", &bytes);
        let error = probe(&tools, &file).map(|it| format!("{it:?}")).unwrap_err();
        assert!(matches!(error, VideoError::Unreadable { .. }), "{name}: {error:?}");
    }
}

/// The header stands first, so what is cut off is found only by who decodes it.
#[test]
fn what_ends_before_its_time_is_seen_to() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let film = "-f lavfi -i testsrc=size=64x64:rate=25 -t 4 -pix_fmt yuv420p";
    let plain = shelf.make("plain.mp4", &format!("{film} -g 10 -movflags +faststart"));
    let clear = shelf.make(
        "clear.webm",
        "-f lavfi -i testsrc=size=64x64:rate=25 -t 4 -pix_fmt yuva420p -c:v libvpx-vp9",
    );
    for whole in [plain, clear] {
        let bytes = std::fs::read(&whole).unwrap();
        let zeroed = |from: usize, to: usize| {
            let (from, to) = (bytes.len() * from / 10, bytes.len() * to / 10);
            [&bytes[..from], &vec![0; to - from], &bytes[to..]].concat()
        };
        for (name, bytes, is_whole) in [
            ("whole", bytes.clone(), true),
            ("cut off", bytes[..bytes.len() * 6 / 10].to_vec(), false),
            ("zeros at its end", zeroed(6, 10), false),
            ("zeros in it", zeroed(4, 6), false),
        ] {
            let file = shelf.file("film", &bytes);
            let probed = probe(&tools, &file).unwrap();
            let video = probed.video.as_ref().unwrap();
            assert!(video.duration_ms.unwrap().abs_diff(4000) < 80, "{name}: it says so");
            // With too much that can't be read, ffmpeg gives up.
            let shown = match shown_ms(&tools, &file, &probed, &ON) {
                Err(VideoError::Unreadable { .. }) => 0,
                shown => shown.unwrap(),
            };
            assert_eq!(3_900 < shown, is_whole, "{name} of {}: {shown}", whole.display());
        }
    }
}

#[test]
fn what_is_too_large_is_not_opened() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let wide = shelf
        .make("wide.mkv", "-f lavfi -i color=gray:9000x16:25 -t 0.04 -c:v mjpeg -pix_fmt yuvj420p");
    assert!(matches!(probe(&tools, &wide), Err(VideoError::TooLarge)));
}

/// A decoder that nobody's phone needs isn't started, whatever the container.
#[test]
fn rare_codecs_are_refused() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let rare = shelf.make("rare.mkv", "-f lavfi -i testsrc=size=64x64 -t 0.2 -c:v snow -strict -2");
    let to = shelf.place("taken.mp4");
    let error = take_in(&tools, &rare, &to, Frame::UPRIGHT, 15, &ON).unwrap_err();
    assert!(matches!(error, VideoError::Unreadable { .. }), "{error:?}");
}

#[test]
fn a_name_is_no_option_and_no_address() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    for name in ["-version", "http:x", "concat:a|b", "it's; a [name]%03d.wav"] {
        let file = shelf.file(name, &tone(220, 100, 900));
        assert_eq!(probe(&tools, &file).unwrap().duration_ms, 100, "{name}");
    }
}

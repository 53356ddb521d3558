//! A call ends: by its limits, by a wish, or because the disk is full.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use media::video::speech::{Speed, normalise};
use media::video::{
    Figure, Folder, Frame, Limits, Loudness, Montage, Tools, VideoError, montage, probe, shown_ms,
};

use super::sources::*;
use crate::memory::peak;

fn plan(figure: PathBuf) -> Montage {
    Montage {
        figure: Figure::Whole(figure),
        sound: None,
        background: None,
        frame: Frame { width: 180, height: 320 },
        captions: None,
        label: None,
        loudness: Loudness::AsItIs,
    }
}

#[test]
fn who_is_stopped_stops() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure = shelf.make("long.mp4", "-f lavfi -i testsrc=size=180x320 -t 60 -g 250");
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    let stop = AtomicBool::new(false);
    let mut last = 0;
    let done = montage(&tools, &plan(figure), &folder, &stop, &mut |it| {
        last = it;
        stop.store(true, Ordering::Relaxed);
    });
    assert!(matches!(done, Err(VideoError::Killed)), "{done:?}");
    assert!(last < 1000, "{last}");
}

/// Programs that don't end, with children that wouldn't either.
fn endless(shelf: &Shelf) -> PathBuf {
    let child = shelf.place("child");
    let text = format!("#!/bin/sh\nsleep 600 &\necho $! > {}\nwait\n", child.display());
    let program = shelf.file("endless", text.as_bytes());
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}

fn lives(child: &Path) -> bool {
    let id = std::fs::read_to_string(child).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
    // The dead may wait to be buried.
    state.is_ok_and(|it| it.rsplit_once(") ").is_some_and(|(_, it)| !it.starts_with('Z')))
}

/// What is too much work is so on every machine; what takes too long may be done sooner by one that
/// has less to do.
#[test]
fn who_works_too_much_is_told_from_who_waits_too_long() {
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 100, 900));
    let busy = shelf.file("busy", b"#!/bin/sh\nwhile :; do :; done\n");
    std::fs::set_permissions(&busy, std::fs::Permissions::from_mode(0o755)).unwrap();
    let limits = Limits { seconds: 300, cpu_seconds: 1, ..Limits::default() };
    let tools = Tools { ffmpeg: busy.clone(), ffprobe: busy, limits };
    let error = probe(&tools, &voice).unwrap_err();
    let is_said = matches!(error, VideoError::TooMuchWork { program: "ffprobe", seconds: 1 });
    assert!(is_said, "{error:?}");
}

/// ffmpeg takes the system's word for a wish that it end, and ends in peace.
#[test]
fn who_works_too_much_and_ends_in_peace_has_worked_too_much() {
    let Some(mut tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure = shelf.make("long.mp4", "-f lavfi -i testsrc=size=180x320 -t 60 -g 250");
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    tools.limits.cpu_seconds = 1;
    let plan = Montage { frame: Frame { width: 720, height: 1280 }, ..plan(figure) };
    let error = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap_err();
    let is_said = matches!(error, VideoError::TooMuchWork { program: "ffmpeg", seconds: 1 });
    assert!(is_said, "{error:?}");
}

/// Programs of which the one or the other does this.
fn doing(shelf: &Shelf, tools: &Tools, ffmpeg: Option<&str>, ffprobe: Option<&str>) -> Tools {
    let program = |name: &str, does: &str| {
        let path = shelf.file(name, format!("#!/bin/sh\nulimit -c 0\n{does}\n").as_bytes());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    Tools {
        ffmpeg: ffmpeg.map_or(tools.ffmpeg.clone(), |it| program("ffmpeg", it)),
        ffprobe: ffprobe.map_or(tools.ffprobe.clone(), |it| program("ffprobe", it)),
        limits: tools.limits,
    }
}

/// A machine that is told to end tells everything on it. That says nothing of the file.
#[test]
fn who_is_ended_by_somebody_else_says_nothing_of_the_file() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 100, 900));
    let film = shelf.make("film.mp4", "-f lavfi -i testsrc=size=180x320 -t 1");
    let found = probe(&tools, &film).unwrap();
    // Whoever runs the tests may have turned the others off for all that is below them.
    for signal in ["TERM", "KILL"] {
        let does = format!("echo moov atom not found >&2\nkill -{signal} $$");
        let ended = doing(&shelf, &tools, None, Some(&does));
        let error = probe(&ended, &voice).unwrap_err();
        assert!(matches!(error, VideoError::Killed), "{signal}: {error:?}");
        let ended = doing(&shelf, &tools, Some(&does), None);
        let error = shown_ms(&ended, &film, &found, &ON).unwrap_err();
        assert!(matches!(error, VideoError::Killed), "{signal}: {error:?}");
    }
    // What it writes by then may be the beginning of a file, and it may say so.
    let ended = doing(&shelf, &tools, Some("echo Output file is empty >&2\nexit 255"), None);
    let to = shelf.place("voice.mp3");
    let error = normalise(&ended, &voice, &to, Speed::AS_IT_CAME, &ON).unwrap_err();
    assert!(matches!(error, VideoError::Killed), "{error:?}");
}

/// What a file does to a program it does again.
#[test]
fn who_falls_over_a_file_was_ended_by_nobody() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 100, 900));
    let ended = doing(&shelf, &tools, None, Some("kill -SEGV $$"));
    let error = probe(&ended, &voice).unwrap_err();
    assert!(matches!(error, VideoError::Unreadable { .. }), "{error:?}");
    let ended = doing(&shelf, &tools, Some("kill -ABRT $$"), None);
    let to = shelf.place("voice.mp3");
    let error = normalise(&ended, &voice, &to, Speed::AS_IT_CAME, &ON).unwrap_err();
    assert!(matches!(error, VideoError::Failed { .. }), "{error:?}");
    // ffprobe answers so of what it can't read.
    let ended = doing(&shelf, &tools, None, Some("exit 255"));
    let error = probe(&ended, &voice).unwrap_err();
    assert!(matches!(error, VideoError::Unreadable { .. }), "{error:?}");
}

#[test]
fn who_takes_too_long_ends_with_all_its_children() {
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 100, 900));
    let limits = Limits { seconds: 1, ..Limits::default() };
    let program = endless(&shelf);
    let tools = Tools { ffmpeg: program.clone(), ffprobe: program, limits };
    let error = probe(&tools, &voice).unwrap_err();
    assert!(matches!(error, VideoError::TimedOut { program: "ffprobe", seconds: 1 }), "{error:?}");
    // A signal is on its way for a moment.
    let child = shelf.place("child");
    assert!((0..1_000_000).any(|_| !lives(&child)), "its child lives on");
}

#[test]
fn who_isnt_there_is_named() {
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 100, 900));
    let nowhere = shelf.place("nowhere");
    let limits = Limits::default();
    let tools = Tools { ffmpeg: nowhere.clone(), ffprobe: nowhere, limits };
    let error = probe(&tools, &voice).unwrap_err();
    assert!(matches!(error, VideoError::NoProgram { program: "ffprobe", .. }), "{error:?}");
    assert!(matches!(tools.check(), Err(VideoError::NoProgram { program: "ffmpeg", .. })));
}

#[test]
fn a_full_disk_is_said() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 1000, 9000));
    let full = Path::new("/dev/full");
    let error = normalise(&tools, &voice, full, Speed::AS_IT_CAME, &ON).unwrap_err();
    assert!(matches!(error, VideoError::NoRoom), "{error:?}");
}

#[test]
fn nobody_writes_more_than_allowed() {
    let Some(mut tools) = tools() else { return };
    let shelf = Shelf::new();
    let voice = shelf.file("voice.wav", &tone(220, 4000, 9000));
    let to = shelf.place("voice.mp3");
    tools.limits.output_bytes = 20_000;
    let error = normalise(&tools, &voice, &to, Speed::AS_IT_CAME, &ON).unwrap_err();
    assert!(matches!(error, VideoError::TooLarge), "{error:?}");
    assert!(std::fs::metadata(&to).unwrap().len() <= 20_000);
}

/// What it holds doesn't grow with the video. (Counted in this thread, which takes up what
/// programs write.)
#[test]
fn a_long_video_takes_no_more_than_a_short_one() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let taken = ["0.2", "20"].map(|seconds| {
        let figure = shelf.make(
            "figure.mp4",
            &format!(
                "-f lavfi -i testsrc=size=180x320 -f lavfi -i sine -t {seconds} -pix_fmt yuv420p"
            ),
        );
        let folder = Folder::new(shelf.path(), "job_1").unwrap();
        peak(|| {
            media::video::speech::waveform(&tools, &figure).unwrap();
            montage(&tools, &plan(figure), &folder, &ON, &mut |_| {}).unwrap()
        })
    });
    println!("{taken:?}");
    assert!(taken[1] < taken[0] + 400_000 && taken[1] < 4_000_000, "{taken:?}");
}

//! What a finished video is: as long as its voice, with words where they should be, and everybody's
//! own.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use media::video::{
    Captions, Figure, Folder, Frame, Label, Loudness, Montage, Tools, montage, probe,
};
use sha2::{Digest, Sha256};

use super::sources::*;

const FRAME: Frame = Frame { width: 180, height: 320 };

fn plain(figure: &Path) -> Montage {
    Montage {
        figure: Figure::Whole(figure.to_owned()),
        sound: None,
        background: None,
        frame: FRAME,
        captions: None,
        label: None,
        loudness: Loudness::AsItIs,
    }
}

fn said(text: &str) -> Option<Captions> {
    Some(Captions { script: text.to_owned() })
}

fn grey(shelf: &Shelf, seconds: &str) -> std::path::PathBuf {
    shelf.make(
        "grey.mp4",
        &format!("-f lavfi -i color=gray:180x320:25 -t {seconds} -pix_fmt yuv420p"),
    )
}

#[test]
fn it_lasts_as_long_as_the_voice() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure = grey(&shelf, "1");
    let green = shelf.make(
        "green.mp4",
        "-f lavfi -i color=0x00FF00:180x320:25 -t 1 -pix_fmt yuv420p -colorspace bt709",
    );
    let short =
        shelf.make("short.mp4", "-f lavfi -i testsrc=size=180x320:rate=30 -t 0.4 -pix_fmt yuv420p");
    for ms in [640, 1000, 2360] {
        let voice = shelf.file("voice.wav", &tone(220, ms, 9000));
        for (figure, background) in
            [(Figure::Whole(figure.clone()), None), (Figure::Green(green.clone()), Some(&short))]
        {
            let plan = Montage {
                figure,
                sound: Some(voice.clone()),
                background: background.cloned(),
                ..plain(&short)
            };
            let folder = Folder::new(shelf.path(), "job_1").unwrap();
            let mut told = Vec::new();
            let made = montage(&tools, &plan, &folder, &ON, &mut |it| told.push(it)).unwrap();
            assert!(made.duration_ms.abs_diff(ms.into()) <= 40, "{ms}: {}", made.duration_ms);
            let probed = probe(&tools, &made.path).unwrap();
            let video = probed.video.unwrap();
            assert_eq!(video.codec, "h264");
            let seen_ms = video.frames.unwrap() * 40;
            assert!(seen_ms.abs_diff(ms.into()) <= 40, "{ms}: {seen_ms}");
            assert_eq!(probed.audio.unwrap().codec, "aac");
            assert!(told.is_sorted() && told.iter().all(|it| *it <= 1000), "{told:?}");
            assert!(told.last().is_some_and(|it| 800 < *it), "{told:?}");
            // What plays it first needs the table of what is in it.
            let bytes = std::fs::read(&made.path).unwrap();
            let at = |name: &[u8]| bytes.windows(4).position(|it| it == name).unwrap();
            assert!(at(b"moov") < at(b"mdat"));
        }
    }
}

fn made(tools: &Tools, shelf: &Shelf, plan: &Montage) -> Vec<u8> {
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    let made = montage(tools, plan, &folder, &ON, &mut |_| {}).unwrap();
    pixels(&made.path)
}

/// Rows, in hundredths of the height, in which two videos of one size differ.
fn rows(left: &[u8], right: &[u8]) -> BTreeSet<usize> {
    assert_eq!(left.len(), right.len());
    let differ = |at: &usize| 24 < left[*at].abs_diff(right[*at]);
    let row = |at: usize| at / 3 / FRAME.width as usize % FRAME.height as usize;
    (0..left.len()).filter(differ).map(|it| row(it) * 100 / FRAME.height as usize).collect()
}

#[test]
fn words_are_where_they_should_be() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure = grey(&shelf, "0.2");
    let bare = made(&tools, &shelf, &plain(&figure));
    let script = "Кроссовки, в которых легко. {\\fs90}Ұзақ жол \\N қысқа!";
    let captions = Montage { captions: said(script), ..plain(&figure) };
    let rows_of = |plan: &Montage| rows(&bare, &made(&tools, &shelf, plan));
    let found = rows_of(&captions);
    assert!(5 < found.len() && found.iter().all(|it| (70..88).contains(it)), "{found:?}");

    let label = Label { text: "AI-generated".to_owned(), metadata: "made by a machine".to_owned() };
    let labelled = Montage { label: Some(label), ..plain(&figure) };
    let found = rows_of(&labelled);
    assert!(1 < found.len() && found.iter().all(|it| *it < 12), "{found:?}");

    // Directions are for the speaker.
    let silent = Montage { captions: said("[laughs] [whispers]"), ..plain(&figure) };
    assert_eq!(rows_of(&silent), BTreeSet::new());
}

/// A letter that the font lacks is drawn as the same box as any other.
#[test]
fn letters_of_all_our_languages_are_seen() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure = grey(&shelf, "0.04");
    let mut seen = BTreeSet::new();
    for letter in ["Ж", "Ы", "Ә", "Ғ", "Қ", "Ң", "Ө", "Ұ", "Ү", "Һ", "ә", "ң", "₸"] {
        let plan = Montage { captions: said(&letter.repeat(5)), ..plain(&figure) };
        let found = made(&tools, &shelf, &plan);
        assert!(seen.insert(found), "{letter} looks like another letter");
    }
}

#[test]
fn what_it_is_stands_in_the_file() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure = grey(&shelf, "0.2");
    let label = Label { text: "ИИ".to_owned(), metadata: "AI-generated\nsecond".to_owned() };
    let plan = Montage { label: Some(label), ..plain(&figure) };
    let folder = Folder::new(shelf.path(), "job_1").unwrap();
    let made = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap();
    let bytes = std::fs::read(&made.path).unwrap();
    let has = |words: &str| bytes.windows(words.len()).any(|it| it == words.as_bytes());
    assert!(has("AI-generatedsecond"));
    assert!(!has("Lavf"));
}

#[test]
fn fifty_in_one_second_get_their_own() {
    let Some(tools) = tools() else { return };
    let shelf = Shelf::new();
    let figure =
        shelf.make("figure.mp4", "-f lavfi -i testsrc=size=64x112:rate=25 -t 0.2 -pix_fmt yuv420p");
    let alone = |number: u32| {
        let name = format!("voice-{number}.wav");
        let voice = shelf.file(&name, &tone(200 + 40 * number, 200, 9000));
        let frame = Frame { width: 64, height: 112 };
        let plan = Montage { sound: Some(voice), frame, ..plain(&figure) };
        let folder = Folder::new(shelf.path(), &format!("job_{number}")).unwrap();
        let made = montage(&tools, &plan, &folder, &ON, &mut |_| {}).unwrap();
        hex::encode(Sha256::digest(std::fs::read(made.path).unwrap()))
    };
    let all: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..50).map(|it| scope.spawn(move || alone(it))).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 50);
    for number in [0, 23, 49] {
        assert_eq!(all[number], alone(number as u32), "{number}");
    }
}

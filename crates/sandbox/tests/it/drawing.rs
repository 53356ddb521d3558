//! What can be told of a drawing without looking at it: it is the same again, it changes with what
//! it is made from, it is as large as it was asked for, and it names its facts.

use image::{ImageFormat, RgbImage};
use sandbox::drawing::{Avatar, Format, Scene, Source, black, draw, encode, facts, likeness};

const PROMPT: &str = "portrait of ANNA in a park, soft light";

fn anna() -> Avatar {
    Avatar { name: "ANNA".to_owned(), likeness: likeness(b"weights of Anna") }
}

fn scene<'a>(prompt: &'a str, seed: u64, avatars: &'a [Avatar]) -> Scene<'a> {
    let model = "fal-ai/flux-lora";
    Scene { prompt, seed, model, avatars, notes: "", width: 640, height: 512, source: None }
}

/// How many pixels of a thousand differ.
fn difference(one: &RgbImage, other: &RgbImage) -> usize {
    let pixels = one.pixels().zip(other.pixels());
    let differing = pixels.filter(|it| it.0 != it.1).count();
    differing * 1000 / (one.width() * one.height()) as usize
}

#[test]
fn the_same_scene_is_the_same_bytes() {
    let file = |format| {
        let avatars = [anna()];
        let scene = scene(PROMPT, 7, &avatars);
        encode(&draw(&scene), format, &facts(&scene))
    };
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        assert_eq!(file(format), file(format));
    }
}

#[test]
fn what_it_is_made_from_is_seen() {
    let avatars = [anna()];
    let base = draw(&scene(PROMPT, 7, &avatars));
    let other_seed = draw(&scene(PROMPT, 8, &avatars));
    let other_words = draw(&scene("portrait of ANNA on a winter street", 7, &avatars));
    let nobody = draw(&scene(PROMPT, 7, &[]));
    let boris = Avatar { likeness: likeness(b"weights of Boris"), ..anna() };
    let other_face = draw(&scene(PROMPT, 7, &[boris]));
    for (what, drawn, least) in [
        ("seed", other_seed, 200),
        ("words", other_words, 500),
        ("nobody", nobody, 40),
        ("face", other_face, 40),
    ] {
        let found = difference(&base, &drawn);
        assert!(least <= found, "{what}: {found} of a thousand pixels");
    }
}

#[test]
fn the_source_shows_through_as_strongly_as_it_is_kept() {
    let picture = RgbImage::from_pixel(300, 900, image::Rgb([255, 0, 0]));
    let red = |strength: Option<f32>| {
        let mut scene = scene("night", 7, &[]);
        let source = |strength| Source { picture: picture.clone(), strength };
        scene.source = strength.map(source);
        draw(&scene).pixels().map(|it| u64::from(it.0[0])).sum::<u64>()
    };
    let [none, strong, weak] = [None, Some(1.0), Some(0.1)].map(red);
    assert!(none < strong && strong < weak, "{none} {strong} {weak}");
}

#[test]
fn it_is_as_large_as_it_was_asked_for() {
    let long = "ж".repeat(500);
    let avatars = [anna(), anna(), anna(), anna()];
    for (width, height) in [(1, 1), (13, 700), (700, 13), (1024, 768), (4096, 17)] {
        for prompt in ["", PROMPT, &long] {
            let scene = Scene { width, height, ..scene(prompt, u64::MAX, &avatars) };
            assert_eq!(draw(&scene).dimensions(), (width, height));
        }
    }
    assert_eq!(black(64, 48), RgbImage::new(64, 48));
}

#[test]
fn the_files_are_whole_and_name_their_facts() {
    let avatars = [anna()];
    let scene = scene("Қыз, қысқы орман", 7, &avatars);
    let drawn = draw(&scene);
    let said = facts(&scene);
    assert_eq!(
        said,
        "model=fal-ai/flux-lora seed=7 avatar=ANNA size=640x512  prompt=Қыз, қысқы орман"
    );
    for (name, known) in
        [("jpeg", ImageFormat::Jpeg), ("png", ImageFormat::Png), ("webp", ImageFormat::WebP)]
    {
        let format = Format::from_name(name).expect("a format");
        let file = encode(&drawn, format, &said);
        assert_eq!(image::guess_format(&file).expect("a picture"), known);
        assert_eq!(known.to_mime_type(), format.content_type());
        let read = image::load_from_memory(&file).expect("a whole picture").to_rgb8();
        assert_eq!(read.dimensions(), (640, 512));
        // A decoder that checks sums has read the text as well.
        let has_facts = file.windows(said.len()).any(|it| it == said.as_bytes());
        assert_eq!(has_facts, format != Format::Webp, "{name}");
    }
}

/// Each letter of Kazakh is another one, and none of them is the sign for what isn't known.
#[test]
fn kazakh_can_be_read() {
    let letters = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ";
    let letters: Vec<String> = letters
        .chars()
        .chain(letters.to_lowercase().chars())
        .chain(['☃'])
        .map(|it| it.to_string())
        .collect();
    let drawn: Vec<RgbImage> = letters
        .iter()
        // A name is written and has no part in the colours.
        .map(|it| {
            let scene = scene("night", 7, &[]);
            draw(&Scene { notes: it, width: 400, ..scene })
        })
        .collect();
    for (at, one) in drawn.iter().enumerate() {
        for (other, letter) in drawn[..at].iter().zip(&letters) {
            assert!(one != other, "{} looks like {letter}", letters[at]);
        }
    }
}

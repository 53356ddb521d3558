//! Characters and voices: a wrong one is refused with its line, each can be seen and heard, and what
//! is an operator's own is never mixed with ours.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalog::{
    Age, Catalog, FACE_BYTES_MAX, FACES, SAMPLE_BYTES_MAX, SAMPLES, SHIPPED, StyleText,
};
use domain::{Language, Subject};

const CHARACTER: &str = "name = \"lena\"
gender = \"woman\"
age = 34
voice = \"low\"
title = { ru = \"Лена\", en = \"Lena\", kk = \"Лена\" }
about = { ru = \"Добрая.\", en = \"Kind.\", kk = \"Мейірімді.\" }
";

const VOICE: &str = "name = \"low\"
gender = \"woman\"
age = \"older\"
provider = \"one\"
voice = \"abc_DEF-123\"
languages = [\"kk\", \"ru\"]
title = { ru = \"Низкий\", en = \"Low\", kk = \"Төмен\" }
about = { ru = \"Тёплый.\", en = \"Warm.\", kk = \"Жылы.\" }
";

fn read(files: &[(&str, &str)]) -> Result<Catalog, String> {
    Catalog::read(files.iter().copied()).map_err(|it| it.to_string())
}

fn with(character: &str, voice: &str) -> Result<Catalog, String> {
    read(&[("characters/lena.toml", character), ("voices/low.toml", voice)])
}

fn shipped() -> Catalog {
    Catalog::read(SHIPPED).expect("it is right")
}

#[track_caller]
fn character_refused(from: &str, to: &str, says: &str) {
    assert!(CHARACTER.contains(from), "`{from}` isn't in it");
    let said = with(&CHARACTER.replacen(from, to, 1), VOICE).expect_err("taken");
    assert_eq!(said, format!("catalog/characters/lena.toml: {says}"));
}

#[test]
fn a_wrong_character_is_refused_with_its_line() {
    assert!(with(CHARACTER, VOICE).is_ok());
    let slug = "up to 24 small letters, digits and hyphens";
    character_refused("\"lena\"", "\"Lena\"", &format!("line 1: a name is {slug}"));
    character_refused(
        "\"lena\"",
        "\"anna\"",
        "line 1: its name is `anna`, which isn't that of its file",
    );
    let says = "line 2: whoever speaks is a man or a woman";
    character_refused("\"woman\"", "\"other\"", says);
    for age in [0, 17, 81] {
        let to = format!("age = {age}");
        character_refused("age = 34", &to, "line 3: an age is from 18 to 80");
    }
    character_refused("\"low\"", "\"high\"", "there is no voice `high`");
    character_refused("\"woman\"", "\"man\"", "`low` is the voice of a woman");
    character_refused("\"Лена\"", "\"\"", "line 5: the title in ru is empty");
    let long = format!("\"{}\"", "ж".repeat(141));
    let says = "line 6: the about in ru has 141 characters, and 140 is the most";
    character_refused("\"Добрая.\"", &long, says);
    let green = CHARACTER.replacen("lena", "lena-green", 1);
    let said = read(&[("characters/lena-green.toml", &green), ("voices/low.toml", VOICE)]);
    let says = "line 1: `-green` is the end of a picture's name";
    assert_eq!(said, Err(format!("catalog/characters/lena-green.toml: {says}")));
    let other = CHARACTER.replacen("lena", "lena-two", 1);
    let said = read(&[
        ("characters/lena-two.toml", &other),
        ("characters/lena.toml", CHARACTER),
        ("voices/low.toml", VOICE),
    ]);
    let says = "catalog/characters/lena.toml: its title in ru is that of `lena-two`";
    assert_eq!(said, Err(says.to_owned()));
}

#[track_caller]
fn voice_refused(from: &str, to: &str, says: &str) {
    assert!(VOICE.contains(from), "`{from}` isn't in it");
    let said = with(CHARACTER, &VOICE.replacen(from, to, 1)).expect_err("taken");
    assert_eq!(said, format!("catalog/voices/low.toml: {says}"));
}

#[test]
fn a_wrong_voice_is_refused_with_its_line() {
    let says = "line 1: its name is `high`, which isn't that of its file";
    voice_refused("\"low\"", "\"high\"", says);
    voice_refused("\"woman\"", "\"other\"", "line 2: whoever speaks is a man or a woman");
    voice_refused("\"one\"", "\"\"", "line 4: nobody is named who has it");
    let long = "a".repeat(65);
    for wrong in ["", "a/b", "a b", "../x", "ы", "a?b", &long] {
        let to = format!("\"{wrong}\"");
        let says = "line 5: a voice's id is up to 64 letters, digits, `-` and `_`";
        voice_refused("\"abc_DEF-123\"", &to, says);
    }
    voice_refused("\"kk\", \"ru\"", "", "line 6: it speaks no language");
    voice_refused("\"ru\"", "\"kk\"", "line 6: `kk` is named twice");
    voice_refused("\"Low\"", "\" \"", "line 7: the title in en is empty");
    for (from, to, says) in [
        ("\"older\"", "\"old\"", "unknown variant `old`"),
        ("\"ru\"", "\"de\"", "unknown variant `de`"),
        ("voice = \"abc_DEF-123\"\n", "", "missing field `voice`"),
    ] {
        let said = with(CHARACTER, &VOICE.replacen(from, to, 1)).expect_err("taken");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn the_age_group_follows_from_the_years() {
    for (years, group) in [
        (18, Age::Young),
        (34, Age::Young),
        (35, Age::Middle),
        (54, Age::Middle),
        (55, Age::Older),
        (80, Age::Older),
    ] {
        assert_eq!(Age::of_years(years), group, "{years}");
    }
    for age in Age::ALL {
        let json = serde_json::to_value(age).expect("it is a text");
        assert_eq!(json, serde_json::json!(age.as_str()));
    }
}

fn is_natural(name: &str, title: &StyleText, about: &StyleText) {
    for language in Language::ALL {
        let about = about.of(language);
        assert!(about.ends_with('.'), "{name}: {about}");
        let is_small = |it: &str| it.chars().next().is_some_and(char::is_lowercase);
        assert!(!is_small(about) && !is_small(title.of(language)), "{name}");
    }
    let told: BTreeSet<_> = [&about.ru, &about.en, &about.kk].into();
    assert_eq!(told.len(), 3, "{name} is translated");
}

#[test]
fn there_are_characters_of_both_genders_and_all_ages() {
    let catalog = shipped();
    assert!(24 <= catalog.characters.len());
    let mut abouts = BTreeSet::new();
    for gender in [Subject::Man, Subject::Woman] {
        let all: Vec<_> = catalog.characters_of(gender).collect();
        assert!(12 <= all.len(), "{gender:?}");
        assert!(all.is_sorted_by_key(|it| it.age), "{gender:?}: the youngest first");
        let groups: BTreeSet<_> = all.iter().map(|it| it.age_group()).collect();
        assert_eq!(groups.len(), Age::ALL.len(), "{gender:?}");
    }
    assert_eq!(catalog.characters_of(Subject::Other).count(), 0);
    for it in &catalog.characters {
        is_natural(&it.name, &it.title, &it.about);
        assert!(abouts.insert(&it.about.ru), "{}: it is said of two", it.name);
        let voice = catalog.voice(&it.voice).expect("it was checked");
        // A voice that is a generation away would sound borrowed.
        let generations = it.age_group() as i32 - voice.age as i32;
        assert!(generations.abs() <= 1, "{} speaks with {}", it.name, voice.name);
    }
}

#[test]
fn there_are_voices_of_both_genders_that_speak_every_language() {
    let catalog = shipped();
    assert!(12 <= catalog.voices.len());
    for gender in [Subject::Man, Subject::Woman] {
        let all = || catalog.voices.iter().filter(|it| it.gender == gender);
        assert!(6 <= all().count(), "{gender:?}");
        let ages: BTreeSet<_> = all().map(|it| it.age).collect();
        assert_eq!(ages.len(), Age::ALL.len(), "{gender:?}");
        let best: BTreeSet<_> = all().map(|it| it.languages[0].as_str()).collect();
        assert_eq!(best.len(), Language::ALL.len(), "{gender:?}");
    }
    let mut ids = BTreeSet::new();
    for it in &catalog.voices {
        is_natural(&it.name, &it.title, &it.about);
        assert!(ids.insert(&it.voice), "{}: the voice of two", it.name);
        let makers = &catalog.videos.speech.makers;
        for language in &it.languages {
            let speaks =
                makers.iter().any(|maker| maker.provider == it.provider && maker.can(*language));
            assert!(speaks, "{}: nobody can make it speak {}", it.name, language.as_str());
        }
    }
}

/// They travel in the program: few bytes each, and none that nobody sees or hears.
#[test]
fn each_character_has_both_pictures_and_each_voice_its_samples() {
    let catalog = shipped();
    catalog.check_faces().expect("each has one");
    for it in &catalog.characters {
        let face = catalog.face(&it.name).expect("it was checked");
        assert!(face.starts_with(&[0xff, 0xd8]), "`{}`: no JPEG", it.name);
        let green = catalog.green_face(&it.name);
        let green = green.unwrap_or_else(|| panic!("`{}` isn't there on green", it.name));
        assert!(green.starts_with(b"\x89PNG"), "`{}`: no PNG, whose green is exact", it.name);
        for bytes in [face.len(), green.len()] {
            assert!(bytes <= 64 << 10, "`{}`: {bytes} bytes", it.name);
        }
    }
    for it in &catalog.voices {
        let samples: BTreeSet<_> =
            Language::ALL.iter().map(|language| catalog.sample(&it.name, *language)).collect();
        assert_eq!(samples.len(), Language::ALL.len(), "`{}`: a sample is missing", it.name);
        let most = samples.iter().flatten().map(|it| it.len()).max();
        assert!(most.is_some_and(|it| it <= 24 << 10), "`{}`: {most:?} bytes", it.name);
    }
    for (file, _) in FACES {
        let name = file.split('.').next().expect("a name has a beginning");
        let name = name.strip_suffix("-green").unwrap_or(name);
        assert!(catalog.character(name).is_some(), "there is no character `{name}`");
    }
    for (file, _) in SAMPLES {
        let name = file.split('-').next().expect("a name has a beginning");
        assert!(catalog.voice(name).is_some(), "there is no voice `{name}`");
    }
}

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0];
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";
const MP3: &[u8] = &[0xff, 0xfb, 0x90, 0x64];

#[test]
fn an_operators_character_needs_one_text_and_a_picture() {
    let mut catalog = with(CHARACTER, VOICE).expect("it is right");
    let said = catalog.check_faces().expect_err("nobody can see it").to_string();
    let says = "there is no picture of it: put NAME.jpg or NAME.png beside it";
    assert_eq!(said, format!("catalog/characters/lena.toml: {says}"));
    catalog.take_face("characters/lena.jpg", JPEG.to_vec()).expect("it is right");
    catalog.check_faces().expect("it can be seen");
    assert_eq!((catalog.face("lena"), catalog.green_face("lena")), (Some(JPEG), None));
    catalog.take_face("characters/lena-green.png", PNG.to_vec()).expect("it is right");
    assert_eq!(catalog.green_face("lena"), Some(PNG));
}

#[test]
fn an_operators_picture_of_ours_is_never_one_person_here_and_another_on_green() {
    let mut catalog = shipped();
    catalog.take_face("characters/anna.png", PNG.to_vec()).expect("it is right");
    assert_eq!(catalog.face("anna"), Some(PNG));
    assert_eq!(catalog.green_face("anna"), None, "ours on green is somebody else");
    catalog.check_faces().expect("it can be seen");
    let mut catalog = shipped();
    catalog.take_face("characters/anna-green.jpg", JPEG.to_vec()).expect("it is right");
    let said = catalog.check_faces().expect_err("two persons").to_string();
    let says = "your picture on green needs yours without green: ours is somebody else";
    assert_eq!(said, format!("catalog/characters/anna.toml: {says}"));
}

#[test]
fn a_wrong_picture_of_an_operator_is_refused() {
    let mut catalog = shipped();
    catalog.take_face("characters/anna.jpg", JPEG.to_vec()).expect("it is right");
    let mut refused =
        |file: &str, bytes: &[u8]| catalog.take_face(file, bytes.to_vec()).unwrap_err().to_string();
    let named = "a picture is CHARACTER.jpg or CHARACTER-green.png (or the other way round), by a \
                 character that there is";
    let large = [JPEG, &vec![0; FACE_BYTES_MAX]].concat();
    for (file, bytes, says) in [
        ("characters/nobody.jpg", JPEG, named),
        ("characters/-green.jpg", JPEG, named),
        ("characters/olga.gif", JPEG, named),
        ("examples/olga.jpg", JPEG, named),
        ("characters/olga.jpg", b"GIF89a", "a picture is a JPEG or a PNG"),
        ("characters/olga.jpg", &large, "a picture has 2 megabytes at most"),
        ("characters/anna.png", PNG, "the picture is there twice, as a JPEG and as a PNG"),
    ] {
        assert_eq!(refused(file, bytes), format!("catalog/{file}: {says}"));
    }
    assert_eq!(catalog.face("anna"), Some(JPEG), "what was refused changes nothing");
}

#[test]
fn a_sample_is_in_the_language_that_is_asked_for_or_in_what_the_voice_speaks_best() {
    let mut catalog = with(CHARACTER, VOICE).expect("it is right");
    let heard = |catalog: &Catalog, language| catalog.sample("low", language).map(<[u8]>::to_vec);
    assert_eq!(heard(&catalog, Language::Ru), None);
    let of = |last: u8| [MP3, &[last]].concat();
    catalog.take_sample("voices/low-en.mp3", of(1)).expect("it is right");
    assert_eq!(heard(&catalog, Language::Ru), Some(of(1)), "better than nothing");
    catalog.take_sample("voices/low-kk.mp3", of(2)).expect("it is right");
    assert_eq!(heard(&catalog, Language::Ru), Some(of(2)), "what it speaks best");
    assert_eq!(heard(&catalog, Language::En), Some(of(1)));
    let named = "a sample is VOICE-LANGUAGE.mp3, by a voice that there is";
    let large = [b"ID3", &vec![0; SAMPLE_BYTES_MAX][..]].concat();
    for (file, bytes, says) in [
        ("voices/low.mp3", MP3, named),
        ("voices/low-de.mp3", MP3, named),
        ("voices/high-ru.mp3", MP3, named),
        ("voices/low-ru.ogg", MP3, named),
        ("voices/low-ru.mp3", b"OggS", "a sample is an MP3"),
        ("voices/low-ru.mp3", JPEG, "a sample is an MP3"),
        ("voices/low-ru.mp3", &large, "a sample has a megabyte at most"),
    ] {
        let said = catalog.take_sample(file, bytes.to_vec()).unwrap_err().to_string();
        assert_eq!(said, format!("catalog/{file}: {says}"));
    }
}

#[test]
fn our_sample_is_none_of_a_voice_that_an_operator_has_changed() {
    let ours = shipped().voice("alina").expect("it is there").voice.clone();
    let heard = |voice: &str| {
        let mut files: BTreeMap<&str, &str> = SHIPPED.into_iter().collect();
        let own = files["voices/alina.toml"].replace(&ours, voice).replace("Алина", "Алёна");
        files.insert("voices/alina.toml", &own);
        let catalog = Catalog::read(files).expect("it is right");
        catalog.sample("alina", Language::Ru).is_some()
    };
    assert!(heard(&ours), "by another title");
    assert!(!heard("21m00Tcm4TlvDq8ikWAM"), "by another voice");
}

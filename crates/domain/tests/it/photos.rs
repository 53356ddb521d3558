//! The photo desk's judgement: thresholds to the pixel, and how ready a set is.

use domain::Kind;
use domain::photo::{Measures, PhotoRules, Unreadable, Verdict, judge, readiness};

const PORTRAIT: PhotoRules =
    PhotoRules { count_min: 5, count_max: 50, side_min: 512, face_min: Some(100) };
const STYLE: PhotoRules =
    PhotoRules { count_min: 10, count_max: 100, side_min: 256, face_min: None };

/// Reads `1024x768 faces 200,90 sharp 80 light 120 sha a near 0`; what is left out is good.
fn measures(line: &str, place: usize) -> Measures {
    let mut words = line.split_whitespace();
    let size = words.next().expect("a size").split_once('x').expect("WxH");
    let mut photo = Measures {
        width: size.0.parse().expect("pixels"),
        height: size.1.parse().expect("pixels"),
        faces: vec![300],
        sharpness: 500,
        brightness: 128,
        sha256: format!("of place {place}"),
        // Far from each other: each place has its own eight bits.
        near_hash: 0xff << (8 * (place % 8)),
    };
    while let (Some(word), Some(value)) = (words.next(), words.next()) {
        match word {
            "faces" => photo.faces = value.split(',').filter_map(|it| it.parse().ok()).collect(),
            "sharp" => photo.sharpness = value.parse().expect("a number"),
            "light" => photo.brightness = value.parse().expect("a number"),
            "sha" => photo.sha256 = value.to_owned(),
            "near" => photo.near_hash = u64::from_str_radix(value, 2).expect("bits"),
            other => panic!("`{other}` is nothing of a photo"),
        }
    }
    photo
}

fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::DuplicateOf(place) | Verdict::NearDuplicateOf(place) => {
            format!("{} of {place}", verdict.key())
        }
        other => other.key().to_owned(),
    }
}

/// Each line is a photo and, after `=`, what is said about it given all lines; a photo whose line
/// begins with `-` was thrown out and isn't compared with.
#[track_caller]
fn check(rules: &PhotoRules, table: &str) {
    let table: String = table.lines().map(|it| it.trim().to_owned() + "\n").collect();
    let mut photos: Vec<(u32, &str, Measures)> = Vec::new();
    for (at, line) in table.lines().filter(|it| !it.is_empty()).enumerate() {
        let (given, _) = line.split_once(" =").expect("a photo = verdicts");
        photos.push((at as u32 + 1, given, measures(given.trim_start_matches("- "), at)));
    }
    let set = photos.iter().filter(|(_, given, _)| !given.starts_with('-'));
    let set: Vec<(u32, &Measures)> = set.map(|(at, _, photo)| (*at, photo)).collect();
    let mut seen = String::new();
    for (at, given, photo) in &photos {
        let verdicts: Vec<String> = judge(*at, photo, &set, rules).iter().map(said).collect();
        seen += format!("{given} = {}", verdicts.join(", ")).trim_end();
        seen += "\n";
    }
    assert_eq!(seen, table.trim_start().to_owned(), "it said:\n{seen}");
}

#[test]
fn the_shorter_side_counts() {
    check(
        &PORTRAIT,
        "512x512 =
         511x4000 = too-small
         4000x511 = too-small
         1x1 faces - = too-small, no-face",
    );
    check(
        &STYLE,
        "256x9000 =
         255x9000 = too-small",
    );
}

#[test]
fn a_portrait_has_one_face_of_a_size() {
    check(
        &PORTRAIT,
        "800x800 faces - = no-face
         800x800 faces 100 =
         800x800 faces 99 = face-too-small
         800x800 faces 300,149 =
         800x800 faces 300,150 = several-faces
         800x800 faces 300,300,20 = several-faces
         800x800 faces 99,20 = face-too-small
         800x800 faces 40,40 = several-faces",
    );
}

#[test]
fn a_style_needs_no_face() {
    check(
        &STYLE,
        "800x800 faces - =
         800x800 faces 10 =
         800x800 faces 300,300 =",
    );
}

#[test]
fn light_and_sharpness_have_limits() {
    check(
        &STYLE,
        "800x800 sharp 60 =
         800x800 sharp 59 = blurred
         800x800 light 45 =
         800x800 light 44 = too-dark
         800x800 light 215 =
         800x800 light 216 = too-bright
         800x800 sharp 0 light 0 = blurred, too-dark",
    );
}

#[test]
fn duplicates_name_the_first_of_their_like() {
    check(
        &STYLE,
        "800x800 sha a near 0 =
         800x800 sha b near 111111 = near-duplicate of 1
         800x800 sha c near 1111111 = near-duplicate of 2
         800x800 sha d near 11111111111111 =
         800x800 sha a near 0 = duplicate of 1
         800x800 sha b near 0 = duplicate of 2",
    );
}

/// Whichever came first: the shaken one and the small copy are the ones to do without.
#[test]
fn of_two_near_photos_the_worse_is_told() {
    check(
        &STYLE,
        "800x800 sharp 200 near 0 = near-duplicate of 2
         800x800 sharp 300 near 1 =
         400x600 sharp 300 near 11 = near-duplicate of 2
         900x1600 sharp 500 near 11111111111111 =
         1600x900 sharp 500 near 11111111111111 = near-duplicate of 4
         4000x3000 sharp 450 near 111111111111110000000 =
         640x480 sharp 500 near 111111111111110000000 = near-duplicate of 6",
    );
}

/// An exact copy of a better photo is a copy, and the worse one names the first of them.
#[test]
fn a_copy_is_a_copy_even_of_the_best() {
    check(
        &STYLE,
        "800x800 sharp 100 sha a near 0 = near-duplicate of 2
         800x800 sharp 900 sha b near 1 =
         800x800 sharp 900 sha b near 1 = duplicate of 2
         800x800 sharp 100 sha a near 0 = duplicate of 1",
    );
}

/// A photo that was removed is no reason to refuse the next one.
#[test]
fn what_was_removed_has_no_duplicates() {
    check(
        &STYLE,
        "- 800x800 sha a near 0 =
         800x800 sha a near 0 =
         800x800 sha a near 0 = duplicate of 2",
    );
}

#[test]
fn everything_wrong_with_a_photo_is_said() {
    check(
        &PORTRAIT,
        "800x800 sha a near 0 =
         100x100 sha a near 0 faces - sharp 1 light 250 = too-small, duplicate of 1, no-face, blurred, too-bright",
    );
}

#[test]
fn what_excludes_a_photo_and_what_only_lowers_the_score() {
    let unreadable = [
        Unreadable::NotAPicture,
        Unreadable::Heic,
        Unreadable::Broken,
        Unreadable::TooLarge,
        Unreadable::Gone,
    ];
    let others = [
        Verdict::TooSmall,
        Verdict::NoFace,
        Verdict::SeveralFaces,
        Verdict::FaceTooSmall,
        Verdict::DuplicateOf(1),
        Verdict::NearDuplicateOf(1),
        Verdict::Blurred,
        Verdict::TooDark,
        Verdict::TooBright,
    ];
    let all = unreadable.map(Verdict::Unreadable).into_iter().chain(others);
    let (out, doubtful): (Vec<Verdict>, Vec<Verdict>) = all.partition(|it| it.excludes());
    let keys = |verdicts: &[Verdict]| verdicts.iter().map(|it| it.key()).collect::<Vec<_>>();
    assert_eq!(
        keys(&out),
        [
            "not-a-picture",
            "heic",
            "broken",
            "too-large",
            "gone",
            "too-small",
            "no-face",
            "several-faces",
            "face-too-small",
            "duplicate",
        ]
    );
    assert_eq!(keys(&doubtful), ["near-duplicate", "blurred", "too-dark", "too-bright"]);
}

/// A set of so many good, doubtful and unusable photos.
fn set(good: u32, doubtful: u32, bad: u32) -> Vec<Vec<Verdict>> {
    let mut set = vec![Vec::new(); good as usize];
    set.extend(vec![vec![Verdict::Blurred]; doubtful as usize]);
    set.extend(vec![vec![Verdict::Blurred, Verdict::NoFace]; bad as usize]);
    set
}

#[test]
fn readiness_grows_to_a_hundred() {
    let table: Vec<(u32, u32, u32, u32, u32)> = vec![
        // good, doubtful, unusable, portrait, style
        (0, 0, 0, 0, 0),
        (0, 0, 9, 0, 0),
        (1, 0, 0, 9, 4),
        (4, 0, 0, 39, 19),
        (4, 0, 60, 39, 19),
        (5, 0, 0, 70, 24),
        (0, 5, 0, 50, 24),
        (9, 0, 0, 82, 44),
        (10, 0, 0, 85, 70),
        (10, 5, 0, 90, 75),
        (15, 0, 0, 100, 85),
        (20, 0, 0, 100, 100),
        (50, 0, 0, 100, 100),
        (20, 20, 0, 85, 85),
    ];
    for (good, doubtful, bad, portrait, style) in table {
        let set = set(good, doubtful, bad);
        let seen =
            (readiness(&set, Kind::Portrait, &PORTRAIT), readiness(&set, Kind::Style, &STYLE));
        assert_eq!(seen, (portrait, style), "{good} good, {doubtful} doubtful, {bad} unusable");
    }
}

#[test]
fn readiness_and_the_button_agree_and_a_good_photo_never_harms() {
    for (kind, rules) in [(Kind::Portrait, PORTRAIT), (Kind::Style, STYLE)] {
        for good in 0..30 {
            for doubtful in 0..30 {
                let ready = |good| readiness(&set(good, doubtful, 3), kind, &rules);
                let now = ready(good);
                let may_train = rules.count_min <= good + doubtful;
                assert_eq!(50 <= now, may_train, "{kind:?}: {good} good, {doubtful} doubtful");
                assert!(now <= 100);
                assert!(now <= ready(good + 1), "{kind:?}: {good} good, {doubtful} doubtful");
            }
        }
    }
}

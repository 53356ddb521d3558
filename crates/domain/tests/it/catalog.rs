//! The catalog: every file of it is right, and a wrong one is refused with its name and the cause.

use std::path::Path;

use domain::catalog::{
    Catalog, EXAMPLE_BYTES_MAX, EXAMPLES, FACES, SAMPLES, SHIPPED, TrainingOffer, TrainingSettings,
};
use domain::{Kind, Quality};

/// The files that are shipped, as (path, text).
fn files() -> Vec<(String, String)> {
    SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// What is in the folder, as paths below it.
fn in_folder() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the catalog is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(&root).expect("it is below").display().to_string());
            }
        }
    }
    found.sort();
    found
}

/// Compares a list in a source file with what was found, or writes it where that is asked for.
#[expect(clippy::disallowed_methods, reason = "rewriting the list is asked for by hand")]
fn check_list(file: &str, begin: &str, found: &[String], shipped: &[&str]) {
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog").join(file);
    let before = std::fs::read_to_string(&list).expect("the list is there");
    let (head, _) = before.split_once(begin).expect("the list begins");
    let names: Vec<_> = found.iter().map(|it| format!("    \"{it}\",\n")).collect();
    let after = format!("{head}{begin}{}}}\n", names.concat());
    if before != after && std::env::var_os("UPDATE").is_some() {
        std::fs::write(&list, &after).expect("it can be written");
        return;
    }
    assert_eq!(found, shipped, "`UPDATE=1 cargo test -p domain` writes {file}");
    assert_eq!(before, after, "`UPDATE=1 cargo test -p domain` writes {file}");
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let mut found = in_folder();
    let is_beside = |it: &str| ["characters/", "voices/"].iter().any(|part| it.starts_with(part));
    found.retain(|it| !it.starts_with("examples/"));
    found.retain(|it| !is_beside(it) || it.ends_with(".toml"));
    check_list("shipped.rs", "shipped! {\n", &found, &SHIPPED.map(|it| it.0));
}

#[test]
fn every_example_of_the_folder_is_shipped() {
    let found = in_folder().into_iter().filter_map(|it| {
        let name = it.strip_prefix("examples/")?;
        Some(name.strip_suffix(".jpg").unwrap_or_else(|| panic!("{it} is no JPEG")).to_owned())
    });
    let found: Vec<_> = found.collect();
    check_list("examples.rs", "examples! {\n", &found, &EXAMPLES.map(|it| it.0));
}

/// What lies beside the texts of a part, by its file.
fn beside(part: &str) -> Vec<String> {
    let found = in_folder().into_iter().filter(|it| !it.ends_with(".toml"));
    found.filter_map(|it| Some(it.strip_prefix(part)?.to_owned())).collect()
}

#[test]
fn every_face_and_every_sample_of_the_folder_is_shipped() {
    let names = |list: &[(&'static str, &[u8])]| list.iter().map(|it| it.0).collect::<Vec<_>>();
    check_list("faces.rs", "faces! {\n", &beside("characters/"), &names(FACES));
    check_list("samples.rs", "samples! {\n", &beside("voices/"), &names(SAMPLES));
}

/// They travel in the program: few bytes each, and none that nobody sees.
#[test]
fn each_preset_has_an_example() {
    let catalog = read(&files()).expect("the catalog is right");
    for preset in &catalog.presets {
        let Some(example) = catalog.example(&preset.name) else {
            panic!("`{}` has no example: CONTRIBUTING.md says how it is drawn", preset.name)
        };
        assert!(example.starts_with(&[0xff, 0xd8]), "`{}`: no JPEG", preset.name);
        assert!(example.len() <= 24 << 10, "`{}`: {} bytes", preset.name, example.len());
    }
    for (name, _) in EXAMPLES {
        assert!(catalog.preset(name).is_some(), "there is no preset `{name}`");
    }
    let bytes: usize = EXAMPLES.iter().map(|it| it.1.len()).sum();
    assert!(bytes < 900 << 10, "{bytes} bytes in all");
}

#[test]
fn an_operators_example_takes_the_place_of_ours() {
    let mut catalog = read(&files()).expect("the catalog is right");
    let own = [0xff, 0xd8, 0xff, 0xe0];
    catalog.take_example("examples/bob.jpg", own.to_vec()).expect("it is right");
    assert_eq!(catalog.example("bob"), Some(&own[..]));
    assert_eq!(catalog.example("nobody"), None);
    let mut refused = |file: &str, bytes: &[u8]| {
        catalog.take_example(file, bytes.to_vec()).unwrap_err().to_string()
    };
    let large = [&own[..], &vec![0; EXAMPLE_BYTES_MAX]].concat();
    let png = b"\x89PNG\r\n";
    assert_eq!(
        [
            refused("examples/nobody.jpg", &own),
            refused("examples/bob.png", &own),
            refused("examples/bob.jpg", png),
            refused("examples/bob.jpg", &large),
        ],
        [
            "catalog/examples/nobody.jpg: an example is PRESET.jpg, by a preset that there is",
            "catalog/examples/bob.png: an example is PRESET.jpg, by a preset that there is",
            "catalog/examples/bob.jpg: an example is a JPEG",
            "catalog/examples/bob.jpg: an example has a megabyte at most",
        ]
    );
    assert_eq!(catalog.example("bob"), Some(&own[..]), "what was refused changes nothing");
}

fn read(files: &[(String, String)]) -> Result<Catalog, String> {
    Catalog::read(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
        .map_err(|it| it.to_string())
}

#[test]
fn every_file_of_the_catalog_is_right() {
    let catalog = read(&files()).expect("the catalog is right");
    for kind in Kind::ALL {
        let offer = catalog.training(*kind).expect("each kind is offered");
        for quality in Quality::ALL {
            assert!(offer.quality(*quality).is_some(), "{kind:?} {quality:?}");
        }
        let mut prices: Vec<i64> = Quality::ALL
            .iter()
            .filter_map(|it| offer.quality(*it))
            .map(|it| it.credits.as_i64())
            .collect();
        prices.dedup();
        assert!(prices.is_sorted() && prices.len() == 3, "{kind:?}: better costs more");
        assert!(offer.minutes[0] < offer.minutes[1], "{kind:?}");
    }
}

/// What product.md promises about photos.
#[test]
fn the_photo_limits_are_those_that_are_promised() {
    let catalog = read(&files()).expect("the catalog is right");
    let limits = |kind| {
        let photos = catalog.training(kind).expect("it is offered").photos;
        (photos.count_min, photos.count_max, photos.side_min, photos.face_min)
    };
    assert_eq!(limits(Kind::Portrait), (5, 50, 512, Some(100)));
    assert_eq!(limits(Kind::Style), (10, 100, 256, None));
}

#[test]
fn the_order_of_the_files_means_nothing() {
    let mut files = files();
    let catalog = read(&files);
    files.reverse();
    assert_eq!(read(&files), catalog);
}

/// The portrait's file with each `from` made `to`, and the end of what is said about it.
#[track_caller]
fn refused(from: &str, to: &str, cause: &str) {
    let mut files = files();
    files.retain(|(name, _)| name == "trainings/portrait.toml");
    assert!(files[0].1.contains(from), "`{from}` isn't in the file");
    files[0].1 = files[0].1.replace(from, to);
    let said = read(&files).expect_err("it was taken");
    assert!(said.starts_with("catalog/trainings/portrait.toml: "), "{said}");
    assert!(said.contains(cause), "{said}");
}

#[test]
fn a_wrong_training_is_refused() {
    refused("count_min = 5", "count_min = 0", "the photo limits leave no room");
    refused("count_min = 5", "count_min = 51", "the photo limits leave no room");
    refused("side_min = 512", "side_min = 0", "the photo limits leave no room");
    refused("side_min = 512", "side_min = -1", "invalid value: integer `-1`");
    refused("quality = \"fast\"", "quality = \"quick\"", "unknown variant `quick`");
    refused("quality = \"fast\"", "quality = \"quality\"", "quality `fast` is missing");
    refused("credits = 60", "credits = 0", "quality `fast` costs nothing");
    refused("credits = 60", "credits = -60", "-60 is not a number of credits");
    refused("credits = 60", "credits = 6.5", "expected i64");
    refused("credits = 60", "credits = 1_000_000_001", "1000000001 is not a number of credits");
    refused("cost_micros = 2_400_000", "cost_micros = -1", "quality `fast` has a negative cost");
    refused("speed = 5", "speed = 6", "ratings are from 1 to 5");
    refused("speed = 5", "speed = 0", "ratings are from 1 to 5");
    refused("kind = \"portrait\"", "kind = \"landscape\"", "unknown variant `landscape`");
    refused("provider = \"fal\"", "providr = \"fal\"", "unknown field `providr`");
    refused("provider = \"fal\"", "", "missing field `provider`");
    refused("steps = 1000", "stepps = 1000", "unknown field `stepps`");
    refused("[photos]", "[photos", "TOML parse error");
}

/// The first of the others, and what is wrong with it.
#[track_caller]
fn other_refused(from: &str, to: &str, cause: &str) {
    refused(from, to, &format!("trainer `{cause}"));
}

#[test]
fn a_wrong_other_trainer_is_refused() {
    other_refused("\"replicate\"", "\"fal\"", "fal`: it is named already");
    other_refused("\"replicate\"", "\"\"", "`: nobody is named to do it");
    other_refused("\"ostris/flux-dev-lora-trainer\"", "\"\"", "replicate`: nobody is named");
    let cause = "replicate`: quality `fast` has a negative cost";
    other_refused("cost_micros = 1_410_000", "cost_micros = -1", cause);
    refused("share_percent = 0", "share_percent = 101", "the others' shares are more than 100");
    refused("share_percent = 0", "share_percent = -1", "invalid value: integer `-1`");
    refused("lora_rank = 32", "lora_rankk = 32", "unknown field `lora_rankk`");
    let mut files = files();
    let file = files.iter_mut().find(|(name, _)| name == "trainings/portrait.toml");
    let text = &mut file.expect("it is shipped").1;
    let whole = text.clone();
    let begin = whole.find("[[others.qualities]]").expect("it can do something");
    *text = format!(
        "{whole}\n[[others.qualities]]\nquality = \"fast\"\ncost_micros = 1\nsettings = {{}}\n"
    );
    let said = read(&files).expect_err("it was taken");
    assert!(said.ends_with("trainer `replicate`: quality `fast` is named twice"), "{said}");
    files.iter_mut().find(|(name, _)| name == "trainings/portrait.toml").expect("as before").1 =
        format!("{}qualities = []\n", &whole[..begin]);
    let said = read(&files).expect_err("it was taken");
    assert!(said.ends_with("trainer `replicate`: it can do nothing"), "{said}");
}

/// How operators choose the trainer: by share, per quality, or wholly.
#[test]
fn trainings_go_to_others_by_their_share_and_only_what_they_can_do() {
    let with = |text: &str| {
        let mut files = files();
        files.retain(|(name, _)| name == "trainings/portrait.toml");
        files[0].1 = files[0].1.replace("share_percent = 0", text);
        read(&files).expect("it is right").training(Kind::Portrait).expect("offered").clone()
    };
    let given =
        |offer: &TrainingOffer| (0..100).filter(|it| offer.by_share(*it) == "replicate").count();
    assert_eq!(given(&with("share_percent = 0")), 0, "shipped so");
    assert_eq!(given(&with("share_percent = 20")), 20);
    assert_eq!(given(&with("share_percent = 100")), 100);
    let mut offer = with("share_percent = 100");
    let able = |offer: &TrainingOffer, quality| {
        let all = offer.trainers(quality);
        all.iter().map(|it| it.provider.to_owned()).collect::<Vec<_>>()
    };
    for quality in Quality::ALL {
        assert_eq!(able(&offer, *quality), ["fal", "replicate"]);
    }
    offer.others[0].qualities.retain(|it| it.quality == Quality::Quality);
    assert_eq!(able(&offer, Quality::Fast), ["fal"]);
    assert_eq!(able(&offer, Quality::Quality), ["fal", "replicate"]);
}

#[test]
fn a_quality_is_offered_once() {
    let mut files = files();
    let extra =
        "\n[[qualities]]\nquality = \"fast\"\ncredits = 1\ncost_micros = 0\nsettings = {}\n";
    files.retain(|(name, _)| name == "trainings/style.toml");
    files[0].1 += extra;
    assert_eq!(
        read(&files),
        Err("catalog/trainings/style.toml: quality `fast` is offered twice".to_owned())
    );
}

#[test]
fn a_kind_is_offered_once_and_each_part_is_known() {
    let mut twice = files();
    let portrait = twice.iter().find(|(name, _)| name == "trainings/portrait.toml");
    let copy = portrait.expect("it is shipped").1.clone();
    twice.push(("trainings/zz.toml".to_owned(), copy));
    assert_eq!(
        read(&twice),
        Err("catalog/trainings/zz.toml: `portrait` is offered twice".to_owned())
    );
    let unknown = [("hats/red.toml".to_owned(), String::new())];
    assert_eq!(
        read(&unknown),
        Err("catalog/hats/red.toml: no such part of the catalog".to_owned())
    );
    assert_eq!(read(&[]), Ok(Catalog::default()));
}

#[test]
fn an_operator_changes_what_he_names_and_nothing_else() {
    let own = TrainingSettings {
        steps: Some(1000),
        create_masks: Some(true),
        priority: Some("speed".to_owned()),
        ..TrainingSettings::default()
    };
    let over = TrainingSettings {
        create_masks: Some(false),
        lora_rank: Some(16),
        ..TrainingSettings::default()
    };
    assert_eq!(
        own.overridden(&over),
        TrainingSettings {
            steps: Some(1000),
            create_masks: Some(false),
            priority: Some("speed".to_owned()),
            lora_rank: Some(16),
            ..TrainingSettings::default()
        }
    );
    assert_eq!(own.overridden(&TrainingSettings::default()), own);
    assert_eq!(TrainingSettings::default().overridden(&own), own);
}

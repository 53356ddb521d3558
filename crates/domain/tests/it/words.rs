//! Ids, credits, languages, and the words that are stored: what was written once must be read
//! for ever, so the texts stand here.

use std::collections::BTreeSet;

use domain::refusal::Fault;
use domain::task::{LANES, Sweep};
use domain::{
    AvatarId, AvatarState, BotId, Credits, Kind, Language, Millis, PhotoId, Quality, Refusal,
    Subject, Task, TellId, TrainingId, UserId, WorkState,
};
use proptest::prelude::*;

#[test]
fn ids_from_outside_are_taken_or_not() {
    let long = format!("ava_{}", "0".repeat(26));
    for taken in ["ava_0", "ava_0123456789abcdefghjkmnpqrs", &long] {
        assert_eq!(AvatarId::from_text(taken).map(String::from).as_deref(), Some(taken));
    }
    let longer = format!("{long}0");
    for refused in [
        "",
        "ava_",
        "ava",
        "usr_0",
        "AVA_0",
        "ava_A",
        "ava_ 0",
        " ava_0",
        "ava_0\n",
        "ava_../x",
        "ava_é",
        "ava_0_1",
        "ava_ava_0",
        "ava_%00",
        &longer,
    ] {
        assert_eq!(AvatarId::from_text(refused), None, "{refused:?}");
    }
}

#[test]
fn an_id_of_one_kind_is_not_of_another() {
    let error = serde_json::from_str::<UserId>("\"ava_0\"").expect_err("it is an avatar's");
    assert!(error.to_string().contains("`ava_0` is not an id that begins with `usr_`"), "{error}");
    assert_eq!(UserId::new(0).as_str(), "usr_00000000000000000000000000");
    assert_eq!(UserId::new(u128::MAX).as_str(), "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz");
}

proptest! {
    #![proptest_config(crate::same_each_time())]

    #[test]
    fn ids_sort_as_their_numbers_and_come_back(one: u128, other: u128) {
        let (first, second) = (AvatarId::new(one), AvatarId::new(other));
        prop_assert_eq!(one.cmp(&other), first.cmp(&second));
        prop_assert_eq!(AvatarId::from_text(first.as_str()), Some(first.clone()));
        let json = serde_json::to_string(&first).expect("it is a text");
        prop_assert_eq!(serde_json::from_str::<AvatarId>(&json).expect("it was written so"), first);
    }

    #[test]
    fn credits_are_what_they_were_made_of(amount: i64) {
        let credits = Credits::new(amount);
        prop_assert_eq!(credits.is_some(), (0..=Credits::MOST).contains(&amount));
        prop_assert_eq!(credits.map_or(amount, Credits::as_i64), amount);
    }

    #[test]
    fn less_never_owes(have in 0..=Credits::MOST, spent in 0..=Credits::MOST) {
        let left = Credits::new(have).expect("in range").less(Credits::new(spent).expect("in range"));
        prop_assert_eq!(left.as_i64(), (have - spent).max(0));
    }
}

#[test]
fn credits_are_whole_and_not_negative() {
    let read = |text| serde_json::from_str::<Credits>(text).map(Credits::as_i64).ok();
    assert_eq!(read("0"), Some(0));
    assert_eq!(read("1000000000"), Some(1_000_000_000));
    for refused in ["-1", "1000000001", "0.5", "1.0", "\"5\"", "null", "9223372036854775808"] {
        assert_eq!(read(refused), None, "{refused}");
    }
    assert_eq!(Credits::ZERO.to_string(), "0");
    assert!(Credits::ZERO.is_zero());
}

#[test]
fn languages_are_found_by_their_tags() {
    for (tag, language) in [
        ("ru", Language::Ru),
        ("en", Language::En),
        ("EN-gb", Language::En),
        ("kk_KZ", Language::Kk),
        ("kk-Cyrl-KZ", Language::Kk),
        ("de", Language::Ru),
        ("", Language::Ru),
        ("english", Language::Ru),
        ("-en", Language::Ru),
    ] {
        assert_eq!(Language::of_tag(tag), language, "{tag}");
    }
}

#[test]
fn time_neither_runs_back_nor_over() {
    assert_eq!(Millis(5).since(Millis(7)), Millis(0));
    assert_eq!(Millis(7).since(Millis(5)), Millis(2));
    assert_eq!(Millis(i64::MAX).plus(Millis::DAY), Millis(i64::MAX));
    assert_eq!(Millis::days(2), Millis(172_800_000));
}

/// The words of a closed set, one after the other, which are also what serde writes.
macro_rules! words {
    ($name:ident) => {{
        for word in $name::ALL {
            assert_eq!($name::from_text(word.as_str()), Some(*word));
            assert_eq!(
                serde_json::to_value(word).expect("it is a text"),
                serde_json::json!(word.as_str())
            );
        }
        assert_eq!($name::from_text(""), None);
        $name::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ")
    }};
}

#[test]
fn stored_words_stay_what_they_are() {
    assert_eq!(words!(Kind), "portrait style");
    assert_eq!(words!(Subject), "man woman other");
    assert_eq!(words!(Quality), "fast balanced quality");
    assert_eq!(
        words!(AvatarState),
        "draft photos_uploading ready training completed failed cancelled"
    );
    assert_eq!(words!(WorkState), "PENDING PROCESSING SUCCEEDED FAILED CANCELED");
    let open = WorkState::ALL.iter().filter(|it| it.is_open()).map(|it| it.as_str());
    assert_eq!(open.collect::<Vec<_>>(), ["PENDING", "PROCESSING"]);
}

#[test]
fn stored_tasks_stay_what_they_are() {
    let number = 7;
    let tasks = [
        Task::Alert { bot: BotId::new(number), text: "low".to_owned(), owner: None },
        Task::Alert { bot: BotId::new(number), text: "low".to_owned(), owner: Some(5) },
        Task::Clear { user: UserId::new(number), avatar: AvatarId::new(number) },
        Task::Forget { user: UserId::new(number) },
        Task::InspectPhoto { photo: PhotoId::new(number) },
        Task::Salvage { training: TrainingId::new(number), run: "r".to_owned() },
        Task::Sweep { sweep: Sweep::Objects },
        Task::Sweep { sweep: Sweep::Grants },
        Task::Sweep { sweep: Sweep::Records },
        Task::Sweep { sweep: Sweep::Leftovers },
        Task::Tell { tell: TellId::new(number) },
        Task::Train { training: TrainingId::new(number) },
    ];
    let mut written = String::new();
    for task in &tasks {
        let json = serde_json::to_string(task).expect("it is plain");
        assert_eq!(serde_json::from_str::<Task>(&json).expect("it was written so"), *task);
        assert!(LANES.contains(&task.lane()), "{json}");
        written += &format!("{} {} {json}\n", task.lane(), task.kind());
    }
    let seven = "00000000000000000000000007";
    let expected = "tell alert {'task':'alert','bot':'bot_7','text':'low'}
        tell alert {'task':'alert','bot':'bot_7','text':'low','owner':5}
        upkeep clear {'task':'clear','user':'usr_7','avatar':'ava_7'}
        upkeep forget {'task':'forget','user':'usr_7'}
        media inspect_photo {'task':'inspect_photo','photo':'pho_7'}
        upkeep salvage {'task':'salvage','training':'trn_7','run':'r'}
        upkeep sweep {'task':'sweep','sweep':'objects'}
        upkeep sweep {'task':'sweep','sweep':'grants'}
        upkeep sweep {'task':'sweep','sweep':'records'}
        upkeep sweep {'task':'sweep','sweep':'leftovers'}
        tell tell {'task':'tell','tell':'tel_7'}
        fast train {'task':'train','training':'trn_7'}";
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    let seen = written.replace(seven, "7").replace('"', "'");
    assert_eq!(seen.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn every_reason_has_a_text_of_its_own() {
    let refusals = [
        Refusal::AvatarGone,
        Refusal::AvatarsTooMany { most: 1 },
        Refusal::BeingForgotten,
        Refusal::NothingToCancel,
        Refusal::PhotoGone,
        Refusal::PhotosStillChecked { left: 1 },
        Refusal::PhotosTooFew { have: 1, need: 2 },
        Refusal::PhotosTooMany { most: 1 },
        Refusal::ProductPaused,
        Refusal::QuoteExpired,
        Refusal::ShortOfCredits { need: Credits::ZERO, have: Credits::ZERO },
        Refusal::TermsNotAccepted,
        Refusal::TrainingRuns,
    ];
    let keys: BTreeSet<&str> = refusals.iter().map(Refusal::key).collect();
    assert_eq!(keys.len(), refusals.len());
    assert!(keys.iter().all(|it| it.starts_with("refusal-")));

    let faults: BTreeSet<&str> = Fault::ALL.iter().map(|it| it.key()).collect();
    assert_eq!(faults.len(), Fault::ALL.len());
    assert!(faults.iter().all(|it| it.starts_with("fault-")));
}

//! Failure stories of pictures that need more than a chat: generated presses, races, what providers
//! and people are told, and where it must not stand.

use std::collections::BTreeSet;

use axum::body::Bytes;
use domain::catalog::Quote;
use domain::command::Picture;
use domain::picture::{Aspect, Draft, Source};
use domain::{ArtifactId, AvatarId, BotId, Command, Credits, GenerationId, Millis, Refusal};
use futures::future::join_all;
use serde_json::Value;
use server::api;
use server::failure::Failure;
use server::studio::{self, Stop};
use store::{StoreError, users};

use crate::chats::talk::Talk;
use crate::stories::ten_of_the_last;
use crate::stories_money::setting;
use crate::world::wire::Door;
use crate::world::{ANNA, BOT, Ground, World, alone, each, quiesce};

pub async fn rich(own: &[(&str, &str)]) -> Talk {
    let mut settings = vec![setting("credits.welcome", "10000")];
    settings.extend(own.iter().map(|(key, value)| setting(key, value)));
    Talk::new(World::with(Ground::Sqlite, &settings).await)
}

pub async fn number(world: &World, sql: &'static str) -> i64 {
    world.read(move |tx| tx.one(sql, &[])?.number(0)).await
}

pub async fn texts(world: &World, sql: &'static str) -> Vec<String> {
    world
        .read(move |tx| {
            let rows = tx.query(sql, &[])?;
            rows.iter().map(|it| it.text(0)).collect::<Result<Vec<_>, StoreError>>()
        })
        .await
}

const HOLDS: &str = "SELECT COUNT(*) FROM holds";

#[test]
fn f23_what_was_held_comes_back_whatever_the_price_is_by_then() {
    alone(async {
        let folder = tempfile::tempdir().expect("a folder for the catalog");
        let place = folder.path().display().to_string();
        let mut talk = rich(&[("catalog.folder", &place)]).await;
        std::fs::create_dir_all(folder.path().join("pictures")).expect("a folder");
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/pictures/flux.toml");
        let model = std::fs::read_to_string(own).expect("the catalog is there");
        let dearer = model.replace("\ncredits = 3\n", "\ncredits = 7\n");
        assert_ne!(model, dearer);
        talk.go("~ scene words\n> [× 2]\n~ fal error\n> [Make · 6 credits]").await;
        std::fs::write(folder.path().join("pictures/flux.toml"), dearer).expect("written");
        talk.world.restart().await;
        talk.go("~ settle\n> /pictures\n> a lighthouse\n> [Standard · 7]").await;
        talk.go("> [Make · 7 credits]\n~ settle\n> /pictures\n> a mountain\n> [Standard · 7]")
            .await;

        talk.go("~ fal partial count 1\n> [× 2]\n> [Make · 14 credits]").await;
        std::fs::write(folder.path().join("pictures/flux.toml"), model).expect("written");
        talk.world.restart().await;
        talk.go("~ settle").await;
        let seen = talk.world.look("pictures").await.expect("a look");
        let wanted = [
            "a lighthouse at dawn x 2: FAILED (\"content_rejected\") by fal, 0 made, 6 returned",
            "a lighthouse x 1: SUCCEEDED by fal, 1 made, 7 of 7 charged",
            "a mountain x 2: SUCCEEDED by fal, 1 made, 7 of 14 charged",
        ];
        assert_eq!(seen, wanted);
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

#[test]
fn f26_ten_taps_on_make_in_two_processes_are_one_order() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene words").await;
        let before = number(&talk.world, HOLDS).await;
        // A press that changes nothing, to have its form.
        talk.go("> forged setup:{\"Count\":1}").await;
        let taps: Vec<_> = ten_of_the_last(&talk.world)
            .into_iter()
            .map(|(path, headers, body)| {
                let body = String::from_utf8_lossy(&body)
                    .replace(r#"setup:{\"Count\":1}"#, r#"setup:{\"Make\":3}"#);
                (path, headers, Bytes::from(body.into_bytes()))
            })
            .collect();
        let (here, there) = (Door::default(), Door::default());
        here.leads_to(Some(api::router(talk.world.app.clone())));
        talk.world.restart().await;
        there.leads_to(Some(api::router(talk.world.app.clone())));
        let posts = taps.iter().enumerate().map(|(at, (path, headers, body))| {
            let door = if at % 2 == 0 { &here } else { &there };
            door.post(path, headers, body.clone())
        });
        let codes = join_all(posts).await;
        quiesce().await;
        assert_eq!(codes, [Some(200); 10]);
        assert_eq!(number(&talk.world, HOLDS).await - before, 1);
        talk.go("~ settle").await;
        assert_eq!(number(&talk.world, "SELECT COUNT(*) FROM artifacts").await, 1);
        talk.world
    });
}

/// The ways to every menu of pictures.
const PLACES: [(&str, &str); 12] = [
    ("create", "> /pictures"),
    ("a category", "> /pictures\n> [City]"),
    ("a style", "> /pictures\n> [City]\n> [City lights at night]"),
    ("an order", "> /pictures\n> a lighthouse"),
    ("under way", "> /pictures\n> a lighthouse\n> [Make · 3 credits]"),
    ("asked to stop", "> /pictures\n> a lighthouse\n> [Make · 3 credits]\n> [Stop]"),
    ("results", "> /pictures\n> a lighthouse\n> [× 2]\n> [Make · 6 credits]\n~ settle"),
    (
        "which one",
        "> /pictures\n> a lighthouse\n> [× 2]\n> [Make · 6 credits]\n~ settle\n> [Similar ones]",
    ),
    ("gallery", "> /gallery"),
    ("one of it", "> /gallery\n> [1]"),
    ("some of it", "> /gallery\n> [Choose several]\n> [1]"),
    ("its filter", "> /gallery\n> [Filter]"),
];

/// The buttons under the last message that has some.
fn buttons(world: &World, person: i64) -> Vec<String> {
    let messages = world.sandbox.telegram().messages(BOT, person);
    let menu = messages.into_iter().rev().find(|it| it["reply_markup"].is_object());
    let menu = menu.expect("each place has a menu");
    let rows = menu["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
    let label = |it: &Value| it["text"].as_str().unwrap_or_default().replace('\u{a0}', " ");
    rows.iter().filter_map(Value::as_array).flatten().map(label).collect()
}

#[test]
fn f26_each_button_of_each_picture_menu_makes_at_most_one_hold() {
    alone(async {
        let mut talk = rich(&[("pictures.open_per_user", "1000")]).await;
        talk.go("~ scene words\n> [× 2]\n> [Make · 6 credits]\n~ settle").await;
        let mut pressed = 0;
        for (place, way) in PLACES {
            let mut tried = 0;
            loop {
                talk.go(way).await;
                let labels = buttons(&talk.world, ANNA);
                let Some(label) = labels.get(tried) else { break };
                let before = number(&talk.world, HOLDS).await;
                talk.go(&format!("> twice [{label}]\n> old [{label}]")).await;
                let made = number(&talk.world, HOLDS).await - before;
                assert!(made <= 1, "{place}: [{label}] made {made} holds");
                talk.go("~ settle").await;
                tried += 1;
                pressed += 1;
            }
        }
        assert!(60 < pressed, "{pressed}");
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// All that is Anna's, a line each.
async fn annas(world: &World) -> Vec<String> {
    texts(
        world,
        "SELECT what FROM (
            SELECT generations.id || ' ' || state || ' ' || COALESCE(cancel_asked_at, 0) AS what,
                   user_id FROM generations
            UNION ALL SELECT id || ' ' || COALESCE(favourite_of, 'none') || ' '
                   || COALESCE(deleted_at, 0) || ' ' || COALESCE(document_file_id, ''), user_id
                   FROM artifacts
            UNION ALL SELECT id || ' ' || name || ' ' || state || ' ' || COALESCE(deleted_at, 0),
                   user_id FROM avatars
            UNION ALL SELECT id || ' ' || state, user_id FROM packings
            UNION ALL SELECT id || ' ' || state, user_id FROM hints
            UNION ALL SELECT id || ' ' || state, user_id FROM tells
            UNION ALL SELECT 'wallet ' || posted || ' ' || held, users.id FROM accounts
                   JOIN users ON accounts.id = 'wallet:' || users.bot_id || ':' || users.id
         ) AS things JOIN users ON users.id = things.user_id
         WHERE first_name = 'Anna' ORDER BY what",
    )
    .await
}

/// Anna's tour: every button that she has ever been shown.
async fn tour(talk: &mut Talk) {
    talk.go("~ scene words\n> a harbour that is Annas own\n> [× 2]\n> [Make · 6 credits]").await;
    talk.go("~ settle").await;
    for (_, way) in PLACES {
        talk.go(way).await;
    }
    talk.go(
        "> /gallery\n> [1]\n> [☆ Add to favourites]\n> [Delete]\n> /gallery\n> [Choose several]",
    )
    .await;
    talk.go("> [All on this page]\n> /gallery\n> [Choose several]\n> [1]\n> [Delete: 1]").await;
    talk.go("> /pictures\n> [From a photo]\n> photos picture-1\n~ settle\n> /pictures").await;
    talk.go("> a harbour that is Annas own\n> [Improve the words]\n~ settle\n> /menu").await;
    talk.go("~ settle\n~ minutes 2\n~ settle").await;
}

#[test]
fn f63_f80_f81_no_picture_button_of_somebody_else_does_anything() {
    alone(async {
        let mut talk = rich(&[("pictures.open_per_user", "1000")]).await;
        tour(&mut talk).await;
        let presses: BTreeSet<String> = talk.buttons.iter().map(|it| it.3.clone()).collect();
        let named = |word: &str| presses.iter().filter(|it| it.contains(word)).count();
        assert!(80 < presses.len(), "the tour has seen the buttons: {}", presses.len());
        assert!(20 < named("art_") && 0 < named("gen_"), "{} {}", named("art_"), named("gen_"));
        let mallory = talk.join("Mallory", "en");
        talk.go("@mallory ~ scene words\n@mallory > [× 2]\n@mallory > [Make · 6 credits]").await;
        talk.go("@mallory ~ settle").await;
        let before = annas(&talk.world).await;
        let mut tried = 0;
        for (place, way) in PLACES {
            for press in &presses {
                let is_hers_to_give = press.contains("Forget") || press.starts_with("consent:");
                // Where nobody is named, a place or two are enough.
                let is_plain = !press.contains("art_") && !press.contains("gen_");
                if is_hers_to_give || (is_plain && place != "results" && place != "gallery") {
                    continue;
                }
                for line in way.lines().filter(|it| !it.contains("Make") && !it.starts_with('~')) {
                    let _ = talk.line(&format!("@mallory {line}")).await;
                }
                talk.go(&format!("@mallory > forged {press}")).await;
                tried += 1;
            }
            talk.go("~ settle").await;
            let after = annas(&talk.world).await;
            assert_eq!(before, after, "on {place}");
        }
        let failed: Vec<_> =
            talk.world.door.knocks().into_iter().filter(|it| it.code != 200).collect();
        assert!(failed.is_empty() && 300 < tried, "{tried}, {failed:?}");
        let seen = talk.world.sandbox.telegram().messages(BOT, mallory);
        let text = |it: &Value| format!("{}{}", it["text"], it["caption"]);
        let leaked: Vec<_> = seen.iter().map(text).filter(|it| it.contains("Annas")).collect();
        assert!(leaked.is_empty(), "she has seen {leaked:?}");
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// Old presses of Anna's own, in every place of hers: never an error, never a second hold.
#[test]
fn f63_each_press_that_was_ever_issued_is_answered_politely() {
    alone(async {
        let mut talk = rich(&[("pictures.open_per_user", "1000")]).await;
        tour(&mut talk).await;
        let presses: BTreeSet<String> = talk.buttons.iter().map(|it| it.3.clone()).collect();
        for (place, way) in PLACES {
            for press in &presses {
                let is_plain = !press.contains("art_") && !press.contains("gen_");
                let is_dull = is_plain && !["results", "an order", "gallery"].contains(&place);
                if press.contains("Forget") || press.contains("language:") || is_dull {
                    continue;
                }
                for line in way.lines().filter(|it| !it.contains("Make") && !it.starts_with('~')) {
                    let _ = talk.line(line).await;
                }
                let before = number(&talk.world, HOLDS).await;
                talk.go(&format!("> forged {press}")).await;
                let made = number(&talk.world, HOLDS).await - before;
                assert!(made <= 1, "{press} on {place} made {made} holds");
            }
            talk.go("~ settle").await;
        }
        let failed: Vec<_> =
            talk.world.door.knocks().into_iter().filter(|it| it.code != 200).collect();
        assert!(failed.is_empty(), "{failed:?}");
        let messages = talk.world.sandbox.telegram().messages(BOT, ANNA);
        let text = |it: &Value| format!("{}{}", it["text"], it["caption"]);
        let sorry: Vec<_> =
            messages.iter().map(text).filter(|it| it.contains("went wrong")).collect();
        assert!(sorry.is_empty(), "{sorry:?}");
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// Every command about pictures, with things of somebody else.
fn foreign(
    own_avatar: &AvatarId,
    avatar: &AvatarId,
    artifact: &ArtifactId,
    generation: &GenerationId,
    until: Millis,
) -> Vec<Command> {
    let quote = Quote { credits: Credits::new(3).expect("credits"), expires_at: until };
    let draft = |avatar: &AvatarId, source: Option<Source>| Draft {
        avatar: avatar.clone(),
        style: None,
        words: "a lighthouse".to_owned(),
        aspect: Aspect::Square,
        count: 1,
        model: "flux".to_owned(),
        source,
    };
    let source = Source { artifact: artifact.clone(), strength_percent: 55 };
    let artifacts = vec![artifact.clone()];
    vec![
        Command::MakePictures { draft: draft(avatar, None), quote },
        Command::MakePictures { draft: draft(own_avatar, Some(source)), quote },
        Command::CancelPictures { generation: generation.clone() },
        Command::DeletePictures { artifacts: artifacts.clone() },
        Command::Favour { artifact: artifact.clone(), is_favourite: true },
        Command::Favour { artifact: artifact.clone(), is_favourite: false },
        Command::PackPictures { artifacts: artifacts.clone() },
        Command::SendOriginals { artifacts },
        Command::ShowAgain { generation: generation.clone() },
    ]
}

#[test]
fn f80_f81_each_command_with_things_of_somebody_else_is_refused() {
    each(|ground| async move {
        let settings = [setting("credits.welcome", "1000")];
        let mut talk = Talk::new(World::with(ground, &settings).await);
        let mallory = talk.join("Mallory", "en");
        talk.go("~ scene words\n> [Make · 3 credits]\n~ settle\n@mallory ~ scene trained").await;
        // One that is still open, too.
        talk.go("> /pictures\n> a lighthouse\n> [Make · 3 credits]").await;
        let id = |it: String| it;
        let artifact = id(texts(&talk.world, "SELECT id FROM artifacts").await.remove(0));
        let artifact = ArtifactId::from_text(&artifact).expect("an id");
        let of = "SELECT id FROM avatars ORDER BY created_at, id";
        let avatars = texts(&talk.world, of).await;
        let avatars: Vec<_> =
            avatars.iter().map(|it| AvatarId::from_text(it).expect("an id")).collect();
        let before = annas(&talk.world).await;
        for generation in texts(&talk.world, "SELECT id FROM generations").await {
            let generation = GenerationId::from_text(&generation).expect("an id");
            let until = talk.world.now().plus(Millis::MINUTE);
            for command in foreign(&avatars[1], &avatars[0], &artifact, &generation, until) {
                let shown = format!("{command:?}");
                let ground = talk.world.app.ground.clone();
                let done = talk.world.db.write(move |tx| -> Result<_, Failure> {
                    let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
                    let user = users::by_telegram(tx, &bot, mallory)?.expect("she has written");
                    match studio::carry_out(tx, &ground, &user, command.clone(), ground.now()) {
                        Ok(news) => Ok(Err(news)),
                        Err(Stop::Refused(refusal)) => Ok(Ok(refusal)),
                        Err(Stop::Failed(failure)) => Err(failure),
                    }
                });
                let refusal = done.await.expect("a statement of a test");
                let is_gone = matches!(
                    refusal,
                    Ok(Refusal::AvatarGone | Refusal::PictureGone | Refusal::GenerationGone)
                );
                assert!(is_gone, "{shown}: {refusal:?}");
            }
        }
        assert_eq!(before, annas(&talk.world).await);
        talk.go("~ settle").await;
        talk.world
    });
}

#[test]
fn f69_a_photo_that_is_too_large_is_refused_before_anything_is_asked() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene trained").await;
        let ground = talk.world.app.ground.clone();
        let done = talk.world.db.write(move |tx| -> Result<_, Failure> {
            let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
            let user = users::by_telegram(tx, &bot, ANNA)?.expect("she has written");
            let picture = Picture {
                file_id: "file".to_owned(),
                unique_id: "unique".to_owned(),
                bytes: 20 * 1024 * 1024 + 1,
                is_document: true,
                caption: None,
                album: None,
                message: 1,
            };
            match studio::carry_out(
                tx,
                &ground,
                &user,
                Command::ReadPhoto { picture },
                ground.now(),
            ) {
                Err(Stop::Refused(refusal)) => Ok(Some(refusal)),
                Err(Stop::Failed(failure)) => Err(failure),
                Ok(_) => Ok(None),
            }
        });
        assert_eq!(done.await.expect("a statement"), Some(Refusal::PhotoTooLarge));
        assert_eq!(number(&talk.world, "SELECT COUNT(*) FROM hints").await, 0);
        talk.world
    });
}

//! What leaves the house for pictures, and what is written of them: prompts, requests, addresses,
//! uploads, rows and logs, as they are read by whoever gets them.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;

use crate::stories_pictures::{number, rich, texts};
use crate::world::wire::Sent;
use crate::world::{ANNA, BOT, TOKEN, World, alone};

#[test]
fn f51_rows_stay_small_however_large_the_results_are() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene words\n> [× 4]\n> [Make · 12 credits]\n~ settle").await;
        talk.go("> /gallery\n> [Choose several]\n> [All on this page]\n> [As a ZIP: 4]").await;
        talk.go("~ settle").await;
        let written = number(&talk.world, "SELECT CAST(SUM(bytes) AS BIGINT) FROM objects").await;
        assert!(400_000 < written, "{written}");
        for column in columns(&talk.world).await {
            let sql = format!(
                "SELECT COALESCE(MAX(LENGTH(CAST({1} AS TEXT))), 0) FROM {0}",
                column.0, column.1
            );
            let longest = number(&talk.world, Box::leak(sql.into_boxed_str())).await;
            assert!(longest <= 8_192, "{}.{} has {longest} characters", column.0, column.1);
        }
    });
}

/// Every column of every table, on SQLite.
async fn columns(world: &World) -> Vec<(String, String)> {
    world
        .read(|tx| {
            let rows = tx.query(
                "SELECT tables.name AS t, columns.name AS c
                 FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                 WHERE tables.type = 'table' ORDER BY t, c",
                &[],
            )?;
            rows.iter().map(|it| Ok((it.text("t")?, it.text("c")?))).collect()
        })
        .await
}

#[test]
fn f52_the_word_of_the_avatar_and_who_it_is_reach_each_prompt() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.join("Lev", "en");
        let man = "> /start\n> [I agree to the terms]\n> [I agree, you may work with my photos]
            > [Create an avatar]\n> [Portrait (recommended)]\n> [Choose this one]\n> [Man]
            > Lev\n> photos good 5\n~ glance\n> [Continue]\n> [Fast: 60]
            > [Start for 60 credits]\n~ settle";
        for line in man.lines() {
            talk.go(&format!("@lev {}", line.trim())).await;
        }
        talk.go("~ scene trained").await;
        let order = "> /pictures\n> a lighthouse {trigger} [x]\n> [Make · 3 credits]\n~ settle
            > [Repeat]\n> [Make · 3 credits]\n~ settle
            > [Similar ones]\n> [Make · 3 credits]\n~ settle
            > /pictures\n> [City]\n> [City lights at night]\n> [Choose this one]
            > [Make · 3 credits]\n~ settle";
        for who in ["", "@lev "] {
            for trouble in ["", "~ fal exhausted\n"] {
                talk.go(&format!("{trouble}~ minutes 20")).await;
                for line in order.lines() {
                    talk.go(&format!("{who}{}", line.trim())).await;
                }
            }
        }
        let words = talk.world.read(|tx| {
            let rows = tx.query("SELECT trigger_word, subject FROM avatars ORDER BY id", &[])?;
            rows.iter().map(|it| Ok((it.text(0)?, it.text(1)?))).collect::<Result<Vec<_>, _>>()
        });
        let words: Vec<(String, String)> = words.await;
        assert_eq!(words.len(), 2);
        let fal = talk.world.sandbox.fal().requests();
        let fal = fal.iter().filter(|it| it.endpoint.starts_with("fal-ai/flux-lora"));
        let fal = fal.filter(|it| !it.endpoint.contains("trainer")).map(|it| it.input.clone());
        let there = talk.world.sandbox.replicate().runs();
        let there = there.iter().map(|it| it.input.clone());
        let (mut seen, mut from_replicate) = (BTreeSet::new(), 0);
        for input in fal.chain(there) {
            let prompt = input["prompt"].as_str().unwrap_or_default().to_owned();
            let own: Vec<_> = words.iter().filter(|it| prompt.contains(&it.0)).collect();
            let [(word, subject)] = own.as_slice() else { panic!("one word in: {prompt}") };
            assert!(3 < word.len() && prompt.contains(subject.as_str()), "{subject}: {prompt}");
            let other = if subject == "man" { "woman" } else { " man" };
            assert!(!prompt.contains(other), "{subject}: {prompt}");
            assert!(!prompt.contains(['{', '}']), "{prompt}");
            from_replicate += i32::from(!input["lora_weights"].is_null());
            seen.insert(prompt);
        }
        assert!(4 <= seen.len() && 2 <= from_replicate, "{from_replicate}, {seen:?}");
    });
}

/// Whether a header of a request says this.
fn says(sent: &Sent, name: &str, value: &str) -> bool {
    sent.headers.iter().any(|it| it.0 == name && it.1.contains(value))
}

#[test]
fn f82_what_providers_get_is_private_checked_and_short_lived() {
    alone(async {
        let mut talk = rich(&[("training.trainer", "replicate")]).await;
        talk.go("~ scene words\n> [Make · 3 credits]\n~ settle").await;
        talk.go("> /pictures\n> [From a photo]\n> photos picture-1\n~ settle").await;
        talk.go("~ fal exhausted\n> /pictures\n> a tree\n> [Make · 3 credits]\n~ settle").await;
        let fal = talk.world.fal_wire.sent();
        let of = |all: &[Sent], part: &str| -> Vec<Sent> {
            all.iter().filter(|it| it.what.contains(part)).cloned().collect()
        };
        let begun = of(&fal, "/storage/upload/initiate");
        assert!(!begun.is_empty());
        for sent in begun {
            assert!(says(&sent, "x-fal-object-lifecycle", "86400"), "{sent:?}");
        }
        let made = of(&fal, "POST http://127.0.0.1:8081/fal-ai/flux-lora");
        assert!(!made.is_empty());
        for sent in &made {
            let body: Value = serde_json::from_str(&sent.body).expect("JSON");
            assert_eq!(body["enable_safety_checker"], true, "{body}");
        }
        for sent in made.iter().chain(&of(&fal, "POST http://127.0.0.1:8081/openrouter")) {
            assert!(says(sent, "x-fal-store-io", "0"), "{sent:?}");
            assert!(says(sent, "x-fal-object-lifecycle-preference", "259200"), "{sent:?}");
        }
        let replicate = talk.world.replicate_wire.sent();
        let models = of(&replicate, "POST http://127.0.0.1:8081/replicate/v1/models");
        let named = models.iter().filter(|it| it.what.ends_with("/models"));
        let named: Vec<_> = named.collect();
        assert_eq!(named.len(), 1, "{models:?}");
        for sent in named {
            let body: Value = serde_json::from_str(&sent.body).expect("JSON");
            assert_eq!(body["visibility"], "private", "{body}");
        }
        let made = of(&replicate, "/predictions");
        let made: Vec<_> = made.iter().filter(|it| it.what.starts_with("POST")).collect();
        assert_eq!(made.len(), 1);
        for sent in made {
            let body: Value = serde_json::from_str(&sent.body).expect("JSON");
            assert_eq!(body["input"]["disable_safety_checker"], false, "{body}");
            // Our own link to the weights: signed, and short.
            let link = body["input"]["lora_weights"].as_str().unwrap_or_default();
            assert!(link.starts_with("http://127.0.0.1:8080/"), "{link}");
            let path = link.trim_start_matches("http://127.0.0.1:8080");
            let get = |path: &str| {
                let request = http::Request::get(path).body(axum::body::Body::empty());
                talk.world.door.ask(request.expect("a good request"))
            };
            assert_eq!(get(path).await.expect("an answer").0, 200);
            talk.world.clock.pass(3 * 3_600_000);
            assert_ne!(get(path).await.expect("an answer").0, 200, "it has ended");
        }
    });
}

/// What is logged, kept for a look.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nothing panics under this lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Where links of providers have to stand, as nobody else asks for what they lead to.
const LINKS: [&str; 6] = [
    "uploads.url",
    "generations.run",
    "hints.run",
    "trainings.run",
    "avatars.remote_model",
    "voices.preview_url",
];

#[test]
fn f84_no_secret_and_no_link_of_a_provider_is_logged_told_or_kept_elsewhere() {
    alone(async {
        let log = Log::default();
        let kept = log.clone();
        let is_ours = |it: &tracing::Metadata<'_>| {
            ["server", "connectors", "store", "media", "chat"]
                .iter()
                .any(|ours| it.target().starts_with(ours))
        };
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || kept.clone())
            .with_filter(filter_fn(is_ours));
        // With one subscriber alone, whatever another test's thread writes first would count as
        // unwanted in this thread too: `tracing` keeps the answer of the thread that asked.
        let _second = tracing::Dispatch::new(tracing_subscriber::registry());
        let _guard = tracing_subscriber::registry().with(layer).set_default();
        let mut talk = rich(&[("pictures.uncertain_s", "60")]).await;
        talk.go("~ scene words\n> [× 2]\n> [Make · 6 credits]\n~ settle\n> [Repeat]").await;
        // Troubles of every kind, as they are what is written about.
        for trouble in [
            "~ fal link_expired times 9",
            "~ fal redirected",
            "~ fal error",
            "~ fal 500 times 3",
            "~ fal completed_with_error",
            "~ fal accepted_but_lost\n~ fal never",
            "~ fal exhausted\n~ replicate internal",
            "~ replicate redirect",
            "~ replicate 402 on create",
            "~ telegram server_error on sendPhoto times 2",
        ] {
            talk.go(&format!("{trouble}\n> /pictures\n> a tree\n> [Make · 3 credits]\n~ settle"))
                .await;
        }
        talk.go("~ minutes 20\n> /pictures\n> [From a photo]\n> photos picture-1\n~ settle").await;
        talk.go("> /gallery\n> [1]\n> [Original as a file]\n~ settle\n~ fal forged").await;
        talk.go("> /pictures\n> a tree\n> [Make · 3 credits]\n~ settle").await;
        let telegram = TOKEN.split_once(':').expect("a token has two halves").1.to_owned();
        let secrets =
            [telegram, talk.world.sandbox.replicate().webhook_secret(), "test:sandbox".to_owned()];
        let links = ["127.0.0.1:8081", "169.254.169.254"];
        let written = log.0.lock().expect("nothing panics under this lock").clone();
        let written = String::from_utf8_lossy(&written).into_owned();
        assert!(10 < written.lines().count(), "{written}");
        let bad = |text: &str, what: &[&str]| what.iter().any(|it| text.contains(it));
        let secret: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let logged: Vec<_> =
            written.lines().filter(|it| bad(it, &secret) || bad(it, &links)).collect();
        assert!(logged.is_empty(), "logged: {logged:#?}");
        for (table, column) in columns(&talk.world).await {
            let sql =
                format!("SELECT CAST({column} AS TEXT) FROM {table} WHERE {column} IS NOT NULL");
            let values = texts(&talk.world, Box::leak(sql.into_boxed_str())).await;
            let place = format!("{table}.{column}");
            let may_link = LINKS.contains(&place.as_str());
            let found = values.iter().find(|it| bad(it, &secret) || (!may_link && bad(it, &links)));
            assert!(found.is_none(), "{place}: {found:?}");
        }
        let messages = talk.world.sandbox.telegram().messages(BOT, ANNA);
        let told = messages.iter().filter(|it| it["outgoing"] == false).map(Value::to_string);
        let told: Vec<_> = told.filter(|it| bad(it, &secret) || bad(it, &links)).collect();
        assert!(told.is_empty(), "told: {told:#?}");
    });
}

#[test]
fn f68_bytes_are_uploaded_once_and_sent_again_by_their_ids() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene words\n> [× 2]\n> [Make · 6 credits]\n~ settle").await;
        talk.go("> [Send again]\n~ settle\n~ minutes 2\n> [Send again]\n~ settle").await;
        talk.go("> [Originals as files]\n~ settle\n~ minutes 2\n> [Originals as files]\n~ settle")
            .await;
        let messages = talk.world.sandbox.telegram().messages(BOT, ANNA);
        let own =
            messages.iter().filter(|it| it["outgoing"] == false && it["reply_markup"].is_null());
        let own: Vec<_> = own.collect();
        let photos: Vec<_> = own
            .iter()
            .filter_map(|it| it["photo"].as_array()?.last()?["file_id"].as_str())
            .collect();
        let files: Vec<_> =
            own.iter().filter_map(|it| it["document"]["file_id"].as_str()).collect();
        let different = |ids: &[&str]| ids.iter().collect::<BTreeSet<_>>().len();
        // The album three times, the files twice.
        assert_eq!((photos.len(), different(&photos)), (6, 2), "{photos:?}");
        assert_eq!((files.len(), different(&files)), (4, 2), "{files:?}");
    });
}

#[test]
fn f86_nothing_inside_is_ever_asked() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene words").await;
        for trouble in [
            "~ fal redirected",
            "~ fal redirected to http://10.0.0.7/latest",
            "~ fal redirected to http://[::ffff:169.254.169.254]/latest",
            "~ fal redirected to file:///etc/passwd",
            "~ fal exhausted\n~ replicate internal",
            "~ replicate redirect",
        ] {
            talk.go(&format!("{trouble}\n> /pictures\n> a tree\n> [Make · 3 credits]\n~ settle"))
                .await;
        }
        assert_eq!(number(&talk.world, "SELECT COUNT(*) FROM artifacts").await, 0);
        let failed = "SELECT COUNT(*) FROM generations WHERE state = 'FAILED'";
        assert_eq!(number(&talk.world, failed).await, 6);
        for wire in [&talk.world.fal_wire, &talk.world.replicate_wire, &talk.world.telegram_wire] {
            let all = wire.sent();
            let is_inside = |it: &&Sent| !it.what.contains(" http://127.0.0.1:8081/");
            let inside: Vec<_> = all.iter().filter(is_inside).map(|it| &it.what).collect();
            assert!(inside.is_empty(), "{inside:?}");
        }
    });
}

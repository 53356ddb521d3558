//! A database of an older version keeps what is in it.

use domain::WorkState;
use domain::picture::Product;
use store::artifacts::{self, Filter};
use store::inputs::{self, InputKind, InputState};
use store::provider_calls::{self, Work};
use store::throwaway;
use store::{Db, StoreError, avatars, chain, errands, generations, jobs, reports, trainings};

use crate::bed::{ava, bot, gnr, later, trn, usr};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// The versions before pictures, before edits and before talking videos.
const BEFORE: i32 = 3;
const BEFORE_EDITS: i32 = 5;
const BEFORE_VIDEOS: i32 = 8;

/// Anna's avatar stays with fal, and its training has cost something; Bob's is in work.
const ROWS: &str = "
    INSERT INTO bots (id, telegram_id, username, token_name, state, created_at)
        VALUES ('bot_b', 1, 'b', 'main', 'active', 1);
    INSERT INTO users (id, bot_id, telegram_id, first_name, language, state, created_at)
        VALUES ('usr_anna', 'bot_b', 1, 'A', 'en', 'active', 1),
               ('usr_bob', 'bot_b', 2, 'B', 'en', 'active', 1);
    INSERT INTO chats (id, bot_id, user_id, telegram_chat, place, version, shown_version,
                       updated_at)
        VALUES ('cht_anna', 'bot_b', 'usr_anna', 1, 'x', 1, 1, 1);
    INSERT INTO accounts (id, posted, held, lines, opened_at)
        VALUES ('wallet:bot_b:usr_anna', 0, 0, 0, 1), ('wallet:bot_b:usr_bob', 0, 0, 0, 1);
    INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at, closed_at)
        VALUES ('hld_a', 'wallet:bot_b:usr_anna', 0, 'captured', 0, 'trn_a', 1, 2),
               ('hld_b', 'wallet:bot_b:usr_bob', 0, 'open', 0, 'trn_b', 1, NULL);
    INSERT INTO avatars (id, user_id, bot_id, kind, subject, name, trigger_word, state, is_main,
                         photos_numbered, remote_model, created_at, completed_at)
        VALUES ('ava_a', 'usr_anna', 'bot_b', 'portrait', 'woman', 'A', 'TOK_1', 'completed', 1,
                0, 'finetune-1', 1, 2),
               ('ava_b', 'usr_bob', 'bot_b', 'style', 'other', 'B', 'TOK_2', 'training', 0,
                0, NULL, 1, NULL);
    INSERT INTO trainings (id, avatar_id, user_id, bot_id, kind, quality, state, settings, credits,
                           hold_id, provider, workflow, intent_at, run, run_id, cost_micros, calls,
                           attempts, created_at, started_at, ended_at)
        VALUES ('trn_a', 'ava_a', 'usr_anna', 'bot_b', 'portrait', 'fast', 'SUCCEEDED', '{}', 0,
                'hld_a', 'fal', 'portrait', 1, '{}', 'run-a', 2000, 2, 1, 1, 1, 2),
               ('trn_b', 'ava_b', 'usr_bob', 'bot_b', 'style', 'fast', 'PROCESSING', '{}', 0,
                'hld_b', 'fal', 'style', 1, '{}', 'run-b', 0, 1, 1, 1, 1, NULL);
    INSERT INTO provider_calls (training_id, number, provider, call, outcome, cost_micros, at)
        VALUES ('trn_a', 1, 'fal', 'submit', 'taken', 0, 1),
               ('trn_a', 2, 'fal', 'result', 'delivered', 2000, 2),
               ('trn_b', 1, 'fal', 'submit', 'taken', 0, 1);
    INSERT INTO tells (id, chat_id, user_id, bot_id, news, about, state, dedupe_key, attempts,
                       created_at, ended_at)
        VALUES ('tel_a', 'cht_anna', 'usr_anna', 'bot_b', '{}', 'trn_a', 'sent', 'a', 1, 1, 1);
";

/// Anna has made two pictures, the second of which repeats the first; a third is in work.
const PICTURES: &str = "
    INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at, closed_at)
        VALUES ('hld_c', 'wallet:bot_b:usr_anna', 0, 'captured', 0, 'gen_a', 1, 2),
               ('hld_d', 'wallet:bot_b:usr_anna', 0, 'captured', 0, 'gen_b', 1, 2),
               ('hld_e', 'wallet:bot_b:usr_anna', 0, 'open', 0, 'gen_c', 1, NULL);
    INSERT INTO objects (id, key, bytes, sha256, kind, content_type, user_id, created_at)
        VALUES ('obj_a', 'a', 1, '', 'picture', 'image/png', 'usr_anna', 1),
               ('obj_at', 'at', 1, '', 'thumbnail', 'image/jpeg', 'usr_anna', 1),
               ('obj_b', 'b', 1, '', 'picture', 'image/png', 'usr_anna', 1),
               ('obj_bt', 'bt', 1, '', 'thumbnail', 'image/jpeg', 'usr_anna', 1);
    INSERT INTO generations (id, user_id, bot_id, product, avatar_id, words, prompt, aspect, count,
                             model, seed, repeats, state, credits, each, hold_id, provider,
                             workflow, tried, intent_at, run, run_id, cost_micros, calls, attempts,
                             made, withheld, created_at, started_at, ended_at)
        VALUES ('gen_a', 'usr_anna', 'bot_b', 'picture', 'ava_a', 'w', 'p', '1:1', 1, 'flux', 7,
                NULL, 'SUCCEEDED', 0, 0, 'hld_c', 'fal', 'f', '', 1, '{}', 'r-a', 37000, 2, 1, 1,
                0, 1, 1, 2),
               ('gen_b', 'usr_anna', 'bot_b', 'picture', 'ava_a', 'w', 'p', '1:1', 1, 'flux', 8,
                'gen_a', 'SUCCEEDED', 0, 0, 'hld_d', 'fal', 'f', '', 1, '{}', 'r-b', 37000, 2, 1,
                1, 0, 1, 1, 2),
               ('gen_c', 'usr_anna', 'bot_b', 'picture', 'ava_a', 'w', 'p', '1:1', 1, 'flux', 9,
                'gen_b', 'PROCESSING', 0, 0, 'hld_e', 'fal', 'f', '', 1, '{}', 'r-c', 0, 1, 1, 0,
                0, 1, 1, NULL);
    INSERT INTO artifacts (id, generation_id, user_id, bot_id, avatar_id, product, number,
                           object_id, thumbnail_object, width, height, seed, favourite_of,
                           created_at)
        VALUES ('art_a', 'gen_a', 'usr_anna', 'bot_b', 'ava_a', 'picture', 1, 'obj_a', 'obj_at',
                1, 1, 7, 'usr_anna', 2),
               ('art_b', 'gen_b', 'usr_anna', 'bot_b', 'ava_a', 'picture', 1, 'obj_b', 'obj_bt',
                1, 1, 8, NULL, 2);
    INSERT INTO tells (id, chat_id, user_id, bot_id, news, about, state, dedupe_key, attempts,
                       created_at, ended_at)
        VALUES ('tel_b', 'cht_anna', 'usr_anna', 'bot_b', '{}', 'gen_a', 'sent', 'b', 1, 1, 1),
               ('tel_c', 'cht_anna', 'usr_anna', 'bot_b', '{}', 'gen_b', 'sent', 'c', 1, 1, 1);
    INSERT INTO jobs (id, lane, kind, task, state, priority, run_at, attempts, attempts_max, fence,
                      woken, group_key, created_at)
        VALUES ('job_a', 'pictures', 'generate', '{\"task\":\"generate\",\"generation\":\"gen_c\"}',
                'ready', 0, 1, 0, 8, 0, 0, 'usr_anna', 1);
";

/// Anna has edited a photo, which is her favourite; another edit of the result is in work, and words
/// are looked for.
const EDITS: &str = "
    INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at, closed_at)
        VALUES ('hld_f', 'wallet:bot_b:usr_anna', 0, 'captured', 0, 'gen_d', 1, 2),
               ('hld_g', 'wallet:bot_b:usr_anna', 0, 'open', 0, 'gen_e', 1, NULL);
    INSERT INTO objects (id, key, bytes, sha256, kind, content_type, user_id, created_at)
        VALUES ('obj_i', 'i', 1, '', 'input', 'image/png', 'usr_anna', 1),
               ('obj_d', 'd', 1, '', 'picture', 'image/png', 'usr_anna', 1),
               ('obj_dt', 'dt', 1, '', 'thumbnail', 'image/jpeg', 'usr_anna', 1);
    INSERT INTO inputs (id, user_id, bot_id, file_id, object_id, width, height, state, created_at)
        VALUES ('inp_a', 'usr_anna', 'bot_b', 'f', 'obj_i', 8, 8, 'ready', 1);
    INSERT INTO generations (id, user_id, bot_id, product, preset, preset_version, inputs, words,
                             prompt, aspect, count, model, seed, repeats, state, credits, each,
                             hold_id, provider, workflow, tried, intent_at, run, run_id,
                             cost_micros, calls, attempts, made, withheld, created_at, started_at,
                             ended_at)
        VALUES ('gen_d', 'usr_anna', 'bot_b', 'edit', 'art-pencil', 3, '[\"inp_a\"]', 'w', 'p',
                '1:1', 1, 'qwen', 7, NULL, 'SUCCEEDED', 0, 0, 'hld_f', 'fal', 'f', 'gpu', 1, '{}',
                'r-d', 30000, 2, 1, 1, 0, 1, 1, 2),
               ('gen_e', 'usr_anna', 'bot_b', 'edit', 'art-pencil', 3, '[\"inp_a\"]', 'w', 'p',
                '1:1', 1, 'qwen', 8, 'gen_d', 'PROCESSING', 0, 0, 'hld_g', 'gpu', 'g', '', 1, '{}',
                'r-e', 0, 1, 1, 0, 0, 1, 1, NULL);
    INSERT INTO artifacts (id, generation_id, user_id, bot_id, product, number, object_id,
                           thumbnail_object, width, height, seed, favourite_of, file_id,
                           created_at)
        VALUES ('art_d', 'gen_d', 'usr_anna', 'bot_b', 'edit', 1, 'obj_d', 'obj_dt', 1, 1, 7,
                'usr_anna', 'sent-d', 3);
    INSERT INTO tells (id, chat_id, user_id, bot_id, news, about, state, dedupe_key, attempts,
                       created_at, ended_at)
        VALUES ('tel_d', 'cht_anna', 'usr_anna', 'bot_b', '{}', 'gen_d', 'sent', 'd', 1, 1, 1);
    INSERT INTO jobs (id, lane, kind, task, state, priority, run_at, attempts, attempts_max, fence,
                      woken, group_key, created_at)
        VALUES ('job_e', 'pictures', 'generate', '{\"task\":\"generate\",\"generation\":\"gen_e\"}',
                'ready', 0, 2, 0, 8, 0, 0, 'usr_anna', 1);
";

fn runner(to: i32) -> refinery::Runner {
    embedded::migrations::runner().set_target(refinery::Target::Version(to))
}

/// Looks at both databases, brought from an older version with these rows.
fn each_from(version: i32, rows: &[&str], look: impl Fn(&str)) {
    let rows: Vec<&str> = rows.to_vec();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.db").display().to_string();
    let mut old = rusqlite::Connection::open(&file).expect("a file");
    runner(BEFORE).run(&mut old).expect("it is migrated");
    old.execute_batch(rows[0]).expect("rows");
    runner(version).run(&mut old).expect("it is migrated");
    for rows in &rows[1..] {
        old.execute_batch(rows).expect("rows");
    }
    drop(old);
    look(&file);
    if let Some(server) = throwaway::server() {
        let address = server.database();
        let mut old = postgres::Client::connect(&address, postgres::NoTls).expect("a server");
        runner(BEFORE).run(&mut old).expect("it is migrated");
        old.batch_execute(rows[0]).expect("rows");
        runner(version).run(&mut old).expect("it is migrated");
        for rows in &rows[1..] {
            old.batch_execute(rows).expect("rows");
        }
        drop(old);
        look(&address);
    }
}

#[test]
fn a_database_from_before_pictures_keeps_its_trainings_and_what_they_cost() {
    each_from(BEFORE, &[ROWS], look);
}

#[test]
fn a_database_from_before_edits_keeps_its_pictures_and_what_waits() {
    each_from(BEFORE_EDITS, &[ROWS, PICTURES], |address| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let db = Db::open(address).expect("it opens");
        assert_eq!(runtime.block_on(db.version()), Ok(5));
        db.migrate().expect("it can be brought up to date");
        let seen = db.write(|tx| {
            let all = artifacts::page(tx, &usr("anna"), &Filter::default(), None, None, 9)?;
            let all: Vec<_> = all.iter().map(|it| (it.id.as_str(), it.is_favourite)).collect();
            assert_eq!(all, [("art_b", false), ("art_a", true)]);
            let open = generations::get_for_job(tx, &gnr("c"))?.expect("it is there");
            assert_eq!((open.avatar, open.edit), (Some(ava("a")), None));
            assert_eq!((open.repeats, open.run_id.as_deref()), (Some(gnr("b")), Some("r-c")));
            let claim = jobs::Claim::of(&["pictures"], "w", domain::Millis::MINUTE);
            let claimed = jobs::claim(tx, &claim, later(9))?.expect("it still waits");
            assert_eq!(claimed.id.as_str(), "job_a");
            assert_eq!(chain::check(tx)?, []);
            Ok::<_, StoreError>(())
        });
        runtime.block_on(seen).expect("it stands");
        db.close();
    });
}

#[test]
fn a_database_from_before_videos_keeps_its_edits_and_their_photos() {
    each_from(BEFORE_VIDEOS, &[ROWS, PICTURES, EDITS], |address| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let db = Db::open(address).expect("it opens");
        assert_eq!(runtime.block_on(db.version()), Ok(8));
        db.migrate().expect("it can be brought up to date");
        assert_eq!(runtime.block_on(db.version()), Ok(Db::known_version()));
        let seen = db.write(|tx| {
            let all = artifacts::page(tx, &usr("anna"), &Filter::default(), None, None, 9)?;
            let all: Vec<_> = all
                .iter()
                .map(|it| (it.id.as_str(), it.product, it.is_favourite, it.duration_ms))
                .collect();
            assert_eq!(
                all,
                [
                    ("art_d", Product::Edit, true, None),
                    ("art_b", Product::Picture, false, None),
                    ("art_a", Product::Picture, true, None),
                ]
            );
            let open = generations::get_for_job(tx, &gnr("e"))?.expect("it is there");
            let edit = open.edit.expect("it is an edit");
            assert_eq!((edit.preset.as_str(), edit.version), ("art-pencil", 3));
            assert_eq!((open.stage, open.batch, open.making), (None, None, None));
            assert_eq!((open.repeats, open.run_id.as_deref()), (Some(gnr("d")), Some("r-e")));
            let of_picture = generations::get_for_job(tx, &gnr("c"))?.expect("it is there");
            assert_eq!(of_picture.avatar, Some(ava("a")));
            let photo = edit.inputs.first().expect("a photo").clone();
            let photo = inputs::of(tx, &usr("anna"), &photo)?.expect("it is there");
            assert_eq!((photo.kind, photo.state), (InputKind::Photo, InputState::Ready));
            assert_eq!(chain::check(tx)?, []);
            Ok::<_, StoreError>(())
        });
        runtime.block_on(seen).expect("it stands");
        db.close();
    });
}

fn look(address: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let db = Db::open(address).expect("it opens");
    assert_eq!(runtime.block_on(db.version()), Ok(3));
    db.migrate().expect("it can be brought up to date");
    assert_eq!(runtime.block_on(db.version()), Ok(Db::known_version()));
    let seen = db.write(|tx| {
        let anna = avatars::get_for_job(tx, &ava("a"))?.expect("it is there");
        assert_eq!(anna.remote_model.as_deref(), Some("finetune-1"));
        assert_eq!(anna.remote_provider.as_deref(), Some("fal"), "whose else");
        let bob = avatars::get_for_job(tx, &ava("b"))?.expect("it is there");
        assert_eq!(bob.remote_provider, None);
        let calls = provider_calls::list_for_job(tx, Work::Training(&trn("a")))?;
        let calls: Vec<_> = calls.iter().map(|it| (it.number, it.cost_micros)).collect();
        assert_eq!(calls, [(1, 0), (2, 2_000)]);
        assert_eq!(reports::stats(tx, &bot("b"), domain::Millis(0), later(0))?.cost_micros, 2_000);
        let call = provider_calls::NewCall {
            provider: "fal",
            call: "poll",
            outcome: "runs",
            cost_micros: 0,
        };
        provider_calls::note(tx, Work::Training(&trn("b")), &call, later(1))?;
        assert_eq!(provider_calls::list_for_job(tx, Work::Training(&trn("b")))?.len(), 2);
        let training = trainings::get_for_job(tx, &trn("b"))?.expect("it is there");
        assert_eq!((training.state, training.tried), (WorkState::Processing, vec![]));
        assert!(trainings::moved_on(tx, &trn("b"), "replicate", "trainer", "fal")?);
        assert_eq!(errands::past(tx, "fal", "run-b")?.as_deref(), Some("trn_b"));
        assert_eq!(chain::check(tx)?, []);
        Ok::<_, StoreError>(())
    });
    runtime.block_on(seen).expect("it stands");
}

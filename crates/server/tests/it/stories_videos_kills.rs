//! Talking videos that are killed at every step: at each call, at each moment at which a job waits,
//! in a batch, while a clip is taken in, while a face is changed and while the list of voices is read.
//! What was ordered is delivered once and paid for once, or comes to nothing and costs nothing.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Poll;

use async_trait::async_trait;
use connectors::http::{Http, Transport, TransportError};
use connectors::reach::Reach;
use domain::video::{Face, Making, VideoDraft};
use domain::{ArtifactId, Command, News};
use server::{jobs, voices};
use store::jobs::next_due;
use store::voices as known;

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures::{number, texts};
use crate::stories_pictures_steps::check_files;
use crate::stories_videos::{OPEN, SPEAK, ask, dies, draft, filmed, quote};
use crate::world::wire::{Luck, Wire};
use crate::world::{ANNA, BOT, Ground, LANES, World, alone, each, looks, quiesce};

/// Orders that were charged otherwise than for what came of them.
const CHARGED_WRONGLY: &str = "SELECT COUNT(*) FROM generations JOIN holds ON hold_id = holds.id
    WHERE captured <> CASE WHEN generations.state = 'SUCCEEDED' THEN generations.credits ELSE 0 END";
/// Orders of which something else came than one result where they succeeded, and none elsewhere.
const MADE_WRONGLY: &str = "SELECT COUNT(*) FROM generations
    WHERE (SELECT COUNT(*) FROM artifacts WHERE generation_id = generations.id)
        <> CASE WHEN state = 'SUCCEEDED' THEN 1 ELSE 0 END";
/// Orders of whose end nobody was told, or more than once.
const TOLD_WRONGLY: &str = "SELECT COUNT(*) FROM generations
    WHERE (SELECT COUNT(*) FROM tells WHERE about = generations.id) <> 1";
const VIDEOS: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'video'";
const VIDEOS_SENT: &str = "SELECT COUNT(*) FROM tells JOIN artifacts ON generation_id = about
    WHERE product = 'video' AND tells.state = 'sent'";
const VIDEOS_UNSURE: &str = "SELECT COUNT(*) FROM tells JOIN artifacts ON generation_id = about
    WHERE product = 'video' AND tells.state = 'unknown'";
const FACES: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'character'";

/// What must be true at the end, whatever was killed.
async fn check(world: &World, seen: &str) {
    assert_eq!(number(world, OPEN).await, 0, "{seen}: something is still open");
    assert_eq!(world.read(looks::jobs_left).await, 0, "{seen}: a job is left");
    let films = world.look("films").await;
    assert_eq!(number(world, CHARGED_WRONGLY).await, 0, "{seen}: charged: {films:?}");
    assert_eq!(number(world, MADE_WRONGLY).await, 0, "{seen}: made: {films:?}");
    let tells = world.look("tells").await;
    assert_eq!(number(world, TOLD_WRONGLY).await, 0, "{seen}: told: {tells:?}");
    // Where the program died while it was being sent, nobody knows, and it says so.
    let (sent, unsure) = (number(world, VIDEOS_SENT).await, number(world, VIDEOS_UNSURE).await);
    assert_eq!(sent + unsure, number(world, VIDEOS).await, "{seen}: {tells:?}");
    let arrived = delivered(world) as i64;
    assert!((sent..=sent + unsure).contains(&arrived), "{seen}: {sent} {unsure} {arrived}");
    check_files(world, seen).await;
    no_work_is_left(world).await;
    assert_eq!(world.look("work").await, Some(Vec::new()), "{seen}: a folder of work is left");
    assert_eq!(world.broken().await, Vec::<String>::new(), "{seen}");
}

/// How many finished videos Anna has before her.
fn delivered(world: &World) -> usize {
    let messages = world.sandbox.telegram().messages(BOT, ANNA);
    let is_one = |it: &&serde_json::Value| {
        let words = it["caption"].as_str().unwrap_or_default();
        it["outgoing"] != true && it["video"].is_object() && words.contains("is ready")
    };
    messages.iter().filter(is_one).count()
}

/// Threads that were left alone when their process "died" need a moment to notice.
async fn no_work_is_left(world: &World) {
    for _ in 0..1_000_000 {
        if world.look("work").await == Some(Vec::new()) {
            break;
        }
        tokio::task::yield_now().await;
    }
}

/// The folders in which somebody works.
fn folders(world: &World) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(world.folder.path().join("atelier-work"));
    entries.into_iter().flatten().flatten().map(|it| it.path()).collect()
}

/// Does the next job until it has waited so often for something, and then the process is gone, as by
/// SIGKILL, which leaves the folders of work as they are. True: it was still at work.
async fn is_killed(talk: &mut Talk, waits: usize) -> bool {
    let app = talk.world.app.clone();
    let left = {
        let (mut work, mut left) = (Box::pin(jobs::run_next(&app, LANES)), waits);
        let ended = poll_fn(|context| match (work.as_mut().poll(context), left) {
            (Poll::Ready(done), _) => Poll::Ready(Some(done)),
            (Poll::Pending, 0) => Poll::Ready(None),
            (Poll::Pending, _) => {
                left -= 1;
                Poll::Pending
            }
        });
        if let Some(done) = ended.await {
            assert!(done.expect("the database is there"), "there was a job");
            return false;
        }
        folders(&talk.world)
    };
    no_work_is_left(&talk.world).await;
    for folder in left {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(".lock"), "").expect("a lock that nobody holds");
        std::fs::write(folder.join("came"), "half of a file").expect("a file");
    }
    restart(talk).await;
    true
}

async fn restart(talk: &mut Talk) {
    quiesce().await;
    talk.world.restart().await;
    talk.world.clock.pass(61_000);
}

async fn is_due(world: &World) -> bool {
    let now = world.now();
    world.read(|tx| next_due(tx, LANES)).await.is_some_and(|it| it <= now)
}

/// Works until nothing is left, and every other run of a job is killed when it has waited so often.
/// Says how many were.
async fn killed_all_along(talk: &mut Talk, waits: usize) -> usize {
    let (mut kills, mut is_spared) = (0, false);
    for step in 0..2_000 {
        talk.world.deliver().await;
        if talk.world.read(looks::jobs_left).await == 0 {
            talk.go("~ minutes 1").await;
            return kills;
        }
        if !is_due(&talk.world).await {
            talk.world.clock.pass(if step < 200 { 1_000 } else { 10_000 });
        } else if is_spared {
            jobs::run_next(&talk.world.app, LANES).await.expect("the database is there");
            quiesce().await;
            is_spared = false;
        } else if is_killed(talk, waits).await {
            kills += 1;
            is_spared = true;
        }
    }
    panic!("it never ends: {:?}", talk.world.look("jobs").await);
}

/// Anna with credits without end, whose photos and clips are kept for long.
async fn rich(ground: Ground) -> Talk {
    let own = [
        setting("credits.welcome", "100000"),
        setting("edits.photos_days", "365"),
        setting("videos.clips_days", "365"),
    ];
    let mut talk = Talk::new(World::with(ground, &own).await);
    talk.go("~ scene agreed").await;
    talk
}

/// Which calls are tried: of many questions in a row, the first and the last.
fn tried(calls: &[String]) -> Vec<usize> {
    let same = |one: usize, other: usize| calls.get(one) == calls.get(other);
    let is_dull = |at: usize| 0 < at && same(at - 1, at) && same(at, at + 1);
    (0..calls.len()).filter(|at| !is_dull(*at)).collect()
}

/// Orders the last video once more, as if nothing of it lay at a provider yet.
async fn again(world: &World) {
    let making = "SELECT making FROM generations WHERE product = 'video' ORDER BY id DESC LIMIT 1";
    let making = texts(world, making).await.pop().expect("there was one");
    let Ok(Making::Video { draft, .. }) = serde_json::from_str(&making) else { panic!("{making}") };
    world.write(|tx| tx.execute("DELETE FROM uploads", &[]).map(|_| ())).await;
    let price = if draft.background.is_some() { 8 } else { 6 };
    let order = Command::MakeVideos { drafts: vec![draft], quote: quote(price) };
    assert!(ask(world, ANNA, order).await.is_ok(), "it is ordered");
}

const OVER_A_CLIP: &str = "> [Make the video · 8 credits]";

/// What is tried at a call: whoever asks for work may have been heard or not.
fn lucks(call: &str) -> &'static [Luck] {
    match call.starts_with("POST /fal-ai/") || call.starts_with("POST /veed/") {
        true => &[Luck::HangsBefore, Luck::HangsAfter],
        false => &[Luck::HangsAfter],
    }
}

/// One who needs to be cut out, over a clip: all is there but the order.
async fn over_a_clip(ground: Ground) -> Talk {
    let mut talk = rich(ground).await;
    talk.go("> /create\n> [A person over my clip]\n> clip 2\n~ worker").await;
    talk.go("> photos portrait-1\n~ worker\n> [Choose this one]\n> [Marcus]").await;
    talk.go("> Our shoes are here.\n> [Speak it · 1 credit]\n~ settle").await;
    talk.go("> [This is good, go on]").await;
    talk
}

/// How often fal was asked to cut somebody out.
fn cut_out(world: &World) -> usize {
    let requests = world.sandbox.fal().requests();
    requests.iter().filter(|it| it.endpoint.contains("background-removal")).count()
}

#[test]
fn f37_the_process_dies_at_each_call_for_a_video() {
    alone(async {
        let mut talk = rich(Ground::Sqlite).await;
        talk.go(SPEAK).await;
        talk.go("~ settle\n> [This is good, go on]").await;
        let wire = talk.world.fal_wire.clone();
        let before = wire.made().len();
        talk.go("> [Make the video · 6 credits]\n~ settle").await;
        let calls = wire.made().split_off(before);
        assert_eq!(number(&talk.world, VIDEOS).await, 1, "{:?}", talk.world.look("films").await);
        check(&talk.world, "where nothing dies").await;
        for at in tried(&calls) {
            for luck in lucks(&calls[at]) {
                let (films, made) = (filmed(&talk.world), wire.made().len());
                again(&talk.world).await;
                dies(&mut talk, &wire, at, *luck, "").await;
                let seen = format!("{luck:?} at {at}, {}, of {made}", calls[at]);
                check(&talk.world, &seen).await;
                assert!(filmed(&talk.world) - films <= 1, "{seen}: filmed twice");
            }
        }
    });
}

#[test]
fn f37_the_process_dies_at_each_call_for_a_video_over_a_clip() {
    each(|ground| async move {
        let mut talk = over_a_clip(ground).await;
        let wire = talk.world.fal_wire.clone();
        let before = wire.made().len();
        talk.go(&format!("{OVER_A_CLIP}\n~ settle")).await;
        let calls = wire.made().split_off(before);
        check(&talk.world, "where nothing dies").await;
        assert_eq!((filmed(&talk.world), cut_out(&talk.world)), (1, 1));
        // What comes before is told above. A video takes long: one database has every other call.
        let cut = calls.iter().position(|it| it.starts_with("POST /veed/")).expect("it is cut out");
        let is_its_turn = |at: &usize| at % Ground::all().len() == ground as usize;
        let last = tried(&calls).into_iter().filter(|at| cut - 2 <= *at);
        for at in last.filter(is_its_turn) {
            for luck in lucks(&calls[at]) {
                let (films, cut) = (filmed(&talk.world), cut_out(&talk.world));
                again(&talk.world).await;
                dies(&mut talk, &wire, at, *luck, "").await;
                let seen = format!("{ground:?}: {luck:?} at {at}, {}", calls[at]);
                check(&talk.world, &seen).await;
                assert!(filmed(&talk.world) - films <= 1, "{seen}: filmed twice");
                assert!(cut_out(&talk.world) - cut <= 1, "{seen}: cut out twice");
            }
        }
        talk.world
    });
}

#[test]
fn f37_the_process_dies_whenever_a_job_of_a_video_over_a_clip_waits() {
    each(|ground| async move {
        let mut talk = over_a_clip(ground).await;
        talk.go(&format!("{OVER_A_CLIP}\n~ settle")).await;
        for waits in WAITS {
            let (films, cut) = (filmed(&talk.world), cut_out(&talk.world));
            again(&talk.world).await;
            let kills = killed_all_along(&mut talk, waits).await;
            let seen = format!("{ground:?}: {kills} kills after {waits} waits");
            talk.go("~ settle 180").await;
            check(&talk.world, &seen).await;
            assert!(filmed(&talk.world) - films <= 1, "{seen}: filmed twice");
            assert!(cut_out(&talk.world) - cut <= 1, "{seen}: cut out twice");
            assert!(0 < kills, "{seen}: nothing was killed");
        }
        talk.world
    });
}

/// How often each run of a job may wait before it is killed: most wait seldom.
const WAITS: [usize; 4] = [0, 3, 6, 12];

/// Which run of a job is killed of three videos, and how often it has waited by then: before and after
/// each of them is handed in, while what came is fetched, while it is put together, while it is sent.
const OF_THREE: [(usize, usize); 3] = [(1, 4), (4, 9), (7, 6)];

/// Works on until so many runs are done. False: nothing was left to do before.
async fn runs(world: &World, so_many: usize) -> bool {
    for _ in 0..so_many {
        while !is_due(world).await {
            if world.read(looks::jobs_left).await == 0 {
                return false;
            }
            world.clock.pass(1_000);
            world.deliver().await;
        }
        jobs::run_next(&world.app, LANES).await.expect("the database is there");
        quiesce().await;
    }
    world.deliver().await;
    is_due(world).await
}

#[test]
fn f37_f49_one_of_three_videos_is_killed_and_each_is_settled_for_itself() {
    each(|ground| async move {
        let mut talk = rich(ground).await;
        talk.go(SPEAK).await;
        talk.go("~ settle").await;
        let speech = "SELECT id FROM artifacts WHERE product = 'speech'";
        let speech = texts(&talk.world, speech).await.pop().expect("it was spoken");
        let speech = ArtifactId::from_text(&speech).expect("an id");
        for (run, waits) in OF_THREE {
            let of = |name: &str| draft(Face::Character(name.to_owned()), speech.clone(), None);
            let drafts: Vec<VideoDraft> = ["amina", "dana", "aigerim"].map(of).into();
            let (films, made) = (filmed(&talk.world), number(&talk.world, VIDEOS).await);
            let order = Command::MakeVideos { drafts, quote: quote(18) };
            let told = ask(&talk.world, ANNA, order).await;
            assert!(
                matches!(&told, Ok(News::VideosQueued { generations }) if generations.len() == 3)
            );
            let seen = format!("{ground:?}: run {run} after {waits} waits");
            while !runs(&talk.world, run).await {
                talk.world.clock.pass(1_000);
            }
            // It is the next one that waits so often.
            let mut has_died = false;
            while !has_died && 0 < talk.world.read(looks::jobs_left).await {
                match is_due(&talk.world).await {
                    true => has_died = is_killed(&mut talk, waits).await,
                    false => talk.world.clock.pass(1_000),
                }
                talk.world.deliver().await;
            }
            assert!(has_died, "{seen}: nothing was killed");
            talk.go("~ settle 180").await;
            check(&talk.world, &seen).await;
            let more = number(&talk.world, VIDEOS).await - made;
            assert!((2..=3).contains(&more), "{seen}: the others have to do with it: {more}");
            assert!(filmed(&talk.world) - films <= 3, "{seen}: filmed twice");
        }
        talk.world
    });
}

const CLIP: &str = "> /create\n> [Begin anew]\n> [A person over my clip]\n> clip 2";

/// How often Anna has been told, since she sent something, that it is there.
fn told_of_clip(world: &World) -> usize {
    let messages = world.sandbox.telegram().messages(BOT, ANNA);
    let since = messages.iter().rev().take_while(|it| it["outgoing"] != true);
    since.filter(|it| it["text"].as_str().unwrap_or_default().contains("Who shall speak?")).count()
}

/// What must be true of a clip that was taken in, after so many of them.
async fn check_clip(world: &World, clips: i64, seen: &str) {
    let ready = "SELECT COUNT(*) FROM inputs WHERE kind = 'clip' AND state = 'ready'";
    assert_eq!(number(world, ready).await, clips, "{seen}");
    let kept = "SELECT COUNT(*) FROM objects WHERE kind = 'clip' AND deleted_at IS NULL";
    assert_eq!(number(world, kept).await, clips, "{seen}: one file for each");
    let files = world.look("files").await.expect("a look");
    assert_eq!(files, [clips.to_string()], "{seen}: and nothing else on the disk");
    let of_no_clip = "SELECT COUNT(*) FROM objects WHERE kind <> 'clip' AND deleted_at IS NULL";
    assert_eq!(number(world, of_no_clip).await, 0, "{seen}");
    assert_eq!(told_of_clip(world), 1, "{seen}: told once");
    check(world, seen).await;
}

#[test]
fn f37_the_process_dies_while_a_clip_is_taken_in() {
    each(|ground| async move {
        let mut talk = rich(ground).await;
        let wire = talk.world.telegram_wire.clone();
        talk.go(CLIP).await;
        let before = wire.made().len();
        talk.go("~ worker").await;
        let calls = wire.made().split_off(before);
        let mut clips = 1;
        check_clip(&talk.world, clips, "where nothing dies").await;
        assert!(calls.iter().any(|it| it.contains("/file/")), "{calls:?}");
        for (at, call) in calls.iter().enumerate() {
            let is_fetched = call.contains("/getFile") || call.contains("/file/");
            let lucks = [Luck::HangsAfter, Luck::HangsBefore];
            for luck in lucks.into_iter().take(if is_fetched { 2 } else { 1 }) {
                talk.go(CLIP).await;
                dies(&mut talk, &wire, at, luck, "~ worker").await;
                talk.go("~ minutes 1").await;
                clips += 1;
                check_clip(&talk.world, clips, &format!("{ground:?}: {luck:?} at {call}")).await;
            }
        }
        for waits in [0, 1, 2, 3, 4, 5, 6, 8, 11, 15] {
            talk.go(CLIP).await;
            let has_died = is_killed(&mut talk, waits).await;
            talk.go("~ settle\n~ minutes 1").await;
            clips += 1;
            check_clip(&talk.world, clips, &format!("{ground:?}: after {waits} waits")).await;
            if !has_died {
                assert!(5 < waits, "nothing was killed");
                break;
            }
        }
        talk.world
    });
}

const FACE: &str = "> /create\n> [Begin anew]\n> [A person who talks]\n> [Woman]\n> [1. Amina, 19]";
const CHANGE: &str = "> [Change something · 2]\n> a red coat\n> [Change it · 2 credits]";
const CHANGE_FURTHER: &str = "> [Change it further]\n> a hat\n> [Change it · 2 credits]";

#[test]
fn f37_the_process_dies_at_each_call_for_a_change_of_a_face() {
    each(|ground| async move {
        let mut talk = rich(ground).await;
        let wire = talk.world.fal_wire.clone();
        let changed = |world: &World| {
            let requests = world.sandbox.fal().requests();
            requests.iter().filter(|it| it.endpoint.contains("nano-banana")).count()
        };
        talk.go(FACE).await;
        let before = wire.made().len();
        talk.go(&format!("{CHANGE}\n~ settle")).await;
        let calls = wire.made().split_off(before);
        check(&talk.world, "where nothing dies").await;
        for at in tried(&calls) {
            for luck in lucks(&calls[at]) {
                let seen = format!("{ground:?}: {luck:?} at {at}, {}", calls[at]);
                talk.go(FACE).await;
                for (round, lines) in [(1, CHANGE), (2, CHANGE_FURTHER), (3, CHANGE_FURTHER)] {
                    let (asked, made) = (changed(&talk.world), number(&talk.world, FACES).await);
                    dies(&mut talk, &wire, at, *luck, lines).await;
                    talk.go("~ minutes 1").await;
                    let seen = format!("{seen}, round {round}");
                    check(&talk.world, &seen).await;
                    assert!(changed(&talk.world) - asked <= 1, "{seen}: changed twice");
                    if number(&talk.world, FACES).await == made {
                        // It never arrived there, and cost nothing: she begins anew.
                        assert_eq!(changed(&talk.world), asked, "{seen}: it was made for nothing");
                        break;
                    }
                }
            }
        }
        talk.world
    });
}

/// A road to whoever speaks, on which the list has pages of ten.
struct SmallPages(Arc<Wire>);

#[async_trait]
impl Transport for SmallPages {
    async fn execute(
        &self,
        mut request: reqwest::Request,
    ) -> Result<reqwest::Response, TransportError> {
        let query = request.url().query().unwrap_or_default().replace("=100", "=10");
        request.url_mut().set_query(Some(&query));
        self.0.execute(request).await
    }
}

/// What is known of voices: each by its id at the provider, and whether it is gone.
async fn voices_known(world: &World) -> Vec<(String, bool)> {
    let all = world.read(|tx| known::all(tx, voices::PROVIDER)).await;
    all.into_iter().map(|it| (it.voice, it.gone_at.is_some())).collect()
}

#[test]
fn f37_f75_the_process_dies_while_the_list_of_voices_is_read() {
    each(|ground| async move {
        let mut talk = rich(ground).await;
        talk.go(SPEAK).await;
        talk.go("~ settle").await;
        let wire = talk.world.speech_wire.clone();
        let access = talk.world.app.voices.as_ref().expect("there is one").access.clone();
        let pages: Arc<dyn Transport> = Arc::new(SmallPages(wire.clone()));
        let source = voices::Source { access, http: Arc::new(Http::over(pages, Reach::Loopback)) };
        let ours = talk.world.app.ground.clone();
        let sync = |world: &World| {
            let (db, now) = (world.db.clone(), world.now());
            let (source, ours) = (&source, ours.clone());
            async move { voices::sync(&db, source, &ours.catalog, now).await }
        };
        let before = wire.made().len();
        let whole = sync(&talk.world).await.expect("it is read");
        let pages = wire.made().len() - before;
        assert!(1 < pages && 10 < whole.seen, "{pages} pages, {whole:?}");
        let all = voices_known(&talk.world).await;
        for (at, luck) in (0..pages).flat_map(|at| {
            [Luck::HangsBefore, Luck::HangsAfter].into_iter().map(move |luck| (at, luck))
        }) {
            let seen = format!("{ground:?}: {luck:?} at page {at}");
            talk.world.clock.pass(1_000);
            wire.order(wire.made().len() + at, luck);
            tokio::select! {
                done = sync(&talk.world) => panic!("{seen}: nothing hung: {done:?}"),
                () = wire.hangs() => {}
            }
            restart(&mut talk).await;
            assert_eq!(voices_known(&talk.world).await, all, "{seen}: a part of it is no list");
            let again = sync(&talk.world).await.expect("it is read");
            assert_eq!((again.seen, again.gone), (whole.seen, 0), "{seen}");
            assert_eq!(voices_known(&talk.world).await, all, "{seen}: read again");
        }
        let ids: BTreeSet<_> = all.iter().map(|it| &it.0).collect();
        assert_eq!(ids.len(), all.len(), "none is there twice");
        // And the one that she has used speaks again.
        talk.go(SPEAK).await;
        talk.go("~ settle").await;
        check(&talk.world, "after all").await;
        let spoken = "SELECT COUNT(*) FROM artifacts WHERE product = 'speech'";
        assert_eq!(number(&talk.world, spoken).await, 2);
        talk.world
    });
}

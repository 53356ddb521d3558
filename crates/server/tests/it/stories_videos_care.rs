//! What a video is made from is there until it is made, and what the catalog allows is what can be
//! ordered, whoever presses what.

use chat::facts::Needs;
use domain::video::{Face, Format, VideoDraft, VideoQuality};
use domain::{ArtifactId, Command, Language, News, Refusal, UserId};
use server::failure::Failure;
use server::inbox::facts;
use server::{jobs, voices};
use store::{Tx, users};

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures::{number, rich, texts};
use crate::stories_videos::{SOFIA, ask, before_montage, quote};
use crate::world::{ANNA, Ground, World, alone, each};

const SPEECHES: &str = "SELECT id FROM artifacts WHERE product = 'speech' ORDER BY id";
const MADE: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'video'";
/// Of speeches, those whose files are there.
const KEPT: &str = "SELECT COUNT(*) FROM artifacts JOIN objects ON objects.id = object_id
                    WHERE product = 'speech' AND objects.deleted_at IS NULL";
const CHARGED: &str = "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                       JOIN generations ON hold_id = holds.id WHERE product = 'video'";

async fn speech(world: &World) -> ArtifactId {
    let ids = texts(world, SPEECHES).await;
    ids.first().and_then(|it| ArtifactId::from_text(it)).expect("something was spoken")
}

/// What is done each minute, and nothing else.
async fn sweep(world: &World) {
    world.clock.pass(61_000);
    jobs::schedule::tick(&world.app).await.expect("the database is there");
    while jobs::run_next(&world.app, &["upkeep"]).await.expect("the database is there") {}
}

/// Whoever makes the video has been paid, and so are we.
#[test]
fn f35_a_speech_that_is_deleted_is_there_until_its_video_is() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene film\n~ fal long seconds 400 endpoint videos").await;
        talk.go("> [Make the video · 6 credits]\n~ worker\n~ minutes 1\n~ worker").await;
        let speech = speech(&talk.world).await;
        let delete = Command::DeletePictures { artifacts: vec![speech] };
        let told = ask(&talk.world, ANNA, delete).await;
        assert_eq!(told, Ok(News::PicturesDeleted { count: 1 }));
        talk.go("~ minutes 2\n~ worker\n~ minutes 2\n~ worker").await;
        assert_eq!(number(&talk.world, MADE).await, 0, "it isn't there yet");
        assert_eq!(number(&talk.world, KEPT).await, 1);
        talk.go("~ settle").await;
        assert_eq!(number(&talk.world, MADE).await, 1, "{:?}", talk.world.look("films").await);
        assert_eq!(number(&talk.world, CHARGED).await, 6);
        talk.go("~ minutes 6\n~ worker").await;
        assert_eq!(number(&talk.world, KEPT).await, 0, "nobody needs it any more");
        talk.world
    });
}

#[test]
fn f35_a_speech_that_is_deleted_before_the_montage_is_heard_in_the_video() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        before_montage(&mut talk).await;
        let artifacts = vec![speech(&talk.world).await];
        let told = ask(&talk.world, ANNA, Command::DeletePictures { artifacts }).await;
        assert_eq!(told, Ok(News::PicturesDeleted { count: 1 }));
        sweep(&talk.world).await;
        assert_eq!(number(&talk.world, KEPT).await, 1);
        talk.go("~ settle 60").await;
        assert_eq!(number(&talk.world, MADE).await, 1, "{:?}", talk.world.look("films").await);
        assert_eq!(number(&talk.world, CHARGED).await, 6);
    });
}

/// Whoever wants to be forgotten doesn't wait for a video, and keeps nothing by it.
#[test]
fn f35_a_video_in_the_making_keeps_nothing_of_who_is_forgotten() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        before_montage(&mut talk).await;
        assert!(ask(&talk.world, ANNA, Command::ForgetMe).await.is_ok());
        talk.go("~ settle 60").await;
        let left = "SELECT COUNT(*) FROM objects WHERE deleted_at IS NULL";
        assert_eq!(number(&talk.world, left).await, 0);
        assert_eq!(number(&talk.world, MADE).await, 0);
        assert_eq!(number(&talk.world, CHARGED).await, 0);
    });
}

/// A catalog that allows three, and a press that says four.
#[test]
fn f60_more_videos_at_once_than_the_catalog_allows_are_refused() {
    alone(async {
        let folder = tempfile::tempdir().expect("a folder for the catalog");
        let place = setting("catalog.folder", &folder.path().display().to_string());
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/videos.toml");
        let videos = std::fs::read_to_string(own).expect("the catalog is there");
        let fewer = videos.replace("\nbatch_max = 5\n", "\nbatch_max = 3\n");
        assert_ne!(videos, fewer);
        std::fs::write(folder.path().join("videos.toml"), fewer).expect("written");
        let mut talk = rich(&[(&place.0, &place.1)]).await;
        talk.go("~ scene film").await;
        let speech = speech(&talk.world).await;
        let faces = ["amina", "dana", "aigerim", "kamila"];
        let draft = |face: &str| VideoDraft {
            format: Format::TalkingHead,
            quality: VideoQuality::Standard,
            face: Face::Character(face.to_owned()),
            speech: speech.clone(),
            background: None,
            has_captions: false,
        };
        let drafts: Vec<_> = faces.iter().map(|it| draft(it)).collect();
        let order = |drafts: &[VideoDraft]| Command::MakeVideos {
            quote: quote(6 * drafts.len() as i64),
            drafts: drafts.to_vec(),
        };
        let four = ask(&talk.world, ANNA, order(&drafts)).await;
        assert_eq!(four, Err(Refusal::QuoteExpired));
        let three = ask(&talk.world, ANNA, order(&drafts[..3])).await;
        assert!(matches!(three, Ok(News::VideosQueued { .. })), "{three:?}");
        talk.go("~ settle").await;
        assert_eq!(number(&talk.world, MADE).await, 3);
    });
}

/// Whether anybody edits or films is several questions to the database.
#[test]
fn what_a_screen_does_not_ask_for_is_not_found_out() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed").await;
        let ask = |needs: Needs| {
            let ground = talk.world.app.ground.clone();
            talk.world.write(move |tx| {
                let id = tx.one("SELECT id FROM users", &[])?.id(0)?;
                let user = users::get(tx, &id)?.expect("she is there");
                let known: Result<_, Failure> =
                    facts::gather(tx, &ground, &user, &needs, ground.now());
                let person = known.expect("they are read").person;
                Ok((person.can_edit, person.can_video))
            })
        };
        let all = Needs { edits: true, videos: true, ..Needs::default() };
        assert_eq!(ask(all).await, (true, true));
        assert_eq!(ask(Needs::default()).await, (false, false));
    });
}

/// Whoever listens to a voice hears what it sounds like now: the operator's own sample once there is
/// one, and of a voice of their account what the provider has, not the robot that it was before.
#[test]
fn f75_a_voice_that_was_changed_is_not_heard_as_it_was() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("> /start").await;
        let catalog = tempfile::tempdir().expect("a folder for the catalog");
        let folder = catalog.path().join("voices");
        std::fs::create_dir(&folder).expect("a folder");
        let own = setting("CATALOG__FOLDER", &catalog.path().to_string_lossy());
        let shipped = heard(&talk.world).await;
        let mine = [b"ID3".as_slice(), b"my own voice"].concat();
        std::fs::write(folder.join("sofia-en.mp3"), &mine).expect("written");
        talk.world.restart_with(std::slice::from_ref(&own)).await;
        assert!(heard(&talk.world).await == mine, "it sounds as before");

        std::fs::remove_file(folder.join("sofia-en.mp3")).expect("it was written");
        let text = include_str!("../../../../catalog/voices/sofia.toml");
        assert!(text.contains(SOFIA));
        std::fs::write(folder.join("sofia.toml"), text.replace(SOFIA, OF_THE_ACCOUNT))
            .expect("written");
        talk.world.restart_with(&[own]).await;
        let app = &talk.world.app;
        let source = app.voices.as_ref().expect("there is one");
        let now = talk.world.now();
        voices::sync(&talk.world.db, source, &app.ground.catalog, now).await.expect("it is read");
        let theirs = heard(&talk.world).await;
        assert!(theirs != mine && theirs != shipped && 1_000 < theirs.len());
        talk.world
    });
}

/// A voice of the made-up account that the shipped catalog doesn't name.
const OF_THE_ACCOUNT: &str = "HJg5xJfsRvxcGkqlXGnY";

/// What Anna hears when she listens to Sofia.
async fn heard(world: &World) -> Vec<u8> {
    let find = "SELECT id FROM users WHERE first_name = 'Anna'";
    let anna = texts(world, find).await;
    let anna = UserId::from_text(&anna[0]).expect("an id");
    let ground = world.app.ground.clone();
    let is_offered = move |tx: &mut Tx| {
        let all = voices::shown(tx, &ground, Language::En)?;
        Ok(all.iter().any(|it| it.name == "sofia" && it.has_sample))
    };
    assert!(world.read(is_offered).await, "there is a button");
    let sample = voices::sample(&world.app, &anna, "sofia").await.expect("it is there");
    let key = sample.expect("there is one").key;
    world.app.objects.get(&key).await.expect("it is there").to_vec()
}

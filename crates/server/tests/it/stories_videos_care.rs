//! What a video is made from is there until it is made, and what the catalog allows is what can be
//! ordered, whoever presses what.

use chat::facts::Needs;
use domain::video::{Face, Format, VideoDraft, VideoQuality};
use domain::{ArtifactId, Command, News, Refusal};
use server::failure::Failure;
use server::inbox::facts;
use server::jobs;
use store::users;

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures::{number, rich, texts};
use crate::stories_videos::{ask, before_montage, quote};
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

//! What customers and support write to each other, and how customers like what was made.

use domain::feedback::{Attached, FileKind, Note};
use domain::picture::Product;
use domain::{FeedbackId, PostId};
use store::feedback::{self, At, NewFeedback};
use store::ledger::LedgerError;
use store::posts::{self, NewPost, Says};
use store::ratings::{self, Share};
use store::sending::SendState;
use store::{StoreError, Tx};

use crate::bed::{NOW, bot, each, each_chain, gnr, later, person, usr};
use crate::sittings::{order, succeed};
use crate::story::customer;

fn fbk(name: &str) -> FeedbackId {
    FeedbackId::from_text(&format!("fbk_{name}")).expect("a short name")
}

fn pst(name: &str) -> PostId {
    PostId::from_text(&format!("pst_{name}")).expect("a short name")
}

fn note(words: &str) -> Note {
    let file = Attached { kind: FileKind::Video, file_id: "file-1".to_owned() };
    Note { words: words.to_owned(), file: Some(file) }
}

fn write(
    tx: &mut Tx,
    owner: &str,
    name: &str,
    at: Option<At>,
    follows: Option<&FeedbackId>,
) -> Result<(), StoreError> {
    let new = NewFeedback {
        id: &fbk(name),
        user: &usr(owner),
        bot: &bot("b"),
        at,
        follows,
        note: &note(name),
    };
    feedback::insert(tx, &new, NOW)
}

fn post(tx: &mut Tx, name: &str, of: &str, chat: i64, says: Says) -> Result<bool, StoreError> {
    let new =
        NewPost { id: &pst(name), feedback: &fbk(of), bot: &bot("b"), telegram_chat: chat, says };
    posts::insert(tx, &new, NOW)
}

#[test]
fn what_was_written_is_kept_until_its_writer_is_forgotten() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            person(tx, "bob")?;
            write(tx, "anna", "a", None, None)?;
            let at = At { chat: -1_001, message: 7 };
            write(tx, "anna", "b", Some(at), Some(&fbk("a")))?;
            write(tx, "bob", "c", None, None)?;
            let answer = feedback::get_for_job(tx, &fbk("b"))?.expect("it is there");
            assert_eq!((answer.at, answer.follows), (Some(at), Some(fbk("a"))));
            assert_eq!(answer.note, note("b"));
            assert_eq!(feedback::last_answer(tx, &usr("anna"))?, Some(fbk("b")));
            assert_eq!(feedback::last_answer(tx, &usr("bob"))?, None);
            assert_eq!(feedback::forget(tx, &usr("anna"))?, 2);
            let gone = feedback::get_for_job(tx, &fbk("a"))?.expect("that it was stays");
            assert_eq!((gone.note, gone.user), (Note::default(), usr("anna")));
            let other = feedback::get_for_job(tx, &fbk("c"))?.expect("it is there");
            assert_eq!(other.note, note("c"), "of somebody else");
            Ok(())
        });
    });
}

#[test]
fn a_post_is_said_once_and_never_sent_twice() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            write(tx, "anna", "a", None, None)?;
            assert!(post(tx, "a", "a", -5, Says::Words)?);
            assert!(!post(tx, "b", "a", -5, Says::Words)?, "it was said there");
            assert!(post(tx, "c", "a", 6, Says::Words)?, "to somebody else");
            assert!(post(tx, "d", "a", -5, Says::Answered)?, "something else");
            let id = pst("a");
            assert!(!posts::sent(tx, &id, 1, NOW)?, "it isn't on its way");
            assert!(posts::begin(tx, &id)? && !posts::begin(tx, &id)?, "somebody has it");
            assert!(posts::again(tx, &id, "flood")? && posts::begin(tx, &id)?);
            assert!(posts::sent(tx, &id, 11, later(1))?);
            assert!(!posts::unknown(tx, &id, "late", later(2))?, "it has ended");
            let sent = posts::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!((sent.state, sent.message, sent.attempts), (SendState::Sent, Some(11), 2));
            let found = posts::by_message(tx, &bot("b"), -5, 11)?.map(|it| it.id);
            assert_eq!(found, Some(id));
            for (bot, chat, message) in [(bot("x"), -5, 11), (bot("b"), 6, 11), (bot("b"), -5, 12)]
            {
                assert_eq!(posts::by_message(tx, &bot, chat, message)?, None);
            }
            assert!(posts::refused(tx, &pst("d"), "kicked", later(3))?);
            assert_eq!(posts::of_user(tx, &usr("anna"), 9)?.len(), 3);
            Ok(())
        });
    });
}

#[test]
fn posts_of_one_chat_go_one_after_the_other() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            for name in ["a", "b", "c"] {
                write(tx, "anna", name, None, None)?;
            }
            post(tx, "a", "a", -5, Says::Words)?;
            post(tx, "b", "b", -5, Says::Words)?;
            post(tx, "c", "c", 6, Says::Words)?;
            let behind = |tx: &mut Tx, name: &str| {
                let post = posts::get_for_job(tx, &pst(name))?.expect("it is there");
                posts::is_behind(tx, &post)
            };
            assert!(!behind(tx, "a")? && behind(tx, "b")? && !behind(tx, "c")?);
            posts::begin(tx, &pst("a"))?;
            assert!(behind(tx, "b")?, "it is on its way");
            posts::unknown(tx, &pst("a"), "timed out", later(1))?;
            assert!(!behind(tx, "b")?);
            Ok(())
        });
    });
}

#[test]
fn of_ratings_the_last_word_counts() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            for (name, at) in [("a", 60), ("b", 120), ("c", 180)] {
                order(tx, "anna", name, 1)?;
                succeed(tx, "anna", name, 1, later(at))?;
            }
            let anna = usr("anna");
            assert_eq!(ratings::of(tx, &anna, &gnr("a"))?, None);
            ratings::put(tx, &anna, &gnr("a"), true, later(200))?;
            ratings::put(tx, &anna, &gnr("b"), true, later(200))?;
            ratings::put(tx, &anna, &gnr("b"), false, later(201))?;
            ratings::put(tx, &anna, &gnr("c"), true, later(202))?;
            assert_eq!(ratings::of(tx, &anna, &gnr("b"))?, Some(false));
            let share = |good, bad| Share {
                product: Product::Picture,
                preset: None,
                model: "flux".to_owned(),
                good,
                bad,
            };
            assert_eq!(ratings::shares(tx, NOW)?, [share(2, 1)]);
            assert_eq!(ratings::shares(tx, later(202))?, [share(1, 0)]);
            assert_eq!(ratings::shares(tx, later(203))?, []);
            assert_eq!((share(2, 1).good_percent(), share(0, 0).good_percent()), (66, 0));
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

//! Several processes on one database: who draws a chat, who asks for a bot's updates, who is called.

use std::sync::{Arc, Mutex};

use domain::{Millis, Task};
use store::chats::{self, Drawn, Turn};
use store::jobs::{self, NewJob};
use store::{Calls, StoreError, Tx, bots};

use crate::bed::{NOW, bot, cht, each, job, later, person, trn};

/// Whose turn it is, in a word.
fn turn(tx: &mut Tx, drawer: &str, version: i64, now: Millis) -> Result<&'static str, StoreError> {
    let until = now.plus(Millis::seconds(30));
    Ok(match chats::take_turn(tx, &cht("anna"), version, drawer, until, now)? {
        Turn::Ours(chat) => {
            assert_eq!(chat.id, cht("anna"));
            "ours"
        }
        Turn::Theirs => "theirs",
        Turn::Over => "over",
    })
}

#[test]
fn a_chat_is_drawn_by_one_process_at_a_time() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            chats::touch(tx, &cht("anna"), NOW)
        });
        bed.write(|tx| {
            assert_eq!(turn(tx, "one", 2, NOW)?, "ours");
            assert_eq!(turn(tx, "two", 2, NOW)?, "theirs");
            assert_eq!(turn(tx, "one", 2, NOW)?, "ours", "it may ask again");
            assert_eq!(turn(tx, "two", 2, later(29))?, "theirs");
            assert_eq!(turn(tx, "two", 2, later(30))?, "ours", "whoever had it is silent");
            assert_eq!(turn(tx, "one", 2, later(30))?, "theirs");
            chats::leave_turn(tx, &cht("anna"), "one")?;
            assert_eq!(turn(tx, "one", 2, later(31))?, "theirs", "nobody gives away another's");
            chats::leave_turn(tx, &cht("anna"), "two")?;
            assert_eq!(turn(tx, "two", 2, later(31))?, "ours");
            let drawn =
                Drawn { version: 2, menu_message: Some(7), menu_kind: None, last_message: Some(7) };
            assert!(chats::drawn(tx, &cht("anna"), &drawn)?);
            assert_eq!(turn(tx, "one", 2, later(30))?, "over");
            chats::touch(tx, &cht("anna"), NOW)?;
            assert_eq!(turn(tx, "one", 3, later(30))?, "ours", "the turn ended with the drawing");
            Ok::<_, StoreError>(())
        });
        let turns = bed.race(8, |tx, number| {
            let mut taken = Vec::new();
            taken.push(turn(tx, &format!("racer {number}"), 3, later(61))?);
            Ok::<_, StoreError>(taken)
        });
        let ours = turns.iter().filter(|it| it.as_deref() == Ok(&["ours"][..])).count();
        assert_eq!(ours, 1, "of all who ask at once: {turns:?}");
    });
}

#[test]
fn one_process_asks_for_a_bots_updates() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let mut take = |poller: &str, now: Millis| {
                bots::take_polling(tx, &bot("b"), poller, now.plus(Millis::seconds(15)), now)
            };
            assert!(take("one", NOW)?);
            assert!(!take("two", later(5))?);
            assert!(take("one", later(5))?, "it keeps it by asking again");
            assert!(!take("two", later(19))?);
            assert!(take("two", later(20))?, "it was silent for too long");
            assert!(!take("one", later(21))?);
            bots::leave_polling(tx, "one")?;
            assert!(!bots::take_polling(tx, &bot("b"), "one", later(40), later(22))?);
            bots::leave_polling(tx, "two")?;
            assert!(bots::take_polling(tx, &bot("b"), "one", later(40), later(22))?);
            Ok::<_, StoreError>(())
        });
    });
}

#[test]
fn a_commit_calls_to_what_it_changed_and_an_undone_one_to_nothing() {
    each(|bed| {
        let heard = Arc::new(Mutex::new(Calls::default()));
        let ear = heard.clone();
        bed.db.tell_calls(move |calls| {
            let mut heard = ear.lock().expect("nothing panics inside");
            *heard = heard.and(calls);
        });
        let taken = || std::mem::take(&mut *heard.lock().expect("nothing panics inside"));
        bed.write(|tx| person(tx, "anna"));
        assert_eq!(taken(), Calls::default(), "on {}", bed.name);
        bed.write(|tx| chats::touch(tx, &cht("anna"), NOW));
        assert_eq!(taken(), Calls::CHATS);
        let task = Task::Train { training: trn("x") };
        let enqueue = {
            let task = task.clone();
            move |tx: &mut Tx| jobs::enqueue(tx, &NewJob::of(&task), &job("a"), NOW).map(drop)
        };
        let undone = enqueue.clone();
        let refused = bed.try_write(move |tx| {
            undone(tx)?;
            chats::touch(tx, &cht("anna"), NOW)?;
            Err::<(), _>(StoreError::Closed)
        });
        assert_eq!(refused, Err(StoreError::Closed));
        assert_eq!(taken(), Calls::default());
        bed.write(enqueue);
        let calls = taken();
        assert_eq!(calls.lanes().collect::<Vec<_>>(), [task.lane()]);
        bed.db.draws_chats();
        bed.write(|tx| chats::touch(tx, &cht("anna"), NOW));
        assert_eq!(taken(), Calls::default(), "whoever draws needs nobody else");
    });
}

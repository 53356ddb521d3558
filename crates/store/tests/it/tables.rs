//! The product's tables: whose things they give, and from which state they change.

use domain::refusal::Fault;
use domain::{AvatarState, Language, Millis, News, WorkState};
use store::avatars::{self, Model, Statistics};
use store::bots::{self, BotState, NewBot};
use store::chats::{self, Drawn, NewChat};
use store::objects::{self, NewObject};
use store::photos::{self, Judgement};
use store::provider_calls::{self, NewCall, Work};
use store::sending::SendState;
use store::tells::{self};
use store::trainings::{self, End, Run};
use store::users::{self, NewUser, UserState};
use store::{StoreError, Tx, attention, updates, webhooks};

use crate::bed::{NOW, ava, bot, cht, each, each_chain, later, obj, person, pho, tel, trn, usr};
use crate::ledger::credits;
use crate::story::{avatar, customer, fail, order, photo, submit, succeed, tell};

#[test]
fn a_bot_is_found_by_its_number_and_can_be_paused() {
    each(|bed| {
        bed.write(|tx| {
            let new = NewBot { id: &bot("a"), telegram_id: 7, username: "old", token_name: "x" };
            let first = bots::put(tx, &new, NOW)?;
            let new = NewBot { id: &bot("c"), telegram_id: 7, username: "new", token_name: "y" };
            let again = bots::put(tx, &new, later(1))?;
            assert_eq!((again.id, again.username.as_str()), (first.id, "new"));
            assert_eq!(again.created_at, NOW);
            assert!(bots::pause(tx, &bot("a"), "token revoked")?);
            assert!(!bots::pause(tx, &bot("a"), "again")?);
            let paused = bots::get(tx, &bot("a"))?.map(|it| it.state);
            assert_eq!(paused, Some(BotState::Paused("token revoked".to_owned())));
            assert!(bots::resume(tx, &bot("a"))? && !bots::resume(tx, &bot("a"))?);
            assert_eq!(bots::list(tx)?.len(), 1);
            assert_eq!(bots::get(tx, &bot("z"))?, None);
            Ok(())
        });
    });
}

fn new_user<'a>(id: &'a domain::UserId, bot: &'a domain::BotId) -> NewUser<'a> {
    NewUser {
        id,
        bot,
        telegram_id: 5,
        first_name: "Eve",
        language: Language::Kk,
        origin: Some("r_anna"),
    }
}

#[test]
fn f34_the_first_touch_stays_and_nobody_invites_themselves() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            person(tx, "bob")?;
            let (id, bot) = (usr("eve"), bot("b"));
            let (eve, is_new) = users::find_or_create(tx, &new_user(&id, &bot), NOW)?;
            assert!(is_new && eve.origin.as_deref() == Some("r_anna"));
            assert_eq!(eve.language, Language::Kk);
            let other = usr("eve2");
            let again = NewUser { origin: Some("s_ad"), ..new_user(&other, &bot) };
            let (again, is_new) = users::find_or_create(tx, &again, later(1))?;
            assert!(!is_new && again == eve);
            assert!(!users::came_by(tx, &id, "s_ad")?);
            assert!(
                users::came_by(tx, &usr("bob"), "s_ad")? && !users::came_by(tx, &usr("bob"), "x")?
            );
            assert!(!users::invited(tx, &id, &id)?, "never oneself");
            assert!(!users::invited(tx, &id, &usr("nobody"))?);
            assert!(users::invited(tx, &id, &usr("anna"))?);
            assert!(!users::invited(tx, &id, &usr("bob"))?, "once");
            assert_eq!(users::get(tx, &id)?.and_then(|it| it.invited_by), Some(usr("anna")));
            Ok(())
        });
    });
}

#[test]
fn consent_bans_and_blocks_are_remembered() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let id = usr("anna");
            assert!(users::consent(tx, &id, "1", later(1))?);
            assert!(!users::consent(tx, &id, "1", later(2))?);
            assert!(users::consent(tx, &id, "2", later(3))?);
            users::speak(tx, &id, Language::En)?;
            users::rename(tx, &id, "Anna K.")?;
            users::blocked(tx, &id, Some(later(4)))?;
            assert!(users::ban(tx, &id, true)? && !users::ban(tx, &id, true)?);
            let anna = users::get(tx, &id)?.expect("she is there");
            assert_eq!(anna.consent, Some((later(3), "2".to_owned())));
            assert_eq!((anna.language, anna.first_name.as_str()), (Language::En, "Anna K."));
            assert_eq!((anna.blocked_at, anna.state), (Some(later(4)), UserState::Banned));
            assert!(users::ban(tx, &id, false)?);
            users::blocked(tx, &id, None)?;
            let anna = users::get(tx, &id)?.expect("she is there");
            assert_eq!((anna.blocked_at, anna.state), (None, UserState::Active));
            Ok(())
        });
    });
}

#[test]
fn who_was_forgotten_comes_back_as_somebody_new() {
    each(|bed| {
        bed.write(|tx| {
            let (id, bot) = (usr("eve"), bot("b"));
            person(tx, "anna")?;
            users::find_or_create(tx, &new_user(&id, &bot), NOW)?;
            let first_chat = cht("eve");
            let chat = NewChat {
                id: &first_chat,
                bot: &bot,
                user: &id,
                telegram_chat: 5,
                place: "\"Home\"",
            };
            assert!(chats::load_or_create(tx, &chat, NOW)?.1);
            assert!(chats::save(tx, &first_chat, 1, "\"Avatars\"", None, NOW)?);
            assert!(users::forget(tx, &id)? && !users::forget(tx, &id)?);
            let eve = users::get(tx, &id)?.expect("the row stays");
            assert_eq!((eve.telegram_id, eve.first_name.as_str(), eve.origin), (None, "", None));

            let new = usr("eve2");
            let (eve, is_new) = users::find_or_create(tx, &new_user(&new, &bot), later(9))?;
            assert!(is_new && eve.id == new);
            let chat = NewChat { id: &cht("eve2"), user: &new, ..chat };
            let (chat, is_new) = chats::load_or_create(tx, &chat, later(9))?;
            assert_eq!((&chat.user, chat.place.as_str(), is_new), (&new, "\"Home\"", false));
            assert_eq!(chats::of_user(tx, &id)?, None, "the old one has no chat any more");
            Ok(())
        });
    });
}

#[test]
fn of_racing_moves_of_a_chat_one_is_kept() {
    each(|bed| {
        bed.write(|tx| person(tx, "anna"));
        let moved = bed.race(20, |tx, number| {
            let place = format!("\"{number}\"");
            chats::save(tx, &cht("anna"), 1, &place, Some("moved"), later(1))
        });
        assert_eq!(moved.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
        let chat = bed.read(|tx| chats::of_user(tx, &usr("anna"))).expect("it is there");
        let winner = moved.iter().position(|it| *it == Ok(true)).expect("one");
        assert_eq!((chat.version, chat.place), (2, format!("\"{winner}\"")));
    });
}

#[test]
fn a_chat_lags_until_what_it_shows_was_drawn() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let id = cht("anna");
            let lagging =
                |tx: &mut Tx| Ok::<_, StoreError>(chats::lagging(tx, later(100), 10)?.len());
            assert_eq!(lagging(tx)?, 0);
            assert!(chats::save(tx, &id, 1, "\"A\"", Some("done"), later(1))?);
            assert_eq!(chats::lagging(tx, later(1), 10)?.len(), 0, "it may be being drawn");
            assert_eq!(lagging(tx)?, 1);
            let drawn = |version, menu| Drawn {
                version,
                menu_message: Some(menu),
                menu_kind: Some("text"),
                last_message: Some(menu),
            };
            assert!(chats::drawn(tx, &id, &drawn(2, 10))?);
            assert_eq!(lagging(tx)?, 0);
            chats::touch(tx, &id, later(2))?;
            assert_eq!(lagging(tx)?, 1);
            assert!(chats::drawn(tx, &id, &drawn(3, 12))?);
            assert!(!chats::drawn(tx, &id, &drawn(2, 11))?, "an older drawing came late");
            chats::message_seen(tx, &id, 15)?;
            chats::message_seen(tx, &id, 14)?;
            let chat = chats::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!((chat.menu_message, chat.last_message), (Some(12), Some(15)));
            assert_eq!((chat.version, chat.shown_version, chat.notice), (3, 3, None));
            Ok(())
        });
    });
}

#[test]
fn an_update_is_taken_in_once() {
    each(|bed| {
        let taken = bed.race(20, |tx, _| updates::remember(tx, &bot("b"), 7, NOW));
        assert_eq!(taken.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
        bed.write(|tx| {
            assert!(updates::remember(tx, &bot("c"), 7, later(50))?, "of another bot");
            assert!(updates::remember(tx, &bot("b"), 9, later(100))?);
            assert_eq!(updates::last(tx, &bot("b"))?, Some(9));
            assert_eq!(updates::last(tx, &bot("z"))?, None);
            assert_eq!(updates::prune(tx, later(60), 10)?, 2);
            assert!(!updates::remember(tx, &bot("b"), 9, later(101))?);
            Ok(())
        });
    });
}

#[test]
fn f60_photos_of_an_album_in_any_order_are_numbered_once_each() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna")).expect("a customer");
        let numbers = bed.race(40, |tx, number| {
            // Each message comes twice, and the order is mixed.
            photo(tx, "anna", &format!("p{number}"), i64::from(number * 7 % 20))
        });
        let mut numbers: Vec<u32> =
            numbers.into_iter().filter_map(|it| it.expect("it stands")).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>(), "on {}", bed.name);
        let set = bed.read(|tx| photos::set(tx, &usr("anna"), &ava("anna")));
        assert_eq!(set.len(), 20);
        assert!(set.iter().zip(1..).all(|(it, number)| it.number == number));
    });
}

#[test]
fn photos_are_judged_judged_again_and_removed() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna")).expect("a customer");
        bed.write(|tx| {
            let (anna, avatar) = (usr("anna"), ava("anna"));
            assert_eq!(photo(tx, "anna", "a", 1)?, Some(1));
            assert_eq!(photo(tx, "anna", "b", 2)?, Some(2));
            assert_eq!(photos::of(tx, &anna, &pho("a"))?.and_then(|it| it.judgement), None);
            let judgement = Judgement {
                measures: Some(domain::photo::Measures {
                    width: 600,
                    height: 800,
                    faces: vec![120],
                    sharpness: 99,
                    brightness: 100,
                    sha256: "00".to_owned(),
                    near_hash: u64::MAX,
                }),
                verdicts: vec![domain::photo::Verdict::DuplicateOf(1)],
                ..Judgement::default()
            };
            assert!(!photos::rejudged(tx, &pho("b"), &[])?, "not judged yet");
            assert!(photos::judged(tx, &pho("b"), &judgement)?);
            let b = photos::get_for_job(tx, &pho("b"))?.expect("it is there");
            assert_eq!(b.judgement.as_ref(), Some(&judgement));
            assert!(photos::remove(tx, &anna, &pho("a"), NOW)?);
            assert!(!photos::remove(tx, &anna, &pho("a"), NOW)?);
            assert!(!photos::judged(tx, &pho("a"), &judgement)?, "it is removed");
            assert!(photos::rejudged(tx, &pho("b"), &[])?);
            assert_eq!(photos::count(tx, &anna, &avatar)?, 1);
            assert_eq!(photo(tx, "anna", "c", 3)?, Some(3), "numbers aren't given twice");
            assert_eq!(photo(tx, "anna", "a2", 1)?, None, "nor are messages taken twice");
            assert_eq!(photos::forget(tx, &anna, NOW)?, 3);
            assert_eq!(photos::set(tx, &anna, &avatar)?, []);
            Ok(())
        });
    });
}

#[test]
fn avatars_have_one_main_one_and_pages() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "a1")).expect("a customer");
        bed.write(|tx| {
            let user = usr("a1");
            for name in ["a2", "a3"] {
                assert!(avatar(tx, "a1", &ava(name))?);
            }
            assert!(!avatar(tx, "a1", &ava("a3"))?, "it is there");
            assert_eq!(avatars::count(tx, &user)?, 3);
            let page = avatars::list(tx, &user, None, 2)?;
            let names: Vec<_> = page.iter().map(|it| it.id.clone()).collect();
            assert_eq!(names, [ava("a3"), ava("a2")]);
            let rest = avatars::list(tx, &user, Some(&names[1]), 2)?;
            assert_eq!(rest.len(), 1);
            assert_eq!(avatars::main(tx, &user)?, None);
            for name in ["a1", "a2", "a2"] {
                assert!(avatars::choose_main(tx, &user, &ava(name))?);
            }
            assert_eq!(avatars::main(tx, &user)?.map(|it| it.id), Some(ava("a2")));
            assert!(avatars::delete(tx, &user, &ava("a2"), NOW)?);
            assert!(!avatars::delete(tx, &user, &ava("a2"), NOW)?);
            assert!(!avatars::choose_main(tx, &user, &ava("a2"))?);
            assert_eq!(avatars::main(tx, &user)?, None);
            assert!(avatars::rename(tx, &user, &ava("a3"), "Summer")?);
            avatars::forget_model(tx, &ava("a2"))?;
            Ok(())
        });
    });
}

#[test]
fn f39_an_avatar_is_not_complete_without_its_model() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna")).expect("a customer");
        let said = bed.try_write(|tx| {
            avatars::shift(tx, &ava("anna"), AvatarState::Ready, AvatarState::Training)?;
            avatars::complete(tx, &ava("anna"), &Model::default(), NOW)
        });
        assert!(matches!(said, Err(StoreError::Forbidden { .. })), "on {}: {said:?}", bed.name);
    });
}

#[test]
fn f46_of_trainings_that_start_at_once_one_does() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna")).expect("a customer");
        let begun = bed.race(3, |tx, number| order(tx, "anna", &format!("t{number}")));
        assert_eq!(begun.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
        let open = bed.read(|tx| trainings::open_of_user(tx, &usr("anna")));
        assert_eq!(open.len(), 1);
        let open = bed.read(|tx| trainings::open(tx, &usr("anna"), &ava("anna")));
        assert_eq!(open.and_then(|it| it.settings.steps), Some(1_000));
    });
}

#[test]
fn f47_what_the_provider_may_have_is_not_asked_for_again() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna").and_then(|()| order(tx, "anna", "t")))
            .expect("an order");
        bed.write(|tx| {
            let id = trn("t");
            assert!(trainings::archived(tx, &id, None, Some("http://localhost/a.zip"))?);
            assert!(trainings::intend(tx, &id, NOW)?);
            assert!(!trainings::intend(tx, &id, later(1))?, "we may have died while asking");
            assert!(trainings::not_taken(tx, &id)?, "it said no");
            assert!(trainings::intend(tx, &id, later(2))?);
            let run = Run { id: "run-1", run: "{}", deadline_at: later(1_800) };
            assert!(trainings::started(tx, &id, &run, later(3))?);
            assert!(!trainings::started(tx, &id, &run, later(3))?);
            assert!(!trainings::not_taken(tx, &id)?);
            assert!(trainings::progress(tx, &id, Some(10), None)?);
            assert!(!trainings::progress(tx, &id, Some(10), None)?, "nothing new to show");
            let found = trainings::by_run_for_job(tx, "fal", "run-1")?.expect("it runs");
            assert_eq!((found.state, found.attempts), (WorkState::Processing, 2));
            assert_eq!(trainings::by_run_for_job(tx, "other", "run-1")?, None);
            assert!(trainings::restart(tx, &id)? && !trainings::restart(tx, &id)?);
            assert!(trainings::ask_cancel(tx, &usr("anna"), &id, later(4))?);
            assert!(!trainings::ask_cancel(tx, &usr("anna"), &id, later(5))?);
            assert!(!trainings::intend(tx, &id, later(6))?, "it was cancelled");
            assert_eq!(trainings::count_open(tx)?, [(WorkState::Pending, 1)]);
            Ok(())
        });
    });
}

#[test]
fn an_ended_training_stays_as_it_ended() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "t")?;
            submit(tx, &trn("t"))?;
            fail(tx, "anna", "t", End::Failed(Fault::TooSlow))
        })
        .expect("it failed");
        bed.try_write(|tx| {
            let id = trn("t");
            assert!(!trainings::end(tx, &id, End::Succeeded, later(99))?);
            assert!(!trainings::progress(tx, &id, Some(99), None)?);
            assert!(!trainings::restart(tx, &id)?);
            assert!(!trainings::ask_cancel(tx, &usr("anna"), &id, later(99))?);
            assert!(trainings::came_late(tx, &id, later(99))?);
            assert!(!trainings::came_late(tx, &id, later(99))?);
            let it = trainings::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!((it.state, it.fault), (WorkState::Failed, Some(Fault::TooSlow)));
            order(tx, "anna", "u")?;
            submit(tx, &trn("u"))?;
            succeed(tx, "anna", "u")?;
            assert!(!trainings::came_late(tx, &trn("u"), later(99))?, "it was in time");
            let latest = trainings::latest(tx, &usr("anna"), &ava("anna"))?;
            assert_eq!(latest.map(|it| it.id), Some(trn("u")));
            assert_eq!(trainings::list(tx, &usr("anna"), Some(&trn("u")), 5)?.len(), 1);
            let told = avatars::statistics(tx, &usr("anna"), &ava("anna"))?;
            assert_eq!(
                told,
                Statistics { photos: 0, trainings: 2, generations: 0, spent: credits(30) }
            );
            Ok::<_, store::ledger::LedgerError>(())
        })
        .expect("it stands");
    });
}

/// Every function that takes a user, asked with somebody else's.
#[test]
fn f80_f81_nobody_gets_or_changes_what_is_another_users() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            customer(tx, "mallory")?;
            order(tx, "anna", "t")?;
            photo(tx, "anna", "p", 1)?;
            Ok::<_, store::ledger::LedgerError>(())
        })
        .expect("an order");
        bed.write(|tx| {
            let mallory = usr("mallory");
            let (avatar, training, picture) = (ava("anna"), trn("t"), pho("p"));
            insert_object(tx, "o", None)?;
            assert_eq!(avatars::of(tx, &mallory, &avatar)?, None);
            assert!(!avatars::rename(tx, &mallory, &avatar, "mine")?);
            assert!(!avatars::choose_main(tx, &mallory, &avatar)?);
            assert!(!avatars::delete(tx, &mallory, &avatar, NOW)?);
            let nothing = Statistics { photos: 0, trainings: 0, generations: 0, spent: credits(0) };
            assert_eq!(avatars::statistics(tx, &mallory, &avatar)?, nothing);
            assert_eq!(photos::of(tx, &mallory, &picture)?, None);
            assert_eq!(photos::set(tx, &mallory, &avatar)?, []);
            assert_eq!(photos::count(tx, &mallory, &avatar)?, 0);
            assert!(!photos::remove(tx, &mallory, &picture, NOW)?);
            let (id, shot) = (pho("q"), crate::story::picture(9));
            let foreign =
                photos::NewPhoto { id: &id, avatar: &avatar, user: &mallory, picture: &shot };
            assert_eq!(photos::insert(tx, &foreign, NOW)?, None);
            assert_eq!(trainings::of(tx, &mallory, &training)?, None);
            assert_eq!(trainings::latest(tx, &mallory, &avatar)?, None);
            assert_eq!(trainings::open(tx, &mallory, &avatar)?, None);
            assert!(!trainings::ask_cancel(tx, &mallory, &training, NOW)?);
            assert_eq!(objects::of(tx, &mallory, &obj("o"))?, None);
            assert_eq!(objects::of_user(tx, &mallory, None, 9)?, []);
            assert!(objects::of(tx, &usr("anna"), &obj("o"))?.is_some());
            Ok(())
        });
    });
}

fn insert_object(
    tx: &mut Tx,
    name: &str,
    delete_after: Option<Millis>,
) -> Result<bool, StoreError> {
    let new = NewObject {
        id: &obj(name),
        key: &format!("keys/{name}"),
        bytes: 5,
        sha256: "00",
        kind: "photo",
        content_type: "image/jpeg",
        user: Some(&usr("anna")),
        avatar: Some(&ava("anna")),
        delete_after,
    };
    objects::insert(tx, &new, NOW)
}

#[test]
fn objects_go_when_their_time_is_over() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna")).expect("a customer");
        bed.write(|tx| {
            assert!(insert_object(tx, "a", None)? && insert_object(tx, "b", Some(later(9)))?);
            assert!(!insert_object(tx, "a", None)?, "noted before");
            assert!(objects::expire(tx, &obj("a"), later(5))?);
            assert!(!objects::expire(tx, &obj("a"), later(6))?, "sooner was said before");
            assert_eq!(objects::due_for_job(tx, later(4), 9)?, []);
            let due = objects::due_for_job(tx, later(9), 9)?;
            let due: Vec<_> = due.iter().map(|it| it.id.clone()).collect();
            assert_eq!(due, [obj("a"), obj("b")]);
            assert!(objects::deleted(tx, &obj("a"), later(9))?);
            assert!(!objects::deleted(tx, &obj("a"), later(9))?);
            assert_eq!(objects::of(tx, &usr("anna"), &obj("a"))?, None);
            assert_eq!(objects::by_key_for_job(tx, "keys/a")?, None);
            assert!(objects::get_for_job(tx, &obj("a"))?.is_some_and(|it| it.deleted_at.is_some()));
            assert!(insert_object(tx, "c", None)?);
            assert_eq!(objects::expire_avatar(tx, &ava("anna"), Some("model"), NOW)?, 0);
            assert_eq!(objects::expire_avatar(tx, &ava("anna"), None, NOW)?, 2);
            assert_eq!(objects::expire_user(tx, &usr("anna"), NOW)?, 0, "that was said");
            assert_eq!(objects::of_user(tx, &usr("anna"), Some(&obj("b")), 9)?.len(), 1);
            Ok(())
        });
    });
}

#[test]
fn what_somebody_had_at_a_moment_is_counted() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna")).expect("a customer");
        bed.write(|tx| {
            for (id, at) in
                [("before", Some(2)), ("then", Some(3)), ("after", Some(4)), ("there", None)]
            {
                assert!(insert_object(tx, id, None)?);
                at.map(|it| objects::deleted(tx, &obj(id), later(it))).transpose()?;
            }
            let counted = |tx: &mut Tx, at| objects::count_since(tx, &usr("anna"), later(at));
            assert_eq!(counted(tx, 3)?, [("photo".to_owned(), 3)], "then, after and there");
            assert_eq!(counted(tx, 5)?, [("photo".to_owned(), 1)], "there");
            assert_eq!(objects::count_since(tx, &usr("boris"), later(3))?, []);
            Ok(())
        });
    });
}

#[test]
fn f65_f67_f71_what_became_of_each_tell_is_known() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "t")?;
            fail(tx, "anna", "t", End::Canceled)
        })
        .expect("news");
        bed.write(|tx| {
            let id = tel("t");
            assert!(!tell(tx, "anna", "t")?, "nothing is told twice");
            assert_eq!(tells::open_for_job(tx, later(100), 9)?.len(), 1);
            assert!(!tells::sent(tx, &id, &[1], None, NOW)?, "it was not begun");
            assert!(tells::begin(tx, &id)? && !tells::begin(tx, &id)?);
            assert!(tells::again(tx, &id, "429")?);
            assert!(tells::begin(tx, &id)?);
            assert!(tells::refused(tx, &id, "403", later(70))?);
            assert!(!tells::begin(tx, &id)?);
            assert_eq!(tells::revive(tx, &usr("anna"))?, std::slice::from_ref(&id));
            assert!(tells::begin(tx, &id)?);
            assert!(tells::sent(tx, &id, &[10, 11], Some("file"), later(80))?);
            assert!(!tells::unknown(tx, &id, "late", later(81))?);
            let told = tells::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!((told.state, told.attempts), (SendState::Sent, 3));
            assert_eq!((told.message_ids, told.news), (vec![10, 11], News::Renamed));
            assert_eq!(tells::of_user(tx, &usr("anna"), 9)?.len(), 1);
            assert_eq!(tells::revive(tx, &usr("anna"))?, []);
            users::forget(tx, &usr("anna"))?;
            assert_eq!(tells::forget(tx, &usr("anna"))?, 1);
            Ok(())
        });
    });
}

#[test]
fn calls_are_counted_with_their_cost() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna").and_then(|()| order(tx, "anna", "t")))
            .expect("an order");
        bed.write(|tx| {
            let call = NewCall { provider: "fal", call: "submit", outcome: "ok", cost_micros: 40 };
            provider_calls::note(tx, Work::Training(&trn("t")), &call, NOW)?;
            let poll = NewCall { call: "poll", ..call };
            provider_calls::note(tx, Work::Training(&trn("t")), &poll, later(1))?;
            let calls = provider_calls::list_for_job(tx, Work::Training(&trn("t")))?;
            assert_eq!(calls.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2]);
            let cost = trainings::get_for_job(tx, &trn("t"))?.map(|it| it.cost_micros);
            assert_eq!(cost, Some(80));
            Ok(())
        });
    });
}

#[test]
fn f45_webhooks_are_counted_and_attention_is_raised_once() {
    each(|bed| {
        bed.write(|tx| {
            for number in 1..=10 {
                assert_eq!(webhooks::note(tx, "fal", "run", "OK", later(number))?, number as u32);
            }
            assert_eq!(webhooks::note(tx, "fal", "run", "ERROR", NOW)?, 1);
            assert_eq!(webhooks::prune(tx, later(10))?, 1);
            assert!(attention::raise(tx, "uncertain", "trn_t", "asked twice", NOW)?);
            assert!(!attention::raise(tx, "uncertain", "trn_t", "again", later(1))?);
            assert_eq!(attention::open(tx, 9)?.len(), 1);
            assert!(attention::close(tx, "uncertain", "trn_t", later(2))?);
            assert!(!attention::close(tx, "uncertain", "trn_t", later(2))?);
            assert!(attention::raise(tx, "uncertain", "trn_t", "once more", later(3))?);
            Ok(())
        });
    });
}

//! Generations: from the hold to the pictures, whoever makes them and whatever comes in between.

use domain::picture::{Product, Source};
use domain::refusal::Fault;
use domain::{Aspect, Millis, WorkState};
use store::artifacts::Filter;
use store::generations::{self, End, NewGeneration, Run};
use store::ledger::{self, LedgerError};
use store::packings::{self, NewPacking, PackingState};
use store::provider_calls::{self, NewCall, Work};
use store::{artifacts, avatars, errands, objects, reports, trainings, uploads};

use crate::bed::{NOW, art, ava, bot, each_chain, gnr, hld, later, obj, trn, usr, wallet, zip};
use crate::ledger::credits;
use crate::sittings::{EACH, deliver, fail, file, order, price, submit, succeed, tell, thumbnail};
use crate::story::{self, customer};

#[test]
fn what_was_ordered_is_what_is_stored() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "one", 4)?;
            let (id, hold, source) =
                (gnr("two"), hld("gtwo"), Source { artifact: art("x1"), strength_percent: 55 });
            ledger::hold(tx, &hold, &wallet("anna"), credits(0), id.as_str(), NOW)?;
            let new = NewGeneration {
                id: &id,
                user: &usr("anna"),
                bot: &bot("b"),
                product: Product::Picture,
                avatar: Some(&ava("anna")),
                style: None,
                style_version: None,
                edit: None,
                making: None,
                stage: None,
                batch: None,
                words: "by night",
                prompt: "photo of TOK_1, by night",
                aspect: Aspect::Wide,
                count: 1,
                model: "flux",
                seed: i64::from(u32::MAX),
                source: Some(&source),
                repeats: Some(&gnr("one")),
                credits: credits(0),
                each: credits(0),
                hold: &hold,
                provider: "replicate",
                workflow: "owner/model:1",
            };
            assert!(generations::insert(tx, &new, later(9))?);
            assert!(!generations::insert(tx, &new, later(9))?, "this very one was begun");
            let two = generations::of(tx, &usr("anna"), &id)?.expect("it is there");
            assert_eq!((two.source, two.repeats), (Some(source), Some(gnr("one"))));
            assert_eq!((two.aspect, two.seed, two.style), (Aspect::Wide, 4_294_967_295, None));
            assert_eq!(
                (two.state, two.created_at, two.tried),
                (WorkState::Pending, later(9), vec![])
            );
            let one = generations::get_for_job(tx, &gnr("one"))?.expect("it is there");
            assert_eq!((one.style.as_deref(), one.style_version), (Some("studio"), Some(2)));
            assert_eq!((one.words.as_str(), one.product), ("with a cat", Product::Picture));
            assert_eq!((one.credits, one.each, one.hold), (price(4), price(1), hld("gone")));
            // Somebody whose credits are unlimited pays nothing for what was made.
            assert!(submit(tx, "two", "run-2")?);
            assert!(succeed_free(tx)?);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

fn succeed_free(tx: &mut store::Tx) -> Result<bool, LedgerError> {
    let ended = generations::end(tx, &gnr("two"), End::Succeeded, later(60))?;
    deliver(tx, "anna", &ava("anna"), "two", 1, later(60))?;
    ledger::capture(tx, &hld("gtwo"), credits(0), later(60))?;
    tell(tx, "anna", "two", "end")?;
    Ok(ended)
}

#[test]
fn f47_work_that_the_provider_may_have_is_not_asked_for_again() {
    each_chain(|bed| {
        bed.try_write(|tx| customer(tx, "anna").and_then(|()| order(tx, "anna", "a", 2)))
            .expect("an order");
        bed.write(|tx| {
            let id = gnr("a");
            assert!(generations::intend(tx, &id, NOW)?);
            assert!(!generations::intend(tx, &id, later(1))?, "we may have died while asking");
            assert!(generations::not_taken(tx, &id)?, "it said no");
            assert!(generations::intend(tx, &id, later(1))?);
            assert!(generations::put_off(tx, &id)?, "there was no place for it");
            assert!(!generations::put_off(tx, &id)?, "it counts for nothing, once");
            assert!(generations::intend(tx, &id, later(2))?);
            let run = Run { id: "run-1", run: "{\"a\":1}", deadline_at: later(300) };
            assert!(generations::started(tx, &id, &run, later(3))?);
            assert!(!generations::started(tx, &id, &run, later(3))?);
            assert!(!generations::not_taken(tx, &id)? && !generations::put_off(tx, &id)?);
            assert!(generations::progress(tx, &id, None, Some(3))?);
            assert!(!generations::progress(tx, &id, None, Some(3))?, "nothing new to show");
            assert!(generations::progress(tx, &id, Some(40), Some(3))?, "where nothing was before");
            let found = generations::by_run_for_job(tx, "fal", "run-1")?.expect("it runs");
            assert_eq!((found.state, found.attempts), (WorkState::Processing, 2));
            assert_eq!((found.queue_place, found.started_at), (Some(3), Some(later(3))));
            assert_eq!(trainings::by_run_for_job(tx, "fal", "run-1")?, None);
            assert_eq!(errands::past(tx, "fal", "run-1")?, None, "it isn't past");
            assert!(generations::restart(tx, &id)? && !generations::restart(tx, &id)?);
            assert_eq!(generations::by_run_for_job(tx, "fal", "run-1")?, None);
            assert_eq!(errands::past(tx, "fal", "run-1")?.as_deref(), Some("gen_a"));
            assert_eq!(generations::count_open(tx)?, [(WorkState::Pending, 1)]);
            assert!(generations::ask_cancel(tx, &usr("anna"), &id, later(4))?);
            assert!(!generations::ask_cancel(tx, &usr("anna"), &id, later(5))?);
            assert!(!generations::intend(tx, &id, later(6))?, "it was cancelled");
            Ok(())
        });
    });
}

#[test]
fn f40_work_that_is_given_to_another_provider_begins_anew_and_is_found_by_both_runs() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 2)?;
            story::order(tx, "anna", "t")
        })
        .expect("orders");
        let moved = |tx: &mut store::Tx, to: &str, tried: &str| {
            generations::moved_on(tx, &gnr("a"), to, &format!("{to}-flux"), tried)
        };
        bed.write(move |tx| {
            let id = gnr("a");
            assert!(submit(tx, "a", "run-1")?);
            assert!(generations::progress(tx, &id, Some(40), None)?);
            assert!(moved(tx, "replicate", "fal")?);
            assert!(!moved(tx, "replicate", "fal")?, "it is there already");
            let it = generations::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!((it.state, it.provider.as_str()), (WorkState::Pending, "replicate"));
            assert_eq!(
                (it.workflow.as_str(), it.tried),
                ("replicate-flux", vec!["fal".to_owned()])
            );
            assert_eq!((it.intent_at, it.run, it.run_id, it.percent), (None, None, None, None));
            assert_eq!((it.started_at, it.deadline_at, it.attempts), (None, None, 0));
            // Its run isn't lost: a word of it still leads here.
            assert_eq!(generations::by_run_for_job(tx, "fal", "run-1")?, None);
            assert_eq!(errands::past(tx, "fal", "run-1")?.as_deref(), Some("gen_a"));
            assert_eq!(errands::past(tx, "replicate", "run-1")?, None);
            assert!(submit(tx, "a", "run-1")?, "the same id at another provider");
            assert!(moved(tx, "third", "replicate")?, "with an intent and a run");
            assert!(moved(tx, "fourth", "third")?, "with neither");
            let it = generations::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!(it.tried, ["fal", "replicate", "third"]);
            assert_eq!(errands::past(tx, "replicate", "run-1")?.as_deref(), Some("gen_a"));
            // A training does so too.
            assert!(story::submit(tx, &trn("t"))?);
            assert!(trainings::moved_on(tx, &trn("t"), "replicate", "trainer", "fal")?);
            let it = trainings::get_for_job(tx, &trn("t"))?.expect("it is there");
            assert_eq!((it.state, it.tried), (WorkState::Pending, vec!["fal".to_owned()]));
            assert_eq!(errands::past(tx, "fal", "run-trn_t")?.as_deref(), Some("trn_t"));
            Ok(())
        });
        bed.try_write(move |tx| {
            fail(tx, "anna", "a", End::Failed(Fault::ProviderFailed))?;
            assert!(!moved(tx, "fifth", "fourth")?, "it has ended");
            assert!(!generations::restart(tx, &gnr("a"))?);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn f22_f36_an_end_that_comes_from_everywhere_is_one_end() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 4)?;
            submit(tx, "a", "run-1").map_err(LedgerError::from)
        })
        .expect("it runs");
        let ends = bed.race(24, |tx, number| match number % 3 {
            0 => succeed(tx, "anna", "a", 3, later(60)),
            1 => fail(tx, "anna", "a", End::Failed(Fault::TooSlow)),
            _ => fail(tx, "anna", "a", End::Canceled),
        });
        let ended = ends.iter().filter(|it| **it == Ok(true)).count();
        assert_eq!(ended, 1, "on {}: {ends:?}", bed.name);
        assert!(ends.iter().all(Result::is_ok), "on {}: {ends:?}", bed.name);
    });
}

#[test]
fn three_of_four_are_charged_as_three() {
    each_chain(|bed| {
        let left = bed
            .try_write(|tx| {
                customer(tx, "anna")?;
                order(tx, "anna", "a", 4)?;
                let held = ledger::balance(tx, &wallet("anna"))?.map(|it| it.held);
                assert_eq!(held, Some(price(4)));
                assert!(succeed(tx, "anna", "a", 3, later(60))?);
                let it = generations::get_for_job(tx, &gnr("a"))?.expect("it is there");
                assert_eq!((it.made, it.withheld, it.ended_at), (3, 1, Some(later(60))));
                assert!(!generations::delivered(tx, &gnr("a"), 1, 0)?, "that is settled");
                Ok::<_, LedgerError>(ledger::available(tx, &wallet("anna"))?)
            })
            .expect("it stands");
        assert_eq!(left, credits(100 - 3 * EACH));
    });
}

#[test]
fn f36_f46_a_late_result_is_kept_once_and_is_free() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 2)?;
            submit(tx, "a", "run-1")?;
            fail(tx, "anna", "a", End::Failed(Fault::TooSlow))
        })
        .expect("it failed");
        let late = bed.race(8, |tx, _| {
            let is_first = generations::came_late(tx, &gnr("a"), later(99))?;
            if is_first {
                deliver(tx, "anna", &ava("anna"), "a", 2, later(99))?;
                tell(tx, "anna", "a", "late")?;
            }
            Ok::<_, store::StoreError>(is_first)
        });
        assert_eq!(late.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
        assert!(late.iter().all(Result::is_ok), "on {}: {late:?}", bed.name);
        let shown = bed.read(|tx| artifacts::of_generation(tx, &usr("anna"), &gnr("a")));
        assert_eq!(shown.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2]);
        let left = bed.read(|tx| ledger::available(tx, &wallet("anna")));
        assert_eq!(left, credits(100));
    });
}

#[test]
fn how_long_it_takes_is_known_from_those_that_succeeded() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            assert_eq!(generations::recent_seconds(tx, "flux", 50)?, None);
            for (name, took) in [("a", 10), ("b", 900), ("c", 14), ("d", 12), ("e", 16)] {
                order(tx, "anna", name, 1)?;
                succeed(tx, "anna", name, 1, later(took))?;
            }
            order(tx, "anna", "f", 1)?;
            fail(tx, "anna", "f", End::Canceled)?;
            assert_eq!(generations::recent_seconds(tx, "flux", 50)?, Some(14));
            // The latest two ended after 16 and 900.
            assert_eq!(generations::recent_seconds(tx, "flux", 2)?, Some(900));
            assert_eq!(generations::recent_seconds(tx, "other", 50)?, None);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn a_place_in_our_own_queue_counts_those_that_nobody_has_yet() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            customer(tx, "bob")?;
            for name in ["a", "b", "c", "d"] {
                order(tx, if name == "b" { "bob" } else { "anna" }, name, 1)?;
            }
            assert_eq!(generations::ahead(tx, &gnr("d"))?, 3);
            assert!(generations::intend(tx, &gnr("a"), NOW)?);
            assert_eq!(generations::ahead(tx, &gnr("d"))?, 2, "one may be at the provider");
            fail(tx, "bob", "b", End::Canceled)?;
            assert_eq!(generations::ahead(tx, &gnr("d"))?, 1, "one is given up");
            assert_eq!(generations::ahead(tx, &gnr("a"))?, 0);
            let ids = |it: Vec<generations::Generation>| {
                it.into_iter().map(|it| it.id).collect::<Vec<_>>()
            };
            let anna = usr("anna");
            assert_eq!(ids(generations::open_of_user(tx, &anna)?), [gnr("a"), gnr("c"), gnr("d")]);
            assert_eq!(generations::latest(tx, &anna)?.map(|it| it.id), Some(gnr("d")));
            assert_eq!(ids(generations::list(tx, &anna, Some(&gnr("d")), 1)?), [gnr("c")]);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn what_a_safety_check_kept_back_is_counted_by_the_day() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 4)?;
            succeed(tx, "anna", "a", 1, later(60))?;
            order(tx, "anna", "b", 2)?;
            assert!(generations::delivered(tx, &gnr("b"), 0, 2)?);
            fail(tx, "anna", "b", End::Failed(Fault::ContentRejected))?;
            assert_eq!(generations::withheld_since(tx, &usr("anna"), later(60))?, 5);
            assert_eq!(generations::withheld_since(tx, &usr("anna"), later(61))?, 0);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn what_providers_took_is_in_the_row_and_in_the_numbers_of_the_bot() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 4)?;
            story::order(tx, "anna", "t")?;
            let call = NewCall { provider: "fal", call: "submit", outcome: "ok", cost_micros: 40 };
            let (picture, training) = (gnr("a"), trn("t"));
            provider_calls::note(tx, Work::Generation(&picture), &call, later(5))?;
            provider_calls::note(tx, Work::Training(&training), &call, later(5))?;
            let poll = NewCall { call: "poll", cost_micros: 2, ..call };
            provider_calls::note(tx, Work::Generation(&picture), &poll, later(6))?;
            let calls = provider_calls::list_for_job(tx, Work::Generation(&picture))?;
            assert_eq!(calls.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2]);
            assert_eq!(provider_calls::list_for_job(tx, Work::Training(&training))?.len(), 1);
            let it = generations::get_for_job(tx, &picture)?.expect("it is there");
            assert_eq!(it.cost_micros, 42);
            succeed(tx, "anna", "a", 3, later(60))?;
            story::submit(tx, &training)?;
            story::succeed(tx, "anna", "t")?;
            let stats = reports::stats(tx, &bot("b"), NOW, later(999))?;
            assert_eq!((stats.cost_micros, stats.spent), (82, credits(3 * EACH + story::PRICE)));
            let other = reports::stats(tx, &bot("other"), NOW, later(999))?;
            assert_eq!(other.cost_micros, 0);
            let of = avatars::statistics(tx, &usr("anna"), &ava("anna"))?;
            assert_eq!((of.trainings, of.generations), (1, 1));
            assert_eq!(of.spent, credits(3 * EACH + story::PRICE));
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn f80_f81_nobody_gets_or_changes_what_is_another_users() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            customer(tx, "mallory")?;
            order(tx, "anna", "a", 2)?;
            order(tx, "anna", "b", 2)?;
            succeed(tx, "anna", "a", 2, later(60))?;
            let (mallory, of_anna) = (usr("mallory"), [art("a1"), art("a2")]);
            assert_eq!(generations::of(tx, &mallory, &gnr("b"))?, None);
            assert_eq!(generations::latest(tx, &mallory)?, None);
            assert_eq!(generations::list(tx, &mallory, None, 9)?, []);
            assert_eq!(generations::open_of_user(tx, &mallory)?, []);
            assert!(!generations::ask_cancel(tx, &mallory, &gnr("b"), NOW)?);
            assert_eq!(artifacts::of(tx, &mallory, &art("a1"))?, None);
            assert_eq!(artifacts::of_generation(tx, &mallory, &gnr("a"))?, []);
            assert_eq!(artifacts::many(tx, &mallory, &of_anna)?, []);
            let by_avatar = Filter { avatar: Some(ava("anna")), ..Filter::default() };
            let all =
                [Filter::default(), by_avatar.clone(), Filter { favourite: true, ..by_avatar }];
            artifacts::favour(tx, &usr("anna"), &art("a2"), true, Millis::DAY, NOW)?;
            for filter in &all {
                assert_eq!(artifacts::page(tx, &mallory, filter, None, None, 9)?, []);
                assert_eq!(artifacts::count(tx, &mallory, filter)?, 0);
            }
            // Neither is what another has a place to count from.
            order(tx, "mallory", "m", 1)?;
            succeed(tx, "mallory", "m", 1, later(70))?;
            let none = Filter::default();
            assert_eq!(artifacts::page(tx, &mallory, &none, Some(&art("a1")), None, 9)?, []);
            assert_eq!(artifacts::page(tx, &mallory, &none, None, Some(&art("a1")), 9)?, []);
            assert!(!artifacts::favour(tx, &mallory, &art("a1"), true, Millis::DAY, NOW)?);
            assert!(!artifacts::favour(tx, &mallory, &art("a2"), false, Millis::DAY, NOW)?);
            assert_eq!(artifacts::delete(tx, &mallory, &of_anna, NOW)?, 0);
            assert_eq!(generations::forget_avatar(tx, &mallory, &ava("anna"), NOW)?, 0);
            let new = NewPacking {
                id: &zip("z"),
                user: &usr("anna"),
                bot: &bot("b"),
                artifacts: &of_anna,
            };
            assert!(packings::insert(tx, &new, NOW)?);
            assert_eq!(packings::of(tx, &mallory, &zip("z"))?, None);
            assert_eq!(artifacts::many(tx, &usr("anna"), &of_anna)?.len(), 2, "all is there");
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn what_is_forgotten_says_and_shows_nothing_any_more() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            for name in ["anna", "bob"] {
                customer(tx, name)?;
                order(tx, name, name, 2)?;
                succeed(tx, name, name, 2, later(60))?;
            }
            artifacts::sent(tx, &art("anna1"), "file")?;
            assert_eq!(generations::forget(tx, &usr("anna"), later(99))?, 2);
            assert_eq!(generations::forget(tx, &usr("anna"), later(99))?, 0);
            let it = generations::get_for_job(tx, &gnr("anna"))?.expect("the books need it");
            assert_eq!((it.words.as_str(), it.prompt.as_str(), it.made), ("", "", 2));
            assert_eq!(artifacts::of_generation(tx, &usr("anna"), &gnr("anna"))?, []);
            let due: Vec<_> =
                objects::due_for_job(tx, later(99), 9)?.into_iter().map(|it| it.id).collect();
            let files = [1, 2].map(|it| [file("anna", it), thumbnail("anna", it)]).concat();
            assert_eq!(due, files, "the files go, and nobody else's");
            // The same for one avatar.
            assert_eq!(generations::forget_avatar(tx, &usr("bob"), &ava("bob"), later(99))?, 2);
            let it = generations::get_for_job(tx, &gnr("bob"))?.expect("the books need it");
            assert_eq!(it.words, "");
            assert_eq!(objects::due_for_job(tx, later(99), 9)?.len(), 8);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn an_archive_is_packed_once() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 2)?;
            succeed(tx, "anna", "a", 2, later(60))?;
            let (anna, chosen) = (usr("anna"), [art("a2"), art("a1")]);
            for name in ["z", "y"] {
                let (id, bot) = (zip(name), bot("b"));
                let new = NewPacking { id: &id, user: &anna, bot: &bot, artifacts: &chosen };
                assert!(packings::insert(tx, &new, NOW)?);
                assert!(!packings::insert(tx, &new, NOW)?);
            }
            let it = packings::of(tx, &anna, &zip("z"))?.expect("it is there");
            assert_eq!((it.state, it.artifacts.as_slice()), (PackingState::Open, &chosen[..]));
            assert!(packings::done(tx, &zip("z"), &file("a", 1), 99, later(5))?);
            assert!(!packings::done(tx, &zip("z"), &file("a", 2), 98, later(6))?);
            assert!(!packings::failed(tx, &zip("z"), later(6))?);
            let it = packings::get_for_job(tx, &zip("z"))?.expect("it is there");
            assert_eq!(
                (it.state, it.bytes, it.object),
                (PackingState::Done, 99, Some(file("a", 1)))
            );
            assert!(packings::failed(tx, &zip("y"), later(6))?);
            let it = packings::get_for_job(tx, &zip("y"))?.expect("it is there");
            assert_eq!((it.state, it.ended_at), (PackingState::Failed, Some(later(6))));
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

#[test]
fn f86_where_a_provider_reads_a_file_is_known_until_it_is_over() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            customer(tx, "anna")?;
            order(tx, "anna", "a", 1)?;
            succeed(tx, "anna", "a", 1, later(60))?;
            let object = file("a", 1);
            assert_eq!(uploads::get(tx, &object, "fal", NOW)?, None);
            uploads::put(tx, &object, "fal", "https://fal.test/1", later(10))?;
            let url = uploads::get(tx, &object, "fal", later(9))?;
            assert_eq!(url.as_deref(), Some("https://fal.test/1"));
            assert_eq!(uploads::get(tx, &object, "replicate", later(9))?, None);
            assert_eq!(uploads::get(tx, &object, "fal", later(10))?, None, "it is over");
            uploads::put(tx, &object, "fal", "https://fal.test/2", later(20))?;
            let url = uploads::get(tx, &object, "fal", later(19))?;
            assert_eq!(url.as_deref(), Some("https://fal.test/2"));
            artifacts::delete(tx, &usr("anna"), &[art("a1")], later(11))?;
            assert!(objects::deleted(tx, &object, later(12))?);
            assert_eq!(uploads::get(tx, &object, "fal", later(13))?, None, "as is the file");
            assert_eq!(uploads::forget_of_object(tx, &obj("none"))?, 0);
            Ok::<_, LedgerError>(())
        })
        .expect("it stands");
    });
}

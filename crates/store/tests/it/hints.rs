//! Words that a model was asked for.

use domain::refusal::Fault;
use domain::{Language, WorkState};
use store::hints::{self, Ask, End, NewHint, Run};
use store::provider_calls::{self, NewCall, Work};
use store::{StoreError, Tx, errands, reports};

use crate::bed::{NOW, bot, each_chain, hnt, later, person, usr};

fn ask(tx: &mut Tx, owner: &str, name: &str, ask: &Ask, at: i64) -> Result<bool, StoreError> {
    let new = NewHint {
        id: &hnt(name),
        user: &usr(owner),
        bot: &bot("b"),
        ask,
        language: Language::Kk,
        provider: "fal",
        workflow: "vision",
    };
    hints::insert(tx, &new, later(at))
}

fn photo() -> Ask {
    Ask::Photo { file_id: "file-1".to_owned() }
}

fn words() -> Ask {
    Ask::Words { words: "a cat".to_owned() }
}

#[test]
fn a_hint_lives_as_all_errands_do_and_ends_with_words() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            assert!(ask(tx, "anna", "a", &photo(), 0)? && !ask(tx, "anna", "a", &photo(), 0)?);
            let (id, anna) = (hnt("a"), usr("anna"));
            let it = hints::of(tx, &anna, &id)?.expect("it is there");
            assert_eq!(
                (it.ask, it.language, it.state),
                (photo(), Language::Kk, WorkState::Pending)
            );
            assert!(hints::intend(tx, &id, NOW)? && !hints::intend(tx, &id, NOW)?);
            let run = Run { id: "run-1", run: "{}", deadline_at: later(60) };
            assert!(hints::started(tx, &id, &run, later(1))?);
            assert!(hints::progress(tx, &id, None, Some(1))?);
            assert!(hints::by_run_for_job(tx, "fal", "run-1")?.is_some_and(|it| it.id == id));
            assert!(hints::moved_on(tx, &id, "replicate", "llava", "fal")?);
            assert_eq!(errands::past(tx, "fal", "run-1")?.as_deref(), Some("hnt_a"));
            assert!(hints::intend(tx, &id, later(2))?);
            let run = Run { id: "run-2", ..run };
            assert!(hints::started(tx, &id, &run, later(3))?);
            let call = NewCall { provider: "fal", call: "submit", outcome: "ok", cost_micros: 9 };
            provider_calls::note(tx, Work::Hint(&id), &call, later(3))?;
            assert!(hints::answered(tx, &id, "a cat in the sun")?);
            assert!(hints::end(tx, &id, End::Succeeded, later(4))?);
            assert!(!hints::end(tx, &id, End::Failed(Fault::TooSlow), later(5))?);
            assert!(!hints::answered(tx, &id, "something else")?, "it has ended");
            let it = hints::get_for_job(tx, &id)?.expect("it is there");
            assert_eq!(it.result.as_deref(), Some("a cat in the sun"));
            assert_eq!(
                (it.state, it.tried, it.cost_micros),
                (WorkState::Succeeded, vec!["fal".to_owned()], 9)
            );
            assert_eq!(reports::stats(tx, &bot("b"), NOW, later(9))?.cost_micros, 9);
            Ok(())
        });
    });
}

#[test]
fn hints_are_counted_by_the_moment_and_are_nobody_elses() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            person(tx, "mallory")?;
            for (name, at) in [("a", 0), ("b", 10), ("c", 20)] {
                ask(tx, "anna", name, &words(), at)?;
            }
            let (anna, mallory) = (usr("anna"), usr("mallory"));
            assert_eq!(hints::asked_since(tx, &anna, later(10))?, 2);
            assert_eq!(hints::asked_since(tx, &mallory, NOW)?, 0);
            assert_eq!(hints::of(tx, &mallory, &hnt("a"))?, None);
            assert!(!hints::ask_cancel(tx, &mallory, &hnt("a"), NOW)?);
            assert!(hints::ask_cancel(tx, &anna, &hnt("a"), NOW)?);
            assert!(hints::answered(tx, &hnt("b"), "a white cat")?);
            assert_eq!(hints::forget(tx, &anna, later(30))?, 3);
            // Nothing is said any more that comes later.
            assert!(!hints::answered(tx, &hnt("c"), "a grey cat")?);
            assert!(!hints::end(tx, &hnt("c"), End::Succeeded, later(31))?);
            let it = hints::get_for_job(tx, &hnt("b"))?.expect("what it cost stays");
            assert_eq!((it.ask, it.result), (Ask::Words { words: String::new() }, None));
            Ok(())
        });
    });
}

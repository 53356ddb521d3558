//! The proof of the chains: it is silent about true stories and speaks about forged ones.

use domain::refusal::Fault;
use store::chain;
use store::ledger::LedgerError;
use store::trainings::{self, End};

use crate::bed::{self, each_chain, later, trn};
use crate::story::{customer, fail, order, submit, succeed};

/// One avatar that came to be, one that failed, one that was cancelled, one in work.
fn stories(tx: &mut store::Tx) -> Result<(), LedgerError> {
    for name in ["anna", "bob", "carl", "dora"] {
        customer(tx, name)?;
        assert!(order(tx, name, name)?);
    }
    for name in ["anna", "bob", "dora"] {
        submit(tx, &trn(name))?;
    }
    succeed(tx, "anna", "anna")?;
    fail(tx, "bob", "bob", End::Failed(Fault::TooSlow))?;
    fail(tx, "carl", "carl", End::Canceled)?;
    Ok(())
}

#[test]
fn true_stories_prove_themselves() {
    each_chain(|bed| {
        bed.try_write(stories).expect("they happened");
        // A second try after the first one failed, and a retraining of what is complete.
        bed.try_write(|tx| {
            assert!(order(tx, "bob", "bob2")?);
            assert!(order(tx, "anna", "anna2")?);
            submit(tx, &trn("bob2"))?;
            succeed(tx, "bob", "bob2").map(drop)
        })
        .expect("they happened");
    });
}

#[test]
fn f22_an_end_that_comes_from_everywhere_is_one_end() {
    each_chain(|bed| {
        bed.try_write(stories).expect("they happened");
        let ends = bed.race(30, |tx, number| match number % 3 {
            0 => succeed(tx, "dora", "dora"),
            1 => fail(tx, "dora", "dora", End::Failed(Fault::ProviderFailed)),
            _ => fail(tx, "dora", "dora", End::Canceled),
        });
        let ended = ends.iter().filter(|it| **it == Ok(true)).count();
        assert_eq!(ended, 1, "on {}: {ends:?}", bed.name);
        assert!(ends.iter().all(Result::is_ok), "on {}: {ends:?}", bed.name);
        // F36: whatever comes later changes nothing but the note that it came.
        let late = bed.race(10, |tx, _| trainings::came_late(tx, &trn("bob"), later(99)));
        assert_eq!(late.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
    });
}

/// Each way to break a chain, and the words that tell of it.
#[test]
fn every_broken_chain_is_printed() {
    let forgeries: &[(&'static str, &str)] = &[
        (
            "UPDATE holds SET state = 'open', closed_at = NULL WHERE id = 'hld_carl'",
            "usr_carl -> trn_carl -> hld_carl: credits are held as long as the training is open",
        ),
        (
            "UPDATE trainings SET state = 'FAILED', fault = 'x', ended_at = 1 WHERE id = 'trn_dora'",
            "usr_dora -> trn_dora -> hld_dora: credits are held as long as the training is open, \
             and no longer (training FAILED, hold open)",
        ),
        (
            "UPDATE trainings SET state = 'FAILED', fault = 'x' WHERE id = 'trn_anna'",
            "usr_anna -> trn_anna -> hld_anna: a training that failed or was cancelled cost \
             nothing (training FAILED, hold captured for 30)",
        ),
        (
            "UPDATE trainings SET state = 'SUCCEEDED' WHERE id = 'trn_bob'",
            "usr_bob -> trn_bob -> hld_bob: a training that succeeded was charged for",
        ),
        (
            "UPDATE trainings SET credits = 29 WHERE id = 'trn_anna'",
            "usr_anna -> trn_anna -> hld_anna: a training has a hold, made for it, of the quoted \
             price (quoted 29, held 30 for trn_anna)",
        ),
        (
            "UPDATE holds SET cause = 'trn_bob' WHERE id = 'hld_dora'",
            "usr_dora -> trn_dora -> hld_dora: a training has a hold, made for it",
        ),
        (
            "UPDATE objects SET deleted_at = 1",
            "usr_anna -> ava_anna: an avatar that is complete has its model here \
             (completed, model deleted)",
        ),
        (
            "UPDATE objects SET bytes = 0",
            "usr_anna -> ava_anna: an avatar that is complete has its model here \
             (completed, model empty)",
        ),
        (
            "UPDATE avatars SET state = 'failed', completed_at = NULL WHERE id = 'ava_anna'",
            "usr_anna -> trn_anna -> ava_anna: a training that succeeded has left an avatar",
        ),
        (
            "UPDATE avatars SET state = 'ready' WHERE id = 'ava_dora'",
            "usr_dora -> ava_dora: an avatar is in training if and only if a training of it is \
             open (avatar ready, open training trn_dora)",
        ),
        (
            "UPDATE avatars SET state = 'training' WHERE id = 'ava_bob'",
            "usr_bob -> ava_bob: an avatar is in training if and only if",
        ),
        (
            "DELETE FROM tells WHERE about = 'trn_carl'",
            "usr_carl -> trn_carl: the end of a training is told, or will be (CANCELED, not told)",
        ),
        (
            "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at)
             VALUES ('hld_x', 'wallet:bot_b:usr_anna', 0, 'open', 0, 'trn_x', 1)",
            "wallet:bot_b:usr_anna -> hld_x: credits are held for something that exists",
        ),
    ];
    for bed in [Some(bed::sqlite()), bed::postgres()].into_iter().flatten() {
        bed.try_write(stories).expect("they happened");
        for (forgery, words) in forgeries {
            let found = bed.try_write(|tx| {
                tx.execute(forgery, &[])?;
                let found = chain::check(tx)?.iter().map(ToString::to_string).collect::<Vec<_>>();
                Err::<(), _>(LedgerError::Differs(found.join("\n")))
            });
            let Err(LedgerError::Differs(found)) = found else { panic!("{forgery}: {found:?}") };
            assert!(
                found.contains(words),
                "on {}: {forgery} was not told as {words} but as\n{found}",
                bed.name
            );
        }
        assert_eq!(bed.read(chain::check), []);
    }
}

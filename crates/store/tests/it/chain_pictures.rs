//! The proof of pictures: it is silent about true stories and speaks about forged ones.

use domain::refusal::Fault;
use store::chain;
use store::generations::{self, End};
use store::ledger::LedgerError;

use crate::bed::{self, ava, each_chain, gnr, later};
use crate::sittings::{deliver, fail, order, submit, succeed, tell};
use crate::story::customer;

/// One that came whole, one in part, one that failed and came late, one cancelled, one in work.
fn stories(tx: &mut store::Tx) -> Result<(), LedgerError> {
    for name in ["anna", "bob", "carl", "dora", "eve"] {
        customer(tx, name)?;
        assert!(order(tx, name, name, 4)?);
        submit(tx, name, &format!("run-{name}"))?;
    }
    succeed(tx, "anna", "anna", 4, later(60))?;
    succeed(tx, "bob", "bob", 3, later(60))?;
    fail(tx, "carl", "carl", End::Failed(Fault::TooSlow))?;
    assert!(generations::came_late(tx, &gnr("carl"), later(99))?);
    deliver(tx, "carl", &ava("carl"), "carl", 2, later(99))?;
    tell(tx, "carl", "carl", "late")?;
    fail(tx, "dora", "dora", End::Canceled)?;
    Ok(())
}

#[test]
fn true_stories_of_pictures_prove_themselves() {
    each_chain(|bed| bed.try_write(stories).expect("they happened"));
}

/// Each way to break a chain, and the words that tell of it.
#[test]
fn every_broken_chain_of_pictures_is_printed() {
    let forgeries: &[(&'static str, &str)] = &[
        (
            "UPDATE generations SET credits = 21 WHERE id = 'gen_anna'",
            "usr_anna -> gen_anna -> hld_ganna: a generation has a hold, made for it, of the \
             quoted price (quoted 21, held 20 for gen_anna)",
        ),
        (
            "UPDATE holds SET cause = 'gen_bob' WHERE id = 'hld_geve'",
            "usr_eve -> gen_eve -> hld_geve: a generation has a hold, made for it",
        ),
        (
            "UPDATE holds SET state = 'open', closed_at = NULL WHERE id = 'hld_gdora'",
            "usr_dora -> gen_dora -> hld_gdora: credits are held as long as the generation is \
             open, and no longer (generation CANCELED, hold open)",
        ),
        (
            "UPDATE generations SET state = 'CANCELED', ended_at = 1 WHERE id = 'gen_eve'",
            "usr_eve -> gen_eve -> hld_geve: credits are held as long as the generation is open",
        ),
        (
            "UPDATE holds SET captured = 20 WHERE id = 'hld_gbob'",
            "usr_bob -> gen_bob -> hld_gbob: a generation that succeeded was charged for what \
             was made, at the quoted price (3 made at 5 each, quoted 20, hold captured for 20)",
        ),
        (
            "UPDATE generations SET each = 10 WHERE id = 'gen_anna'",
            "usr_anna -> gen_anna -> hld_ganna: a generation that succeeded was charged for what",
        ),
        (
            "UPDATE generations SET made = 0 WHERE id = 'gen_anna'",
            "usr_anna -> gen_anna -> hld_ganna: a generation that succeeded was charged for what",
        ),
        (
            "UPDATE generations SET state = 'SUCCEEDED' WHERE id = 'gen_carl'",
            "usr_carl -> gen_carl -> hld_gcarl: a generation that succeeded was charged for what",
        ),
        (
            "UPDATE generations SET state = 'FAILED', fault = 'x' WHERE id = 'gen_bob'",
            "usr_bob -> gen_bob -> hld_gbob: a generation that failed or was cancelled cost \
             nothing (generation FAILED, hold captured for 15)",
        ),
        (
            "DELETE FROM artifacts WHERE id = 'art_bob2'",
            "usr_bob -> gen_bob: what was made of a generation is there, or was (3 made, 2 written)",
        ),
        (
            "UPDATE generations SET made = 1 WHERE id = 'gen_dora'",
            "usr_dora -> gen_dora: what was made of a generation is there, or was (1 made, 0",
        ),
        (
            "UPDATE generations SET late_at = NULL WHERE id = 'gen_carl'",
            "usr_carl -> gen_carl: pictures come of a generation that succeeded, or came late \
             (FAILED, 2 made)",
        ),
        (
            "UPDATE artifacts SET user_id = 'usr_bob' WHERE id = 'art_anna1'",
            "usr_anna -> gen_anna -> art_anna1: a picture is of whoever ordered it",
        ),
        (
            "UPDATE artifacts SET avatar_id = 'ava_bob' WHERE id = 'art_anna1'",
            "usr_anna -> gen_anna -> art_anna1: a picture is of whoever ordered it (picture of \
             usr_anna with ava_bob, ordered with ava_anna of usr_anna)",
        ),
        (
            "UPDATE avatars SET user_id = 'usr_bob' WHERE id = 'ava_anna'",
            "usr_anna -> gen_anna -> art_anna1: a picture is of whoever ordered it",
        ),
        (
            "UPDATE objects SET deleted_at = 1 WHERE id = 'obj_anna1'",
            "usr_anna -> art_anna1 -> obj_anna1: a picture that isn't deleted has its files here \
             (deleted)",
        ),
        (
            "UPDATE objects SET bytes = 0 WHERE id = 'obj_anna2t'",
            "usr_anna -> art_anna2 -> obj_anna2t: a picture that isn't deleted has its files here \
             (empty)",
        ),
        (
            "UPDATE objects SET user_id = 'usr_bob' WHERE id = 'obj_anna3'",
            "usr_anna -> art_anna3 -> obj_anna3: a picture that isn't deleted has its files here \
             (of usr_bob)",
        ),
        (
            "DELETE FROM tells WHERE about = 'gen_dora'",
            "usr_dora -> gen_dora: the end of a generation is told, or will be (CANCELED, not told)",
        ),
        (
            "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at)
             VALUES ('hld_x', 'wallet:bot_b:usr_anna', 0, 'open', 0, 'gen_x', 1)",
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

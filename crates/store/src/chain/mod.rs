//! The proof that everything hangs together: money, credits, holds, trainings, models, pictures and
//! what was told.

use crate::ledger::{self, Finding, Rule, check_rules};
use crate::{Backend, StoreError, Tx};

mod money;
mod pictures;

const RULES: [Rule; 9] = [
    Rule {
        says: "a training has a hold, made for it, of the quoted price",
        broken_by: "
            SELECT trainings.user_id || ' -> ' || trainings.id || ' -> ' || trainings.hold_id,
                   'quoted ' || CAST(trainings.credits AS TEXT) || ', held '
                   || COALESCE(CAST(holds.credits AS TEXT) || ' for ' || holds.cause, 'nothing')
            FROM trainings LEFT JOIN holds ON holds.id = trainings.hold_id
            WHERE holds.id IS NULL OR holds.cause <> trainings.id
               OR holds.credits <> trainings.credits
            ORDER BY trainings.id LIMIT $1",
    },
    Rule {
        says: "credits are held for something that exists",
        broken_by: "
            SELECT holds.wallet || ' -> ' || holds.id,
                   holds.state || ', ' || CAST(holds.credits AS TEXT) || ' for ' || holds.cause
            FROM holds LEFT JOIN trainings ON trainings.hold_id = holds.id
            LEFT JOIN generations ON generations.hold_id = holds.id
            LEFT JOIN refunds ON refunds.hold_id = holds.id
            LEFT JOIN gifts ON gifts.hold_id = holds.id
            WHERE trainings.id IS NULL AND generations.id IS NULL AND refunds.id IS NULL
              AND gifts.id IS NULL
            ORDER BY holds.id LIMIT $1",
    },
    Rule {
        says: "credits are held as long as the training is open, and no longer",
        broken_by: "
            SELECT trainings.user_id || ' -> ' || trainings.id || ' -> ' || holds.id,
                   'training ' || trainings.state || ', hold ' || holds.state
            FROM trainings JOIN holds ON holds.id = trainings.hold_id
            WHERE (trainings.ended_at IS NULL) <> (holds.state = 'open')
            ORDER BY trainings.id LIMIT $1",
    },
    Rule {
        says: "a training that succeeded was charged for, at most at the quoted price",
        broken_by: "
            SELECT trainings.user_id || ' -> ' || trainings.id || ' -> ' || holds.id,
                   'quoted ' || CAST(trainings.credits AS TEXT) || ', hold ' || holds.state
                   || ' for ' || CAST(holds.captured AS TEXT)
            FROM trainings JOIN holds ON holds.id = trainings.hold_id
            WHERE trainings.state = 'SUCCEEDED'
              AND (holds.state <> 'captured' OR trainings.credits < holds.captured)
            ORDER BY trainings.id LIMIT $1",
    },
    Rule {
        says: "a training that failed or was cancelled cost nothing",
        broken_by: "
            SELECT trainings.user_id || ' -> ' || trainings.id || ' -> ' || holds.id,
                   'training ' || trainings.state || ', hold ' || holds.state
                   || ' for ' || CAST(holds.captured AS TEXT)
            FROM trainings JOIN holds ON holds.id = trainings.hold_id
            WHERE trainings.state IN ('FAILED', 'CANCELED') AND holds.state <> 'released'
            ORDER BY trainings.id LIMIT $1",
    },
    Rule {
        says: "an avatar that is complete has its model here",
        broken_by: "
            SELECT avatars.user_id || ' -> ' || avatars.id,
                   avatars.state || ', model ' || CASE
                       WHEN avatars.model_object IS NULL THEN 'none'
                       WHEN objects.deleted_at IS NOT NULL THEN 'deleted'
                       ELSE 'empty' END
            FROM avatars LEFT JOIN objects ON objects.id = avatars.model_object
            WHERE avatars.deleted_at IS NULL AND avatars.state = 'completed'
              AND avatars.remote_model IS NULL
              AND (objects.id IS NULL OR objects.deleted_at IS NOT NULL OR objects.bytes = 0)
            ORDER BY avatars.id LIMIT $1",
    },
    Rule {
        says: "a training that succeeded has left an avatar with a model",
        broken_by: "
            SELECT trainings.user_id || ' -> ' || trainings.id || ' -> ' || avatars.id,
                   'avatar ' || avatars.state
            FROM trainings JOIN avatars ON avatars.id = trainings.avatar_id
            WHERE trainings.state = 'SUCCEEDED' AND avatars.deleted_at IS NULL
              AND (avatars.completed_at IS NULL
                   OR avatars.state NOT IN ('completed', 'training'))
            ORDER BY trainings.id LIMIT $1",
    },
    Rule {
        says: "an avatar is in training if and only if a training of it is open",
        broken_by: "
            SELECT avatars.user_id || ' -> ' || avatars.id,
                   'avatar ' || avatars.state || ', open training '
                   || COALESCE(trainings.id, 'none')
            FROM avatars LEFT JOIN trainings
                ON trainings.avatar_id = avatars.id AND trainings.ended_at IS NULL
            WHERE avatars.deleted_at IS NULL
              AND (avatars.state = 'training') <> (trainings.id IS NOT NULL)
            ORDER BY avatars.id LIMIT $1",
    },
    Rule {
        says: "the end of a training is told, or will be",
        broken_by: "
            SELECT trainings.user_id || ' -> ' || trainings.id,
                   trainings.state || ', not told'
            FROM trainings JOIN users ON users.id = trainings.user_id
            WHERE trainings.ended_at IS NOT NULL AND users.state <> 'forgotten'
              AND users.external_id IS NULL
              AND NOT EXISTS (SELECT 1 FROM tells WHERE tells.about = trainings.id)
            ORDER BY trainings.id LIMIT $1",
    },
];

/// Looks for broken chains: those of the ledger, those that lead from a wallet to a training or a
/// generation, its avatar, what was made and the news, and those from money to a wallet and back. Nothing is the proof
/// that there are none.
pub fn check(tx: &mut Tx) -> Result<Vec<Finding>, StoreError> {
    if tx.backend() == Backend::Postgres {
        // The joins are of whole tables: they go through files in the 4 MB that are usual, and are
        // run once, so that compiling them doesn't pay.
        tx.execute("SET LOCAL work_mem = '64MB'", &[])?;
        tx.execute("SET LOCAL jit = off", &[])?;
    }
    let mut findings = ledger::audit(tx)?;
    findings.extend(check_rules(tx, &RULES)?);
    findings.extend(check_rules(tx, &pictures::RULES)?);
    findings.extend(check_rules(tx, &money::RULES)?);
    Ok(findings)
}

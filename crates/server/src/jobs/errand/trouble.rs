//! What becomes of work that a provider didn't take, or that takes too long there: it is asked once
//! more, or somebody else is, or nobody.

use std::time::Duration;

use connectors::providers::ProviderError;
use domain::Millis;
use domain::refusal::Fault;
use store::attention;

use super::{
    Errand, Id, Piece, SUBMITS_MAX, UPLOAD, count_call, count_cost, is_theirs, note, of_table,
};
use crate::jobs::Ended;
use crate::outbox;

/// How long a provider may refuse to take what it needs, while another one could be asked.
const SILENT_AFTER: Millis = Millis(10_000);

impl Errand<'_> {
    /// What the provider's no means: later, never, somebody else, or nobody knows.
    pub(super) fn not_taken(
        &self,
        piece: &dyn Piece,
        call: &'static str,
        error: ProviderError,
    ) -> Ended {
        let (id, provider) = (self.id.clone(), self.standing.provider.clone());
        let outcome = error.to_string();
        count_call(&provider, call, "failed");
        tracing::warn!(work.id = id.as_str(), provider, call, %error, "a provider did not take work");
        match error {
            ProviderError::Transient { cause, retry_after } => {
                self.again_soon(piece, (call, cause), retry_after, 0)
            }
            // Asked again it does no harm, but not for ever.
            ProviderError::Uncertain { cause } if self.is_repeatable() => {
                self.again_soon(piece, (call, cause), None, 0)
            }
            ProviderError::Billed { cause, characters } => {
                self.again_soon(piece, (call, cause), None, piece.cost_micros(characters))
            }
            // Nothing is wrong with it, so nobody else is asked, and it counts for nothing.
            ProviderError::Crowded { retry_after, .. } => self.put_off(retry_after),
            // The intent stays, and with it the wait for a word from the provider.
            ProviderError::Uncertain { cause } => {
                let ended = self.wait().paint(self.chat.clone());
                ended.write(move |tx, _, now| note(tx, &id, &provider, (call, &cause), 0, now))
            }
            ProviderError::Refused { fault, .. } if !is_theirs(fault) => piece.failed(fault),
            ProviderError::Closed { cause } => {
                let ended = self.otherwise(piece, Fault::ProviderClosed, &cause);
                ended.also(move |tx, ground, now| {
                    // Said anew, so that the pause counts from now; of this moment there is one.
                    let kind = "provider-closed";
                    if attention::since(tx, kind, &provider)?.is_some_and(|it| it < now) {
                        attention::close(tx, kind, &provider, now)?;
                    }
                    outbox::raise(tx, ground, "provider-closed", &provider, &cause, now)
                })
            }
            // Not for what the customer wants, but for how we ask: somebody else may understand.
            ProviderError::Refused { .. } | ProviderError::Unexpected { .. } => {
                let ended = self.otherwise(piece, Fault::Ours, &outcome);
                let kind = self.unexpected();
                ended.also(move |tx, ground, now| {
                    outbox::raise(tx, ground, kind, id.as_str(), &outcome, now)
                })
            }
        }
    }

    /// It may go better in a moment, a few times. What it has cost is booked all the same.
    fn again_soon(
        &self,
        piece: &dyn Piece,
        (call, cause): (&'static str, String),
        retry_after: Option<Duration>,
        cost: i64,
    ) -> Ended {
        let (id, provider) = (self.id.clone(), self.standing.provider.clone());
        count_cost(&provider, cost);
        if self.is_enough(piece, call) {
            let ended = self.otherwise(piece, Fault::ProviderFailed, &cause);
            return ended.also(move |tx, _, now| match cost {
                0 => Ok(()),
                _ => note(tx, &id, &provider, (call, &cause), cost, now),
            });
        }
        let pause = retry_after
            .map_or(Millis::seconds(5 << self.standing.attempts.min(5)), |it| {
                Millis(i64::try_from(it.as_millis()).unwrap_or(60_000))
            })
            .clamp(Millis::SECOND, Millis::MINUTE);
        Ended::wait(id.as_str(), pause).write(move |tx, _, now| {
            of_table!(&id, not_taken(tx))?;
            note(tx, &id, &provider, (call, &cause), cost, now)
        })
    }

    /// There was no place for it. It comes back when there may be one, and not together with all
    /// others that were refused at the same moment; those who have waited for long ask less often.
    fn put_off(&self, retry_after: Option<Duration>) -> Ended {
        let asked =
            retry_after.map_or(1_000, |it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX));
        let waited = self.app.ground.now().since(self.standing.created_at).as_i64();
        let apart = share(self.id.as_str(), (waited / 4).clamp(2_000, 15_000));
        let pause = Millis(asked.clamp(1_000, 60_000) + apart);
        let id = self.id.clone();
        Ended::wait(self.id.as_str(), pause).write(move |tx, _, _| {
            of_table!(&id, put_off(tx))?;
            Ok(())
        })
    }

    /// It was asked for, and nobody will ever hear what became of that.
    pub(super) fn anew(&self) -> Ended {
        let id = self.id.clone();
        Ended::go_on(self.id.as_str()).write(move |tx, _, _| {
            of_table!(&id, not_taken(tx))?;
            Ok(())
        })
    }

    fn is_repeatable(&self) -> bool {
        let line = self.app.line(&self.standing.provider);
        line.is_some_and(|it| it.provider.is_repeatable())
    }

    fn unexpected(&self) -> &'static str {
        match self.id {
            Id::Training(_) => "training-unexpected",
            Id::Generation(_) => "generation-unexpected",
            Id::Hint(_) => "hint-unexpected",
        }
    }

    /// Whether this provider has had its chances. One that doesn't even take what it needs has few,
    /// where another one can be asked; its other models are given that in the same way.
    fn is_enough(&self, piece: &dyn Piece, call: &str) -> bool {
        if SUBMITS_MAX <= self.standing.attempts {
            return true;
        }
        if call != UPLOAD {
            return self.is_past_promise(piece);
        }
        let since = self.app.ground.now().since(self.standing.created_at);
        let is_silent = self.standing.attempts == 0 && SILENT_AFTER <= since;
        let is_elsewhere = piece.next().is_some_and(|it| it.0 != self.standing.provider);
        is_elsewhere && (is_silent || self.is_past_promise(piece))
    }

    /// Whether it takes longer than was promised, and somebody else could be asked.
    pub(super) fn is_past_promise(&self, piece: &dyn Piece) -> bool {
        self.is_past_promise_by(piece, Millis(0))
    }

    pub(super) fn is_past_promise_by(&self, piece: &dyn Piece, more: Millis) -> bool {
        let promised = piece.promised().filter(|_| piece.next().is_some());
        promised.is_some_and(|it| it.plus(more) <= self.waited())
    }

    /// This provider does not do it: whoever else can does, at the same price; or nobody.
    pub fn otherwise(&self, piece: &dyn Piece, fault: Fault, why: &str) -> Ended {
        // Who takes no work from us takes none for another of their models.
        let is_worth_asking = |it: &(String, String)| {
            fault != Fault::ProviderClosed || it.0 != self.standing.provider
        };
        let next = piece.next().filter(is_worth_asking);
        let Some((provider, workflow)) = next else { return piece.failed(fault) };
        let (id, before, why) = (self.id.clone(), self.standing.provider.clone(), why.to_owned());
        tracing::warn!(
            work.id = id.as_str(),
            from = before,
            to = provider,
            "work goes to another provider"
        );
        metrics::counter!("atelier_moved_on_total", "from" => before.clone(), "to" => provider.clone()).increment(1);
        Ended::go_on(id.as_str()).paint(self.chat.clone()).write(move |tx, _, now| {
            if of_table!(&id, moved_on(tx, &provider, &workflow, &before))? {
                note(tx, &id, &before, ("move", &why), 0, now)?;
                outbox::note(tx, "moved-on", &before, &why, now)?;
            }
            Ok(())
        })
    }
}

/// A number below `of` that is an id's own.
fn share(id: &str, of: i64) -> i64 {
    let sum = id.bytes().fold(7_u32, |sum, it| sum.wrapping_mul(31).wrapping_add(it.into()));
    i64::from(sum) % of
}

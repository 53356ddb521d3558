//! The proof from money to credits and back: silent about true stories, loud about forged ones.

use domain::news::Effect;
use store::ledger::LedgerError;
use store::promos::{self, Promo};
use store::refunds::{self, FromOutside, NewRefund};
use store::rewards::{self, Reward};
use store::subscriptions::{self, NewSubscription};
use store::{Tx, chain, gifts, orders, payments, users};

use crate::bed::{
    self, NOW, bot, each_chain, gft, hld, later, ord, pay, person, refund, sub, usr, wallet,
};
use crate::ledger::{credits, gift};
use crate::shop::{MINOR, buy, came, offer, payment, rub};

/// Bought, parked, given back (asked, failed, under way, from outside), given away, invited,
/// entered and subscribed: one of each.
fn stories(tx: &mut Tx) -> Result<(), LedgerError> {
    person(tx, "anna")?;
    person(tx, "bob")?;
    for name in ["kept", "back", "failing", "asked", "out"] {
        buy(tx, "anna", name)?;
    }
    let (id, bot) = (pay("parked"), bot("b"));
    payments::park(tx, &came(&id, "their-parked", &bot), None, None, "amount", NOW)?;
    for name in ["back", "failing", "asked"] {
        let new = NewRefund {
            id: &refund(name),
            hold: &hld(name),
            wallet: &wallet("anna"),
            money: rub(MINOR),
            credits: credits(110),
            reason: "asked",
            actor: "owner:7",
        };
        let payment = payment(tx, name)?;
        refunds::begin(tx, &payment, &new, later(30))?;
        let refund = refunds::get_for_job(tx, &refund(name))?.expect("it is there");
        match name {
            "back" => {
                assert!(refunds::succeeded(tx, &refund, &payment, "b1", later(40))?);
                orders::refunded(tx, &ord(name))?;
            }
            "failing" => assert!(refunds::failed(tx, &refund, "declined", later(40))?),
            _ => {}
        }
    }
    let out = FromOutside {
        id: &refund("out"),
        their_id: "b2",
        money: rub(100),
        wallet: Some(&wallet("anna")),
        credits: credits(7),
    };
    let paid = payment(tx, "out")?;
    refunds::from_outside(tx, &paid, &out, later(50))?;
    giveaways(tx)
}

fn giveaways(tx: &mut Tx) -> Result<(), LedgerError> {
    for name in ["open", "given", "returned"] {
        let new = gifts::NewGift {
            id: &gft(name),
            code: name,
            giver: &usr("anna"),
            bot: &bot("b"),
            wallet: &wallet("anna"),
            credits: credits(5),
            hold: &hld(&format!("g{name}")),
            expires_at: later(900),
        };
        gifts::make(tx, &new, NOW)?;
        let gift = gifts::of(tx, &usr("anna"), &gft(name))?.expect("it is there");
        match name {
            "given" => assert!(gifts::open(tx, &gift, &usr("bob"), &wallet("bob"), later(60))?),
            "returned" => assert!(gifts::take_back(tx, &gift, later(60))?),
            _ => {}
        }
    }
    users::invited(tx, &usr("anna"), &usr("bob"))?;
    let reward = Reward {
        invited: &usr("anna"),
        inviter: &usr("bob"),
        payment: &pay("kept"),
        credits_inviter: credits(30),
        credits_invited: credits(20),
    };
    assert!(rewards::insert(tx, &reward, later(70))?);
    gift(tx, "referral:usr_anna:inviter", "bob", 30)?;
    gift(tx, "referral:usr_anna:invited", "anna", 20)?;
    let promo = Promo {
        code: "ONE".to_owned(),
        effect: Effect::Bonus { percent: 10 },
        uses_max: Some(1),
        uses: 0,
        expires_at: None,
        created_at: NOW,
    };
    promos::insert(tx, &bot("b"), &promo)?;
    promos::enter(tx, &bot("b"), "one", &usr("anna"), "mark", NOW)?.expect("it counts");
    let offer = offer();
    let plan = NewSubscription {
        id: &sub("p"),
        user: &usr("anna"),
        bot: &bot("b"),
        method: domain::Method::Card,
        offer: &offer,
        period_days: 30,
    };
    subscriptions::insert(tx, &plan, NOW)?;
    assert!(subscriptions::paid_until(tx, &sub("p"), later(900), None)?);
    Ok(())
}

#[test]
fn true_stories_of_money_prove_themselves() {
    each_chain(|bed| bed.try_write(stories).expect("they happened"));
}

/// Each way to break a chain, and the words that tell of it.
const FORGERIES: &[(&str, &str)] = &[
    (
        "UPDATE payments SET minor = 100 WHERE id = 'pay_kept'",
        "usr_anna -> ord_kept -> pay_kept: a payment that counts is for its order: the same \
         money, credits, bot and user (ordered for 49900 rub, paid 100 rub)",
    ),
    (
        "UPDATE payments SET currency = 'kzt' WHERE id = 'pay_kept'",
        "(ordered for 49900 rub, paid 49900 kzt)",
    ),
    (
        "UPDATE payments SET user_id = 'usr_bob' WHERE id = 'pay_kept'",
        "usr_anna -> ord_kept -> pay_kept: a payment that counts is for its order",
    ),
    (
        "UPDATE orders SET bonus = bonus + 1 WHERE id = 'ord_kept'",
        "usr_anna -> ord_kept -> pay_kept: a payment that counts is for its order",
    ),
    (
        "UPDATE payments SET user_id = NULL WHERE id = 'pay_kept'",
        "usr_anna -> ord_kept -> pay_kept: a payment that counts is for its order",
    ),
    (
        "UPDATE transfers SET cause = NULL WHERE reference = 'capture:hld_back'",
        "hld_back: a hold is charged by one transfer of its amount, and only if captured",
    ),
    (
        "UPDATE payments SET credits = 99 WHERE id = 'pay_kept'",
        "yookassa their-kept -> pay_kept: a payment that counts is credited exactly once, with \
         what it says (99 + 10 due, 100 + 10 came in 1)",
    ),
    (
        "UPDATE payments SET bonus = 11 WHERE id = 'pay_kept'",
        "pay_kept: a payment that counts is credited exactly once, with what it says \
         (100 + 11 due, 100 + 10 came in 1)",
    ),
    (
        "UPDATE transfers SET cause = 'pay_x' WHERE reference = 'payment:yookassa:their-kept'",
        "pay_kept: a payment that counts is credited exactly once, with what it says \
         (100 + 10 due, 0 + 10 came in 0)",
    ),
    (
        "INSERT INTO transfers (reference, payer, payee, wallet, line, credits, kind, reason,
                                actor, cause, at)
         VALUES ('payment:again', 'platform:sales', 'wallet:bot_b:usr_anna',
                 'wallet:bot_b:usr_anna', 99, 100, 'bought', 'bought', 'x', 'pay_kept', 1)",
        "pay_kept: a payment that counts is credited exactly once, with what it says \
         (100 + 10 due, 200 + 10 came in 2)",
    ),
    (
        "UPDATE payments SET state = 'credited', order_id = 'ord_kept', credits = 100
         WHERE id = 'pay_parked'",
        "yookassa their-parked -> pay_parked: a payment that counts is credited exactly once, \
         with what it says (100 + 0 due, 0 + 0 came in 0)",
    ),
    (
        "UPDATE transfers SET cause = 'pay_x' WHERE reference = 'payment:yookassa:their-kept'",
        "wallet:bot_b:usr_anna -> payment:yookassa:their-kept: bought credits come from a \
         payment (100 bought for pay_x)",
    ),
    (
        "UPDATE transfers SET cause = NULL WHERE reference = 'gift:gft_given'",
        "wallet:bot_b:usr_bob -> gift:gft_given: no credits come without a cause (5 came from \
         nowhere)",
    ),
    (
        "UPDATE orders SET state = 'open', ended_at = NULL WHERE id = 'ord_kept'",
        "usr_anna -> ord_kept: an order is paid if and only if a payment of it counts \
         (order open)",
    ),
    (
        "UPDATE payments SET order_id = 'ord_back' WHERE id = 'pay_kept'",
        "usr_anna -> ord_kept: an order is paid if and only if a payment of it counts \
         (order paid)",
    ),
    (
        "UPDATE refunds SET state = 'failed', ended_at = 1 WHERE id = 'ref_asked'",
        "pay_asked -> ref_asked -> hld_asked: credits are held as long as a refund is under way, \
         and taken if and only if it came (refund failed of 110, hold open for 0)",
    ),
    (
        "UPDATE refunds SET state = 'failed' WHERE id = 'ref_back'",
        "(refund failed of 110, hold captured for 110)",
    ),
    (
        "UPDATE refunds SET credits = 109 WHERE id = 'ref_back'",
        "(refund succeeded of 109, hold captured for 110)",
    ),
    (
        "UPDATE refunds SET state = 'succeeded' WHERE id = 'ref_failing'",
        "(refund succeeded of 110, hold released for 0)",
    ),
    (
        "UPDATE holds SET cause = 'ref_x' WHERE id = 'hld_asked'",
        "(refund asked of 110, hold open for 0)",
    ),
    (
        "UPDATE refunds SET credits = 8 WHERE id = 'ref_out'",
        "pay_out -> ref_out: a refund from outside took once what it says (8 due, 7 taken)",
    ),
    (
        "UPDATE payments SET refunded = 99 WHERE id = 'pay_out'",
        "yookassa their-out -> pay_out: what went back of a payment is what its refunds say, and \
         no more than it was (99 of 49900 went back, refunds say 100)",
    ),
    (
        "UPDATE payments SET state = 'credited' WHERE id = 'pay_back'",
        "(49900 of 49900 went back, refunds say 49900)",
    ),
    (
        "UPDATE payments SET state = 'refunded' WHERE id = 'pay_out'",
        "(100 of 49900 went back, refunds say 100)",
    ),
    (
        "UPDATE gifts SET state = 'returned', ended_at = 1 WHERE id = 'gft_open'",
        "usr_anna -> gft_open -> hld_gopen: a gift is held, given or returned as it says (gift \
         returned, hold open, friend nothing)",
    ),
    (
        "UPDATE gifts SET state = 'opened', friend = 'usr_bob' WHERE id = 'gft_returned'",
        "(gift opened, hold released, friend nothing)",
    ),
    (
        "UPDATE gifts SET credits = 4 WHERE id = 'gft_given'",
        "(gift opened, hold captured, friend 5)",
    ),
    (
        "UPDATE rewards SET credits_inviter = 31",
        "usr_bob -> usr_anna -> pay_kept: an invitation is rewarded once, as it says, for a \
         payment of who was invited (paid by usr_anna)",
    ),
    ("UPDATE rewards SET credits_invited = 0", "an invitation is rewarded once, as it says"),
    ("UPDATE rewards SET inviter = 'usr_anna'", "usr_anna -> usr_anna -> pay_kept: an invitation"),
    (
        "UPDATE rewards SET payment_id = 'pay_parked'",
        "usr_bob -> usr_anna -> pay_parked: an invitation is rewarded once, as it says, for a \
         payment of who was invited (paid by nobody)",
    ),
    (
        "UPDATE promos SET uses = 0",
        "bot_b -> ONE: a promo code was entered as often as it says, and no more than it may \
         (counted 0, entered 1)",
    ),
    (
        "INSERT INTO promo_uses (bot_id, code, mark, user_id, state, at)
         VALUES ('bot_b', 'ONE', 'another', 'usr_bob', 'used', 1)",
        "(counted 1, entered 2)",
    ),
    (
        "UPDATE subscriptions SET until = NULL",
        "usr_anna -> sub_p: a plan that runs has a first payment (plan active)",
    ),
    (
        "UPDATE refunds SET hold_id = NULL WHERE id = 'ref_asked'",
        "hld_asked: credits are held for something that exists",
    ),
];

#[test]
fn every_broken_chain_of_money_is_printed() {
    for bed in [Some(bed::sqlite()), bed::postgres()].into_iter().flatten() {
        bed.try_write(stories).expect("they happened");
        for (forgery, words) in FORGERIES {
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

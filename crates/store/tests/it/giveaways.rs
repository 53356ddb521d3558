//! What gives credits beside money: promo codes, gifts, invitations; and the notes around them.

use domain::news::Effect;
use domain::{Credits, Language, Millis};
use store::deeds::{self, Deed};
use store::gifts::{self, Gift, GiftState, NewGift};
use store::ledger::{self, LedgerError};
use store::promos::{self, NoUse, Promo};
use store::rewards::{self, Harvest, Reward};
use store::users::{self, NewUser};
use store::{StoreError, Tx, prices, tries};

use crate::bed::{NOW, bot, each_chain, gft, hld, later, ord, pay, person, usr, wallet};
use crate::ledger::{credits, gift as give};
use crate::shop::{available, buy};

fn promo(
    tx: &mut Tx,
    code: &str,
    effect: Effect,
    uses_max: Option<u32>,
) -> Result<bool, StoreError> {
    let promo = Promo {
        code: code.to_owned(),
        effect,
        uses_max,
        uses: 0,
        expires_at: Some(later(1_000)),
        created_at: NOW,
    };
    promos::insert(tx, &bot("b"), &promo)
}

fn ten_credits() -> Effect {
    Effect::Credits { credits: credits(10) }
}

fn enter(tx: &mut Tx, code: &str, who: &str, at: i64) -> Result<Result<Promo, NoUse>, StoreError> {
    promos::enter(tx, &bot("b"), code, &usr(who), &format!("mark-{who}"), later(at))
}

/// As many people as racers: `p0`, `p1` and so on.
fn crowd(tx: &mut Tx, count: u32) -> Result<(), StoreError> {
    person(tx, "anna")?;
    for number in 0..count {
        let (id, bot) = (usr(&format!("p{number}")), bot("b"));
        let new = NewUser {
            id: &id,
            bot: &bot,
            telegram_id: 1_000 + i64::from(number),
            first_name: "P",
            language: Language::En,
            origin: None,
        };
        users::find_or_create(tx, &new, NOW)?;
    }
    Ok(())
}

#[test]
fn a_code_is_entered_once_by_a_person_within_its_limits() {
    each_chain(|bed| {
        bed.write(|tx| {
            crowd(tx, 2)?;
            assert!(promo(tx, " spring 26", ten_credits(), Some(2))?);
            assert!(!promo(tx, "SPRING26", ten_credits(), None)?, "there is such a code");
            assert_eq!(enter(tx, "winter", "anna", 0)?, Err(NoUse::Unknown));
            assert_eq!(enter(tx, "spring26", "anna", 1_000)?, Err(NoUse::Expired));
            let entered = enter(tx, "Spring 26 ", "anna", 999)?.expect("it counts");
            assert_eq!(
                (entered.code.as_str(), entered.uses, entered.effect),
                ("SPRING26", 1, ten_credits())
            );
            assert_eq!(enter(tx, "spring26", "anna", 5)?, Err(NoUse::Entered));
            assert_eq!(enter(tx, "spring26", "p0", 5)?.map(|it| it.uses), Ok(2));
            assert_eq!(enter(tx, "spring26", "anna", 5)?, Err(NoUse::Entered));
            assert_eq!(enter(tx, "spring26", "p1", 5)?, Err(NoUse::UsedUp));
            assert_eq!(promos::get(tx, &bot("b"), "spring26")?.map(|it| it.uses), Some(2));
            assert_eq!(promos::get(tx, &bot("c"), "spring26")?, None, "of another bot");
            assert_eq!(promos::list(tx, &bot("b"), 10)?.len(), 1);
            assert_eq!(promos::ready(tx, &usr("anna"), NOW)?, None, "its credits came at once");
            Ok(())
        });
    });
}

#[test]
fn a_code_for_the_next_pack_waits_for_it_and_is_used_once() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            promo(tx, "LESS", Effect::Discount { percent: 10 }, None)?;
            promo(tx, "MORE", Effect::Bonus { percent: 20 }, None)?;
            enter(tx, "more", "anna", 2)?.expect("it counts");
            enter(tx, "less", "anna", 1)?.expect("it counts");
            let ready = |tx: &mut Tx, at| {
                Ok::<_, StoreError>(promos::ready(tx, &usr("anna"), later(at))?.map(|it| it.code))
            };
            assert_eq!(ready(tx, 3)?.as_deref(), Some("LESS"), "the one entered first");
            buy(tx, "anna", "a")?;
            assert!(promos::used(tx, &usr("anna"), "LESS", &ord("a"))?);
            assert!(!promos::used(tx, &usr("anna"), "LESS", &ord("a"))?);
            assert_eq!(ready(tx, 3)?.as_deref(), Some("MORE"));
            assert_eq!(ready(tx, 1_000)?, None, "its time is over");
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f33_fifty_at_once_with_a_code_for_one_are_one() {
    each_chain(|bed| {
        bed.write(|tx| {
            crowd(tx, 50)?;
            promo(tx, "ONE", ten_credits(), Some(1))
        });
        let entered = bed.race(50, |tx, number| {
            let who = format!("p{number}");
            let entered = enter(tx, "one", &who, 1)?;
            if entered.is_ok() {
                give(tx, &format!("promo:ONE:{who}"), &who, 10)?;
            }
            Ok::<_, LedgerError>(entered.map(|it| it.uses))
        });
        let good = entered.iter().filter(|it| **it == Ok(Ok(1))).count();
        let none_left = entered.iter().filter(|it| **it == Ok(Err(NoUse::UsedUp))).count();
        assert_eq!((good, none_left), (1, 49), "on {}: {entered:?}", bed.name);
        assert_eq!(bed.read(|tx| ledger::platform(tx, ledger::BONUS)), -10, "on {}", bed.name);
    });
}

#[test]
fn f33_fifty_presses_of_one_person_are_one_use() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            promo(tx, "MANY", ten_credits(), Some(40))
        });
        let entered = bed.race(50, |tx, _| enter(tx, "many", "anna", 1));
        let good = entered.iter().filter(|it| matches!(it, Ok(Ok(_)))).count();
        let again = entered.iter().filter(|it| **it == Ok(Err(NoUse::Entered))).count();
        assert_eq!((good, again), (1, 49), "on {}: {entered:?}", bed.name);
        let uses = bed.read(|tx| promos::get(tx, &bot("b"), "many")).map(|it| it.uses);
        assert_eq!(uses, Some(1), "the others gave theirs back, on {}", bed.name);
    });
}

fn gift(tx: &mut Tx, name: &str, amount: i64) -> Result<Gift, LedgerError> {
    let new = NewGift {
        id: &gft(name),
        code: &format!("code-{name}"),
        giver: &usr("anna"),
        bot: &bot("b"),
        wallet: &wallet("anna"),
        credits: credits(amount),
        hold: &hld(name),
        expires_at: later(100),
    };
    gifts::make(tx, &new, NOW)?;
    Ok(gifts::of(tx, &usr("anna"), &gft(name))?.expect("it is there"))
}

#[test]
fn a_gift_is_held_and_then_given_or_taken_back() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            crowd(tx, 1)?;
            give(tx, "welcome:anna", "anna", 50)?;
            let first = gift(tx, "a", 20)?;
            let second = gift(tx, "b", 20)?;
            let short = tx.savepoint(|tx| gift(tx, "c", 20));
            assert_eq!(short, Err(LedgerError::Short { need: credits(20), have: credits(10) }));
            assert_eq!(gifts::count_open(tx, &usr("anna"))?, 2);
            assert_eq!(gifts::by_code(tx, &bot("b"), "code-a")?.as_ref(), Some(&first));
            assert_eq!(gifts::by_code(tx, &bot("c"), "code-a")?, None);
            assert_eq!(gifts::of(tx, &usr("p0"), &gft("a"))?, None, "hers alone");

            assert!(
                !gifts::open(tx, &first, &usr("anna"), &wallet("anna"), later(1))?,
                "not oneself"
            );
            assert!(!gifts::open(tx, &first, &usr("p0"), &wallet("p0"), later(100))?, "too late");
            assert!(gifts::open(tx, &first, &usr("p0"), &wallet("p0"), later(99))?);
            assert!(!gifts::open(tx, &first, &usr("p0"), &wallet("p0"), later(99))?);
            assert!(!gifts::take_back(tx, &first, later(99))?, "it is given");
            assert_eq!((available(tx, "anna")?, available(tx, "p0")?), (10, 20));
            assert_eq!(gifts::due_for_job(tx, later(99), 10)?, []);
            let due = gifts::due_for_job(tx, later(100), 10)?;
            assert_eq!(due, std::slice::from_ref(&second));
            assert!(gifts::take_back(tx, &second, later(100))?);
            assert!(
                !gifts::open(tx, &second, &usr("p0"), &wallet("p0"), later(50))?,
                "clocks go back"
            );
            assert_eq!(available(tx, "anna")?, 30);
            let states: Vec<_> =
                gifts::list(tx, &usr("anna"), 10)?.iter().map(|it| it.state.as_str()).collect();
            assert_eq!(states, ["returned", "opened"]);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn a_gift_that_thirty_open_at_once_is_given_to_one() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            crowd(tx, 30)?;
            give(tx, "welcome:anna", "anna", 50)?;
            gift(tx, "a", 50).map(drop)
        })
        .expect("a gift");
        let opened = bed.race(31, |tx, number| {
            let gift = gifts::by_code(tx, &bot("b"), "code-a")?.expect("it is there");
            if number == 30 {
                return gifts::take_back(tx, &gift, later(5));
            }
            let who = format!("p{number}");
            gifts::open(tx, &gift, &usr(&who), &wallet(&who), later(5))
        });
        assert_eq!(
            opened.iter().filter(|it| **it == Ok(true)).count(),
            1,
            "on {}: {opened:?}",
            bed.name
        );
        assert!(opened.iter().all(Result::is_ok), "on {}: {opened:?}", bed.name);
        let gift = bed.read(|tx| gifts::of(tx, &usr("anna"), &gft("a"))).expect("it is there");
        let friend = gift.friend.clone();
        assert_ne!(gift.state, GiftState::Open);
        let anna = bed.read(|tx| available(tx, "anna"));
        assert_eq!(anna, if friend.is_some() { 0 } else { 50 }, "on {}", bed.name);
    });
}

#[test]
fn f34_an_invitation_has_a_harvest() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            for name in ["anna", "bob", "eve"] {
                person(tx, name)?;
            }
            let (anna, bob) = (usr("anna"), usr("bob"));
            assert!(users::invited(tx, &bob, &anna)? && users::invited(tx, &usr("eve"), &anna)?);
            let harvest = Harvest { joined: 2, paid: 0, earned: Credits::ZERO };
            assert_eq!(rewards::harvest(tx, &anna)?, harvest);
            buy(tx, "bob", "first")?;
            buy(tx, "bob", "second")?;
            let payment = pay("first");
            let reward = Reward {
                invited: &bob,
                inviter: &anna,
                payment: &payment,
                credits_inviter: credits(30),
                credits_invited: credits(20),
            };
            assert!(rewards::insert(tx, &reward, later(50))?);
            assert!(!rewards::insert(
                tx,
                &Reward { payment: &pay("second"), ..reward },
                later(51)
            )?);
            give(tx, "referral:usr_bob:inviter", "anna", 30)?;
            give(tx, "referral:usr_bob:invited", "bob", 20)?;
            let harvest = Harvest { joined: 2, paid: 1, earned: credits(30) };
            assert_eq!(rewards::harvest(tx, &anna)?, harvest);
            assert_eq!(rewards::harvest(tx, &bob)?, Harvest::default());
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f34_a_ring_of_invitations_is_seen_through_any_number_of_friends() {
    each_chain(|bed| {
        bed.write(|tx| {
            crowd(tx, 70)?;
            let p = |number: u32| usr(&format!("p{number}"));
            for number in 1..70 {
                assert!(users::invited(tx, &p(number), &p(number - 1))?);
            }
            assert!(rewards::is_ring(tx, &p(0), &p(0))?, "oneself");
            assert!(rewards::is_ring(tx, &p(0), &p(1))?, "each other");
            assert!(rewards::is_ring(tx, &p(0), &p(40))?, "through others");
            assert!(!rewards::is_ring(tx, &p(40), &p(0))?, "that is how they came");
            assert!(!rewards::is_ring(tx, &usr("anna"), &p(40))?);
            assert!(rewards::is_ring(tx, &usr("anna"), &p(69))?, "a chain of that length is made");
            Ok(())
        });
    });
}

#[test]
fn f34_a_first_payment_that_is_told_fifty_times_is_rewarded_once() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            person(tx, "bob")?;
            assert!(users::invited(tx, &usr("bob"), &usr("anna"))?);
            buy(tx, "bob", "first")
        })
        .expect("he has paid");
        let rewarded = bed.race(50, |tx, _| {
            let (invited, inviter, payment) = (usr("bob"), usr("anna"), pay("first"));
            let reward = Reward {
                invited: &invited,
                inviter: &inviter,
                payment: &payment,
                credits_inviter: credits(30),
                credits_invited: credits(20),
            };
            let is_new = rewards::insert(tx, &reward, later(50))?;
            if is_new {
                give(tx, "referral:usr_bob:inviter", "anna", 30)?;
                give(tx, "referral:usr_bob:invited", "bob", 20)?;
            }
            Ok::<_, LedgerError>(is_new)
        });
        assert_eq!(rewarded.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
        assert!(rewarded.iter().all(Result::is_ok), "on {}: {rewarded:?}", bed.name);
        assert_eq!(bed.read(|tx| available(tx, "anna")), 30);
    });
}

#[test]
fn what_a_link_promised_is_kept_once() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            assert_eq!(users::take_promise(tx, &usr("anna"))?, None);
            users::promise(tx, &usr("anna"), "p_SPRING")
        });
        let taken = bed.race(30, |tx, _| users::take_promise(tx, &usr("anna")));
        assert!(taken.iter().all(Result::is_ok), "on {}: {taken:?}", bed.name);
        let taken: Vec<_> = taken.into_iter().flatten().flatten().collect();
        assert_eq!(taken, ["p_SPRING"], "on {}", bed.name);
    });
}

#[test]
fn guesses_are_counted_by_the_hour() {
    each_chain(|bed| {
        bed.write(|tx| person(tx, "anna"));
        let counts = bed.race(30, |tx, _| tries::count(tx, &usr("anna"), "promo", later(1)));
        let mut counts: Vec<u32> = counts.into_iter().map(|it| it.expect("a count")).collect();
        counts.sort_unstable();
        assert_eq!(counts, (1..=30).collect::<Vec<_>>(), "on {}", bed.name);
        bed.write(|tx| {
            let next_hour = NOW.plus(Millis::HOUR);
            assert_eq!(tries::count(tx, &usr("anna"), "gift", NOW)?, 1, "of another kind");
            assert_eq!(tries::count(tx, &usr("anna"), "promo", next_hour)?, 1);
            assert_eq!(tries::prune(tx, NOW)?, 0);
            assert_eq!(tries::prune(tx, next_hour)?, 2);
            assert_eq!(tries::count(tx, &usr("anna"), "promo", next_hour)?, 2);
            Ok(())
        });
    });
}

#[test]
fn prices_are_kept_as_they_are_and_no_others() {
    each_chain(|bed| {
        bed.write(|tx| {
            let of = |pairs: &[(&str, i64)]| {
                pairs
                    .iter()
                    .map(|(name, it)| ((*name).to_owned(), *it))
                    .collect::<domain::catalog::Prices>()
            };
            assert_eq!(prices::load(tx)?, of(&[]));
            prices::keep(tx, &of(&[("a", 1), ("b", 2)]), NOW)?;
            prices::keep(tx, &of(&[("b", 3), ("c", 4)]), later(1))?;
            assert_eq!(prices::load(tx)?, of(&[("b", 3), ("c", 4)]));
            prices::keep(tx, &of(&[("b", 3), ("c", 4)]), later(2))?;
            let row = tx.one("SELECT at FROM prices WHERE name = 'b'", &[])?;
            assert_eq!(row.millis(0)?, later(1), "since when it is so");
            Ok(())
        });
    });
}

#[test]
fn deeds_are_written_down_once_and_stay() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let deed = |at| Deed {
                actor: "owner:7".to_owned(),
                deed: "grant".to_owned(),
                detail: "50: for the trouble".to_owned(),
                at: later(at),
            };
            let anna = usr("anna");
            assert!(deeds::insert(tx, "d1", &deed(1), Some(&anna))?);
            assert!(!deeds::insert(tx, "d1", &deed(2), Some(&anna))?);
            assert!(deeds::insert(tx, "d2", &deed(3), Some(&anna))?);
            assert!(deeds::insert(tx, "d3", &deed(4), None)?, "about nobody");
            assert_eq!(deeds::of_user(tx, &anna, 10)?, [deed(3), deed(1)]);
            assert_eq!(deeds::of_user(tx, &anna, 1)?, [deed(3)]);
            Ok(())
        });
    });
}

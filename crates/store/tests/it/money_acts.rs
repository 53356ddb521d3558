//! What happens in a random history of money, done as the program would do it.

use domain::news::Effect;
use domain::{Credits, GiftId, Millis};
use store::gifts::{self, NewGift};
use store::ledger::LedgerError;
use store::payments::{self, Payment, PaymentState};
use store::promos::{self, Promo};
use store::refunds::{self, FromOutside, NewRefund};
use store::{StoreError, Tx, orders};

use crate::bed::{bot, gft, hld, later, ord, pay as pay_id, person, refund, usr, wallet};
use crate::ledger::credits;
use crate::shop::{BONUS, BOUGHT, GATEWAY, MINOR, came, given, new_order, offer, rub};
use crate::story::customer;

/// The people of one history; all of its names begin with its number.
pub struct Play {
    case: u32,
    pub who: String,
    pub friend: String,
}

impl Play {
    pub fn begin(tx: &mut Tx, case: u32) -> Result<Self, LedgerError> {
        let play = Self { case, who: format!("c{case}a"), friend: format!("c{case}b") };
        customer(tx, &play.who)?;
        person(tx, &play.friend)?;
        Ok(play)
    }

    pub fn name(&self, kind: &str, id: u8) -> String {
        format!("c{}{kind}{id}", self.case)
    }

    /// The charge's number ends it, as it does in the model.
    fn charge(&self, charge: u8) -> String {
        format!("c{}:{charge}", self.case)
    }

    fn payment(&self, tx: &mut Tx, charge: u8) -> Result<Option<Payment>, StoreError> {
        payments::by_their_id_for_job(tx, GATEWAY, &self.charge(charge))
    }

    /// How what is left differs from what a model says.
    pub fn differs(
        &self,
        tx: &mut Tx,
        left: &[i64],
        back: &[(i64, i64)],
    ) -> Result<Option<String>, StoreError> {
        let rows = tx.query(
            "SELECT remaining FROM grants WHERE wallet = $1 AND 0 < remaining
             ORDER BY kind, CASE WHEN expires_at IS NULL THEN 1 ELSE 0 END, expires_at, granted_at,
                      reference",
            &[&wallet(&self.who)],
        )?;
        let grants: Vec<i64> = rows.iter().map(|it| it.number(0)).collect::<Result<_, _>>()?;
        if grants != left {
            return Ok(Some(format!("of grants {grants:?} is left, not {left:?}")));
        }
        let mut went = Vec::new();
        for charge in 0..u8::MAX {
            if let Some(it) = self.payment(tx, charge)? {
                went.push((it.refunded.minor(), it.owed.as_i64()));
            }
            if went.len() == back.len() {
                break;
            }
        }
        Ok((went != back).then(|| format!("of payments {went:?} went back, not {back:?}")))
    }
}

pub fn order(tx: &mut Tx, play: &Play, order: u8, now: Millis) -> Result<(), LedgerError> {
    let (id, user, bot, offer) = (ord(&play.name("o", order)), usr(&play.who), bot("b"), offer());
    orders::insert(tx, &new_order(&id, &user, &bot, &offer), now)?;
    Ok(())
}

/// Money that came, as a job has read it: booked for its order or parked.
pub fn pay(
    tx: &mut Tx,
    play: &Play,
    charge: u8,
    order: u8,
    now: Millis,
) -> Result<(), LedgerError> {
    let (id, their_id, bot) = (pay_id(&play.name("p", charge)), play.charge(charge), bot("b"));
    let came = came(&id, &their_id, &bot);
    let Some(order) = orders::get_for_job(tx, &ord(&play.name("o", order)))? else {
        payments::park(tx, &came, None, None, "no such order", now)?;
        return Ok(());
    };
    let wallet = wallet(&play.who);
    if payments::credit(tx, &came, &given(&order.id, &order.user, &wallet), now)? {
        orders::paid(tx, &order.id, now)?;
    }
    Ok(())
}

pub fn unpark(
    tx: &mut Tx,
    play: &Play,
    charge: u8,
    order: u8,
    now: Millis,
) -> Result<(), LedgerError> {
    let order = orders::get_for_job(tx, &ord(&play.name("o", order)))?;
    let (Some(payment), Some(order)) = (play.payment(tx, charge)?, order) else { return Ok(()) };
    let wallet = wallet(&play.who);
    if payments::unpark(tx, &payment, &given(&order.id, &order.user, &wallet), now)? {
        orders::paid(tx, &order.id, now)?;
    }
    Ok(())
}

pub fn ask(
    tx: &mut Tx,
    play: &Play,
    id: u8,
    charge: u8,
    minor: i64,
    amount: i64,
    now: Millis,
) -> Result<(), LedgerError> {
    let Some(payment) = play.payment(tx, charge)? else { return Ok(()) };
    let is_parked = payment.state == PaymentState::Parked;
    let new = NewRefund {
        id: &refund(&play.name("r", id)),
        hold: &hld(&play.name("r", id)),
        wallet: &wallet(&play.who),
        money: rub(minor),
        credits: if is_parked { Credits::ZERO } else { credits(amount) },
        reason: "asked",
        actor: "owner:7",
    };
    refunds::begin(tx, &payment, &new, now)
}

pub fn settle(
    tx: &mut Tx,
    play: &Play,
    id: u8,
    has_gone: bool,
    now: Millis,
) -> Result<(), LedgerError> {
    let name = play.name("r", id);
    let Some(found) = refunds::get_for_job(tx, &refund(&name))? else { return Ok(()) };
    if !has_gone {
        return refunds::failed(tx, &found, "declined", now).map(drop);
    }
    let payment = payments::get_for_job(tx, &found.payment)?.expect("it has one");
    refunds::succeeded(tx, &found, &payment, &name, now).map(drop)
}

/// As much as is left of it goes back without us.
pub fn outside(
    tx: &mut Tx,
    play: &Play,
    id: u8,
    charge: u8,
    minor: i64,
    now: Millis,
) -> Result<(), LedgerError> {
    let Some(payment) = play.payment(tx, charge)? else { return Ok(()) };
    let asked = refunds::under_way(tx, &payment)?.minor();
    let minor = minor.min(MINOR - payment.refunded.minor() - asked);
    if minor == 0 {
        return Ok(());
    }
    let (wallet, is_parked) = (wallet(&play.who), payment.state == PaymentState::Parked);
    let name = play.name("x", id);
    let back = FromOutside {
        id: &refund(&name),
        their_id: &name,
        money: rub(minor),
        wallet: (!is_parked).then_some(wallet.as_str()),
        credits: if is_parked { Credits::ZERO } else { credits((BOUGHT + BONUS) * minor / MINOR) },
    };
    refunds::from_outside(tx, &payment, &back, now).map(drop)
}

fn gift_id(play: &Play, id: u8) -> GiftId {
    gft(&play.name("g", id))
}

pub fn gift(
    tx: &mut Tx,
    play: &Play,
    id: u8,
    amount: i64,
    ends: i64,
    now: Millis,
) -> Result<(), LedgerError> {
    let gift = gift_id(play, id);
    let new = NewGift {
        id: &gift,
        code: gift.as_str(),
        giver: &usr(&play.who),
        bot: &bot("b"),
        wallet: &wallet(&play.who),
        credits: credits(amount),
        hold: &hld(&play.name("g", id)),
        expires_at: later(ends),
    };
    gifts::make(tx, &new, now)
}

pub fn end_gift(
    tx: &mut Tx,
    play: &Play,
    id: u8,
    is_opened: bool,
    now: Millis,
) -> Result<(), LedgerError> {
    let Some(gift) = gifts::of(tx, &usr(&play.who), &gift_id(play, id))? else { return Ok(()) };
    if is_opened {
        gifts::open(tx, &gift, &usr(&play.friend), &wallet(&play.friend), now).map(drop)
    } else {
        gifts::take_back(tx, &gift, now).map(drop)
    }
}

/// Enters one of the codes, which are for one person each. True: its credits are due.
pub fn enter(
    tx: &mut Tx,
    play: &Play,
    code: u8,
    expires_at: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let (bot, code) = (bot("b"), play.name("p", code));
    let promo = Promo {
        code: code.clone(),
        effect: Effect::Credits { credits: credits(10) },
        uses_max: Some(1),
        uses: 0,
        expires_at: Some(expires_at),
        created_at: now,
    };
    promos::insert(tx, &bot, &promo)?;
    Ok(promos::enter(tx, &bot, &code, &usr(&play.who), &play.who, now)?.is_ok())
}

//! An order, from its link to its end. Each run does one step and finds out by itself which.

use std::sync::Arc;
use std::time::Duration;

use connectors::payments::{
    Autopayment, Contact, Gateway, GatewayError, KEY_LIFETIME, NewPayment, PaymentState, Receipt,
    Seen,
};
use domain::{Declined, Millis, News, OrderId};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::CreateInvoiceLinkParams;
use frankenstein::payments::LabeledPrice;
use store::orders::{self, Order, OrderState};
use store::{Tx, bots, chats, subscriptions, users};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::outbox;
use crate::till::{self, Arrived, Renewal, shop};

/// How soon a payment that nobody has paid yet is looked at again: (while it is younger, after).
const LOOKS: [(Millis, Millis); 5] = [
    (Millis::MINUTE, Millis::seconds(15)),
    (Millis(5 * 60_000), Millis::seconds(30)),
    (Millis(15 * 60_000), Millis::MINUTE),
    (Millis(2 * 3_600_000), Millis(5 * 60_000)),
    (Millis::DAY, Millis::HOUR),
];

/// A page of payment is closed after an hour. Whoever is still on it a day later never will pay.
const LOOKED_AFTER: Millis = Millis::DAY;
/// How long a customer waits for a link before they are told that there is none.
const LINK_WITHIN: Millis = Millis(3 * 60_000);
/// Telegram's only rhythm (Bot API, createInvoiceLink).
const STARS_PERIOD: u32 = 2_592_000;

pub async fn run(app: &Arc<App>, id: OrderId) -> Result<Ended, Failure> {
    let order = app.db.read(move |tx| orders::get_for_job(tx, &id)).await?;
    let Some(order) = order else { return Ok(Ended::done()) };
    match order.state {
        OrderState::Paid | OrderState::Refunded | OrderState::Declined => Ok(Ended::done()),
        OrderState::Open | OrderState::Expired if order.gateway == orders::STARS => {
            by_stars(app, order).await
        }
        OrderState::Open | OrderState::Expired => by_gateway(app, order).await,
    }
}

/// Makes the link of an invoice. That it is paid comes as an update.
async fn by_stars(app: &Arc<App>, order: Order) -> Result<Ended, Failure> {
    let now = app.ground.now();
    if order.state == OrderState::Expired {
        return Ok(Ended::done());
    }
    if order.expires_at <= now {
        return expire(app, order).await;
    }
    let Some(bot) = app.bots.get(&order.bot).filter(|_| order.link.is_none()) else {
        return Ok(Ended::wait(order.id.as_str(), order.expires_at.since(now)));
    };
    let title = title(app, &order).await?;
    let amount = u32::try_from(order.money.minor())
        .map_err(|_| Failure::Ours("more Stars than there are".to_owned()))?;
    let price = LabeledPrice::builder().label(title.clone()).amount(amount).build();
    let params = CreateInvoiceLinkParams::builder()
        // Telegram's limits: 32 characters, 255.
        .title(title.chars().take(32).collect::<String>())
        .description(title)
        .payload(order.id.as_str())
        .currency(order.money.currency.code())
        .prices(vec![price])
        .maybe_subscription_period(order.subscription.as_ref().map(|_| STARS_PERIOD))
        .build();
    let link = bot.telegram.create_invoice_link(&params).await?.result;
    let chat = chat_of(app, &order).await?;
    let (id, wait) = (order.id.clone(), order.expires_at.since(now));
    Ok(Ended::wait(order.id.as_str(), wait)
        .write(move |tx, _, _| Ok(orders::opened(tx, &id, None, Some(&link))?))
        .paint(chat))
}

async fn by_gateway(app: &Arc<App>, order: Order) -> Result<Ended, Failure> {
    let Some(gateway) = app.gateway(&order.gateway) else {
        return decline(app, order, Declined::Other, "nobody takes this money any more").await;
    };
    match order.payment.clone() {
        None => open(app, gateway, order).await,
        Some(payment) => look(app, gateway, order, &payment).await,
    }
}

/// Begins the payment, or asks again under the same key how that ended.
async fn open(app: &Arc<App>, gateway: Arc<dyn Gateway>, order: Order) -> Result<Ended, Failure> {
    let now = app.ground.now();
    let asked = order.asked_at.unwrap_or(now);
    if order.state == OrderState::Expired && order.asked_at.is_none() {
        return Ok(Ended::done());
    }
    if KEY_LIFETIME.as_i64() - Millis::HOUR.as_i64() < now.since(asked).as_i64() {
        let why = "nobody could tell for a day whether this payment was begun";
        return uncertain(app, order, why).await;
    }
    let was_asked = order.asked_at.is_some();
    let (id, ground) = (order.id.clone(), app.ground.clone());
    let begun = app.db.write_durably(move |tx| begin(tx, &id, ground.now())).await?;
    let Some(begun) = begun else {
        return decline(app, order, Declined::CalledOff, "the plan isn't renewed any more").await;
    };
    let asked = match &begun.saved {
        Some(saved) => {
            gateway.charge(&app.till_http, &autopayment(app, &begun, saved).await?).await
        }
        None => gateway.open(&app.till_http, &payment(app, &begun).await?).await,
    };
    match asked {
        Ok(seen) => seen_now(app, gateway.name(), begun.order, seen).await,
        Err(error) => no_link(app, begun.order, &error, was_asked).await,
    }
}

/// What a payment is begun with.
struct Begun {
    order: Order,
    /// The saved card, for a renewal.
    saved: Option<String>,
    contact: Option<String>,
}

/// Notes that the gateway is asked, before it is. Nothing for a renewal whose card was unlinked:
/// that is looked up in the very transaction that allows the charge.
fn begin(tx: &mut Tx, id: &OrderId, now: Millis) -> Result<Option<Begun>, Failure> {
    let Some(order) = orders::get_for_job(tx, id)? else { return Ok(None) };
    let saved = match &order.subscription {
        Some(plan) if order.is_renewal => {
            let Some(saved) = subscriptions::chargeable(tx, plan)? else { return Ok(None) };
            Some(saved)
        }
        Some(_) | None => None,
    };
    orders::asked(tx, id, now)?;
    let contact = users::contact(tx, &order.user)?;
    Ok(Some(Begun { order, saved, contact }))
}

async fn payment(app: &App, begun: &Begun) -> Result<NewPayment, Failure> {
    let order = &begun.order;
    let (user, bot) = (order.user.clone(), order.bot.clone());
    let (language, username) = app
        .db
        .read(move |tx| {
            let language = users::get(tx, &user)?.map(|it| it.language).unwrap_or_default();
            let username = bots::get(tx, &bot)?.map(|it| it.username).unwrap_or_default();
            Ok::<_, store::StoreError>((language, username))
        })
        .await?;
    Ok(NewPayment {
        key: order.idempotence_key.clone(),
        order: order.id.clone(),
        bot: order.bot.clone(),
        money: order.money,
        title: title(app, order).await?,
        method: order.method,
        return_url: format!("https://t.me/{username}"),
        language,
        save: order.subscription.is_some() && shop::can_renew(&app.ground, order.method),
        payer: order.user.as_str().to_owned(),
        receipt: receipt(app, begun),
    })
}

async fn autopayment(app: &App, begun: &Begun, saved: &str) -> Result<Autopayment, Failure> {
    let order = &begun.order;
    Ok(Autopayment {
        key: order.idempotence_key.clone(),
        order: order.id.clone(),
        bot: order.bot.clone(),
        money: order.money,
        title: title(app, order).await?,
        saved: saved.to_owned(),
        payer: order.user.as_str().to_owned(),
        receipt: receipt(app, begun),
    })
}

fn receipt(app: &App, begun: &Begun) -> Option<Receipt> {
    receipt_for(&app.ground, begun.contact.as_deref()?)
}

/// A receipt for somebody, where they are sent.
pub fn receipt_for(ground: &Ground, contact: &str) -> Option<Receipt> {
    let rules = ground.config.yookassa.receipts.as_ref()?;
    let contact = if contact.contains('@') {
        Contact::Email(contact.to_owned().into())
    } else {
        Contact::Phone(contact.to_owned().into())
    };
    Some(Receipt {
        contact,
        vat_code: rules.vat_code,
        payment_subject: rules.payment_subject.clone(),
        payment_mode: rules.payment_mode.clone(),
        tax_system_code: rules.tax_system_code,
    })
}

/// What the customer reads where they pay.
async fn title(app: &App, order: &Order) -> Result<String, Failure> {
    let user = order.user.clone();
    let language = app.db.read(move |tx| users::get(tx, &user)).await?;
    let language = language.map(|it| it.language).unwrap_or_default();
    let speech = chat::text::Speech::of(language);
    let credits = order.credits.as_i64() + order.bonus.as_i64();
    let plan = app.ground.catalog.pack(&order.pack).and_then(|it| it.plan.as_ref());
    Ok(match plan {
        Some(plan) => {
            let title = plan.title(language);
            speech.label("invoice-plan", &[("plan", title.into()), ("credits", credits.into())])
        }
        None => speech.label("invoice-pack", &[("credits", credits.into())]),
    })
}

/// The gateway has given no payment.
async fn no_link(
    app: &Arc<App>,
    order: Order,
    error: &GatewayError,
    was_asked: bool,
) -> Result<Ended, Failure> {
    tracing::warn!(order.id = %order.id, %error, "a payment could not be begun");
    metrics::counter!("atelier_gateway_failures_total", "gateway" => order.gateway.clone())
        .increment(1);
    let (again, is_over) = match error {
        GatewayError::Transient { retry_after, .. } => (pause(*retry_after, 15), false),
        GatewayError::Uncertain { retry_after, .. } => (pause(*retry_after, 60), false),
        // An earlier ask may have gone through: that it is closed to us now says nothing of it.
        GatewayError::Closed { .. } if was_asked => (Millis::MINUTE, false),
        GatewayError::Refused { .. } | GatewayError::Closed { .. } => (Millis::MINUTE, true),
        GatewayError::Unexpected { cause } => {
            return uncertain(app, order, &format!("a payment began oddly: {cause}")).await;
        }
    };
    if is_over {
        let cause = error.to_string();
        let ended = decline(app, order.clone(), Declined::Other, &cause).await?;
        return Ok(ended.also(move |tx, ground, now| {
            let subject = order.gateway.as_str();
            outbox::raise_in(tx, ground, &order.bot, "gateway-refuses", subject, &cause, now)
        }));
    }
    // A renewal is asked about as long as its key lives. A customer doesn't wait that long, and
    // nobody can pay a payment whose link nobody has.
    if !order.is_renewal && LINK_WITHIN < app.ground.now().since(order.created_at) {
        return decline(app, order, Declined::Other, "no link in time").await;
    }
    Ok(Ended::wait(order.id.as_str(), again))
}

fn pause(wanted: Option<Duration>, seconds: i64) -> Millis {
    let wanted = wanted.and_then(|it| i64::try_from(it.as_millis()).ok()).map(Millis);
    wanted.unwrap_or_else(|| Millis::seconds(seconds)).min(Millis::HOUR)
}

/// Asks how a payment stands.
async fn look(
    app: &Arc<App>,
    gateway: Arc<dyn Gateway>,
    order: Order,
    payment: &str,
) -> Result<Ended, Failure> {
    match gateway.payment(&app.till_http, payment).await {
        Ok(Some(seen)) => seen_now(app, gateway.name(), order, seen).await,
        Ok(None) => {
            let why = format!("{} doesn't know its own payment {payment}", order.gateway);
            uncertain(app, order, &why).await
        }
        Err(GatewayError::Unexpected { cause }) => {
            let why = format!("payment {payment} is told of oddly: {cause}");
            uncertain(app, order, &why).await
        }
        Err(error) => {
            tracing::warn!(order.id = %order.id, %error, "a payment could not be looked at");
            Ok(Ended::wait(order.id.as_str(), Millis::MINUTE))
        }
    }
}

/// What the gateway says of a payment now, whatever it said before.
async fn seen_now(
    app: &Arc<App>,
    gateway: &'static str,
    order: Order,
    seen: Seen,
) -> Result<Ended, Failure> {
    let chat = chat_of(app, &order).await?;
    let now = app.ground.now();
    match seen.state {
        PaymentState::Succeeded => Ok(Ended::done()
            .durably()
            .write(move |tx, ground, now| {
                orders::opened(tx, &order.id, Some(&seen.id), None)?;
                if book(tx, ground, gateway, &seen, now)? == till::Booked::Parked {
                    // The money is somebody's to look at, and this order's no more.
                    orders::expired(tx, &order.id, now)?;
                    till::plans::hold(tx, &order)?;
                }
                Ok(())
            })
            .paint(chat)),
        PaymentState::Canceled(why) => {
            // Nobody has given leave yet that could be taken back: it is the bank's no.
            let is_first = why == Declined::PermissionRevoked && !order.is_renewal;
            let why = if is_first { Declined::BankSaidNo } else { why };
            let reason = seen.reason.clone().unwrap_or_default();
            let ended = decline(app, order.clone(), why, &reason).await?;
            Ok(ended.also(move |tx, _, _| Ok(orders::opened(tx, &order.id, Some(&seen.id), None)?)))
        }
        PaymentState::WaitingForCapture => {
            uncertain(app, order, "the money is held and not taken, which we never ask for").await
        }
        PaymentState::Pending => {
            if LOOKED_AFTER < now.since(order.created_at) {
                return uncertain(app, order, "it was neither paid nor closed for a day").await;
            }
            let age = now.since(order.created_at);
            let again = LOOKS.iter().find(|(younger, _)| age < *younger);
            let again = again.map_or(Millis::HOUR, |(_, after)| *after);
            let is_over = order.expires_at <= now;
            let until_over = order.expires_at.since(now);
            let again = if is_over { again } else { again.min(until_over) };
            let (id, is_renewal) = (order.id.clone(), order.is_renewal);
            Ok(Ended::wait(order.id.as_str(), again)
                .write(move |tx, _, now| {
                    orders::opened(tx, &id, Some(&seen.id), seen.confirm_url.as_deref())?;
                    orders::looked(tx, &id)?;
                    if is_over && !is_renewal {
                        orders::expired(tx, &id, now)?;
                    }
                    Ok(())
                })
                .paint(chat))
        }
    }
}

/// Puts into the books what a gateway says of a payment that succeeded.
pub fn book(
    tx: &mut Tx,
    ground: &Ground,
    gateway: &str,
    seen: &Seen,
    now: Millis,
) -> Result<till::Booked, Failure> {
    let named = seen.order.as_deref().and_then(OrderId::from_text);
    let order = match named {
        Some(id) => orders::get_for_job(tx, &id)?,
        None => orders::by_payment_for_job(tx, gateway, &seen.id)?,
    };
    let said = seen.bot.as_deref().and_then(domain::BotId::from_text);
    let first = ground.config.bots.first().and_then(|it| crate::bot::Bot::id_of(&it.token));
    let Some(bot) = said.or_else(|| order.as_ref().map(|it| it.bot.clone())).or(first) else {
        return Err(Failure::Ours("there is no bot".to_owned()));
    };
    // A bot that isn't ours can't have payments in our books.
    let (bot, is_ours) = match bots::get(tx, &bot)? {
        Some(known) => (known.id, true),
        None => match order.as_ref().map(|it| it.bot.clone()) {
            Some(own) => (own, false),
            None => match bots::list(tx)?.into_iter().next() {
                Some(any) => (any.id, false),
                None => return Err(Failure::Ours("there is no bot".to_owned())),
            },
        },
    };
    let shop = ground.config.yookassa.shop.as_deref().filter(|_| !ground.config.yookassa.is_test);
    let doubt = match (&seen.shop, shop) {
        (Some(seen), Some(ours)) if seen != ours => Some("it was paid to another shop".to_owned()),
        _ if !is_ours => Some("it names a bot that isn't here".to_owned()),
        _ => None,
    };
    let saved = seen.saved.as_ref();
    let saved = saved.map(|it| (it.id.clone(), it.title.clone().unwrap_or_default()));
    let arrived = Arrived {
        gateway: gateway.to_owned(),
        their_id: seen.id.clone(),
        bot,
        payer: None,
        money: seen.money,
        is_test: seen.is_test,
        paid_at: seen.created_at,
        renewal: Renewal { until: None, saved, is_later: false },
        doubt,
    };
    till::arrived(tx, ground, &arrived, order.as_ref().map(|it| &it.id), now)
}

/// Nothing was paid, and nothing will be.
async fn decline(
    app: &Arc<App>,
    order: Order,
    why: Declined,
    reason: &str,
) -> Result<Ended, Failure> {
    tracing::info!(order.id = %order.id, reason, "an order came to nothing");
    let chat = chat_of(app, &order).await?;
    Ok(Ended::done()
        .write(move |tx, ground, now| {
            let is_new = orders::declined(tx, &order.id, why, now)?;
            let state = orders::get_for_job(tx, &order.id)?.map(|it| it.state);
            let is_paid = matches!(state, Some(OrderState::Paid | OrderState::Refunded));
            if order.is_renewal && !is_paid {
                till::plans::declined(tx, ground, &order, why, now)?;
            } else if is_new {
                let news = News::NotPaid { order: order.id.clone(), why };
                outbox::tell(tx, ground, &order.user, &news, order.id.as_str(), now)?;
            }
            Ok(())
        })
        .paint(chat))
}

async fn expire(app: &Arc<App>, order: Order) -> Result<Ended, Failure> {
    let chat = chat_of(app, &order).await?;
    Ok(Ended::done()
        .write(move |tx, _, now| {
            orders::expired(tx, &order.id, now)?;
            Ok(())
        })
        .paint(chat))
}

/// Nobody can tell how it stands: a person looks, and the nightly comparison finds what was paid.
async fn uncertain(app: &Arc<App>, order: Order, why: &str) -> Result<Ended, Failure> {
    let why = why.to_owned();
    let chat = chat_of(app, &order).await?;
    Ok(Ended::done()
        .write(move |tx, ground, now| {
            // A renewal stays open: no other charge is made until the list of those that were made
            // has told what became of this one.
            if !order.is_renewal {
                orders::expired(tx, &order.id, now)?;
            }
            outbox::raise(tx, ground, "order-uncertain", order.id.as_str(), &why, now)?;
            Ok(())
        })
        .paint(chat))
}

/// A renewal that isn't on the list of those that were made: nothing was charged, and it may be
/// tried again.
pub fn was_never_made(
    tx: &mut Tx,
    ground: &Ground,
    order: &Order,
    now: Millis,
) -> Result<(), Failure> {
    if orders::declined(tx, &order.id, Declined::Other, now)? {
        till::plans::declined(tx, ground, order, Declined::Other, now)?;
    }
    Ok(())
}

/// What is owed when the job itself can't be done any more.
pub fn bury(
    tx: &mut Tx,
    ground: &Ground,
    order: &OrderId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    if orders::get_for_job(tx, order)?.is_some_and(|it| !it.is_renewal) {
        orders::expired(tx, order, now)?;
    }
    outbox::raise(tx, ground, "order-stuck", order.as_str(), error, now)
}

/// The chat that shows an order.
async fn chat_of(app: &App, order: &Order) -> Result<Option<domain::ChatId>, Failure> {
    let user = order.user.clone();
    let chat = app.db.read(move |tx| chats::of_user(tx, &user)).await?;
    Ok(chat.map(|it| it.id))
}

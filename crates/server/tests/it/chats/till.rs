//! What people do with money: they pay by the link of their menu, decline, and stop a plan with
//! Telegram; what the shop's owner does by hand, and the codes that there are.

use axum::body::Body;
use domain::news::Effect;
use domain::{BotId, Credits, Millis};
use http::Request;
use sandbox::yookassa::Means;
use serde_json::{Value, json};
use store::promos::{self, Promo};
use tower::ServiceExt;

use super::talk::{Talk, Talker};
use crate::world::{OTHER_BOT, OTHER_TOKEN, TOKEN};

/// A card of the test shop that pays without being asked twice, and a bank.
const CARD: &str = "5555555555554444";
const BANK: &str = "100000000111";
/// As much as the dearest thing costs.
const ENOUGH_STARS: i64 = 10_000;

const INVOICE: &str = "https://t.me/$";
const PAGE: &str = "/yookassa/pay?orderId=";

/// Whether an address is one to pay at.
pub fn is_one(address: &str) -> bool {
    address.starts_with(INVOICE) || address.contains(PAGE)
}

/// The payment that a page of YooKassa is for.
fn payment_of(address: &str) -> Option<&str> {
    address.split_once(PAGE).map(|it| it.1)
}

impl Talk {
    /// The link in the menu; `old`: the last one that they ever saw; `theirs`: that anybody saw.
    fn till(&self, talker: &Talker, how: &str) -> Result<String, String> {
        if how.starts_with("old") || how.starts_with("theirs") {
            let mine = |it: &&(Talker, String)| it.0 == *talker || how.starts_with("theirs");
            let seen = self.tills.iter().rev().find(mine);
            return seen.map(|it| it.1.clone()).ok_or("no link to pay at was seen".to_owned());
        }
        let menu = self.menu(talker).ok_or("there is no menu")?;
        let found = super::talk::links(&menu).into_iter().rev().find(|it| is_one(it));
        found.ok_or_else(|| "the menu has no link to pay at".to_owned())
    }

    /// `pay`, `pay old`, `pay theirs`, `pay with 5555555555554477`, `pay old with ...`, `pay poorly` (with the
    /// Stars that there are).
    pub fn pay(&self, talker: &Talker, how: &str) -> Result<(), String> {
        let link = self.till(talker, how)?;
        let card = how.rsplit_once("with ").map_or(CARD, |it| it.1);
        let Some(payment) = payment_of(&link) else {
            let telegram = self.world.sandbox.telegram();
            if how != "poorly" {
                telegram.add_stars(talker.person, ENOUGH_STARS)?;
            }
            return telegram.pay_link(talker.bot, talker.person, &link).map(|_| ());
        };
        let yookassa = self.world.sandbox.yookassa();
        match yookassa.pay(payment, Means::Card(card.to_owned())) {
            Err(why) if why.contains("that way") => {
                yookassa.pay(payment, Means::Bank(BANK.to_owned()))
            }
            done => done,
        }
    }

    pub fn decline(&self, talker: &Talker, reason: &str) -> Result<(), String> {
        let link = self.till(talker, "")?;
        let payment = payment_of(&link).ok_or("Stars can only be left alone")?;
        let reason = if reason.is_empty() { "insufficient_funds" } else { reason };
        self.world.sandbox.yookassa().decline(payment, reason)
    }

    pub(super) async fn at_the_till(
        &mut self,
        bot: i64,
        person: i64,
        what: &str,
    ) -> Result<(), String> {
        let words: Vec<&str> = what.split_whitespace().collect();
        let telegram = self.world.sandbox.telegram().clone();
        match words.as_slice() {
            ["renew"] => telegram.renew_now(bot, person, &self.charge(person).await?)?,
            ["cancels", ..] => {
                telegram.cancel_subscription(bot, person, &self.charge(person).await?, true)?;
            }
            ["resumes", ..] => {
                telegram.cancel_subscription(bot, person, &self.charge(person).await?, false)?;
            }
            ["refund", "stars"] => self.refund_stars(bot, person).await?,
            ["refund", "by", "hand", kopecks] => {
                let kopecks = kopecks.parse().map_err(|_| "how many kopecks?")?;
                let payment = self.last_payment()?;
                self.world.sandbox.yookassa().refund_by_hand(&payment, kopecks)?;
            }
            ["card", "declines", reason] => self.change_card(Some(reason))?,
            ["card", "works"] => self.change_card(None)?,
            ["promo", code, rest @ ..] => self.promo(bot, code, rest).await?,
            _ => return Err("nothing like that happens with money".to_owned()),
        }
        self.world.breathe().await;
        Ok(())
    }

    /// The last payment at YooKassa that succeeded.
    fn last_payment(&self) -> Result<String, String> {
        let all = self.world.sandbox.yookassa().payments();
        let last = all.iter().rev().find(|it| it["status"] == "succeeded");
        let id = last.and_then(|it| it["id"].as_str()).ok_or("nobody has paid yet")?;
        Ok(id.to_owned())
    }

    fn change_card(&self, declined: Option<&str>) -> Result<(), String> {
        let all = self.world.sandbox.yookassa().payments();
        let saved = all.iter().find(|it| it["payment_method"]["saved"] == true);
        let id = saved.and_then(|it| it["payment_method"]["id"].as_str());
        self.world.sandbox.yookassa().change_method(id.ok_or("no card was saved")?, declined)
    }

    /// Telegram's id of the last payment in Stars.
    async fn charge(&self, person: i64) -> Result<String, String> {
        let found = self.world.read(move |tx| {
            let row = tx.first(
                "SELECT their_id FROM payments WHERE gateway = 'stars' AND payer = $1
                 ORDER BY created_at DESC, id DESC LIMIT 1",
                &[&person],
            )?;
            row.map(|it| it.text(0)).transpose()
        });
        found.await.ok_or_else(|| "they have paid no Stars".to_owned())
    }

    /// Somebody with the bot's token, but not we, gives Stars back.
    async fn refund_stars(&self, bot: i64, person: i64) -> Result<(), String> {
        let token = if bot == OTHER_BOT { OTHER_TOKEN } else { TOKEN };
        let body = json!({
            "user_id": person,
            "telegram_payment_charge_id": self.charge(person).await?,
        });
        let request = Request::post(format!("/bot{token}/refundStarPayment"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .map_err(|it| it.to_string())?;
        let answer = self.world.sandbox.router().oneshot(request).await;
        let answer = answer.expect("a router always answers");
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(format!("Telegram says {}", answer.status())),
        }
    }

    /// `CODE credits=50 uses=1 days=3`, `CODE plan=lite:14`, `CODE bonus=20`, `CODE discount=15`.
    async fn promo(&self, bot: i64, code: &str, words: &[&str]) -> Result<(), String> {
        let bot = BotId::from_text(&format!("bot_{bot}")).ok_or("a bot")?;
        let now = self.world.now();
        let mut effect = None;
        let (mut uses_max, mut expires_at) = (None, None);
        for word in words {
            let (key, value) = word.split_once('=').ok_or("key=value")?;
            let number = || value.parse::<u32>().map_err(|_| format!("{value} is no number"));
            match key {
                "credits" => {
                    let credits = Credits::new(i64::from(number()?)).ok_or("credits")?;
                    effect = Some(Effect::Credits { credits });
                }
                "bonus" => effect = Some(Effect::Bonus { percent: number()? }),
                "discount" => effect = Some(Effect::Discount { percent: number()? }),
                "plan" => {
                    let (pack, days) = value.split_once(':').ok_or("plan=lite:14")?;
                    let days = days.parse().map_err(|_| "how many days?")?;
                    effect = Some(Effect::PlanDays { pack: pack.to_owned(), days });
                }
                "uses" => uses_max = Some(number()?),
                "days" => expires_at = Some(now.plus(Millis::days(i64::from(number()?)))),
                _ => return Err(format!("a code has no {key}")),
            }
        }
        let promo = Promo {
            code: code.to_owned(),
            effect: effect.ok_or("what does it do?")?,
            uses_max,
            uses: 0,
            expires_at,
            created_at: now,
        };
        match self.world.write(move |tx| promos::insert(tx, &bot, &promo)).await {
            true => Ok(()),
            false => Err("there is such a code".to_owned()),
        }
    }
}

/// What YooKassa has on its list, a line each.
pub fn listed(payments: &[Value]) -> Vec<String> {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    payments
        .iter()
        .map(|it| {
            let mut line = format!(
                "{} {}: {}",
                text(&it["amount"]["value"]),
                text(&it["amount"]["currency"]),
                text(&it["status"])
            );
            if let Some(reason) = it["cancellation_details"]["reason"].as_str() {
                line += &format!(" ({reason})");
            }
            if it["refunded_amount"]["value"].as_str().is_some_and(|it| it != "0.00") {
                line += &format!(", {} given back", text(&it["refunded_amount"]["value"]));
            }
            line
        })
        .collect()
}

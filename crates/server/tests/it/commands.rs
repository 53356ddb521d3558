//! What operators do by hand: parked money, refunds, codes, prices; and what they read: chains,
//! summaries, and the list of what may need attention.

use std::path::Path;

use chat::facts::Needs;
use domain::catalog::Prices;
use domain::news::Effect;
use domain::{
    BotId, Credits, Currency, Language, Method, Millis, Money, OrderId, PaymentId, Task, UserId,
};
use server::app::Ground;
use server::commands::credits::{self, Hand};
use server::commands::payments::{self as work, Credit, Refund};
use server::commands::promos::{self as codes, Add, Kind};
use server::commands::{Said, catalog};
use server::explain;
use server::failure::Failure;
use server::inbox::facts;
use server::jobs::summary;
use server::prices;
use server::till::{self, Arrived, Renewal};
use store::orders::{self, NewOrder};
use store::payments::{self, PaymentState};
use store::refunds::RefundState;
use store::users::{self, NewUser};
use store::{Tx, attention, chain, deeds, ledger, promos, refunds};

use crate::world::{self, World};

/// Who owns the first bot.
const OWNER: i64 = 900;

async fn world(own: &[(&str, &str)]) -> World {
    let mut all = vec![("bot.0.owners".to_owned(), OWNER.to_string())];
    all.extend(own.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    World::with(world::Ground::Sqlite, &all).await
}

fn bot() -> BotId {
    BotId::from_text("bot_1000001").unwrap()
}

fn rub(minor: i64) -> Money {
    Money::new(minor, Currency::Rub).unwrap()
}

fn many(credits: i64) -> Credits {
    Credits::new(credits).unwrap()
}

/// Runs a part of a test as one decision.
async fn at<T: Send + 'static>(
    world: &World,
    part: impl Fn(&mut Tx, &Ground, Millis) -> Result<T, Failure> + Send + 'static,
) -> T {
    let ground = world.app.ground.clone();
    world.db.write(move |tx| part(tx, &ground, ground.now())).await.unwrap()
}

/// The books hang together after each of these.
async fn whole(world: &World) {
    assert_eq!(world.db.read(chain::check).await.unwrap(), []);
}

fn person(tx: &mut Tx, name: &str, telegram_id: i64, now: Millis) -> Result<UserId, Failure> {
    let id = UserId::from_text(&format!("usr_{name}")).unwrap();
    let new = NewUser {
        id: &id,
        bot: &bot(),
        telegram_id,
        first_name: name,
        language: Language::En,
        origin: Some("s_spring"),
    };
    users::find_or_create(tx, &new, now)?;
    Ok(id)
}

/// `ord_a` of Anna: 250 credits for 1,990 roubles.
fn order(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<OrderId, Failure> {
    let user = person(tx, "anna", 501, now)?;
    let id = OrderId::from_text("ord_a").unwrap();
    let pack = ground.catalog.pack("250").unwrap();
    let offer = pack.offer(Currency::Rub, None, now).unwrap();
    let new = NewOrder {
        id: &id,
        user: &user,
        bot: &bot(),
        method: Method::Card,
        gateway: "yookassa",
        offer: &offer,
        subscription: None,
        is_renewal: false,
        resume: None,
        expires_at: now.plus(Millis::HOUR),
    };
    orders::insert(tx, &new, now)?;
    Ok(id)
}

/// Money that comes; with a doubt it is parked.
fn came(
    tx: &mut Tx,
    ground: &Ground,
    order: Option<&OrderId>,
    doubt: Option<&str>,
    now: Millis,
) -> Result<PaymentId, Failure> {
    let arrived = Arrived {
        gateway: "yookassa".to_owned(),
        their_id: "2c85".to_owned(),
        bot: bot(),
        payer: None,
        money: rub(199_000),
        is_test: false,
        paid_at: now,
        renewal: Renewal::default(),
        doubt: doubt.map(str::to_owned),
    };
    till::arrived(tx, ground, &arrived, order, now)?;
    Ok(payments::by_their_id_for_job(tx, "yookassa", "2c85")?.unwrap().id)
}

fn wish(payment: &PaymentId) -> Credit {
    Credit {
        payment: payment.clone(),
        order: None,
        user: None,
        credits: None,
        reason: "they wrote to us".to_owned(),
    }
}

fn free(tx: &mut Tx, name: &str) -> Result<i64, Failure> {
    Ok(ledger::available(tx, &format!("wallet:{}:usr_{name}", bot()))?.as_i64())
}

#[tokio::test]
async fn f06_parked_money_becomes_the_credits_of_its_order_once() {
    let world = world(&[]).await;
    let (first, again) = at(&world, |tx, ground, now| {
        let order = order(tx, ground, now)?;
        let payment = came(tx, ground, Some(&order), Some("it looks odd"), now)?;
        assert_eq!(free(tx, "anna")?, 0, "nothing is given before a person has looked");
        let wish = Credit { order: Some(order), ..wish(&payment) };
        let first = work::credit(tx, ground, &wish, now)?;
        Ok((first, work::credit(tx, ground, &wish, now)?))
    })
    .await;
    assert_eq!(first, Said::Done("250 + 0 credits to usr_anna.".to_owned()));
    assert_eq!(again, Said::No("It is not parked.".to_owned()));
    at(&world, |tx, _, _| {
        assert_eq!(free(tx, "anna")?, 250);
        assert_eq!(attention::open(tx, 10)?, [], "it is seen to");
        let deeds = deeds::of_user(tx, &UserId::from_text("usr_anna").unwrap(), 10)?;
        assert_eq!((deeds[0].actor.as_str(), deeds[0].deed.as_str()), ("operator", "credit"));
        assert!(deeds[0].detail.ends_with("they wrote to us"), "{deeds:?}");
        Ok(())
    })
    .await;
    whole(&world).await;
}

#[tokio::test]
async fn f06_parked_money_of_no_order_is_given_to_whom_the_operator_says() {
    let world = world(&[]).await;
    let said = at(&world, |tx, ground, now| {
        let payment = came(tx, ground, None, None, now)?;
        let stranger = UserId::from_text("usr_nobody");
        let none = Credit { user: stranger, credits: Some(many(7)), ..wish(&payment) };
        let refused = work::credit(tx, ground, &none, now)?;
        assert!(matches!(refused, Said::No(_)), "{refused:?}");
        let user = Some(person(tx, "anna", 501, now)?);
        let wish = Credit { user, credits: Some(many(70)), ..wish(&payment) };
        work::credit(tx, ground, &wish, now)
    })
    .await;
    assert_eq!(said, Said::Done("70 + 0 credits to usr_anna.".to_owned()));
    assert_eq!(at(&world, |tx, _, _| free(tx, "anna")).await, 70);
    whole(&world).await;
}

fn back(payment: &PaymentId, amount: Option<&str>, even_if_spent: bool) -> Refund {
    Refund {
        payment: Some(payment.clone()),
        amount: amount.map(str::to_owned),
        even_if_spent,
        reason: Some("asked".to_owned()),
        what: None,
    }
}

#[tokio::test]
async fn a_refund_goes_by_the_rule_unless_the_operator_says_more() {
    let world = world(&[]).await;
    at(&world, |tx, ground, now| {
        let order = order(tx, ground, now)?;
        let payment = came(tx, ground, Some(&order), None, now)?;
        let hand = |credits| Hand {
            user: UserId::from_text("usr_anna").unwrap(),
            credits: many(credits),
            reason: "a test".to_owned(),
        };
        assert_eq!(credits::taken(tx, ground, &hand(125), now)?, Said::Done("Taken.".to_owned()));
        let short = credits::taken(tx, ground, &hand(126), now)?;
        assert!(matches!(short, Said::No(_)), "{short:?}");
        let much = work::give_back(tx, ground, &back(&payment, Some("1500"), false), now)?;
        assert!(matches!(much, Said::No(_)), "half of it is spent: {much:?}");
        let odd = work::give_back(tx, ground, &back(&payment, Some("1.5"), false), now)?;
        assert!(matches!(odd, Said::Wrong(_)), "{odd:?}");
        let half = work::give_back(tx, ground, &back(&payment, None, false), now)?;
        let Said::Done(half) = half else { panic!("{half:?}") };
        assert!(half.contains("995.00 RUB are to go back, and 125 credits are held"), "{half}");
        let twice = work::give_back(tx, ground, &back(&payment, None, true), now)?;
        assert!(matches!(twice, Said::No(_)), "one is under way: {twice:?}");
        Ok(())
    })
    .await;
    whole(&world).await;
}

#[tokio::test]
async fn a_refund_that_nobody_knows_of_is_settled_by_hand_once() {
    let world = world(&[]).await;
    at(&world, |tx, ground, now| {
        let order = order(tx, ground, now)?;
        let payment = came(tx, ground, Some(&order), None, now)?;
        work::give_back(tx, ground, &back(&payment, Some("995.00"), false), now)?;
        let first = refunds::of_payment(tx, &payment)?.remove(0);
        attention::raise(tx, "refund-uncertain", first.id.as_str(), "who knows", now)?;
        work::settle(tx, ground, &first.id, None, Some("it isn't there"), now)?;
        assert_eq!(free(tx, "anna")?, 250, "the credits are free again");
        work::give_back(tx, ground, &back(&payment, None, true), now)?;
        let second = refunds::of_payment(tx, &payment)?.remove(1);
        let done = work::settle(tx, ground, &second.id, Some("theirs-9"), None, now)?;
        assert_eq!(done, Said::Done("Settled.".to_owned()));
        let again = work::settle(tx, ground, &second.id, Some("theirs-9"), None, now)?;
        assert!(matches!(again, Said::No(_)), "{again:?}");
        let states: Vec<_> = refunds::of_payment(tx, &payment)?.iter().map(|it| it.state).collect();
        assert_eq!(states, [RefundState::Failed, RefundState::Succeeded]);
        let paid = payments::get_for_job(tx, &payment)?.unwrap();
        assert_eq!((paid.state, free(tx, "anna")?), (PaymentState::Refunded, 0));
        let open = attention::open(tx, 10)?;
        let kinds: Vec<_> = open.iter().map(|it| it.kind.as_str()).collect();
        assert_eq!(kinds, ["refund-failed"], "what was uncertain is seen to");
        Ok(())
    })
    .await;
    whole(&world).await;
}

#[tokio::test]
async fn the_chain_of_a_payment_is_told_from_the_order_to_what_is_left() {
    let world = world(&[]).await;
    let (payment, told, whose) = at(&world, |tx, ground, now| {
        let order = order(tx, ground, now)?;
        let payment = came(tx, ground, Some(&order), None, now)?;
        let hand = Hand {
            user: UserId::from_text("usr_anna").unwrap(),
            credits: many(50),
            reason: "a mistake".to_owned(),
        };
        credits::taken(tx, ground, &hand, now.plus(Millis::MINUTE))?;
        let later = now.plus(Millis::HOUR);
        work::give_back(tx, ground, &back(&payment, Some("398.00"), false), later)?;
        let told = explain::explain(tx, payment.as_str())?.unwrap().text();
        let of_order = explain::explain(tx, "ord_a")?.unwrap().text();
        assert_eq!(
            told.lines().skip(1).collect::<Vec<_>>(),
            of_order.lines().skip(1).collect::<Vec<_>>()
        );
        let whose = explain::explain(tx, "usr_anna")?.unwrap().text();
        assert_eq!(explain::explain(tx, "pay_none")?, None);
        Ok((payment, told, whose))
    })
    .await;
    let told = told.replace(payment.as_str(), "PAY");
    let parts = [
        "20.11.2026 12:00:00  ord_a usr_anna orders 250: 250 credits for 1990.00 RUB, by card",
        "PAY 1990.00 RUB come as yookassa 2c85",
        "+250 credits bought: bought, PAY (payment:yookassa:2c85)",
        "20.11.2026 12:01:00  −50 credits taken: a mistake, usr_anna",
        "398.00 RUB are to go back, 50 credits held: operator, asked",
        "now: of PAY: 200 of 250 bought credits and 0 of 0 on top are unspent; 0.00 RUB of 1990.00 \
         RUB went back, and 0.00 RUB could by the rule",
        "now: ord_a is paid",
    ];
    let mut rest = told.as_str();
    for part in parts {
        let at = rest.find(part).unwrap_or_else(|| panic!("`{part}` is not next in\n{told}"));
        rest = &rest[at + part.len()..];
    }
    for part in ["patron", "by the link s_spring", "operator: take 50: a mistake", "150 credits"] {
        assert!(whose.contains(part), "`{part}` is not in\n{whose}");
    }
}

fn code(code: &str, effect: Kind) -> Add {
    Add {
        code: code.to_owned(),
        bot: "main".to_owned(),
        effect,
        days: Some(30),
        uses: Some(5),
        until: None,
    }
}

#[tokio::test]
async fn codes_are_made_as_they_are_meant_or_not_at_all() {
    let world = world(&[]).await;
    at(&world, |tx, ground, now| {
        let none = Kind { credits: None, bonus: None, discount: None, plan: None };
        let lite = Kind { plan: Some("lite".to_owned()), ..none.clone() };
        let said = codes::add(tx, ground, &code("spring-1", lite.clone()), now)?;
        let Said::Done(said) = said else { panic!("{said:?}") };
        assert!(said.contains("SPRING-1  the plan lite for 30 days, entered 0 of 5"), "{said}");
        assert!(said.ends_with("?start=p_SPRING-1"), "{said}");
        let effect = promos::get(tx, &bot(), "Spring-1")?.unwrap().effect;
        assert_eq!(effect, Effect::PlanDays { pack: "lite".to_owned(), days: 30 });
        let again = codes::add(tx, ground, &code("SPRING-1", lite.clone()), now)?;
        assert_eq!(again, Said::No("There is such a code.".to_owned()));
        let pack = Kind { plan: Some("250".to_owned()), ..none };
        let elsewhere = Add { bot: "elsewhere".to_owned(), ..code("OTHER", lite.clone()) };
        let over = Add { until: "2026-11-19".parse().ok(), ..code("LATE", lite.clone()) };
        for wrong in [code("NOPLAN", pack), elsewhere, over, code("a b", lite)] {
            let said = codes::add(tx, ground, &wrong, now)?;
            assert!(matches!(said, Said::Wrong(_)), "{wrong:?}: {said:?}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn f27_prices_that_jump_are_taken_only_with_a_reason() {
    let world = world(&[]).await;
    at(&world, |tx, ground, now| {
        let name = "packs/250.toml rub".to_owned();
        store::prices::keep(tx, &Prices::from([(name.clone(), 1_990)]), now)?;
        let said = catalog::check(tx, ground, now)?;
        let Said::No(said) = said else { panic!("{said:?}") };
        assert!(said.contains("jumped: packs/250.toml rub: it was 1990 and is 199000"), "{said}");
        let said = catalog::accept(tx, ground, "kopecks were meant", now)?;
        assert!(matches!(said, Said::Done(_)), "{said:?}");
        assert_eq!(store::prices::load(tx)?.get(&name), Some(&199_000));
        let said = catalog::check(tx, ground, now)?;
        let Said::Done(said) = said else { panic!("{said:?}") };
        assert!(said.contains("the least margin in RUB"), "{said}");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn f27_a_bots_own_prices_are_held_against_their_cost() {
    let own = world(&[("bot.0.price.250.rub", "150000")]).await;
    let mut config = own.app.ground.config.clone();
    assert!(prices::read_catalog(&config).is_ok());
    let all = prices::all(&own.app.ground.catalog, &config);
    assert_eq!(all.get("bot main: 250 rub"), Some(&150_000), "it is remembered as a price");
    let cheap = [(Currency::Rub, 1_500)].into_iter().collect();
    config.bots[0].prices.insert("250".to_owned(), cheap);
    let error = prices::read_catalog(&config).unwrap_err().to_string();
    let due = "the prices of bot `main`: packs/250.toml: below cost in rub";
    assert!(error.starts_with(due), "{error}");
}

#[tokio::test]
async fn an_operators_pictures_of_presets_are_read_and_looked_at() {
    let folder = tempfile::tempdir().expect("a folder for the catalog");
    let examples = folder.path().join("examples");
    let world = world(&[]).await;
    let mut config = world.app.ground.config.clone();
    config.catalog.folder = Some(folder.path().to_owned());
    let ours = prices::read_catalog(&config).expect("there may be none");
    assert_eq!(ours, world.app.ground.catalog);
    std::fs::create_dir(&examples).expect("a folder");
    std::fs::write(examples.join("bob.jpg"), b"\xff\xd8\xff\xe0own").expect("written");
    let catalog = prices::read_catalog(&config).expect("it is right");
    assert_eq!(catalog.example("bob"), Some(&b"\xff\xd8\xff\xe0own"[..]));
    assert_eq!(catalog.example("fade"), ours.example("fade"));
    for (file, bytes, due) in [
        ("bob.jpg", vec![0xff, 0xd8, 0xff], ""),
        ("bob.jpg", b"GIF89a".to_vec(), "catalog/examples/bob.jpg: an example is a JPEG"),
        ("bob.jpg", [&[0xff, 0xd8, 0xff], &vec![0; 1 << 20][..]].concat(), "a megabyte at most"),
        ("none.jpg", vec![0xff, 0xd8, 0xff], "catalog/examples/none.jpg: an example is PRESET.jpg"),
    ] {
        std::fs::write(examples.join(file), bytes).expect("written");
        let said = prices::read_catalog(&config).err().map(|it| it.to_string());
        assert!(said.unwrap_or_default().contains(due), "{file}: {due}");
        std::fs::remove_file(examples.join(file)).expect("it was written");
    }
}

#[tokio::test]
async fn owners_are_told_of_a_day_on_which_something_happened() {
    let world = world(&[]).await;
    at(&world, |tx, ground, now| {
        let order = order(tx, ground, now)?;
        came(tx, ground, Some(&order), None, now)?;
        Ok(())
    })
    .await;
    let told = at(&world, |tx, ground, now| {
        let mut told = Vec::new();
        // The night after the day, and the one after that, on which nothing happened.
        for days in 1..=2 {
            let before = alerts(tx)?.len();
            summary::tell(tx, ground, now.plus(Millis::days(days)))?;
            told.push(alerts(tx)?.split_off(before));
        }
        Ok(told)
    })
    .await;
    assert_eq!(told[1], [""; 0], "a quiet day is quiet");
    let [text] = told[0].as_slice() else { panic!("{told:?}") };
    for part in ["main, 20.11.2026", "1990.00 RUB"] {
        assert!(text.contains(part), "`{part}` is not in {text}");
    }
}

/// What waits to be said to owners, the oldest first.
fn alerts(tx: &mut Tx) -> Result<Vec<String>, Failure> {
    let rows = tx.query("SELECT task FROM jobs WHERE kind = 'alert' ORDER BY id", &[])?;
    let mut texts = Vec::new();
    for row in &rows {
        if let Task::Alert { text, .. } = row.json("task")? {
            texts.push(text);
        }
    }
    Ok(texts)
}

#[tokio::test]
async fn numbers_and_customers_are_for_owners_alone() {
    let world = world(&[]).await;
    at(&world, |tx, ground, now| {
        let order = order(tx, ground, now)?;
        came(tx, ground, Some(&order), None, now)?;
        let anna = UserId::from_text("usr_anna").unwrap();
        let owner = person(tx, "owner", OWNER, now)?;
        let needs = Needs {
            stats: true,
            customer: Some(anna.clone()),
            search: Some("ANN".to_owned()),
            ..Needs::default()
        };
        let (anna, owner) = (users::get(tx, &anna)?.unwrap(), users::get(tx, &owner)?.unwrap());
        let facts = facts::gather(tx, ground, &anna, &needs, now)?;
        assert!(facts.stats.is_empty() && facts.customer.is_none() && facts.found.is_empty());
        let facts = facts::gather(tx, ground, &owner, &needs, now)?;
        let days: Vec<_> =
            facts.stats.iter().map(|it| (it.days, it.new, it.payers, it.revenue[0])).collect();
        assert_eq!(days, [1, 7, 30].map(|days| (days, 2, 1, rub(199_000))));
        assert_eq!(facts.stats[0].margin_percent, Some(100), "nothing was made yet");
        assert_eq!(facts.found.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["anna"]);
        let customer = facts.customer.unwrap();
        assert_eq!(customer.payments[0].refundable, rub(199_000));
        assert!(customer.chain.iter().any(|it| it.contains("+250 credits bought")));
        Ok(())
    })
    .await;
}

/// The kinds of things that code puts on the attention list.
fn kinds(folder: &Path, into: &mut std::collections::BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            kinds(&path, into);
            continue;
        }
        let text: String = std::fs::read_to_string(&path).unwrap().split_whitespace().collect();
        for call in ["raise(tx,", "raise_in(tx,", "note(tx,"] {
            for (at, _) in text.match_indices(call) {
                let mut rest = text[at + call.len()..].trim_start_matches('&');
                rest = rest.strip_prefix("ground,").unwrap_or(rest);
                if call.starts_with("raise_in") {
                    rest = rest.split_once(',').map_or(rest, |(_, rest)| rest);
                }
                let kind = rest.strip_prefix('"').and_then(|it| it.split('"').next());
                into.extend(kind.map(str::to_owned));
            }
        }
    }
}

#[test]
fn the_operators_page_says_what_to_do_about_each_kind_of_attention() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = std::collections::BTreeSet::new();
    for sources in ["crates/server/src", "crates/store/src"] {
        kinds(&root.join(sources), &mut found);
    }
    assert!(20 < found.len() && found.contains("payment-parked"), "{found:?}");
    let pages =
        ["docs/FEEDBACK.md", "docs/GPU.md", "docs/MONEY.md", "docs/PICTURES.md", "docs/VIDEO.md"]
            .map(|it| std::fs::read_to_string(root.join(it)).unwrap())
            .concat();
    let missing: Vec<_> =
        found.iter().filter(|it| !pages.contains(&format!("\n| `{it}` |"))).collect();
    assert!(missing.is_empty(), "no page has a line about {missing:?}: what is to be done?");
}

#[tokio::test]
async fn dead_ends_are_counted() {
    let world = world(&[]).await;
    let waiting = at(&world, |tx, ground, now| {
        order(tx, ground, now)?;
        attention::raise(tx, "payment-parked", "pay_x", "odd", now)?;
        Ok(store::reports::waiting(tx)?)
    })
    .await;
    assert_eq!((waiting.attention, waiting.orders), (1, 1));
}

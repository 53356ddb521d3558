//! What screens are told about the world before they are asked.

use domain::catalog::{Catalog, Deal, Offer, Pack, Quote, TrainingOffer, currency_of};
use domain::photo::Verdict;
use domain::picture::Product;
use domain::refusal::Fault;
use domain::{
    ArtifactId, AvatarId, AvatarState, Credits, Currency, Declined, GenerationId, GiftId, InputId,
    Kind, Language, Method, Millis, Money, OrderId, PaymentId, PhotoId, Quality, Subject,
    SubscriptionId, UserId, WorkState,
};

use crate::screens::video_plan::VideoPlan;
use crate::text::{Arg, Speech};

mod orders;
mod pictures;
mod videos;

pub use orders::{ORDERS_PAGE, OrderLine, OrdersFacts, OrdersNeed};
pub use pictures::{
    ArtifactFacts, ArtifactNeed, Cursor, Filter, GALLERY_PAGE, GalleryFacts, GalleryNeed,
    GenerationFacts, InputFacts, InputState, MakingFacts, Period, Tile, Wish, edit_price,
    picture_price,
};
pub use videos::{TakeFacts, VoiceFacts, character_price, speech_price, video_price};

/// What a screen wants to know beside what is cheap and always there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub avatars: bool,
    /// One avatar with its latest training.
    pub avatar: Option<AvatarId>,
    /// The photos of that avatar.
    pub photos: bool,
    /// What was made and spent with that avatar.
    pub numbers: bool,
    /// A page of the wallet's movements, counted from 0.
    pub history: Option<u32>,
    /// What is on sale for money, and how it can be paid.
    pub shop: bool,
    pub order: Option<OrderId>,
    /// The plan that they have.
    pub plan: bool,
    pub invite: bool,
    pub gifts: bool,
    /// Whether somebody edits photos now.
    pub edits: bool,
    /// Whether somebody makes talking videos now.
    pub videos: bool,
    /// The pictures that are being made.
    pub making: bool,
    pub generation: Option<GenerationId>,
    /// A script that is being spoken, whatever else is looked at.
    pub speaking: Option<GenerationId>,
    /// Everything that was ordered.
    pub orders: Option<OrdersNeed>,
    /// Photos that are to be edited.
    pub inputs: Vec<InputId>,
    /// The voices that can speak now.
    pub voices: bool,
    /// Scripts that were spoken.
    pub takes: Vec<ArtifactId>,
    /// Several orders at once.
    pub shot: Vec<GenerationId>,
    pub gallery: Option<GalleryNeed>,
    pub artifact: Option<ArtifactNeed>,
    /// For owners: the numbers of their bot.
    pub stats: bool,
    /// For owners: the customer who is looked after.
    pub customer: Option<UserId>,
    /// For owners: customers who fit what was typed.
    pub search: Option<String>,
}

impl Needs {
    pub fn avatar(id: &AvatarId) -> Self {
        Self { avatar: Some(id.clone()), ..Self::default() }
    }

    pub fn photos(id: &AvatarId) -> Self {
        Self { avatar: Some(id.clone()), photos: true, ..Self::default() }
    }
}

/// The world as far as a screen may know it, at one moment.
#[derive(Clone)]
pub struct Facts<'a> {
    pub speech: Speech,
    pub catalog: &'a Catalog,
    pub now: Millis,
    pub person: Person,
    pub avatars: Vec<AvatarFacts>,
    pub avatar: Option<AvatarFacts>,
    pub photos: Vec<PhotoFacts>,
    pub numbers: Option<Numbers>,
    pub history: Option<HistoryPage>,
    pub shop: Option<Shop>,
    pub order: Option<OrderFacts>,
    pub plan: Option<PlanFacts>,
    pub invite: Option<InviteFacts>,
    pub gifts: Vec<GiftFacts>,
    pub making: Vec<MakingFacts>,
    pub generation: Option<GenerationFacts>,
    pub speaking: Option<GenerationFacts>,
    /// The video that was begun and left for something else, where an event is answered.
    pub begun: Option<VideoPlan>,
    /// How they like what came of that generation, if they have said so.
    pub rating: Option<bool>,
    pub orders: Option<OrdersFacts>,
    /// Those of the wanted ones that are there, in the order that was asked for.
    pub inputs: Vec<InputFacts>,
    /// The catalog's and those that were found at the provider, without those that are gone.
    pub voices: Vec<VoiceFacts>,
    /// The voice that they chose the last time, while it is there.
    pub usual_voice: Option<String>,
    /// Those of the wanted ones that are there, in the order that was asked for.
    pub takes: Vec<TakeFacts>,
    /// Those of the wanted ones that are there, in the order that was asked for.
    pub shot: Vec<GenerationFacts>,
    pub gallery: Option<GalleryFacts>,
    pub artifact: Option<ArtifactFacts>,
    pub stats: Vec<StatsFacts>,
    pub customer: Option<CustomerFacts>,
    pub found: Vec<CustomerFacts>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub consented: bool,
    pub available: Credits,
    pub held: Credits,
    pub language: Language,
    /// What a newcomer is given.
    pub welcome: Credits,
    /// Days after which training photos are deleted.
    pub photo_days: u32,
    /// Days after which results are deleted that aren't favourites; zero is never.
    pub result_days: u32,
    /// Days after which photos are deleted that were sent for edits and videos.
    pub input_days: u32,
    /// Days after which clips are deleted that were sent to be behind somebody.
    pub clip_days: u32,
    /// Whether videos say that a machine has made them.
    pub labels_videos: bool,
    /// Whether somebody can edit photos now, where that is needed.
    pub can_edit: bool,
    /// Whether somebody can make talking videos now, where that is needed.
    pub can_video: bool,
    /// Whether somebody can be asked for words, of a photo or better ones.
    pub can_hint: bool,
    /// How often they may still ask today.
    pub hints_left: u32,
    /// What their plan takes off pictures, in percent.
    pub picture_discount: u32,
    /// Whether they own this bot.
    pub is_owner: bool,
    /// Whether this bot sells anything for money.
    pub has_shop: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarFacts {
    pub id: AvatarId,
    pub kind: Kind,
    pub subject: Subject,
    pub name: String,
    pub state: AvatarState,
    pub is_main: bool,
    pub photos: u32,
    pub training: Option<TrainingFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingFacts {
    pub state: WorkState,
    pub quality: Quality,
    pub price: Credits,
    pub percent: Option<u8>,
    pub queue_place: Option<u32>,
    pub cancel_asked: bool,
    /// Whether we wait to learn if the provider took the work at all.
    pub uncertain: bool,
    pub started_at: Option<Millis>,
    pub fault: Option<Fault>,
    /// What the ledger says: taken for it, given back of it.
    pub charged: Credits,
    pub returned: Credits,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoFacts {
    pub id: PhotoId,
    /// Its place in the set, from 1; it keeps it when others are removed.
    pub number: u32,
    /// None while it is being looked at.
    pub verdicts: Option<Vec<Verdict>>,
}

impl PhotoFacts {
    pub fn is_usable(&self) -> bool {
        self.verdicts.as_ref().is_some_and(|it| !it.iter().any(|it| it.excludes()))
    }
}

/// What there is to say in numbers about one avatar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub trainings: u32,
    pub generations: u32,
    pub spent: Credits,
}

/// What is on sale for money in this bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Those that are switched on and can be paid with now.
    pub methods: Vec<Method>,
    /// What cards and bank apps pay in here.
    pub currency: Currency,
    /// Packs and plans at this bot's prices; the smallest first, packs before plans.
    pub packs: Vec<Pack>,
    /// The promo code that waits for the next pack.
    pub deal: Option<Deal>,
    /// Whether a card may be saved here, so that plans can be paid with one.
    pub can_renew: bool,
    /// Whether receipts are sent, which need an address.
    pub needs_contact: bool,
    pub contact: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    pub id: OrderId,
    pub pack: String,
    pub is_plan: bool,
    pub method: Method,
    pub money: Money,
    pub credits: Credits,
    pub bonus: Credits,
    pub state: Ordered,
    /// Where it is paid; comes a moment after the order.
    pub link: Option<String>,
    /// The place to go back to when it is paid.
    pub resume: Option<String>,
}

/// What has become of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordered {
    Open,
    Paid,
    Declined(Declined),
    Expired,
    Refunded,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFacts {
    pub id: SubscriptionId,
    pub pack: String,
    pub method: Method,
    pub money: Money,
    pub credits: Credits,
    pub bonus: Credits,
    pub state: PlanState,
    /// The day until which it is paid for.
    pub until: String,
    /// The saved card or account, as the payment system calls it.
    pub card: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanState {
    /// It renews itself on its last day.
    Active,
    Stopping,
    /// The card gave no money; it is tried again.
    Unpaid,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteFacts {
    pub link: String,
    pub joined: u32,
    pub paid: u32,
    pub earned: Credits,
    /// What each of the two is given for the first payment of who came.
    pub reward_inviter: Credits,
    pub reward_invited: Credits,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftFacts {
    pub id: GiftId,
    pub link: String,
    pub credits: Credits,
    pub state: Gifted,
    /// The day until which it may be opened.
    pub until: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gifted {
    Open,
    Opened,
    Returned,
}

/// What happened in a bot in the last so many days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatsFacts {
    pub days: u32,
    pub new: u32,
    pub active: u32,
    pub payers: u32,
    /// What came in less what went back, by currency.
    pub revenue: Vec<Money>,
    pub spent: Credits,
    /// In millionths of a dollar.
    pub cost_micros: i64,
    /// What of the revenue is left after the cost, in percent, where rates are known.
    pub margin_percent: Option<i64>,
}

/// A customer, as an owner sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerFacts {
    pub id: UserId,
    pub name: String,
    pub telegram_id: Option<i64>,
    pub is_banned: bool,
    pub available: Credits,
    pub held: Credits,
    pub since: String,
    pub avatars: u32,
    pub payments: Vec<PaymentFacts>,
    /// Their chain, a line each.
    pub chain: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentFacts {
    pub id: PaymentId,
    pub on: String,
    pub method: String,
    pub money: Money,
    pub refunded: Money,
    /// What could go back now by the rule: the part that isn't spent.
    pub refundable: Money,
    pub is_parked: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    pub lines: Vec<HistoryLine>,
    pub has_more: bool,
}

/// One movement of the wallet, in the ledger's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// The day, as people write it: 20.11.2026.
    pub on: String,
    /// Signed: what came in is positive. Zero for a hold that was released.
    pub amount: i64,
    pub why: Why,
    /// The name of an avatar or a preset, or the words of an operator.
    pub about: String,
}

/// Causes of movements, as far as users care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Welcome,
    /// From an operator's hand.
    Gift,
    Taken,
    /// Paid for; `about` is how much, in money.
    Bought,
    /// On top of a payment.
    OnTop,
    Promo,
    /// For an invitation.
    Reward,
    /// A friend's gift, opened.
    FriendsGift,
    /// Given to a friend.
    Given,
    /// Set aside for a gift that nobody has opened yet.
    GivenHeld,
    /// Money went back, and these with it.
    Refunded,
    RefundHeld,
    Training,
    /// Set aside for a training that runs.
    TrainingHeld,
    /// `about` is the avatar's name, or that of the preset.
    Ordered(Product),
    /// Set aside for what is being made.
    OrderedHeld(Product),
    Expired,
    Other,
}

impl Shop {
    /// A pack or a plan that is on sale here.
    pub fn pack(&self, name: &str) -> Option<&Pack> {
        self.packs.iter().find(|it| it.name == name)
    }

    /// Today's offers for a pack, one for each currency that can be paid in, the shop's own first.
    pub fn offers(&self, pack: &Pack, now: Millis) -> Vec<Offer> {
        let mut currencies: Vec<_> =
            self.methods.iter().map(|it| currency_of(*it, self.currency)).collect();
        currencies.sort_by_key(|it| *it != self.currency);
        currencies.dedup();
        let offers = currencies.into_iter();
        offers.filter_map(|it| pack.offer(it, self.deal.as_ref(), now)).collect()
    }

    /// Whether an address for receipts is to be asked for before this method.
    pub fn asks_contact(&self, method: Method) -> bool {
        // Stars are sold by Telegram, which sends the receipt.
        self.needs_contact && self.contact.is_none() && method != Method::Stars
    }
}

impl<'a> Facts<'a> {
    /// What is always known. The rest is put in where it is needed.
    pub fn new(speech: Speech, catalog: &'a Catalog, now: Millis, person: Person) -> Self {
        Self {
            speech,
            catalog,
            now,
            person,
            avatars: Vec::new(),
            avatar: None,
            photos: Vec::new(),
            numbers: None,
            history: None,
            shop: None,
            order: None,
            plan: None,
            invite: None,
            gifts: Vec::new(),
            making: Vec::new(),
            generation: None,
            speaking: None,
            begun: None,
            rating: None,
            orders: None,
            inputs: Vec::new(),
            voices: Vec::new(),
            usual_voice: None,
            takes: Vec::new(),
            shot: Vec::new(),
            gallery: None,
            artifact: None,
            stats: Vec::new(),
            customer: None,
            found: Vec::new(),
        }
    }
}

impl Facts<'_> {
    /// A text with user-given values escaped: Telegram's HTML.
    pub fn say(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.speech.say(key, args)
    }

    /// A button's label: plain text.
    pub fn label(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.speech.label(key, args)
    }

    /// An amount as people write it: 1 990 ₽. It is HTML already, and a label too.
    pub fn money(&self, money: Money) -> String {
        let decimal = money.decimal();
        let (whole, part) = decimal.split_once('.').unwrap_or((decimal.as_str(), ""));
        let mut amount = grouped(whole);
        if part.bytes().any(|it| it != b'0') {
            amount.push_str(self.speech.decimal_point());
            amount.push_str(part);
        }
        let key = format!("money-{}", money.currency.as_str());
        self.say(&key, &[("amount", amount.as_str().into()), ("count", money.minor().into())])
    }

    /// An amount and the way it is paid: 1 990 ₽, by card.
    pub fn paid_by(&self, method: Method, money: Money) -> String {
        let money = Arg::Said(self.money(money));
        self.say(&format!("paid-by-{}", method.as_str()), &[("money", money)])
    }

    /// Credits on sale as people read them: 500 + 25 credits.
    pub fn pack_credits(&self, credits: Credits, bonus: Credits) -> String {
        let last = if bonus.is_zero() { credits } else { bonus };
        let amount = Arg::Said(pack_amount(credits, bonus));
        self.say("pack-credits", &[("amount", amount), ("count", last.into())])
    }

    /// What a plan is called; the name of its file when it is sold no more.
    pub fn plan_title(&self, pack: &str) -> String {
        let plan = self.catalog.pack(pack).and_then(|it| it.plan.as_ref());
        plan.map_or(pack, |it| it.title(self.person.language)).to_owned()
    }

    pub fn offer(&self, kind: Kind) -> Option<&TrainingOffer> {
        self.catalog.training(kind)
    }

    /// Today's price of a training, as it is shown and frozen.
    pub fn quote(&self, kind: Kind, quality: Quality) -> Option<Quote> {
        let credits = self.offer(kind)?.quality(quality)?.credits;
        Some(Quote { credits, expires_at: self.now.plus(domain::catalog::QUOTE_LASTS) })
    }
}

/// A number of credits with what is given on top: 500 + 25.
pub fn pack_amount(credits: Credits, bonus: Credits) -> String {
    let credits = grouped(&credits.to_string());
    if bonus.is_zero() {
        return credits;
    }
    format!("{credits} + {}", grouped(&bonus.to_string()))
}

/// A day as people write it, by universal time: 20.11.2026.
pub fn day(moment: Millis) -> String {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut days = moment.as_i64().max(0) / Millis::DAY.as_i64();
    let mut year = 1970;
    while 365 + i64::from(is_leap(year)) <= days {
        days -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{:02}.{month:02}.{year}", days + 1)
}

/// Digits in groups of three, with spaces that don't break.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

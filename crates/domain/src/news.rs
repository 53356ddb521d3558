//! What a user is told: at once, as the answer to a command, or later by a job.

use serde::{Deserialize, Serialize};

use crate::feedback::Note;
use crate::picture::Product;
use crate::refusal::Fault;
use crate::{
    ArtifactId, AvatarId, Credits, Declined, FeedbackId, GenerationId, GiftId, HintId, InputId,
    Money, OrderId, PackingId, Refusal,
};

/// Stored in rows that wait to be told, so a variant's meaning never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// The command was not carried out, and nothing was changed.
    Refused {
        refusal: Refusal,
    },
    /// The terms were accepted; the bonus is zero when it was granted before.
    Welcomed {
        bonus: Credits,
    },
    /// The words of the bot have another language from now on.
    LanguageChanged,
    /// An avatar was named and waits for photos.
    Drafted {
        avatar: AvatarId,
    },
    /// A photo was taken in; its verdict follows.
    PhotoTaken,
    PhotosRemoved {
        count: u32,
    },
    Renamed,
    MainChosen,
    AvatarDeleted,
    /// The credits are held and the work is queued.
    TrainingQueued {
        avatar: AvatarId,
    },
    /// The provider was asked to stop, or the work was taken out of the queue.
    CancelAsked,
    /// Everything of this person is being deleted.
    ForgetBegun,
    /// The model is ours; `charged` is what the ledger took.
    AvatarReady {
        avatar: AvatarId,
        name: String,
        charged: Credits,
    },
    /// `returned` is what the ledger gave back.
    TrainingFailed {
        avatar: AvatarId,
        name: String,
        fault: Fault,
        returned: Credits,
    },
    TrainingCanceled {
        avatar: AvatarId,
        name: String,
        returned: Credits,
    },
    /// The credits are held and the pictures are queued.
    PicturesQueued {
        generation: GenerationId,
    },
    /// They are ours; `charged` and `returned` are what the ledger says. They go out with this.
    PicturesReady {
        generation: GenerationId,
        /// What was ordered; told before there was more than one thing, pictures.
        #[serde(default)]
        product: Product,
        made: u32,
        /// How many the safety check kept back. They cost nothing.
        withheld: u32,
        charged: Credits,
        returned: Credits,
    },
    PicturesFailed {
        generation: GenerationId,
        /// What was ordered; told before there was more than one thing, pictures.
        #[serde(default)]
        product: Product,
        fault: Fault,
        returned: Credits,
    },
    PicturesCanceled {
        generation: GenerationId,
        /// What was ordered; told before there was more than one thing, pictures.
        #[serde(default)]
        product: Product,
        returned: Credits,
    },
    /// The credits are held, for each apart, and the videos are queued.
    VideosQueued {
        generations: Vec<GenerationId>,
    },
    /// A voice, to be listened to. It goes out with this.
    VoicePlayed {
        voice: String,
    },
    /// A voice that was asked for a moment ago, and was sent then.
    VoiceUnderWay,
    /// Results that are sent once more, as they are shown or as they were made.
    PicturesSent {
        artifacts: Vec<ArtifactId>,
        are_originals: bool,
    },
    /// They are on their way.
    SendingPictures,
    Favoured {
        is_favourite: bool,
    },
    PicturesDeleted {
        count: u32,
    },
    /// Pictures will be deleted on a day, unless they are marked as favourites.
    PicturesExpire {
        count: u32,
        on: String,
    },
    /// Somebody looks at the photo, or at the words.
    HintAsked {
        hint: HintId,
    },
    HintReady {
        hint: HintId,
        words: String,
    },
    HintFailed {
        hint: HintId,
        fault: Fault,
    },
    /// What was just sent is being looked at; or a result, which needs no look, is taken as a photo.
    InputTaken {
        input: InputId,
    },
    /// It was looked at and can be used. Heard wherever they are by then, so nothing is chosen by it.
    InputReady {
        input: InputId,
    },
    /// It can't: too large, broken, or no picture at all.
    InputUnusable {
        input: InputId,
    },
    /// Neither can this clip: too long, broken, or no video at all.
    ClipUnusable {
        input: InputId,
    },
    PackingBegun {
        count: u32,
    },
    /// An archive of results. It goes out with this, or by its link where it is too large for that.
    Packed {
        packing: PackingId,
        count: u32,
        link: Option<String>,
    },
    PackingFailed,
    /// A receipt: everything is gone, everywhere.
    Forgotten {
        photos: u32,
        avatars: u32,
        /// Told before results were counted, none.
        #[serde(default)]
        pictures: u32,
        #[serde(default)]
        videos: u32,
        #[serde(default)]
        speeches: u32,
        #[serde(default)]
        clips: u32,
        on: String,
    },
    /// Credits came in by an operator's hand.
    Granted {
        credits: Credits,
        reason: String,
    },
    /// An order was made; its link follows, or is there.
    OrderOpened {
        order: OrderId,
    },
    OrderLeft,
    /// Somebody looks whether the money has come.
    OrderChecked,
    /// Money came, and credits with it: those bought, and those on top.
    Paid {
        order: Option<OrderId>,
        money: Money,
        credits: Credits,
        bonus: Credits,
    },
    /// The payment did not come about; nothing was taken.
    NotPaid {
        order: OrderId,
        why: Declined,
    },
    /// Money came that fits no order. A person looks at it.
    PaymentParked {
        money: Money,
    },
    /// Money goes back; `taken` is what the ledger took for it.
    Refunded {
        money: Money,
        taken: Credits,
    },
    PlanStarted {
        pack: String,
        until: String,
    },
    PlanRenewed {
        pack: String,
        credits: Credits,
        until: String,
    },
    /// It will be renewed on a day, for that much.
    PlanRenews {
        pack: String,
        money: Money,
        on: String,
    },
    /// The saved card gave no money; it is tried again on a day, or no more.
    PlanUnpaid {
        pack: String,
        why: Declined,
        again: Option<String>,
    },
    /// It isn't renewed. What is paid for stays until a day.
    PlanStopped {
        until: String,
    },
    PlanKept {
        until: String,
    },
    PlanEnded {
        pack: String,
    },
    CardUnlinked,
    PromoEntered {
        effect: Effect,
    },
    GiftMade {
        gift: GiftId,
    },
    GiftTakenBack {
        credits: Credits,
    },
    /// A friend's gift is in the wallet.
    GiftOpened {
        credits: Credits,
    },
    /// The friend has opened it.
    GiftReceived {
        credits: Credits,
    },
    /// Nobody opened it in time: the credits are back.
    GiftReturned {
        credits: Credits,
    },
    /// Credits for an invitation: the one who came has paid for the first time.
    Rewarded {
        credits: Credits,
        is_inviter: bool,
    },
    ContactKept,
    /// What they wrote is with those who answer for the bot, or on its way to them.
    FeedbackTaken,
    /// Those who answer for the bot have written back.
    FeedbackAnswered {
        feedback: FeedbackId,
        note: Note,
    },
    /// How they like what was made for them.
    Rated {
        is_good: bool,
    },
    /// What an owner asked for is done; in their words.
    AdminDone {
        text: String,
    },
    /// The work failed on our side before anything was decided.
    Broken {
        number: String,
    },
    /// A word to a bot's owners; not for customers.
    Alert {
        text: String,
    },
}

/// What a promo code does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Credits, at once.
    Credits { credits: Credits },
    /// More credits with the next pack.
    Bonus { percent: u32 },
    /// The next pack costs less.
    Discount { percent: u32 },
    /// A plan that nobody pays for, for some days.
    PlanDays { pack: String, days: u32 },
}

//! What a user asks to be done. Screens return commands; `studio` carries them out.

use serde::{Deserialize, Serialize};

use crate::catalog::{Offer, Quote};
use crate::feedback::Note;
use crate::picture::{Draft, EditDraft};
use crate::video::{CharacterDraft, SpeechDraft, VideoDraft};
use crate::{
    ArtifactId, AvatarId, Credits, GenerationId, GiftId, Kind, Language, Method, OrderId, PhotoId,
    Quality, Subject, SubscriptionId, UserId,
};

/// A picture in a message, before anybody has looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// By which the messenger gives the bytes, to this bot only.
    pub file_id: String,
    /// The same for the same bytes, whoever sends them.
    pub unique_id: String,
    /// What the messenger says; zero when it doesn't.
    pub bytes: u64,
    /// Whether it came as a file, uncompressed.
    pub is_document: bool,
    /// The album it belongs to.
    pub album: Option<String>,
    /// The message, whose number gives the order within an album.
    pub message: i64,
    /// The words that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// A video in a message, as its sender's app describes it: nobody has looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clip {
    /// By which the messenger gives the bytes, to this bot only.
    pub file_id: String,
    /// The same for the same bytes, whoever sends them.
    pub unique_id: String,
    /// What the messenger says; zero when it doesn't.
    pub bytes: u64,
    /// How long it plays; zero when the messenger doesn't say, as with a file.
    pub seconds: u32,
    /// Zero when the messenger doesn't say.
    pub width: u32,
    /// Zero when the messenger doesn't say.
    pub height: u32,
    /// Whether it came as a file, uncompressed.
    pub is_document: bool,
    /// The message that it came with.
    pub message: i64,
    /// The words that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    AcceptTerms,
    AddPhoto {
        avatar: AvatarId,
        picture: Picture,
    },
    /// An owner of the bot looks after a customer. Refused to everybody else.
    Admin {
        deed: Deed,
    },
    /// `resume` is the place that the chat goes back to once the credits are there.
    Buy {
        offer: Offer,
        method: Method,
        resume: Option<String>,
    },
    CancelPictures {
        generation: GenerationId,
    },
    CancelTraining {
        avatar: AvatarId,
    },
    /// The person says that they have paid: look now, don't wait.
    CheckOrder {
        order: OrderId,
    },
    ChooseMain {
        avatar: AvatarId,
    },
    DeleteAvatar {
        avatar: AvatarId,
    },
    /// Their files go, too.
    DeletePictures {
        artifacts: Vec<ArtifactId>,
    },
    DraftAvatar {
        kind: Kind,
        subject: Subject,
        name: String,
    },
    /// Sets credits aside and has a face changed by words.
    EditCharacter {
        draft: CharacterDraft,
        quote: Quote,
    },
    /// Sets credits aside and has photos edited.
    EditPhotos {
        draft: EditDraft,
        quote: Quote,
    },
    EnterPromo {
        code: String,
    },
    /// Marks a result as one that they like, or takes the mark away.
    Favour {
        artifact: ArtifactId,
        is_favourite: bool,
    },
    ForgetMe,
    /// Makes a link that gives these credits to the first friend who opens it.
    GiveCredits {
        credits: Credits,
    },
    /// Asks for a script: what it is to be about, or one that is to be better.
    HelpScript {
        words: String,
    },
    /// Asks for a better wording of what is to be on a picture, in the model's language.
    ImproveWords {
        words: String,
    },
    /// Where receipts go: an e-mail address or a phone number.
    KeepContact {
        contact: String,
    },
    /// Takes back that a plan was to stop.
    KeepPlan {
        subscription: SubscriptionId,
    },
    /// Gives up an order that isn't paid. Money that comes all the same still counts.
    LeaveOrder {
        order: OrderId,
    },
    /// Sets credits aside and has pictures made.
    MakePictures {
        draft: Draft,
        quote: Quote,
    },
    /// Sets credits aside and has a script spoken.
    MakeSpeech {
        draft: SpeechDraft,
        quote: Quote,
    },
    /// Sets credits aside, for each apart, and has videos made: all of them at this price, or none.
    MakeVideos {
        drafts: Vec<VideoDraft>,
        quote: Quote,
    },
    OpenGift {
        code: String,
    },
    /// Puts results into one archive.
    PackPictures {
        artifacts: Vec<ArtifactId>,
    },
    /// Sends a voice's sample, to be listened to.
    PlayVoice {
        voice: String,
    },
    /// Says how they like what was made for them. Said again, the last word counts.
    Rate {
        generation: GenerationId,
        is_good: bool,
    },
    /// Asks what a photo shows, so that something like it can be made.
    ReadPhoto {
        picture: Picture,
    },
    RemovePhoto {
        avatar: AvatarId,
        photo: PhotoId,
    },
    RemoveUnusable {
        avatar: AvatarId,
    },
    Rename {
        avatar: AvatarId,
        name: String,
    },
    Retrain {
        avatar: AvatarId,
    },
    /// Sends results again: as they were shown, all of a generation.
    ShowAgain {
        generation: GenerationId,
    },
    /// Sends the files themselves, as they were made.
    SendOriginals {
        artifacts: Vec<ArtifactId>,
    },
    Speak {
        language: Language,
    },
    /// The plan goes on until what is paid for ends, and isn't renewed.
    StopPlan {
        subscription: SubscriptionId,
    },
    /// Takes in a clip that is to be behind somebody.
    TakeClip {
        clip: Clip,
    },
    /// Takes in a photo that is to be edited.
    TakeInput {
        picture: Picture,
    },
    TakeBackGift {
        gift: GiftId,
    },
    Train {
        avatar: AvatarId,
        quality: Quality,
        quote: Quote,
    },
    /// Takes a result as the photo that is to be edited.
    UseResult {
        artifact: ArtifactId,
    },
    /// Nothing is charged to the saved card any more, from this moment.
    UnlinkCard {
        subscription: SubscriptionId,
    },
    /// Writes to those who answer for the bot; as an answer to what they wrote, if it is one.
    WriteFeedback {
        note: Note,
        is_answer: bool,
    },
}

/// What an owner does in the chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Ban {
        user: UserId,
        is_banned: bool,
    },
    Grant {
        user: UserId,
        credits: Credits,
        reason: String,
    },
    /// As much of a payment as the customer hasn't spent.
    Refund {
        payment: crate::PaymentId,
        reason: String,
    },
    Take {
        user: UserId,
        credits: Credits,
        reason: String,
    },
}

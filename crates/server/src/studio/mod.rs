//! What users can do. Each command is a plain function of a transaction: it says yes with news, or
//! no with a refusal, and whatever it wrote before the no is rolled back by the caller.

pub mod accounts;
pub mod admin;
pub mod avatars;
pub mod edits;
pub mod feedback;
pub mod hints;
pub mod people;
pub mod photos;
pub mod pictures;
pub mod plans;
pub mod presents;
pub mod shop;
pub mod training;
pub mod uploads;
pub mod videos;

use domain::{Command, Millis, News, Refusal};
use store::users::User;
use store::{StoreError, Tx, tries};

use crate::app::Ground;
use crate::failure::Failure;

/// Why a command was not carried out.
#[derive(Debug)]
pub enum Stop {
    Refused(Refusal),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

pub type Done = Result<News, Stop>;

/// Says no.
fn refuse<T>(refusal: Refusal) -> Result<T, Stop> {
    Err(Stop::Refused(refusal))
}

/// Counts what may be guessed, or written, so often and no more. What is refused counts as well, so this stands
/// outside of what a refusal takes back.
pub fn count_guess(
    tx: &mut Tx,
    user: &User,
    command: &Command,
    now: Millis,
) -> Result<(), StoreError> {
    let what = match command {
        Command::EnterPromo { .. } | Command::OpenGift { .. } => presents::GUESS,
        Command::WriteFeedback { .. } => feedback::WRITTEN,
        _ => return Ok(()),
    };
    tries::count(tx, &user.id, what, now)?;
    Ok(())
}

pub fn carry_out(tx: &mut Tx, ground: &Ground, user: &User, command: Command, now: Millis) -> Done {
    match command {
        Command::AcceptTerms => people::accept_terms(tx, ground, user, now),
        Command::AddPhoto { avatar, picture } => {
            photos::add(tx, ground, user, &avatar, &picture, now)
        }
        Command::Admin { deed } => admin::carry_out(tx, ground, user, &deed, now),
        Command::Buy { offer, method, resume } => {
            shop::buy(tx, ground, user, &offer, method, resume.as_deref(), now)
        }
        Command::CancelPictures { generation } => pictures::cancel(tx, user, &generation, now),
        Command::CancelTraining { avatar } => training::cancel(tx, user, &avatar, now),
        Command::CheckOrder { order } => shop::check(tx, user, &order, now),
        Command::ChooseMain { avatar } => avatars::choose_main(tx, user, &avatar),
        Command::DeleteAvatar { avatar } => avatars::delete(tx, ground, user, &avatar, now),
        Command::DeletePictures { artifacts } => pictures::delete(tx, user, &artifacts, now),
        Command::DraftAvatar { kind, subject, name } => {
            avatars::draft(tx, ground, user, &avatars::Draft { kind, subject, name }, now)
        }
        Command::EditCharacter { draft, quote } => {
            videos::edit_character(tx, ground, user, &draft, quote, now)
        }
        Command::EditPhotos { draft, quote } => edits::order(tx, ground, user, &draft, quote, now),
        Command::EnterPromo { code } => presents::enter_promo(tx, ground, user, &code, now),
        Command::Favour { artifact, is_favourite } => {
            pictures::favour(tx, ground, user, &artifact, is_favourite, now)
        }
        Command::ForgetMe => people::forget(tx, ground, user, now),
        Command::GiveCredits { credits } => presents::make_gift(tx, ground, user, credits, now),
        Command::HelpScript { words } => hints::help_script(tx, ground, user, &words, now),
        Command::ImproveWords { words } => hints::improve(tx, ground, user, &words, now),
        Command::KeepContact { contact } => shop::keep_contact(tx, user, &contact),
        Command::KeepPlan { subscription } => plans::keep(tx, user, &subscription, now),
        Command::LeaveOrder { order } => shop::leave(tx, user, &order, now),
        Command::MakePictures { draft, quote } => {
            pictures::order(tx, ground, user, &draft, quote, now)
        }
        Command::MakeSpeech { draft, quote } => {
            videos::make_speech(tx, ground, user, &draft, quote, now)
        }
        Command::MakeVideos { drafts, quote } => {
            videos::make_videos(tx, ground, user, &drafts, quote, now)
        }
        Command::OpenGift { code } => presents::open_gift(tx, ground, user, &code, now),
        Command::PackPictures { artifacts } => pictures::pack(tx, ground, user, &artifacts, now),
        Command::PlayVoice { voice } => videos::play_voice(tx, ground, user, &voice, now),
        Command::Rate { generation, is_good } => {
            feedback::rate(tx, user, &generation, is_good, now)
        }
        Command::ReadPhoto { picture } => hints::read_photo(tx, ground, user, &picture, now),
        Command::RemovePhoto { avatar, photo } => {
            photos::remove(tx, ground, user, &avatar, &photo, now)
        }
        Command::RemoveUnusable { avatar } => {
            photos::remove_unusable(tx, ground, user, &avatar, now)
        }
        Command::Rename { avatar, name } => avatars::rename(tx, user, &avatar, &name),
        Command::Retrain { avatar } => avatars::retrain(tx, user, &avatar),
        Command::SendOriginals { artifacts } => {
            pictures::send_originals(tx, ground, user, &artifacts, now)
        }
        Command::ShowAgain { generation } => {
            pictures::show_again(tx, ground, user, &generation, now)
        }
        Command::Speak { language } => people::speak(tx, user, language),
        Command::StopPlan { subscription } => plans::stop(tx, ground, user, &subscription, now),
        Command::TakeBackGift { gift } => presents::take_back_gift(tx, user, &gift, now),
        Command::TakeClip { clip } => videos::take_clip(tx, ground, user, &clip, now),
        Command::TakeInput { picture } => edits::take_input(tx, ground, user, &picture, now),
        Command::Train { avatar, quality, quote } => {
            training::start(tx, ground, user, &avatar, quality, quote, now)
        }
        Command::UseResult { artifact } => edits::use_result(tx, ground, user, &artifact, now),
        Command::UnlinkCard { subscription } => plans::unlink(tx, user, &subscription),
        Command::WriteFeedback { note, is_answer } => {
            feedback::write(tx, ground, user, &note, is_answer, now)
        }
    }
}

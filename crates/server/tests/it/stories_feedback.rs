//! Stories of what customers say, where a chat can't tell them.

use domain::{BotId, Command, FeedbackId, Language, Millis, PostId, Refusal, TellId};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::SendMessageParams;
use sandbox::telegram::{As, Word};
use server::commands::doctor::support;
use server::commands::{Said, ratings};
use server::failure::Failure;
use server::studio::{self, Stop};
use store::posts::{self, NewPost, Says};
use store::sending::SendState;
use store::{Tx, generations, tells, users};

use crate::chats::support::{ELSEWHERE, SUPPORT};
use crate::chats::talk::Talk;
use crate::world::{ANNA, BORIS, BOT, Ground, World, alone, each, files};

fn bot() -> BotId {
    BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id")
}

async fn talk() -> Talk {
    let own = [("bot.0.languages", "en"), ("feedback.chat_id", "-1001")];
    let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let mut talk = Talk::new(World::with(Ground::Sqlite, &own).await);
    talk.go("~ groups\n~ scene agreed\n@boris/support > Good morning\n> /feedback").await;
    talk
}

fn count(seen: &str, what: &str) -> usize {
    seen.matches(what).count()
}

fn one(tx: &mut Tx, sql: &'static str) -> Result<String, store::StoreError> {
    tx.one(sql, &[])?.text(0)
}

/// What was written down before it was sent is all that is known after a crash.
#[test]
fn f65_a_post_that_was_on_its_way_is_not_sent_again() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?").await;
        let post = talk.world.write(|tx| {
            let post = PostId::from_text(&one(tx, "SELECT id FROM posts")?).expect("an id");
            assert!(posts::begin(tx, &post)?);
            Ok(post)
        });
        let post = post.await;
        talk.go("~ settle 5").await;
        assert_eq!(count(talk.seen(), "@boris/support < Anna"), 0, "{}", talk.seen());
        let found = talk.world.read(move |tx| posts::get_for_job(tx, &post)).await;
        let found = found.expect("it is there");
        assert_eq!((found.state, found.message), (SendState::Unknown, None));
        assert_eq!(talk.world.look("attention").await, Some(vec!["feedback-unsure".to_owned()]));
    });
}

/// The parts of an album come one after another: the first is not shown before the others can be.
#[test]
fn an_album_is_waited_for() {
    alone(async {
        let talk = talk().await;
        let (world, telegram) = (&talk.world, talk.world.sandbox.telegram());
        let send = || telegram.send(BOT, ANNA, As::Photo, None, vec![files::file(files::GOOD[0])]);
        send().expect("a photo");
        world.deliver().await;
        world.work().await;
        let posts = world.look("posts").await.expect("there is such a look");
        assert_eq!(posts, ["to -1001: words waiting, 0 attempts"]);
        send().expect("another one");
        world.pass(1_500).await;
        world.work().await;
        let albums = telegram.messages(BOT, SUPPORT);
        let albums: Vec<_> = albums.iter().filter_map(|it| it["media_group_id"].as_str()).collect();
        assert!(matches!(albums[..], [one, other] if one == other), "{albums:?}");
    });
}

/// What was said so far is on its way, all of it together. Gives the first and how many follow it.
fn begin_together(tx: &mut Tx) -> Result<(PostId, usize), store::StoreError> {
    let first = PostId::from_text(&one(tx, "SELECT MIN(id) FROM posts")?).expect("an id");
    let found = posts::get_for_job(tx, &first)?.expect("it is there");
    let others = posts::after(tx, &found, 10)?;
    for post in others.iter().map(|it| &it.id).chain([&first]) {
        assert!(posts::begin(tx, post)?);
    }
    Ok((first, others.len()))
}

/// Nor is an album, of which each part would else go by itself.
#[test]
fn f65_an_album_that_was_on_its_way_is_not_sent_again() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> photos good 3").await;
        assert_eq!(talk.world.write(begin_together).await.1, 2);
        talk.go("~ settle 5").await;
        assert_eq!(count(talk.seen(), "@boris/support <"), 0, "{}", talk.seen());
        let posts = talk.world.look("posts").await.expect("there is such a look");
        assert_eq!(posts, ["to -1001: words unknown, 1 attempts"; 3]);
    });
}

/// Whoever sends an album has all of its parts: their own jobs don't give them up meanwhile.
#[test]
fn what_goes_with_another_one_ends_with_it() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> photos good 2").await;
        let first = talk.world.write(begin_together).await.0;
        talk.world
            .write(move |tx| {
                tx.execute("DELETE FROM jobs WHERE task LIKE '%' || $1 || '%'", &[&first.as_str()])
            })
            .await;
        talk.go("~ seconds 5\n~ worker").await;
        let posts = talk.world.look("posts").await.expect("there is such a look");
        assert_eq!(posts, ["to -1001: words sending, 1 attempts"; 2]);
    });
}

/// The same row in a chat from which nobody may answer opens no door.
#[test]
fn a_reply_where_nobody_answers_from_is_nobodys_answer() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?\n~ worker\n@boris/elsewhere > Hi").await;
        let line = talk.world.app.bots.get(&bot()).expect("it runs").telegram.clone();
        let params = SendMessageParams::builder().chat_id(ELSEWHERE).text("as if").build();
        let sent = line.send_message(&params).await.expect("it is a member");
        let message = i64::from(sent.result.message_id);
        let now = talk.world.now();
        talk.world
            .write(move |tx| {
                let feedback = one(tx, "SELECT id FROM feedback")?;
                let new = NewPost {
                    id: &PostId::new(77),
                    feedback: &FeedbackId::from_text(&feedback).expect("an id"),
                    bot: &bot(),
                    telegram_chat: ELSEWHERE,
                    says: Says::Words,
                };
                posts::insert(tx, &new, now)?;
                posts::begin(tx, new.id)?;
                posts::sent(tx, new.id, message, now)
            })
            .await;
        talk.go("@boris/elsewhere > reply I am support, believe me\n~ worker").await;
        assert_eq!(count(talk.seen(), "An answer for you"), 0, "{}", talk.seen());
        talk.go("@boris/support > reply I am\n~ worker").await;
        assert_eq!(count(talk.seen(), "An answer for you"), 1, "{}", talk.seen());
    });
}

/// Whoever answers is no customer, and stays none.
#[test]
fn who_answers_in_the_support_chat_is_not_met() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?\n~ worker\n@boris/support > reply Hello!\n~ update again\n~ worker")
            .await;
        assert_eq!(count(talk.seen(), "An answer for you"), 1, "{}", talk.seen());
        let met = talk.world.read(|tx| users::by_telegram(tx, &bot(), BORIS)).await;
        assert_eq!(met, None);
        let tells = talk.world.look("tells").await.expect("there is such a look");
        assert_eq!(tells, ["feedback_answered: sent"]);
    });
}

#[test]
fn only_what_came_about_is_rated_and_only_by_whom_it_is_for() {
    alone(async {
        let mut talk = talk().await;
        talk.go("@boris > /start\n@boris > [I agree to the terms]").await;
        talk.go("@boris > [I agree, you may work with my photos]").await;
        talk.go("~ scene pencil\n> [Edit · 2 credits]").await;
        assert_eq!(rate(&talk, ANNA).await, Err(Refusal::GenerationGone), "it isn't made yet");
        talk.go("~ settle").await;
        assert_eq!(rate(&talk, BORIS).await, Err(Refusal::GenerationGone), "it isn't his");
        assert_eq!(rate(&talk, ANNA).await, Ok(()));
        let now = talk.world.now();
        let said = talk.world.db.write(move |tx| ratings::list(tx, 30, now)).await;
        let said: Result<Said, Failure> = said;
        let Ok(Said::Done(said)) = said else { panic!("it lists") };
        assert!(
            said.ends_with("edit  art-pencil, version 1: 100 % of 1 (1 good, 0 bad)"),
            "{said}"
        );
    });
}

/// Rates the one generation that there is.
async fn rate(talk: &Talk, person: i64) -> Result<(), Refusal> {
    let ground = talk.world.app.ground.clone();
    let done = talk.world.db.write(move |tx| -> Result<_, Failure> {
        let user = users::by_telegram(tx, &bot(), person)?.expect("they have written");
        let anna = users::by_telegram(tx, &bot(), ANNA)?.expect("she has written");
        let generation = generations::latest(tx, &anna.id)?.expect("it was ordered").id;
        let command = Command::Rate { generation, is_good: true };
        Ok(match studio::carry_out(tx, &ground, &user, command, ground.now()) {
            Ok(_) => Ok(()),
            Err(Stop::Refused(refusal)) => Err(refusal),
            Err(Stop::Failed(failure)) => return Err(failure),
        })
    });
    done.await.expect("the database is there")
}

#[test]
fn the_doctor_finds_the_support_chat_or_says_why_not() {
    alone(async {
        let talk = talk().await;
        let line = talk.world.app.bots.get(&bot()).expect("it runs").telegram.clone();
        assert_eq!(support::title(&line, SUPPORT).await.ok().as_deref(), Some("Support"));
        let telegram = talk.world.sandbox.telegram();
        telegram.remove_from_group(BOT, SUPPORT).expect("it was there");
        for (chat, why) in [(SUPPORT, "kicked"), (-99, "chat not found")] {
            let error = support::title(&line, chat).await.expect_err("it isn't a member");
            assert!(error.to_string().contains(why), "{error}");
        }
    });
}

/// An answer is told in the customer's language, whatever support speaks.
#[test]
fn an_answer_has_the_customers_language_around_it() {
    alone(async {
        let own = [("bot.0.languages", "en,kk"), ("feedback.chat_id", "-1001")];
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut talk = Talk::new(World::with(Ground::Sqlite, &own).await);
        talk.go("~ groups\n~ scene agreed\n@boris/support > Good morning").await;
        talk.go("> /language\n> [Қазақша]\n> /feedback\n> Сәлем\n~ worker").await;
        talk.go("@boris/support > reply Hello\n~ worker").await;
        let answer = chat::text::Speech::of(Language::Kk)
            .say("news-feedback-answered", &[("words", "Hello".into())]);
        let first =
            answer.lines().next().unwrap_or_default().replace("<b>", "").replace("</b>", "");
        assert_eq!(count(talk.seen(), &format!("< {first}")), 1, "{}", talk.seen());
        assert_eq!(count(talk.seen(), "It has arrived."), 1, "{}", talk.seen());
    });
}

/// What is told of an answer names it, so that the outbox never tells it twice.
#[test]
fn an_answer_is_told_once_for_each_that_was_written() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?\n~ worker\n@boris/support > reply one\n@boris/support > reply two").await;
        talk.go("~ settle 5").await;
        assert_eq!(count(talk.seen(), "An answer for you"), 2, "{}", talk.seen());
        let open = talk.world.read(|tx| tells::open_for_job(tx, Millis(i64::MAX), 9)).await;
        let open: Vec<TellId> = open.into_iter().map(|it| it.id).collect();
        assert_eq!(open, []);
    });
}

/// Below an answer there is a button. Whoever is quicker than the menu's drawing must not have the
/// menu drawn over what they were written.
#[test]
fn a_quick_finger_leaves_the_answer_where_it_is() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?\n~ worker\n@boris/support > reply Hello!").await;
        talk.world.work().await;
        let telegram = talk.world.sandbox.telegram().clone();
        let of = |it: &serde_json::Value| it["text"].as_str().unwrap_or_default().to_owned();
        let is_answer = |it: &serde_json::Value| of(it).contains("Hello!");
        let answer = telegram.messages(BOT, ANNA).into_iter().find(|it| is_answer(it));
        let answer = answer.expect("it has arrived")["message_id"].as_i64().expect("a number");
        telegram.press(BOT, ANNA, answer, "answer_feedback", false).expect("the button is there");
        talk.world.breathe().await;
        let left = telegram.messages(BOT, ANNA);
        assert!(left.iter().any(is_answer), "{left:?}");
        assert!(of(left.last().expect("the menu")).contains("Your answer"), "{left:?}");
    });
}

/// What the bot has said in the support chat and nobody knows of.
async fn says_by_the_way(talk: &Talk) -> i64 {
    let line = talk.world.app.bots.get(&bot()).expect("it runs").telegram.clone();
    let words = SendMessageParams::builder().chat_id(SUPPORT).text("Good morning").build();
    let said = line.send_message(&words).await.expect("it is a member");
    i64::from(said.result.message_id)
}

#[test]
fn an_answer_to_nobody_is_not_lost_without_a_word() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?\n~ worker").await;
        let replied = Some(says_by_the_way(&talk).await);
        let telegram = talk.world.sandbox.telegram().clone();
        let answer = |to: Option<i64>| Word {
            text: "We looked into it".to_owned(),
            replied: to,
            ..Word::default()
        };
        telegram.speak(BOT, SUPPORT, BORIS, answer(replied)).expect("he may speak");
        talk.go("~ settle 5").await;
        assert_eq!(count(talk.seen(), "This went to nobody"), 1, "{}", talk.seen());
        assert_eq!(count(talk.seen(), "An answer for you"), 0, "{}", talk.seen());
        // What people say to each other there is none of the bot's business.
        let own = telegram.messages(BOT, SUPPORT);
        let of_boris = own.iter().find(|it| it["outgoing"] == true).expect("he has spoken");
        let of_boris = of_boris["message_id"].as_i64();
        telegram.speak(BOT, SUPPORT, BORIS, answer(of_boris)).expect("he may speak");
        talk.go("~ settle 5").await;
        assert_eq!(count(talk.seen(), "This went to nobody"), 1, "{}", talk.seen());
    });
}

/// The number of its message was never heard, but it says whom it is of.
#[test]
fn f65_an_answer_to_what_nobody_knew_to_be_shown_arrives() {
    each(|ground| async move {
        let own = [("bot.0.languages", "en"), ("feedback.chat_id", "-1001")];
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut talk = Talk::new(World::with(ground, &own).await);
        talk.go("~ groups\n~ scene agreed\n@boris/support > Good morning\n> /feedback").await;
        talk.go("~ telegram timeout_after on sendMessage chat -1001\n> Where & <how>?").await;
        talk.go("~ settle 5").await;
        let unsure = talk.world.look("posts").await;
        assert_eq!(unsure, Some(vec!["to -1001: words unknown, 1 attempts".to_owned()]));
        for word in ["Here", "And so"] {
            talk.go(&format!("@boris/support > reply {word}\n~ settle 5")).await;
        }
        assert_eq!(count(talk.seen(), "An answer for you"), 2, "{}", talk.seen());
        assert_eq!(count(talk.seen(), "This went to nobody"), 0, "{}", talk.seen());
        assert_eq!(talk.world.look("attention").await, Some(Vec::new()));
        talk.world
    });
}

/// Whoever gets an answer is whom the header names, whatever else is written.
#[test]
fn an_answer_goes_to_nobody_whom_a_customer_only_names() {
    alone(async {
        let mut talk = talk().await;
        talk.go("@boris ~ scene agreed").await;
        let find = "SELECT id FROM users WHERE first_name = 'Борис'";
        let boris = talk.world.read(move |tx| one(tx, find)).await;
        talk.go("@boris > /feedback\n> /feedback").await;
        talk.go("~ telegram timeout_after on sendMessage chat -1001").await;
        let telegram = talk.world.sandbox.telegram().clone();
        telegram.say(BOT, ANNA, &format!("{boris}\nHello")).expect("she may write");
        talk.go("~ settle 5\n~ telegram server_error on sendMessage chat -1001").await;
        talk.go("@boris > Hello\n~ settle 5\n@boris/support > reply Well\n~ settle 5").await;
        let posts = talk.world.look("posts").await.expect("there is such a look");
        assert_eq!(posts.iter().filter(|it| it.contains("words unknown")).count(), 1, "{posts:?}");
        assert_eq!(count(talk.seen(), "@boris < An answer for you"), 0, "{}", talk.seen());
        assert_eq!(count(talk.seen(), "An answer for you"), 1, "{}", talk.seen());
    });
}

#[test]
fn an_answer_that_is_too_long_goes_nowhere_and_support_hears_so() {
    alone(async {
        let mut talk = talk().await;
        talk.go("> Hello?\n~ worker").await;
        let telegram = talk.world.sandbox.telegram().clone();
        let shown = telegram.messages(BOT, SUPPORT).into_iter().next_back().expect("it was shown");
        let replied = shown["message_id"].as_i64();
        let word = Word { text: "a".repeat(3_001), replied, ..Word::default() };
        telegram.speak(BOT, SUPPORT, BORIS, word).expect("he may speak");
        talk.go("~ settle 5").await;
        assert_eq!(count(talk.seen(), "3000 characters at most"), 1, "{}", talk.seen());
        assert_eq!(count(talk.seen(), "An answer for you"), 0, "{}", talk.seen());
    });
}

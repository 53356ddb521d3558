//! Talking videos on sale: what they cost whoever makes them, who can make them, and that nothing is
//! sold for less than it takes.

use domain::catalog::{Catalog, SHIPPED, Videos};
use domain::video::{Format, VideoQuality};
use domain::{Credits, Currency, Language};
use proptest::prelude::*;

use Format::{OverBackground, TalkingHead};
use VideoQuality::{High, Standard};

fn file(name: &str) -> &'static str {
    SHIPPED.iter().find(|it| it.0 == name).expect("it is shipped").1
}

fn read(videos: &str) -> Result<Videos, String> {
    let catalog = Catalog::read([("videos.toml", videos)]);
    catalog.map(|it| it.videos).map_err(|it| it.to_string())
}

fn shipped() -> Videos {
    read(file("videos.toml")).expect("it is right")
}

/// The file with `from` made `to` after what begins with `part`.
fn changed(part: &str, from: &str, to: &str) -> String {
    let text = file("videos.toml");
    let at = text.find(&format!("[{part}]")).expect("the part is there");
    let (head, tail) = text.split_at(at);
    assert!(tail.contains(from), "`{from}` isn't in [{part}]");
    format!("{head}{}", tail.replacen(from, to, 1))
}

#[track_caller]
fn refused(part: &str, from: &str, to: &str, says: &str) {
    let text = changed(part, from, to);
    let said = read(&text).expect_err("taken");
    let said = said.strip_prefix("catalog/videos.toml: line ").expect("it has a line");
    let (line, said) = said.split_once(": ").expect("it has a line");
    assert_eq!(said, says);
    // The line is one of this part.
    let line: usize = line.parse().expect("it is a number");
    let begin =
        1 + text.lines().position(|it| it.contains(&format!("[{part}]"))).expect("as before");
    assert!((begin..begin + 12).contains(&line), "line {line}, and the part begins on {begin}");
}

#[test]
fn wrong_limits_and_prices_are_refused_with_their_line() {
    for (word, is, least, most) in [
        ("script_chars_max", 600, 1, 5_000),
        ("seconds_min", 2, 1, 600),
        ("background_seconds_max", 15, 1, 15),
        ("batch_max", 5, 1, 5),
    ] {
        for wrong in [least - 1, most + 1] {
            let (from, to) = (format!("{word} = {is}\n"), format!("{word} = {wrong}\n"));
            refused("limits", &from, &to, &format!("{word} is from {least} to {most}"));
        }
    }
    let says = "rounds_max is from 1 to 20";
    refused("character_edit", "rounds_max = 10", "rounds_max = 0", says);
    let says = "promised_seconds is from 5 to 900";
    refused("speech", "promised_seconds = 60", "promised_seconds = 901", says);
    let says = "promised_seconds is from 5 to 3600";
    refused("over", "promised_seconds = 900", "promised_seconds = 3_601", says);
    let free = "it costs nothing";
    refused("speech", "credits_per_100_chars = 1", "credits_per_100_chars = 0", free);
    refused("character_edit", "credits = 2", "credits = 0", free);
    refused("standard", "credits_per_second = 3", "credits_per_second = 0", free);
    refused("high", "credits_per_second = 4", "credits_per_second = 0", free);
    refused("speech", "80, 90", "90, 80", "speeds grow");
    refused("speech", "90, 100", "90", "100 is one of the speeds");
    for wrong in ["60, 80, 100", "100, 121"] {
        let said = read(&changed("speech", "80, 90, 100, 110, 120", wrong)).expect_err("taken");
        assert!(said.contains("a speed is from 70 to 120 percent"), "{said}");
    }
    let said = read(&changed("over", "credits_per_second", "credits_per_secund"));
    assert!(said.expect_err("taken").contains("unknown field `credits_per_secund`"));
}

#[test]
fn wrong_makers_are_refused() {
    let said = |part: &str, from: &str, to: &str| {
        let said = read(&changed(part, from, to)).expect_err("taken");
        said.split_once(": ")
            .and_then(|it| it.1.split_once(": "))
            .expect("it has a line")
            .1
            .to_owned()
    };
    let nobody = "maker 1 (``): a maker has a provider and a workflow";
    for part in ["standard", "high", "over", "speech", "character_edit"] {
        let from = if part == "speech" { "\"elevenlabs\"" } else { "\"fal\"" };
        assert_eq!(said(part, from, "\"\""), format!("{part}: {nobody}"));
    }
    let from = "workflow = \"fal-ai/nano-banana/edit\"\n";
    let says = "character_edit: maker 1 (`fal`): a maker has a provider and a workflow";
    assert_eq!(said("character_edit", from, ""), says, "there is no graph for it");
    let says = "standard: maker 2 (`fal`): `fal-ai/bytedance/omnihuman/v1.5` is named twice";
    assert_eq!(said("standard", "omnihuman\"", "omnihuman/v1.5\""), says);
    let says = "high: maker 1 (`fal`): it has a negative cost";
    assert_eq!(said("high", "= 160_000", "= -1"), says);
    let says = "standard: maker 1 (`fal`): seconds_max is from 1 to 600";
    assert_eq!(said("standard", "seconds_max = 60", "seconds_max = 601"), says);
    let says = "standard: maker 1 (`fal`): it can't make the shortest video";
    assert_eq!(said("standard", "seconds_max = 60", "seconds_max = 2"), says);
    let says = "standard: maker 1 (`fal`): promised_seconds is from 5 to 3600";
    assert_eq!(said("standard", "promised_seconds = 900", "promised_seconds = 4"), says);
    assert_eq!(said("speech", "\"kk\", ", ""), "speech: nobody speaks kk");
    let (head, _) = file("videos.toml").split_once("[[high.makers]]").expect("it has one");
    let (_, over) = file("videos.toml").split_once("[over]").expect("it is there");
    let nobody = format!("{head}makers = []\n[over]{over}");
    let said = read(&nobody).expect_err("taken");
    assert!(said.ends_with("high: nobody is named to make it"), "{said}");
    let (without, _) = file("videos.toml").split_once("[[over.makers]]").expect("it has one");
    assert!(read(without).is_ok(), "then only who stands on green is put over a clip");
}

#[test]
fn each_hundred_characters_and_each_second_that_is_begun_counts() {
    let videos = shipped();
    for (chars, credits) in
        [(0, 1), (1, 1), (100, 1), (101, 2), (600, 6), (usize::MAX, 4_294_967_295_i64)]
    {
        assert_eq!(videos.speech_price(chars).as_i64(), credits.min(Credits::MOST), "{chars}");
    }
    let price = |format, quality, millis| videos.video_price(format, quality, millis).as_i64();
    for (millis, seconds) in
        [(-1, 2), (0, 2), (999, 2), (2_000, 2), (2_001, 3), (7_500, 8), (8_000, 8), (59_899, 60)]
    {
        assert_eq!(videos.billed_seconds(millis), seconds, "{millis}");
        let seconds = i64::from(seconds);
        assert_eq!(price(TalkingHead, Standard, millis), 3 * seconds);
        assert_eq!(price(TalkingHead, High, millis), 4 * seconds);
        assert_eq!(price(OverBackground, Standard, millis), 4 * seconds);
        assert_eq!(price(OverBackground, High, millis), 5 * seconds);
    }
    assert_eq!(price(OverBackground, High, i64::MAX), Credits::MOST, "and nothing runs over");
}

#[test]
fn f78_a_sound_goes_to_those_who_take_one_that_long() {
    let videos = shipped();
    let able = |quality, millis| {
        let makers = videos.makers_of(quality, millis);
        makers.map(|it| it.workflow.trim_start_matches("fal-ai/")).collect::<Vec<_>>()
    };
    let (new, old) = ("bytedance/omnihuman/v1.5", "bytedance/omnihuman");
    let other = "kling-video/ai-avatar/v2/standard";
    assert_eq!(able(Standard, 29_899), [new, old, other]);
    assert_eq!(able(Standard, 29_900), [new, other], "an MP3 is a little longer than its sound");
    assert_eq!(able(Standard, 59_899), [new, other]);
    assert!(able(Standard, 59_900).is_empty());
    assert!(able(Standard, i64::MAX).is_empty());
    assert_eq!(able(High, 29_899), [new]);
    assert!(able(High, 29_900).is_empty());
    assert_eq!((videos.millis_max(Standard), videos.millis_max(High)), (59_899, 29_899));
    let asked = |quality| videos.offer(quality).makers[0].resolution.clone();
    assert_eq!((asked(Standard).as_deref(), asked(High).as_deref()), (Some("720p"), Some("1080p")));
    let none = Videos::default();
    assert_eq!((none.millis_max(High), none.makers_of(High, 1).count()), (0, 0));
}

#[test]
fn a_script_is_spoken_by_those_who_know_its_language() {
    let videos = shipped();
    let able =
        |language| videos.speakers_of(language).map(|it| it.workflow.as_str()).collect::<Vec<_>>();
    let both = ["eleven_multilingual_v2", "eleven_flash_v2_5", "eleven_v3"];
    assert_eq!((able(Language::Ru), able(Language::En)), (both.to_vec(), both.to_vec()));
    assert_eq!(able(Language::Kk), ["eleven_v3"]);
    let maker = &videos.speech.makers[0];
    let costs = [0, 1, 100, 101, 600].map(|it| maker.cost_micros(it));
    assert_eq!(costs, [0, 300, 30_000, 30_300, 180_000]);
    assert_eq!(maker.cost_micros(usize::MAX), i64::MAX, "and nothing runs over");
}

#[test]
fn a_maker_costs_each_part_of_a_second() {
    let videos = shipped();
    let maker = &videos.standard.makers[1];
    assert_eq!([-5, 0, 1, 1_500].map(|it| maker.cost_micros(it)), [0, 0, 140, 210_000]);
    assert_eq!(videos.over.makers[0].cost_micros(1), 23, "rounded up");
}

/// The most that a video may cost us: that of the dearest who can make it, with the cutting out.
fn cost_of(videos: &Videos, format: Format, quality: VideoQuality, millis: i64) -> i64 {
    let made = videos.makers_of(quality, millis).map(|it| it.cost_micros(millis)).max();
    let cut = videos.over.makers.iter().map(|it| it.cost_micros(millis)).max();
    let cut = cut.filter(|_| format == OverBackground);
    made.unwrap_or_default() + cut.unwrap_or_default()
}

/// What the check of single seconds promises holds for whole videos.
#[test]
fn no_video_costs_more_than_it_brings() {
    let catalog = Catalog::read(SHIPPED).expect("it is right");
    let rub = |micros| catalog.rates.of_micros(micros, Currency::Rub).expect("a rate").minor();
    // Thousandths of a kopeck for a credit, of the pack that gives the most for its price.
    let worth = catalog.packs.iter().map(|it| {
        it.price(Currency::Rub).expect("it has one").minor() * 1_000 / it.whole().as_i64()
    });
    let worth = worth.min().expect("there are packs");
    let brings = |credits: Credits| credits.as_i64() * worth / 1_000;
    let videos = &catalog.videos;
    proptest!(crate::same_each_time(), |(millis in 0..60_000_i64, chars in 1..600_usize)| {
        for quality in [Standard, High] {
            for format in [TalkingHead, OverBackground] {
                let cost = rub(cost_of(videos, format, quality, millis));
                let price = brings(videos.video_price(format, quality, millis));
                prop_assert!(cost <= price, "{format:?} {quality:?} {millis}: {cost} {price}");
            }
        }
        let cost = videos.speech.makers.iter().map(|it| it.cost_micros(chars)).max();
        let price = brings(videos.speech_price(chars));
        prop_assert!(rub(cost.expect("there are makers")) <= price, "{chars} characters");
    });
}

#[test]
fn f27_a_part_of_a_video_below_the_cost_of_its_dearest_maker_is_refused() {
    let pack = "credits = 100\nbonus = 0\nbest_value = false\n\n[price]\nrub = 84_900\n";
    let sold = |videos: &str| {
        let files = [
            ("videos.toml", videos),
            ("packs/100.toml", pack),
            ("rates.toml", "[dollar]\nrub = 9_500\n"),
        ];
        Catalog::read(files).map_err(|it| it.to_string())
    };
    let catalog = sold(file("videos.toml")).expect("it is above cost");
    for (name, credits) in [
        ("speech", 1),
        ("character edit", 2),
        ("video standard head", 3),
        ("video standard over", 4),
        ("video high head", 4),
        ("video high over", 5),
    ] {
        assert_eq!(catalog.prices().get(name), Some(&credits), "{name}");
    }
    // A credit brings 849 kopecks, which are 89,368 millionths of a dollar.
    for (part, from, dear, name) in [
        ("speech", "15_000", "89_400", "speech"),
        ("character_edit", "39_000", "178_800", "character edit"),
        ("standard", "115_000", "268_200", "video standard head"),
        ("high", "160_000", "357_600", "video high head"),
        // 0.16 of the lips are paid by three of the four credits, too.
        ("over", "22_500", "197_500", "video standard over"),
    ] {
        let said = sold(&changed(part, from, dear)).expect_err("taken");
        let says = format!("catalog/packs/100.toml: line 6: below cost in rub: {name} brings ");
        assert!(said.starts_with(&says), "{said}");
        let right = dear.replace('_', "").parse::<i64>().expect("a number") - 200;
        assert!(sold(&changed(part, from, &right.to_string())).is_ok(), "{name} at {right}");
    }
    assert_eq!(Catalog::default().prices().len(), 0, "nothing is sold where there is nothing");
}

#[test]
fn formats_and_qualities_are_stored_by_these_words() {
    let word = |it: serde_json::Value| it.as_str().map(str::to_owned);
    for format in Format::ALL {
        let json = serde_json::to_value(format).expect("it is a text");
        assert_eq!(word(json).as_deref(), Some(format.as_str()));
    }
    for quality in VideoQuality::ALL {
        let json = serde_json::to_value(quality).expect("it is a text");
        assert_eq!(word(json).as_deref(), Some(quality.as_str()));
    }
    let words = Format::ALL.iter().map(|it| it.as_str());
    let words: Vec<_> = words.chain(VideoQuality::ALL.iter().map(|it| it.as_str())).collect();
    assert_eq!(words, ["head", "over", "standard", "high"]);
}

/// What product.md and the brief of the providers promise.
#[test]
fn the_limits_are_those_that_are_promised() {
    let videos = shipped();
    let limits = videos.limits;
    assert_eq!((limits.background_seconds_max, limits.batch_max), (15, 5));
    assert_eq!((limits.script_chars_max, limits.seconds_min), (600, 2));
    let speeds: Vec<_> = videos.speech.speeds.iter().map(|it| it.percent()).collect();
    assert_eq!(speeds, [80, 90, 100, 110, 120]);
    assert_eq!(
        videos.character_edit.makers[0].workflow.as_deref(),
        Some("fal-ai/nano-banana/edit")
    );
}

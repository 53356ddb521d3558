//! Scripts: what may be spoken, what of it is said, how long it takes and how it is shown.

use domain::picture::WrongWords;
use domain::script::{
    LINE_CHARS_MAX, LINES_MAX, Speed, captions, estimate_millis, language_of, script, spoken,
};
use domain::{Language, Millis};
use proptest::prelude::*;

/// What becomes of a text; what is wrong with it otherwise.
#[track_caller]
fn check(given: &str, expected: &str) {
    let said = match script(given, 40) {
        Ok(script) => format!("[{script}]"),
        Err(WrongWords::Empty) => "empty".to_owned(),
        Err(WrongWords::TooLong) => "too long".to_owned(),
    };
    assert_eq!(said, expected, "{given:?}");
}

#[test]
fn a_script_keeps_its_words_and_its_pauses() {
    check("Привет, друзья!", "[Привет, друзья!]");
    check("  one \t two\u{a0}three  ", "[one two three]");
    check("one\ntwo", "[one\ntwo]");
    check("one\r\ntwo\rthree", "[one\ntwo\nthree]");
    check("one\u{2028}two\u{2029}three\u{85}four\u{b}five", "[one\ntwo\nthree\nfour\nfive]");
    check("one \n\n \n\n two", "[one\n\ntwo]");
    check("\n\n one \n", "[one]");
    check("15 990 ₸ {today} 🦊", "[15 990 ₸ {today} 🦊]");
    check("Сәлем, әлем! Қалайсыз?", "[Сәлем, әлем! Қалайсыз?]");
}

#[test]
fn what_nobody_sees_is_not_spoken() {
    check("o\u{0}n\u{7}e\u{1b}", "[one]");
    check("o\u{200b}n\u{ad}e\u{feff}", "[one]");
    check("\u{202e}one\u{2066}", "[one]");
    check("one\u{e0041}\u{e0042}", "[one]");
}

#[test]
fn without_a_word_there_is_no_script() {
    for nothing in ["", " \n ", "...", "!?", "\u{200b}", "🦊🦊", "[laughs]", "<break/>", "*sighs*"]
    {
        check(nothing, "empty");
    }
    check("7", "[7]");
    check("я", "[я]");
}

#[test]
fn length_is_in_characters_of_what_is_left() {
    check(&"ж".repeat(40), &format!("[{}]", "ж".repeat(40)));
    check(&"ж".repeat(41), "too long");
    check(&format!("  {}\u{200b}\n", "ж".repeat(40)), &format!("[{}]", "ж".repeat(40)));
}

/// What of a script is said.
#[track_caller]
fn says(given: &str, expected: &str) {
    assert_eq!(spoken(given), expected, "{given:?}");
}

#[test]
fn f76_directions_are_not_read_aloud() {
    says("[laughs] Привет!", "Привет!");
    says("Привет! [laughs]", "Привет!");
    says("Привет [laughs], мир", "Привет, мир");
    says("Привет[sighs]мир", "Привет мир");
    says("Ну [Laughs Harder] да.", "Ну да.");
    says("[short pause] Да.", "Да.");
    says("[excited]Скидки![whispers]Только сегодня.", "Скидки! Только сегодня.");
    says("[strong French accent] Bonjour", "Bonjour");
    says("[смеётся] Да [шёпотом] нет", "Да нет");
    says("[с улыбкой] Да", "Да");
    says("[күледі] Иә [күрсініп] жоқ", "Иә жоқ");
    says("Тихо (шёпотом) скажу", "Тихо скажу");
    says("Тихо (шепотом) скажу", "Тихо скажу");
    says("(Смеётся.) Да", "Да");
    says("(с улыбкой) Добрый день", "Добрый день");
    says("(тихо смеётся) Да", "Да");
    says("(весело) Привет!", "Привет!");
    says("Раз.\n(Громко) Два.", "Раз.\nДва.");
    says("(whispering) come here", "come here");
    says("(clears throat) Hello", "Hello");
    says("*whispers* come here", "come here");
    says("Ну *вздыхает* ладно", "Ну ладно");
    says("**laughs** yes", "yes");
    says("Да. [смеётся]. Нет.", "Да. Нет.");
    says("[смеётся], привет", "привет");
    says("(тихим голосом) Да", "Да");
    says("[музыка] Да", "Да");
    says("Да... [вздыхает] нет", "Да... нет");
    says("«[вздыхает] Да», — сказал он", "«Да», — сказал он");
}

#[test]
fn f76_tags_are_not_read_aloud() {
    says("one <break time=\"1.5s\" /> two", "one\ntwo");
    says("one<break/>two", "one\ntwo");
    says("<speak>Да <emphasis level='strong'>нет</emphasis>.</speak>", "Да нет.");
    says("<prosody rate=\"slow\" pitch=\"+2st\">slow</prosody>", "slow");
    says("<mstts:express-as style=\"cheerful\">hi</mstts:express-as>", "hi");
    says("<p>one</p><p>two</p>", "one\n\ntwo");
}

#[test]
fn ordinary_brackets_and_stars_stay() {
    for text in [
        "Скидка (20 %) до пятницы",
        "Цена 990 ₽ (было 1 490 ₽)",
        "Доставка (бесплатно) завтра",
        "Звоните (727) 123-45-67",
        "Размеры [S, M, L] есть",
        "Артикул [123] в наличии",
        "Смотрите [1] и [2]",
        "Здравствуйте, [имя]!",
        "Кроссовки (очень тихо ступают)",
        "Работает быстро (и тихо)",
        "Пылесос (тихо) и быстро",
        "(Акция только сегодня)",
        "Смех (и грех)",
        "Сироп (от кашля) для детей",
        "Английский (accent) без акцента",
        "размер 2 * 3 * 4",
        "2*3*4",
        "990* рублей. *по карте",
        "Я <3 Алматы",
        "a < b > c",
        "Пишите <shop@mail.ru>",
        "<имя>, привет",
        "незакрытая [laughs",
        "незакрытая (шёпотом",
        "незакрытый <break",
        "незакрытая *laughs",
        "две [laughs\nlaughs] строки",
        "Это [смех 18+] и только",
        "Смотри <a b=xcx> тут",
        "смайлик :) и :(",
        "[]()**<>",
    ] {
        says(text, text);
    }
    says("Это *важно* и **очень** важно", "Это важно и очень важно");
    says("«*Новинка*»", "«Новинка»");
}

#[test]
fn what_hides_in_a_direction_is_found_too() {
    says("[[laughs] laughs] да", "да");
    says("*[laughs]* да", "да");
    says("(([sighs] шёпотом)) да", "() да");
}

proptest! {
    #![proptest_config(crate::same_each_time())]

    #[test]
    fn what_is_said_has_nothing_left_to_take_out(text in "[a-zа-я0-9 \\n\\[\\]()<>*/.,!\"=-]{0,60}") {
        let once = spoken(&text);
        prop_assert_eq!(&spoken(&once), &once);
        prop_assert!(once.chars().count() <= text.chars().count());
    }

    #[test]
    fn a_script_is_a_script(text in "\\PC{0,60}") {
        if let Ok(once) = script(&text, 60) {
            prop_assert_eq!(script(&once, 60), Ok(once.clone()));
        }
    }

    #[test]
    fn captions_follow_each_other_and_fit(text in "[a-zа-я0-9 .,!?\\n]{1,300}", millis in 1_000..60_000_i64) {
        let captions = captions(&text, millis);
        let mut before = Millis(0);
        for it in &captions {
            prop_assert_eq!(it.from, before);
            prop_assert!(it.from < it.to);
            before = it.to;
            prop_assert!((1..=LINES_MAX).contains(&it.lines.len()));
            for line in &it.lines {
                prop_assert!(line.chars().count() <= LINE_CHARS_MAX && !line.is_empty(), "{}", line);
            }
        }
        let shown: String = captions.iter().flat_map(|it| it.lines.concat().chars().collect::<Vec<_>>()).filter(|it| *it != ' ').collect();
        let said: String = spoken(&text).chars().filter(|it| !it.is_whitespace()).collect();
        prop_assert_eq!(shown, said, "every letter once, in order");
        prop_assert!(captions.last().is_none_or(|it| it.to == Millis(millis)));
    }
}

#[test]
fn f76_a_speed_is_never_beyond_what_engines_do() {
    let percent = |it| Speed::new(it).percent();
    assert_eq!([0, 69, 70, 100, 120, 121, u32::MAX].map(percent), [70, 70, 70, 100, 120, 120, 120]);
    assert_eq!(Speed::default(), Speed::NORMAL);
    assert_eq!(serde_json::to_string(&Speed::NORMAL).ok().as_deref(), Some("100"));
    assert_eq!(serde_json::from_str::<Speed>("85").ok(), Some(Speed::new(85)));
    for wrong in ["69", "121", "-100", "1.0", "\"100\""] {
        assert!(serde_json::from_str::<Speed>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_time_that_a_script_takes_is_guessed() {
    let guess = |text: &str| estimate_millis(text, Language::Ru, Speed::NORMAL);
    assert_eq!(guess(&"ж".repeat(140)), 10_000);
    assert_eq!(guess(&format!("[смеётся] {}", "ж".repeat(140))), 10_000, "directions take none");
    assert_eq!(guess("ж\n\nж"), guess("жж") + 300, "a line is a breath");
    assert_eq!(guess("1990"), guess(&"ж".repeat(16)), "digits are words");
    assert_eq!(guess(""), 0);
    let text = "ж".repeat(390);
    let of = |language, percent| estimate_millis(&text, language, Speed::new(percent));
    assert_eq!((of(Language::En, 100), of(Language::Kk, 100)), (26_000, 30_000));
    assert_eq!((of(Language::Kk, 120), of(Language::Kk, 80)), (25_000, 37_500));
}

#[test]
fn the_language_of_a_script_is_seen_by_its_letters() {
    for (text, language) in [
        ("Привет, друзья!", Language::Ru),
        ("Біздің кроссовкалар ауадай жеңіл. Бүгін келіп, киіп көріңіз!", Language::Kk),
        ("ҚАЗІР ЖЕҢІЛДІК", Language::Kk),
        ("Hello, friends!", Language::En),
        ("Кроссовки Nike Air уже здесь", Language::Ru),
        ("New sneakers from Алма", Language::En),
        ("[laughs] Привет", Language::Ru),
        ("Новые кроссовки уже в магазине «Көктем», приходите сегодня", Language::Ru),
    ] {
        for writer in Language::ALL {
            assert_eq!(language_of(text, writer), language, "{text}, by {writer:?}");
        }
    }
    for writer in Language::ALL {
        assert_eq!(language_of("15 990!", writer), writer);
        assert_eq!(language_of("", writer), writer);
    }
}

/// A Kazakh name in a Russian sentence, and Russian names in a Kazakh one.
#[test]
fn where_letters_leave_it_open_a_script_is_in_its_writers_language() {
    for (text, en, kk, ru) in [
        ("Сәлем, достар!", Language::Kk, Language::Kk, Language::Kk),
        ("Магазин «Көктем» ждёт", Language::Kk, Language::Kk, Language::Ru),
        ("Менің атым Виктор Петров", Language::Ru, Language::Kk, Language::Ru),
    ] {
        let of = |writer| language_of(text, writer);
        assert_eq!((of(Language::En), of(Language::Kk), of(Language::Ru)), (en, kk, ru), "{text}");
    }
}

/// The captions of a text, a line each: from, to, lines.
#[track_caller]
fn shown(text: &str, millis: i64, expected: &[&str]) {
    let captions = captions(text, millis);
    let said: Vec<_> = captions
        .iter()
        .map(|it| format!("{}–{} {}", it.from.0, it.to.0, it.lines.join(" / ")))
        .collect();
    assert_eq!(said, expected, "{text}");
}

#[test]
fn captions_share_the_time_by_length() {
    shown("Привет!", 1_000, &["0–1000 Привет!"]);
    shown("Привет! Меня зовут Анна.", 2_400, &["0–2400 Привет! Меня зовут Анна."]);
    shown(
        "Новые кроссовки уже здесь. Лёгкие, тёплые и не боятся дождя. Приходите на Абая сегодня!",
        9_000,
        &[
            "0–2761 Новые кроссовки уже здесь.",
            "2761–6238 Лёгкие, тёплые и / не боятся дождя.",
            "6238–9000 Приходите на Абая сегодня!",
        ],
    );
    shown(
        "Первым ста покупателям скидка двадцать процентов — ссылка внизу.",
        10_000,
        &[
            "0–6000 Первым ста покупателям / скидка двадцать",
            "6000–10000 процентов — ссылка внизу.",
        ],
    );
    shown("раз\nдва", 2_000, &["0–1000 раз", "1000–2000 два"]);
    shown("(шёпотом) раз [laughs] два", 1_000, &["0–1000 раз два"]);
    let address = "a".repeat(70);
    let piece = "a".repeat(26);
    let (long, rest) = (format!("0–739 {piece} / {piece}"), format!("739–1000 {}", "a".repeat(18)));
    shown(&address, 1_000, &[&long, &rest]);
    shown("", 1_000, &[]);
    shown("раз", 0, &[]);
    shown("раз", -5, &[]);
}

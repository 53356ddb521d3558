//! Runs `formats.txt`: parse modes into entities, and entities into the page's HTML.

use crate::world::{ANNA, BOT, World};
use serde_json::{Value, json};

#[tokio::test]
async fn every_text_is_read_as_the_table_says() {
    let mut wrong = Vec::new();
    let lines: Vec<&str> = include_str!("formats.txt").lines().collect();
    let cases = lines.iter().enumerate().filter(|(_, it)| !it.starts_with([' ', '#']));
    let world = World::new().begun().await;
    for (number, line) in cases {
        let (mode, text) = line.split_once(' ').expect("a mode and a text");
        let text = text.replace('⏎', "\n");
        let params = json!({ "chat_id": ANNA, "text": text, "parse_mode": mode });
        let answer = world.call("sendMessage", params).await;
        let expected: Vec<&str> =
            lines[number + 1..].iter().take_while(|it| it.starts_with(' ')).copied().collect();
        let said = match answer["description"].as_str() {
            Some(why) => {
                let why = why.strip_prefix("Bad Request: can't parse entities: ").unwrap_or(why);
                vec![format!("  ! {why}")]
            }
            None => {
                let shown = world.telegram().messages(BOT, ANNA).pop().expect("it was sent");
                let result = &answer["result"];
                let text = result["text"].as_str().unwrap_or_default();
                vec![
                    format!("  | {text}"),
                    format!("  : {}", entities(result)),
                    format!("  ~ {}", shown["html"].as_str().unwrap_or_default()),
                ]
            }
        };
        let said: Vec<String> = said.iter().map(|it| it.replace('\n', "⏎")).collect();
        if said != expected {
            wrong.push(format!("formats.txt:{}: {line}\n{}", number + 1, said.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn entities(message: &Value) -> String {
    let none = Vec::new();
    let all = message["entities"].as_array().unwrap_or(&none).iter().map(|it| {
        let mut line = format!(
            "{} {} {}",
            it["type"].as_str().unwrap_or_default(),
            it["offset"],
            it["length"]
        );
        for extra in ["url", "language", "custom_emoji_id", "unix_time"] {
            match &it[extra] {
                Value::Null => {}
                Value::String(text) => line.push_str(&format!(" {text}")),
                other => line.push_str(&format!(" {other}")),
            }
        }
        line
    });
    all.collect::<Vec<_>>().join(", ")
}

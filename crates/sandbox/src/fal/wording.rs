//! Words put better, so that one can tell: what isn't Latin is spelled in Latin letters where a
//! translation is asked for, and the words of a photographer are added where an improvement is.

use serde_json::{Map, Value};

const BETTER: &str = "soft natural light, shallow depth of field, fine detail";

/// What becomes of a prompt by the instructions beside it.
pub(super) fn reworded(prompt: &str, instructions: &str) -> String {
    let asked_for = instructions.to_lowercase();
    let has = |stems: &[&str]| stems.iter().any(|it| asked_for.contains(it));
    let mut said = prompt.trim().to_owned();
    if has(&["translat", "english", "перев", "аудар"]) {
        said = spelled(&said);
    }
    if has(&["improv", "enhanc", "rewrit", "enrich", "expand", "улучш"]) {
        said = format!("{}, {BETTER}", said.trim_end_matches(['.', ',', ' ']));
    }
    said
}

/// Plain, or the object that was asked for, with its words in each of the fields that were named;
/// in a fence where the model is in the mood for it.
pub(super) fn in_form(said: &str, asked_for: &str, has_fences: bool) -> String {
    if !asked_for.to_lowercase().contains("json") {
        return said.to_owned();
    }
    let mut names = names_in(asked_for);
    if names.is_empty() {
        names.push("prompt".to_owned());
    }
    let value = |name: &str| {
        let is_language = name.contains("lang");
        Value::from(if is_language { "en" } else { said })
    };
    let object: Map<String, Value> = names.iter().map(|it| (it.clone(), value(it))).collect();
    let object = Value::Object(object).to_string();
    if has_fences { format!("```json\n{object}\n```") } else { object }
}

/// The fields of an object that is shown as an example: what stands in quotes before a colon.
fn names_in(text: &str) -> Vec<String> {
    let Some(begin) = text.find('{') else { return Vec::new() };
    let mut pieces = text[begin..].split('"').skip(1);
    let mut names = Vec::new();
    while let (Some(quoted), Some(after)) = (pieces.next(), pieces.next()) {
        let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
        if after.trim_start().starts_with(':') && quoted.chars().all(is_word) {
            names.push(quoted.to_owned());
        }
        if after.contains('}') {
            break;
        }
    }
    names
}

/// Russian and Kazakh in Latin letters; other letters stay.
fn spelled(text: &str) -> String {
    let mut said = String::new();
    for letter in text.chars() {
        let small = letter.to_lowercase().next().unwrap_or(letter);
        let Some(latin) = latin(small) else {
            said.push(letter);
            continue;
        };
        if small == letter {
            said.push_str(latin);
        } else {
            let mut letters = latin.chars();
            said.extend(letters.next().map(|it| it.to_ascii_uppercase()));
            said.extend(letters);
        }
    }
    said
}

fn latin(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' | 'ә' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ғ' => "g",
        'д' => "d",
        'е' | 'э' => "e",
        'ё' => "yo",
        'ж' => "zh",
        'з' => "z",
        'и' | 'і' => "i",
        'й' => "y",
        'к' => "k",
        'қ' => "q",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'ң' => "ng",
        'о' | 'ө' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' | 'ұ' | 'ү' => "u",
        'ф' => "f",
        'х' | 'һ' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "shch",
        'ъ' | 'ь' => "",
        'ы' => "y",
        'ю' => "yu",
        'я' => "ya",
        _ => return None,
    })
}

//! What the confirmation page says, in Russian and English.

use super::reading;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    En,
    Ru,
}

impl Language {
    pub(super) fn from_code(code: &str) -> Option<Language> {
        match code.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Language::En),
            "ru" | "be" | "kk" | "uk" => Some(Language::Ru),
            _ => None,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Ru => "ru",
        }
    }

    pub(super) fn other(self) -> Language {
        match self {
            Language::En => Language::Ru,
            Language::Ru => Language::En,
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Language::En => &EN,
            Language::Ru => &RU,
        }
    }

    /// `1 499,50 ₽`, without kopecks where there are none.
    pub(super) fn price(self, kopecks: i64) -> String {
        let written = reading::value(kopecks);
        let (rubles, rest) = written.split_once('.').unwrap_or((&written, "00"));
        let digits: Vec<char> = rubles.chars().collect();
        let groups: Vec<String> = digits.rchunks(3).rev().map(|it| it.iter().collect()).collect();
        let (blank, point) = match self {
            Language::En => (",", "."),
            Language::Ru => ("\u{a0}", ","),
        };
        let whole = groups.join(blank);
        let sum = if rest == "00" { whole } else { format!("{whole}{point}{rest}") };
        match self {
            Language::En => format!("₽{sum}"),
            Language::Ru => format!("{sum}\u{a0}₽"),
        }
    }

    /// Why a payment didn't go through, as a person is told.
    pub(super) fn reason(self, reason: &str) -> &'static str {
        let (en, ru) = match reason {
            "3d_secure_failed" => ("The check by the bank failed", "Не пройдена проверка банка"),
            "call_issuer" => ("The bank asks to be called", "Банк просит ему позвонить"),
            "canceled_by_merchant" => ("The shop canceled it", "Отменил магазин"),
            "card_expired" => ("The card has expired", "Срок карты истёк"),
            "country_forbidden" => {
                ("Cards of this country aren’t taken", "Карты этой страны не принимаются")
            }
            "expired_on_capture" => {
                ("The shop didn’t take it in time", "Магазин не забрал вовремя")
            }
            "expired_on_confirmation" => ("The time to pay is over", "Время на оплату вышло"),
            "fraud_suspected" => ("It looks like a fraud", "Похоже на мошенничество"),
            "identification_required" => {
                ("The wallet must be identified", "Нужна идентификация кошелька")
            }
            "insufficient_funds" => ("There isn’t enough money", "Не хватает денег"),
            "internal_timeout" => ("It took too long", "Не успели обработать"),
            "invalid_card_number" => ("The card number is wrong", "Неверный номер карты"),
            "invalid_csc" => ("The code on the card is wrong", "Неверный код с карты"),
            "issuer_unavailable" => ("The bank doesn’t answer", "Банк не отвечает"),
            "payment_method_limit_exceeded" => ("The limit is used up", "Исчерпан лимит"),
            "payment_method_restricted" => {
                ("This card may not pay here", "Эта карта здесь не платит")
            }
            "permission_revoked" => {
                ("The leave to charge was taken back", "Разрешение на списания отозвано")
            }
            _ => ("The bank declined it", "Банк отклонил платёж"),
        };
        match self {
            Language::En => en,
            Language::Ru => ru,
        }
    }
}

pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) made_up: &'static str,
    pub(super) how: &'static str,
    pub(super) by_card: &'static str,
    pub(super) by_sbp: &'static str,
    pub(super) card: &'static str,
    pub(super) cards_good: &'static str,
    pub(super) cards_bad: &'static str,
    pub(super) with_check: &'static str,
    pub(super) bank: &'static str,
    pub(super) saves: &'static str,
    pub(super) later: &'static str,
    pub(super) later_well: &'static str,
    pub(super) pay: &'static str,
    pub(super) decline: &'static str,
    pub(super) decline_why: &'static str,
    pub(super) decline_do: &'static str,
    pub(super) leave: &'static str,
    pub(super) minutes_left: &'static str,
    pub(super) paid: &'static str,
    pub(super) held: &'static str,
    pub(super) under_way: &'static str,
    pub(super) not_paid: &'static str,
    pub(super) back: &'static str,
    pub(super) unknown: &'static str,
    pub(super) language: &'static str,
}

const EN: Words = Words {
    title: "Payment",
    made_up: "A made-up page for trying things out. No money moves.",
    how: "How to pay",
    by_card: "Card",
    by_sbp: "SBP",
    card: "Test card",
    cards_good: "Goes through",
    cards_bad: "Is declined",
    with_check: "with 3-D Secure",
    bank: "Your bank",
    saves: "The shop may charge it again without asking.",
    later: "Later charges",
    later_well: "Go well",
    pay: "Pay",
    decline: "Let it fail instead",
    decline_why: "Why",
    decline_do: "Decline",
    leave: "Leave without paying",
    minutes_left: "Minutes left to pay:",
    paid: "Paid",
    held: "The money is held for the shop",
    under_way: "The bank is still thinking",
    not_paid: "Not paid",
    back: "Back to the shop",
    unknown: "There is no such payment",
    language: "Русский",
};

const RU: Words = Words {
    title: "Оплата",
    made_up: "Выдуманная страница для проб. Настоящие деньги не движутся.",
    how: "Как заплатить",
    by_card: "Карта",
    by_sbp: "СБП",
    card: "Тестовая карта",
    cards_good: "Проходит",
    cards_bad: "Отклоняется",
    with_check: "с 3-D Secure",
    bank: "Ваш банк",
    saves: "Магазин сможет списывать снова, не спрашивая.",
    later: "Следующие списания",
    later_well: "Пройдут",
    pay: "Заплатить",
    decline: "Пусть не получится",
    decline_why: "Почему",
    decline_do: "Отклонить",
    leave: "Уйти, не заплатив",
    minutes_left: "Осталось минут на оплату:",
    paid: "Оплачено",
    held: "Деньги отложены для магазина",
    under_way: "Банк ещё думает",
    not_paid: "Не оплачено",
    back: "Вернуться в магазин",
    unknown: "Такого платежа нет",
    language: "English",
};

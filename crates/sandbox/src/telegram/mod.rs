//! The Telegram Bot API on loopback, and the people who talk to the bots.

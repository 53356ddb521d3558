//! The chat page's files, embedded in the binary: what is served at `/` and under `/web/`.

/// One file of the page: its name under `/web/`, its content type and its bytes.
pub struct Asset {
    pub name: &'static str,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The page itself, answered at `/`.
pub const PAGE: Asset =
    Asset { name: "index.html", content_type: HTML, bytes: include_bytes!("index.html") };

macro_rules! assets {
    ($($name:literal: $content_type:expr),+ $(,)?) => {
        &[$(Asset { name: $name, content_type: $content_type, bytes: include_bytes!($name) }),+]
    };
}

/// What the page loads, answered under `/web/`.
pub const ASSETS: &[Asset] = assets! {
    "attach.js": SCRIPT,
    "base.css": CSS,
    "bubble.js": SCRIPT,
    "chat.css": CSS,
    "chat.js": SCRIPT,
    "composer.css": CSS,
    "composer.js": SCRIPT,
    "dom.js": SCRIPT,
    "icon.svg": SVG,
    "keyboards.js": SCRIPT,
    "lightbox.js": SCRIPT,
    "measure.js": SCRIPT,
    "media.css": CSS,
    "media.js": SCRIPT,
    "paying.css": CSS,
    "paying.js": SCRIPT,
    "pay.css": CSS,
    "people.js": SCRIPT,
    "phrases.js": SCRIPT,
    "player.js": SCRIPT,
    "rich.js": SCRIPT,
    "sheets.css": CSS,
    "sheets.js": SCRIPT,
    "stars.js": SCRIPT,
    "talk.js": SCRIPT,
    "timeline.js": SCRIPT,
    "wire.js": SCRIPT,
    "words.js": SCRIPT,
    "world.js": SCRIPT,
};

//! People who don't exist, drawn: a cast with a name and an age each, seen from the front, before a
//! calm ground or a green one. The mouth is where [`super::mouth`] opens it.

use image::{RgbImage, imageops};

use super::canvas::{Canvas, Colour, Point};
use super::{letters, portrait};

pub const WIDTH: u32 = 720;
pub const HEIGHT: u32 = 1280;
/// It is drawn so many times as large, so that edges are soft.
const FINER: u32 = 2;
/// What a card says of itself, in letters so large, and how far from the corner.
const MARK: &str = "sandbox";
const MARK_SCALE: i32 = 2;
const MARK_MARGIN: i32 = 14;

/// What is behind somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// For looking at; it says that it is made up.
    Card,
    /// Exactly (0, 255, 0), to be taken away.
    Green,
}

/// One of the cast.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub name: &'static str,
    pub age: u8,
    pub is_woman: bool,
    pub(super) looks: Looks,
}

/// What somebody looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    pub(super) skin: Colour,
    pub(super) hair: Colour,
    pub(super) cut: Cut,
    pub(super) clothes: Clothes,
    pub(super) cloth: Colour,
    pub(super) beard: Beard,
    pub(super) glasses: Glasses,
    pub(super) eyes: Colour,
    pub(super) ground: Colour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Long,
    Bob,
    Bun,
    Tail,
    Curls,
    Kerchief,
    Short,
    Parted,
    Shaved,
    Bald,
    Receding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clothes {
    Tee,
    Shirt,
    Jacket,
    Sweater,
    Neckline,
    Hood,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beard {
    None,
    Stubble,
    Full,
    Moustache,
    Goatee,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Glasses {
    None,
    Round,
    Square,
}

use Clothes::{Hood, Jacket, Neckline, Shirt, Sweater, Tee};
use Cut::{Bald, Bob, Bun, Curls, Kerchief, Long, Parted, Receding, Shaved, Short, Tail};

const PORCELAIN: Colour = [252, 224, 202];
const FAIR: Colour = [243, 205, 174];
const SAND: Colour = [230, 186, 148];
const HONEY: Colour = [214, 164, 120];
const TAN: Colour = [190, 136, 96];
const BROWN: Colour = [142, 94, 64];

const BLACK: Colour = [34, 28, 28];
const DARK: Colour = [62, 42, 32];
const CHESTNUT: Colour = [104, 62, 38];
const FOX: Colour = [164, 82, 40];
const WHEAT: Colour = [206, 162, 92];
const ASH: Colour = [150, 128, 104];
const GREY: Colour = [150, 148, 148];
const WHITE: Colour = [216, 214, 210];

const HAZEL: Colour = [98, 70, 40];
const NIGHT: Colour = [52, 36, 28];
const LAKE: Colour = [70, 112, 158];
const MOSS: Colour = [120, 108, 84];

const RED: Colour = [178, 62, 64];
const ROSE: Colour = [206, 128, 140];
const NAVY: Colour = [44, 62, 104];
const SKY: Colour = [112, 154, 196];
const COAL: Colour = [58, 60, 68];
const CREAM: Colour = [232, 222, 202];
const DUSK: Colour = [84, 84, 112];
const PLUM: Colour = [112, 72, 118];
const OCHRE: Colour = [200, 150, 66];
const STONE: Colour = [134, 136, 142];

const MIST: Colour = [206, 216, 224];
const PEACH: Colour = [240, 218, 200];
const SAGE: Colour = [206, 220, 206];
const LILAC: Colour = [220, 212, 230];
const STRAW: Colour = [238, 228, 200];
const CLOUD: Colour = [224, 226, 228];

/// Everybody, women first.
pub static CAST: [Person; 30] = [
    her("aigerim", 24, [HONEY, BLACK, NIGHT], Long, (Tee, ROSE), LILAC),
    her("aliya", 31, [SAND, DARK, NIGHT], Bob, (Jacket, NAVY), MIST),
    her("amina", 19, [TAN, BLACK, NIGHT], Curls, (Hood, OCHRE), STRAW),
    seen(her("anna", 28, [FAIR, WHEAT, LAKE], Long, (Shirt, SKY), PEACH), Glasses::Round),
    her("asel", 36, [HONEY, BLACK, HAZEL], Bun, (Neckline, DUSK), SAGE),
    her("dana", 22, [SAND, CHESTNUT, HAZEL], Tail, (Tee, CREAM), SAGE),
    her("darya", 33, [PORCELAIN, FOX, MOSS], Curls, (Neckline, DUSK), CLOUD),
    seen(her("elena", 47, [FAIR, ASH, LAKE], Bob, (Jacket, COAL), PEACH), Glasses::Square),
    seen(
        her("galina", 64, [PORCELAIN, WHITE, LAKE], Short, (Sweater, PLUM), STRAW),
        Glasses::Round,
    ),
    her("irina", 52, [FAIR, CHESTNUT, MOSS], Bun, (Shirt, CREAM), MIST),
    her("kamila", 26, [TAN, DARK, HAZEL], Tail, (Hood, STONE), PEACH),
    her("madina", 41, [HONEY, BLACK, NIGHT], Kerchief, (Neckline, PLUM), CLOUD),
    her("marina", 39, [PORCELAIN, BLACK, LAKE], Bob, (Sweater, RED), SAGE),
    her("olga", 58, [FAIR, GREY, MOSS], Bob, (Neckline, NAVY), LILAC),
    her("svetlana", 44, [PORCELAIN, WHEAT, LAKE], Bun, (Jacket, ROSE), MIST),
    her("zhanar", 68, [SAND, GREY, NIGHT], Kerchief, (Sweater, OCHRE), STRAW),
    him("alexey", 34, [FAIR, CHESTNUT, LAKE], (Parted, Beard::Stubble), (Shirt, SKY), MIST),
    him("arman", 27, [HONEY, BLACK, NIGHT], (Short, Beard::None), (Tee, COAL), SAGE),
    him("askar", 55, [SAND, GREY, NIGHT], (Short, Beard::Moustache), (Jacket, NAVY), CLOUD),
    him("bolat", 66, [TAN, WHITE, NIGHT], (Receding, Beard::Full), (Sweater, DUSK), STRAW),
    him("daniyar", 20, [SAND, BLACK, NIGHT], (Curls, Beard::None), (Hood, RED), PEACH),
    seen(
        him("dmitry", 42, [FAIR, DARK, MOSS], (Short, Beard::Full), (Jacket, COAL), LILAC),
        Glasses::Square,
    ),
    him("ivan", 23, [PORCELAIN, WHEAT, LAKE], (Parted, Beard::None), (Hood, NAVY), SAGE),
    him("marat", 38, [HONEY, BLACK, HAZEL], (Shaved, Beard::Goatee), (Shirt, CREAM), MIST),
    him(
        "nikolay",
        70,
        [PORCELAIN, WHITE, LAKE],
        (Receding, Beard::Moustache),
        (Shirt, STONE),
        PEACH,
    ),
    seen(
        him("pavel", 30, [FAIR, FOX, MOSS], (Curls, Beard::Full), (Tee, DUSK), STRAW),
        Glasses::Round,
    ),
    him("ruslan", 45, [TAN, BLACK, HAZEL], (Bald, Beard::Full), (Sweater, COAL), CLOUD),
    him("sergey", 50, [FAIR, ASH, LAKE], (Receding, Beard::Stubble), (Jacket, STONE), SAGE),
    him("timur", 18, [BROWN, BLACK, NIGHT], (Shaved, Beard::None), (Tee, OCHRE), MIST),
    seen(
        him("viktor", 61, [SAND, GREY, LAKE], (Bald, Beard::None), (Shirt, NAVY), LILAC),
        Glasses::Square,
    ),
];

/// `colours`: of the skin, the hair and the eyes.
const fn her(
    name: &'static str,
    age: u8,
    colours: [Colour; 3],
    cut: Cut,
    (clothes, cloth): (Clothes, Colour),
    ground: Colour,
) -> Person {
    let [skin, hair, eyes] = colours;
    let (beard, glasses) = (Beard::None, Glasses::None);
    let looks = Looks { skin, hair, cut, clothes, cloth, beard, glasses, eyes, ground };
    Person { name, age, is_woman: true, looks }
}

const fn him(
    name: &'static str,
    age: u8,
    colours: [Colour; 3],
    (cut, beard): (Cut, Beard),
    clothes: (Clothes, Colour),
    ground: Colour,
) -> Person {
    let person = her(name, age, colours, cut, clothes, ground);
    Person { is_woman: false, looks: Looks { beard, ..person.looks }, ..person }
}

/// With glasses.
const fn seen(person: Person, glasses: Glasses) -> Person {
    Person { looks: Looks { glasses, ..person.looks }, ..person }
}

/// The one of this name.
pub fn find(name: &str) -> Option<&'static Person> {
    CAST.iter().find(|it| it.name == name)
}

/// Somebody, upright and from the front. The same each time.
pub fn draw(person: &Person, ground: Ground) -> RgbImage {
    let mut on = Canvas::new(WIDTH * FINER, HEIGHT * FINER);
    let is_card = ground == Ground::Card;
    portrait::ground(&mut on, is_card.then_some(person.looks.ground));
    portrait::draw(&mut on, person);
    let drawn = halved(&on.into_image());
    if !is_card {
        return drawn;
    }
    let mut on = Canvas::over(drawn);
    let letters = i32::try_from(MARK.len()).unwrap_or_default();
    let at = Point {
        x: on.width() - letters * letters::WIDTH * MARK_SCALE - MARK_MARGIN,
        y: on.height() - letters::HEIGHT * MARK_SCALE - MARK_MARGIN,
    };
    let under = Point { x: at.x - MARK_SCALE * 4, y: at.y - MARK_SCALE * 2 };
    on.rectangle(under, Point { x: on.width(), y: on.height() }, [30, 32, 38], 120);
    on.text(at, MARK_SCALE, [250, 250, 250], MARK);
    on.into_image()
}

/// Each pixel the mean of four. What is flat stays so.
fn halved(picture: &RgbImage) -> RgbImage {
    imageops::thumbnail(picture, picture.width() / FINER, picture.height() / FINER)
}

//! A simple face whose colours and features follow from 32 bytes: two avatars look different, and
//! one looks the same in all of its pictures.

use super::canvas::{Canvas, Colour, Point, SOLID};

const SKINS: [Colour; 6] = [
    [255, 222, 196],
    [241, 194, 155],
    [224, 172, 125],
    [198, 134, 90],
    [141, 85, 54],
    [96, 58, 38],
];
const HAIRS: [Colour; 8] = [
    [28, 24, 24],
    [74, 44, 26],
    [122, 72, 38],
    [196, 142, 60],
    [236, 206, 120],
    [176, 54, 32],
    [160, 160, 168],
    [92, 52, 140],
];
const EYES: [Colour; 5] =
    [[72, 44, 24], [52, 104, 168], [58, 124, 70], [110, 110, 120], [138, 96, 36]];
const CLOTHES: [Colour; 8] = [
    [178, 40, 52],
    [30, 92, 160],
    [34, 124, 86],
    [226, 168, 40],
    [98, 58, 148],
    [44, 48, 58],
    [232, 108, 60],
    [224, 226, 232],
];
const LIPS: Colour = [190, 74, 76];
const WHITE: Colour = [250, 250, 250];
const DARK: Colour = [34, 30, 32];

/// Where a face is drawn, and which way it looks.
pub(super) struct Pose {
    pub(super) middle: Point,
    /// Half of the height from chin to hair.
    pub(super) size: i32,
    /// How far the eyes have moved aside, in hundredths of the size.
    pub(super) turn: i32,
}

/// What the bytes say.
struct Looks {
    skin: Colour,
    hair: Colour,
    eyes: Colour,
    clothes: Colour,
    /// Half of the width, in hundredths of the size.
    width: i32,
    cut: u8,
    mouth: u8,
    has_glasses: bool,
    has_beard: bool,
    has_cap: bool,
    has_earrings: bool,
}

fn pick(all: &[Colour], byte: u8) -> Colour {
    all[usize::from(byte) % all.len()]
}

impl Looks {
    fn of(likeness: &[u8; 32]) -> Looks {
        let has_beard = likeness[8].is_multiple_of(3);
        Looks {
            skin: pick(&SKINS, likeness[0]),
            hair: pick(&HAIRS, likeness[1]),
            eyes: pick(&EYES, likeness[2]),
            clothes: pick(&CLOTHES, likeness[3]),
            width: 62 + i32::from(likeness[4] % 20),
            cut: likeness[5] % 4,
            mouth: likeness[6] % 3,
            has_glasses: likeness[7].is_multiple_of(3),
            has_beard,
            has_cap: likeness[9].is_multiple_of(5),
            has_earrings: !has_beard && likeness[10].is_multiple_of(2),
        }
    }
}

pub(super) fn draw(on: &mut Canvas, likeness: &[u8; 32], pose: &Pose) {
    let looks = Looks::of(likeness);
    let Pose { middle, size, turn } = *pose;
    let part = |hundredths: i32| size * hundredths / 100;
    let at = |x: i32, y: i32| Point { x: middle.x + part(x), y: middle.y + part(y) };
    let sized = |x: i32, y: i32| Point { x: part(x).max(1), y: part(y).max(1) };
    let wide = looks.width;

    if looks.cut == 1 {
        on.ellipse(at(0, 10), sized(wide + 24, 118), looks.hair, SOLID);
    }
    if looks.cut == 2 {
        on.ellipse(at(0, -108), sized(30, 28), looks.hair, SOLID);
    }
    // Shoulders and neck behind the chin.
    on.half_ellipse(at(0, 190), sized(125, 75), true, looks.clothes);
    on.rectangle(at(-24, 70), sized(48, 56), shade(looks.skin), SOLID);
    for side in [-1, 1] {
        on.ellipse(at(side * wide, 8), sized(13, 19), shade(looks.skin), SOLID);
        if looks.has_earrings {
            on.ellipse(at(side * wide, 32), sized(6, 6), [244, 204, 60], SOLID);
        }
    }
    on.ellipse(at(0, 0), sized(wide, 100), looks.skin, SOLID);
    if looks.has_beard {
        on.half_ellipse(at(0, 30), sized(wide - 6, 74), false, looks.hair);
    }
    top(on, &looks, &at, &sized);
    eyes(on, &looks, turn, &at, &sized);
    on.ellipse(at(turn, 24), sized(8, 13), shade(looks.skin), SOLID);
    mouth(on, &looks, turn, &at, &sized);
}

/// Hair on top, or a cap.
fn top(
    on: &mut Canvas,
    looks: &Looks,
    at: &impl Fn(i32, i32) -> Point,
    sized: &impl Fn(i32, i32) -> Point,
) {
    let wide = looks.width;
    if looks.has_cap {
        on.half_ellipse(at(0, -42), sized(wide + 6, 72), true, looks.clothes);
        on.rectangle(at(-wide - 6, -46), sized((wide + 6) * 2, 12), shade(looks.clothes), SOLID);
        return;
    }
    match looks.cut {
        // Almost bald.
        3 => on.half_ellipse(at(0, -72), sized(wide * 7 / 10, 32), true, looks.hair),
        0 => on.half_ellipse(at(0, -40), sized(wide + 4, 68), true, looks.hair),
        _ => {
            on.half_ellipse(at(0, -44), sized(wide + 6, 66), true, looks.hair);
            on.ellipse(at(-wide / 2, -42), sized(wide / 2, 20), looks.hair, SOLID);
        }
    }
}

fn eyes(
    on: &mut Canvas,
    looks: &Looks,
    turn: i32,
    at: &impl Fn(i32, i32) -> Point,
    sized: &impl Fn(i32, i32) -> Point,
) {
    for side in [-1, 1] {
        let x = side * 30 + turn;
        on.rectangle(at(x - 17, -34), sized(34, 7), shade(looks.hair), SOLID);
        if looks.has_glasses {
            on.ellipse(at(x, -6), sized(25, 23), DARK, SOLID);
            on.ellipse(at(x, -6), sized(21, 19), [206, 226, 240], SOLID);
        }
        on.ellipse(at(x, -6), sized(16, 11), WHITE, SOLID);
        on.ellipse(at(x + turn / 2, -6), sized(9, 10), looks.eyes, SOLID);
        on.ellipse(at(x + turn / 2, -6), sized(4, 5), DARK, SOLID);
    }
    if looks.has_glasses {
        on.rectangle(at(turn - 6, -9), sized(12, 5), DARK, SOLID);
    }
}

fn mouth(
    on: &mut Canvas,
    looks: &Looks,
    turn: i32,
    at: &impl Fn(i32, i32) -> Point,
    sized: &impl Fn(i32, i32) -> Point,
) {
    match looks.mouth {
        0 => on.half_ellipse(at(turn, 48), sized(28, 18), false, LIPS),
        1 => {
            on.half_ellipse(at(turn, 46), sized(32, 24), false, DARK);
            on.half_ellipse(at(turn, 46), sized(28, 10), false, WHITE);
        }
        _ => on.ellipse(at(turn, 54), sized(24, 7), LIPS, SOLID),
    }
}

fn shade(colour: Colour) -> Colour {
    colour.map(|it| (u16::from(it) * 4 / 5) as u8)
}

//! How one of the cast is drawn, from the ground to the glasses.

use super::canvas::{Canvas, Colour, Point, SOLID};
use super::characters::{Beard, Clothes, Cut, Glasses, Looks, Person};
use super::mouth;

/// All places are written in a picture of 720 by 1280.
const WRITTEN_WIDTH: i32 = 720;
const WRITTEN_HEIGHT: i32 = 1280;
const MIDDLE: i32 = 360;
const EYES: i32 = 405;
const EYE_APART: i32 = 57;
const HEAD: i32 = 425;
const CROWN: i32 = 232;
const CHIN: i32 = 622;
/// From here on somebody has lines in the face, and then grey brows.
const LINED_AGE: u8 = 45;
const OLD_AGE: u8 = 58;

const GREEN: Colour = [0, 255, 0];
const EYE_WHITE: Colour = [248, 246, 242];
const PUPIL: Colour = [22, 18, 18];
const FRAME: Colour = [40, 38, 44];
const METAL: Colour = [226, 190, 96];

/// Draws in written places, whatever the size is.
struct Pen<'a> {
    on: &'a mut Canvas,
    scale: i32,
}

impl Pen<'_> {
    fn at(&self, x: i32, y: i32) -> Point {
        Point { x: x * self.scale, y: y * self.scale }
    }

    fn ellipse(&mut self, (x, y): (i32, i32), (half_x, half_y): (i32, i32), colour: Colour) {
        self.veil((x, y), (half_x, half_y), colour, SOLID);
    }

    fn veil(&mut self, at: (i32, i32), half: (i32, i32), colour: Colour, cover: u8) {
        let (at, half) = (self.at(at.0, at.1), self.at(half.0, half.1));
        self.on.ellipse(at, half, colour, cover);
    }

    fn bow(&mut self, (x, y): (i32, i32), half: (i32, i32), is_upper: bool, colour: Colour) {
        let (at, half) = (self.at(x, y), self.at(half.0, half.1));
        self.on.half_ellipse(at, half, is_upper, colour);
    }

    fn block(&mut self, at: (i32, i32), size: (i32, i32), colour: Colour) {
        let (at, size) = (self.at(at.0, at.1), self.at(size.0, size.1));
        self.on.rectangle(at, size, colour, SOLID);
    }

    /// All that lies between two edges, row by row, of which `edges` tells at a part of the way
    /// from 0 to 1.
    fn fill(
        &mut self,
        (top, bottom): (i32, i32),
        colour: Colour,
        edges: impl Fn(f32) -> (f32, f32),
    ) {
        let (top, bottom) = (top * self.scale, bottom * self.scale);
        let scale = self.scale as f32;
        for y in top..bottom {
            let part = (y - top) as f32 / (bottom - top).max(1) as f32;
            let (left, right) = edges(part);
            self.on.span(y, (left * scale) as i32, (right * scale) as i32, colour, SOLID);
        }
    }

    /// The same, as wide to both sides of the middle.
    fn even(&mut self, rows: (i32, i32), colour: Colour, half: impl Fn(f32) -> f32) {
        self.fill(rows, colour, |it| (MIDDLE as f32 - half(it), MIDDLE as f32 + half(it)));
    }

    /// A line that is thickest in its middle.
    fn line(&mut self, from: (i32, i32), to: (i32, i32), thick: i32, colour: Colour) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let near = step.min(steps - step) * 2;
            let here = (thick * self.scale / 2) * (steps + near) / (steps * 2);
            let x = from.0 * self.scale + (to.0 - from.0) * self.scale * step / steps;
            let y = from.1 * self.scale + (to.1 - from.1) * self.scale * step / steps;
            let half = Point { x: here.max(1), y: here.max(1) };
            self.on.ellipse(Point { x, y }, half, colour, SOLID);
        }
    }
}

/// A calm wall with some light on it, or the green of a screen.
pub(super) fn ground(on: &mut Canvas, colour: Option<Colour>) {
    let scale = on.width() / WRITTEN_WIDTH;
    let mut pen = Pen { on, scale };
    pen.block((0, 0), (WRITTEN_WIDTH, WRITTEN_HEIGHT), colour.unwrap_or(GREEN));
    if let Some(colour) = colour {
        pen.ellipse((MIDDLE, 470), (470, 470), tinted(colour, 103));
        pen.ellipse((MIDDLE, 470), (340, 340), tinted(colour, 106));
    }
}

pub(super) fn draw(on: &mut Canvas, person: &Person) {
    let scale = on.width() / WRITTEN_WIDTH;
    let mut pen = Pen { on, scale };
    let looks = &person.looks;
    let wide = if person.is_woman { 130 } else { 140 };
    hair_behind(&mut pen, looks, wide);
    body(&mut pen, person);
    head(&mut pen, person, wide);
    // The forehead comes with the hair, and what is on the face after it.
    hair(&mut pen, looks, wide);
    blush(&mut pen, person);
    if person.age >= LINED_AGE {
        lines(&mut pen, person);
    }
    beard(&mut pen, looks, wide);
    eyes(&mut pen, person);
    nose(&mut pen, looks);
    lips(&mut pen, person);
    glasses(&mut pen, looks);
    if person.is_woman && !matches!(looks.cut, Cut::Long | Cut::Kerchief) {
        for side in [-1, 1] {
            pen.ellipse((MIDDLE + side * (wide + 2), 470), (6, 9), METAL);
        }
    }
}

fn tinted(colour: Colour, percent: u16) -> Colour {
    colour.map(|it| u8::try_from(u16::from(it) * percent / 100).unwrap_or(u8::MAX))
}

fn hair_behind(pen: &mut Pen, looks: &Looks, wide: i32) {
    let dark = tinted(looks.hair, 82);
    let wide = wide as f32;
    match looks.cut {
        Cut::Long => pen.even((CROWN, 900), dark, |it| {
            if it < 0.3 {
                (wide + 38.0) * (it / 0.3).sqrt()
            } else {
                wide + 38.0 + (it - 0.3) * 45.0
            }
        }),
        Cut::Bob => pen.even((CROWN, 660), dark, |it| {
            if it < 0.45 {
                (wide + 36.0) * (it / 0.45).sqrt()
            } else {
                wide + 36.0 + (it - 0.45) * 30.0
            }
        }),
        Cut::Tail => {
            pen.ellipse((MIDDLE + 148, 500), (52, 190), dark);
            pen.ellipse((MIDDLE + 118, 320), (30, 26), tinted(looks.hair, 60));
        }
        Cut::Bun => pen.ellipse((MIDDLE, 196), (70, 62), dark),
        Cut::Curls => {
            for step in 0_i16..14 {
                let turn = f32::from(step) / 13.0 * std::f32::consts::PI;
                let x = MIDDLE + ((wide + 18.0) * turn.cos()) as i32;
                let y = 372 - (165.0 * turn.sin()) as i32;
                pen.ellipse((x, y), (46, 46), dark);
            }
        }
        Cut::Kerchief => {
            pen.ellipse((MIDDLE, 425), (186, 226), tinted(looks.cloth, 88));
            pen.even((480, 790), tinted(looks.cloth, 88), |it| 184.0 - it * 30.0);
        }
        Cut::Short | Cut::Parted | Cut::Shaved | Cut::Bald | Cut::Receding => {}
    }
}

fn body(pen: &mut Pen, person: &Person) {
    let looks = &person.looks;
    let (neck, broad) = if person.is_woman { (52, 236.0) } else { (66, 282.0) };
    let shadow = tinted(looks.skin, 84);
    let shoulders = |it: f32| {
        let curve = (it / 0.3).min(1.0);
        (neck as f32 + 26.0)
            + (broad - neck as f32) * (1.0 - (1.0 - curve).powi(2)).sqrt()
            + it * 26.0
    };
    pen.even((716, WRITTEN_HEIGHT), looks.cloth, shoulders);
    pen.block((MIDDLE - neck, 560), (neck * 2, 180), shadow);
    let dark = tinted(looks.cloth, 80);
    match looks.clothes {
        Clothes::Tee => {
            pen.ellipse((MIDDLE, 728), (neck + 34, 52), dark);
            pen.ellipse((MIDDLE, 720), (neck + 24, 44), shadow);
        }
        Clothes::Neckline => {
            let open = neck as f32 + 28.0;
            pen.even((716, 870), shadow, |it| open * (1.0 - it).sqrt());
        }
        Clothes::Sweater => {
            pen.block((MIDDLE - neck - 14, 676), (neck * 2 + 28, 66), dark);
            pen.ellipse((MIDDLE, 742), (neck + 14, 18), dark);
            pen.ellipse((MIDDLE, 678), (neck + 14, 14), tinted(looks.cloth, 70));
        }
        Clothes::Hood => {
            pen.ellipse((MIDDLE, 752), (neck + 96, 70), dark);
            pen.ellipse((MIDDLE, 730), (neck + 40, 52), tinted(looks.cloth, 60));
            pen.ellipse((MIDDLE, 718), (neck + 14, 40), shadow);
            for side in [-1, 1] {
                pen.line((MIDDLE + side * 52, 800), (MIDDLE + side * 56, 930), 9, [236, 234, 228]);
            }
        }
        Clothes::Shirt => {
            let open = neck as f32 + 10.0;
            pen.even((716, 850), shadow, |it| open * (1.0 - it));
            collar(pen, neck, tinted(looks.cloth, 112));
            pen.block((MIDDLE - 3, 848), (6, 432), dark);
            for number in 0..3 {
                pen.ellipse((MIDDLE, 930 + number * 120), (7, 7), tinted(looks.cloth, 65));
            }
        }
        Clothes::Jacket => {
            let open = neck as f32 + 44.0;
            pen.even((716, 1120), [244, 242, 238], |it| open * (1.0 - it));
            let bare = neck as f32 + 4.0;
            pen.even((716, 810), shadow, |it| bare * (1.0 - it));
            collar(pen, neck, [250, 249, 246]);
            for side in [-1, 1] {
                pen.line((MIDDLE + side * (neck + 40), 730), (MIDDLE, 1120), 26, dark);
            }
            pen.block((MIDDLE - 3, 1120), (6, 160), dark);
        }
    }
}

fn collar(pen: &mut Pen, neck: i32, colour: Colour) {
    for side in [-1, 1] {
        pen.line((MIDDLE + side * (neck + 8), 706), (MIDDLE + side * 30, 842), 38, colour);
    }
}

fn head(pen: &mut Pen, person: &Person, wide: i32) {
    let looks = &person.looks;
    let shadow = tinted(looks.skin, 90);
    for side in [-1, 1] {
        pen.ellipse((MIDDLE + side * wide, 430), (22, 36), shadow);
    }
    let power = if person.is_woman { 2.1 } else { 2.5 };
    let wide = wide as f32;
    pen.even((CROWN, HEAD), looks.skin, |it| wide * (1.0 - (1.0 - it).powi(2)).max(0.0).sqrt());
    pen.even((HEAD, CHIN), looks.skin, |it| {
        wide * (1.0 - it.powf(power)).max(0.0).powf(1.0 / power)
    });
}

fn blush(pen: &mut Pen, person: &Person) {
    let colour = if person.is_woman { [226, 122, 118] } else { [206, 120, 104] };
    for side in [-1, 1] {
        pen.veil((MIDDLE + side * 76, 478), (34, 22), colour, 42);
    }
}

/// What years leave: beside the eyes, on the forehead, around the mouth.
fn lines(pen: &mut Pen, person: &Person) {
    let colour = tinted(person.looks.skin, 84);
    for side in [-1, 1] {
        pen.line((MIDDLE + side * 40, 476), (MIDDLE + side * 62, 514), 4, colour);
        pen.line((MIDDLE + side * 96, 398), (MIDDLE + side * 114, 388), 3, colour);
        pen.line((MIDDLE + side * 96, 408), (MIDDLE + side * 115, 410), 3, colour);
    }
    if person.age >= OLD_AGE {
        for (row, half) in [(318, 62), (334, 50)] {
            pen.line((MIDDLE - half, row), (MIDDLE + half, row), 4, colour);
        }
        for side in [-1, 1] {
            pen.line((MIDDLE + side * 34, 432), (MIDDLE + side * 76, 430), 3, colour);
        }
    }
}

fn beard(pen: &mut Pen, looks: &Looks, wide: i32) {
    let (hair, half) = (looks.hair, wide as f32);
    let jaw = |it: f32| half * (1.0 - (0.28 + it * 0.72).powf(2.5)).max(0.0).powf(0.4) + 3.0;
    match looks.beard {
        Beard::None => {}
        Beard::Stubble => {
            pen.veil((MIDDLE, 552), (wide * 3 / 4, 72), hair, 60);
        }
        Beard::Full => {
            pen.even((478, 640), hair, jaw);
            // Cheeks and what is around the mouth stay free.
            pen.ellipse((MIDDLE, 464), (wide * 8 / 10, 34), looks.skin);
            pen.ellipse((MIDDLE, 500), (54, 48), looks.skin);
            pen.line((MIDDLE - 44, 502), (MIDDLE, 494), 18, hair);
            pen.line((MIDDLE + 44, 502), (MIDDLE, 494), 18, hair);
        }
        Beard::Moustache => {
            pen.line((MIDDLE - 52, 508), (MIDDLE, 492), 20, hair);
            pen.line((MIDDLE + 52, 508), (MIDDLE, 492), 20, hair);
        }
        Beard::Goatee => {
            pen.ellipse((MIDDLE, 584), (40, 42), hair);
            pen.ellipse((MIDDLE, 540), (38, 20), looks.skin);
            pen.line((MIDDLE - 42, 504), (MIDDLE + 42, 504), 10, hair);
        }
    }
}

fn hair(pen: &mut Pen, looks: &Looks, wide: i32) {
    let half = wide as f32;
    // A cap over the crown, with a forehead left free in it.
    let cap = |pen: &mut Pen, bottom: i32, thick: i32, forehead: (i32, i32), colour: Colour| {
        let thick = thick as f32;
        let top = CROWN - thick as i32;
        let high = (HEAD - top) as f32;
        pen.even((top, bottom), colour, |it| {
            let part = 1.0 - it * (bottom - top) as f32 / high;
            (half + thick * 0.7) * (1.0 - part.max(0.0).powi(2)).max(0.0).sqrt()
        });
        let (x, y) = forehead;
        pen.ellipse((x, y), (wide - 12, 442 - (y - 160)), looks.skin);
    };
    let colour = looks.hair;
    match looks.cut {
        Cut::Long | Cut::Bob => {
            cap(pen, 430, 26, (MIDDLE - 4, 440), colour);
            pen.line((MIDDLE - 30, 236), (MIDDLE - 118, 372), 34, colour);
            pen.line((MIDDLE - 30, 236), (MIDDLE + 124, 360), 34, colour);
        }
        Cut::Bun | Cut::Tail => cap(pen, 390, 22, (MIDDLE, 440), colour),
        Cut::Curls => {
            cap(pen, 350, 28, (MIDDLE, 448), colour);
            for step in 0..6 {
                pen.ellipse((MIDDLE - 100 + step * 40, 276 - (step % 2) * 12), (34, 32), colour);
            }
        }
        Cut::Kerchief => {
            cap(pen, 440, 32, (MIDDLE, 446), looks.cloth);
            pen.line((MIDDLE - 104, 302), (MIDDLE + 104, 302), 22, looks.cloth);
        }
        Cut::Short => {
            cap(pen, 372, 24, (MIDDLE, 446), colour);
            pen.line((MIDDLE - 96, 290), (MIDDLE + 96, 290), 26, colour);
        }
        Cut::Parted => {
            cap(pen, 376, 30, (MIDDLE + 10, 446), colour);
            pen.line((MIDDLE - 84, 262), (MIDDLE + 104, 306), 38, colour);
        }
        Cut::Shaved => cap(pen, 352, 6, (MIDDLE, 450), tinted(colour, 130)),
        Cut::Receding => cap(pen, 392, 8, (MIDDLE, 410), colour),
        Cut::Bald => {
            pen.veil((MIDDLE - 40, 276), (34, 16), [255, 255, 255], 60);
            for side in [-1, 1] {
                pen.ellipse((MIDDLE + side * (wide - 2), 384), (8, 34), colour);
            }
        }
    }
}

fn eyes(pen: &mut Pen, person: &Person) {
    let looks = &person.looks;
    let brow = if person.age >= OLD_AGE { [168, 164, 160] } else { tinted(looks.hair, 85) };
    for side in [-1, 1] {
        let x = MIDDLE + side * EYE_APART;
        pen.ellipse((x, EYES - 4), (33, 21), tinted(looks.skin, 93));
        pen.ellipse((x, EYES), (28, 14), EYE_WHITE);
        pen.ellipse((x, EYES), (14, 14), looks.eyes);
        pen.ellipse((x, EYES), (7, 7), PUPIL);
        pen.ellipse((x + 4, EYES - 5), (3, 3), EYE_WHITE);
        let lid = if person.is_woman { 6 } else { 3 };
        pen.line((x - 29, EYES - 4), (x, EYES - 15), lid, PUPIL);
        pen.line((x, EYES - 15), (x + 29, EYES - 4), lid, PUPIL);
        let thick = if person.is_woman { 8 } else { 13 };
        pen.line((x - side * 32, EYES - 36), (x + side * 6, EYES - 44), thick, brow);
        pen.line((x + side * 6, EYES - 44), (x + side * 38, EYES - 34), thick, brow);
    }
}

fn nose(pen: &mut Pen, looks: &Looks) {
    let shadow = tinted(looks.skin, 86);
    pen.line((MIDDLE + 12, 412), (MIDDLE + 16, 458), 5, tinted(looks.skin, 93));
    pen.bow((MIDDLE, 470), (26, 13), false, shadow);
    pen.ellipse((MIDDLE, 464), (22, 14), tinted(looks.skin, 102));
}

/// Shut, and about to smile; as wide as the mouth that opens over it.
fn lips(pen: &mut Pen, person: &Person) {
    let y = WRITTEN_HEIGHT * mouth::MIDDLE.y / 1000;
    let half = WRITTEN_WIDTH * mouth::HALF / 1000 - 4;
    let skin = person.looks.skin;
    let lip = if person.is_woman {
        [190, 78, 86]
    } else {
        let [red, green, blue] = tinted(skin, 82);
        [red, green.saturating_sub(14), blue.saturating_sub(4)]
    };
    pen.bow((MIDDLE, y), (half - 8, 13), false, lip);
    pen.bow((MIDDLE - 12, y), (half - 18, 9), true, lip);
    pen.bow((MIDDLE + 12, y), (half - 18, 9), true, lip);
    let dark = tinted(lip, 62);
    pen.line((MIDDLE - half, y - 4), (MIDDLE, y + 2), 5, dark);
    pen.line((MIDDLE, y + 2), (MIDDLE + half, y - 4), 5, dark);
}

fn glasses(pen: &mut Pen, looks: &Looks) {
    if looks.glasses == Glasses::None {
        return;
    }
    for side in [-1, 1] {
        let x = MIDDLE + side * EYE_APART;
        if looks.glasses == Glasses::Round {
            ring(pen, x);
        } else {
            for (left, top, wide, high) in
                [(-46, -30, 92, 6), (-46, 30, 92, 6), (-46, -30, 6, 66), (40, -30, 6, 66)]
            {
                pen.block((x + left, EYES + top), (wide, high), FRAME);
            }
        }
        pen.line((x + side * 44, EYES - 8), (MIDDLE + side * 140, EYES - 2), 6, FRAME);
    }
    pen.line((MIDDLE - 14, EYES - 6), (MIDDLE + 14, EYES - 6), 6, FRAME);
}

fn ring(pen: &mut Pen, middle: i32) {
    for step in 0_i16..64 {
        let turn = f32::from(step) / 64.0 * std::f32::consts::TAU;
        let (x, y) = ((44.0 * turn.cos()) as i32, (42.0 * turn.sin()) as i32);
        pen.ellipse((middle + x, EYES + y), (4, 4), FRAME);
    }
}

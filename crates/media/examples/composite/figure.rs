//! A drawn person who sways and talks, frame by frame: with true alpha, on a green wall that shines
//! on it, or as the wall of a shop behind it. None of it is green but the wall, so that what is
//! green afterwards was left there.

/// One pixel: red, green, blue, and how much of it is seen.
pub type Rgba = [u8; 4];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scene {
    /// On nothing, with straight alpha.
    Alone,
    /// Before the green wall.
    Green,
    /// The shop, without anybody.
    Shop,
}

#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    pub scene: Scene,
    pub width: u32,
    pub height: u32,
}

const WALL: [f32; 3] = [0.0, 255.0, 0.0];
const SKIN: [f32; 3] = [222.0, 170.0, 138.0];
const HAIR: [f32; 3] = [58.0, 36.0, 26.0];
const SHIRT: [f32; 3] = [46.0, 72.0, 150.0];
const LIPS: [f32; 3] = [140.0, 40.0, 50.0];
/// The wall's light on an edge, and how far in it is seen, for a picture of 720 pixels.
const SHINE: f32 = 0.14;
const SHINE_REACH: f32 = 7.0;
/// What is in focus has edges of some two pixels.
const SOFTNESS: f32 = 1.8;

impl Drawing {
    /// The picture of this number, 25 a second, row by row.
    pub fn frame(&self, number: u32, pixels: &mut Vec<u8>) {
        pixels.clear();
        let unit = self.width as f32 / 720.0;
        let moment = number as f32 / 25.0;
        for y in 0..self.height {
            for x in 0..self.width {
                let (x, y) = (x as f32 / unit, y as f32 / unit);
                let pixel = match self.scene {
                    Scene::Shop => opaque(shop(x, y, moment)),
                    Scene::Alone => alone(x, y, unit, moment),
                    Scene::Green => green(x, y, unit, moment),
                };
                pixels.extend(pixel);
            }
        }
    }
}

fn opaque(colour: [f32; 3]) -> Rgba {
    let [red, green, blue] = colour.map(|it| it.clamp(0.0, 255.0) as u8);
    [red, green, blue, 255]
}

fn alone(x: f32, y: f32, unit: f32, moment: f32) -> Rgba {
    let (distance, colour) = figure(x, y, moment);
    let [red, green, blue, _] = opaque(colour);
    [red, green, blue, (cover(distance, unit) * 255.0).round() as u8]
}

fn green(x: f32, y: f32, unit: f32, moment: f32) -> Rgba {
    let (distance, colour) = figure(x, y, moment);
    let cover = cover(distance, unit);
    let shine = SHINE * (1.0 + distance / SHINE_REACH).clamp(0.0, 1.0);
    opaque(mix(WALL, mix(colour, WALL, shine), cover))
}

fn cover(distance: f32, unit: f32) -> f32 {
    (0.5 - distance * unit / SOFTNESS).clamp(0.0, 1.0)
}

fn mix(from: [f32; 3], to: [f32; 3], part: f32) -> [f32; 3] {
    std::array::from_fn(|it| from[it] + (to[it] - from[it]) * part)
}

/// How far a place of the 720 by 1280 is from the figure's edge, and its colour if it were inside.
fn figure(x: f32, y: f32, moment: f32) -> (f32, [f32; 3]) {
    let x = x - 12.0 * (moment * 2.4).sin();
    let y = y - 4.0 * (moment * 3.1).cos();
    let face = ellipse(x - 360.0, y - 520.0, 112.0, 150.0);
    let hair = ellipse(x - 360.0, y - 470.0, 138.0, 150.0);
    let neck = (x - 360.0).abs().max((y - 700.0).abs() - 40.0) - 46.0;
    let body = ellipse(x - 360.0, y - 1180.0, 290.0, 440.0);
    let strands = strands(x, y);
    let mouth = ellipse(x - 360.0, y - 595.0, 34.0, 6.0 + 14.0 * (moment * 19.0).sin().abs());
    let distance = face.min(hair).min(neck).min(body).min(strands);
    let colour = if mouth < 0.0 {
        LIPS
    } else if face < -6.0 && 440.0 < y {
        SKIN
    } else if body < neck.min(hair) && 0.0 < face {
        let thread = ((x * 0.35).sin() + (y * 0.35).sin()) * 9.0;
        SHIRT.map(|it| it + thread)
    } else if neck < hair.min(strands) {
        SKIN
    } else {
        HAIR.map(|it| it + 12.0 * (x * 0.9).sin())
    };
    (distance, colour)
}

/// Hair that stands off the head: a few pixels wide.
fn strands(x: f32, y: f32) -> f32 {
    let off = (x - 360.0).hypot(y - 470.0) - 180.0;
    if 60.0 < off.abs() || 600.0 < y {
        return 20.0;
    }
    (0..14)
        .map(|it| {
            let angle = -3.0 + it as f32 * 0.2;
            let from = (360.0 + 130.0 * angle.cos(), 470.0 + 140.0 * angle.sin());
            let to = (from.0 + 34.0 * (angle + 0.3).cos(), from.1 + 34.0 * (angle + 0.3).sin());
            let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
            let (x, y) = (x - from.0, y - from.1);
            let part = ((x * along_x + y * along_y) / 1156.0).clamp(0.0, 1.0);
            (x - part * along_x).hypot(y - part * along_y) - 2.6
        })
        .fold(f32::MAX, f32::min)
}

fn ellipse(x: f32, y: f32, across: f32, down: f32) -> f32 {
    let scaled = (x / across).hypot(y / down);
    (scaled - 1.0) * across.min(down)
}

/// Shelves with boxes in warm colours, and a light that wanders.
fn shop(x: f32, y: f32, moment: f32) -> [f32; 3] {
    let (column, row) = ((x / 120.0).floor(), (y / 160.0).floor());
    let tint = (column * 37.0 + row * 61.0).rem_euclid(90.0);
    let is_shelf = y.rem_euclid(160.0) < 14.0 || x.rem_euclid(120.0) < 6.0;
    let light = 26.0 * (-(x - 360.0 - 200.0 * moment.sin()).powi(2) / 40_000.0).exp();
    let base = if is_shelf { [92.0, 66.0, 52.0] } else { [120.0 + tint, 84.0 + tint / 2.0, 90.0] };
    base.map(|it| it + light)
}

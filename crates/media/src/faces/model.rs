//! Reads the SeetaFace frontal detection model: three boosted cascades that propose windows and
//! three small networks that refuse or correct them.
//!
//! The format has no magic number and no lengths of its own; all numbers are 32-bit little-endian.
//! It is a part of the program (see `build.rs`), so a mistake in it is ours and panics.

use std::sync::LazyLock;

use super::boosted::{Boosted, CODES};
use super::network::{Layer, Network, Patch};

static BYTES: &[u8] = include_bytes!(env!("MEDIA_FACE_MODEL"));

pub(super) static MODEL: LazyLock<Model> = LazyLock::new(|| Model::parse(BYTES));

pub(super) struct Model {
    /// Each proposes windows of its own; a window is a candidate if any of them takes it.
    pub proposers: Vec<Boosted>,
    /// Asked one after the other, the cheapest first.
    pub judges: Vec<Network>,
}

const BOOSTED: u32 = 0;
const NETWORK: u32 = 1;

impl Model {
    fn parse(bytes: &[u8]) -> Self {
        let mut from = Cursor(bytes);
        let patches = Patch::pool();
        let mut model = Self { proposers: Vec::new(), judges: Vec::new() };
        for _level in 0..from.count() {
            for _chain in 0..from.count() {
                for _stage in 0..from.count() {
                    match from.number() {
                        BOOSTED => model.proposers.push(boosted(&mut from)),
                        NETWORK => model.judges.push(network(&mut from, &patches)),
                        kind => panic!("the face model has a stage of unknown kind {kind}"),
                    }
                }
                // Which chains of the level before feed this one. In this model: all of them.
                let _sources = from.numbers();
            }
        }
        assert!(from.0.is_empty(), "the face model is longer than it says");
        model
    }
}

fn boosted(from: &mut Cursor) -> Boosted {
    let count = from.count();
    assert_eq!(from.count() + 1, CODES, "the face model has another number of codes");
    let places = (0..count).map(|_| (from.count(), from.count())).collect();
    let floors = from.floats(count);
    let weights = from.floats(count * CODES);
    Boosted { places, floors, weights }
}

fn network(from: &mut Cursor, patches: &[Patch]) -> Network {
    let layers = from.count();
    // The patches are numbered from 1.
    let count = from.count();
    let patches = (0..count).map(|_| patches[from.count() - 1]).collect();
    let floor = from.float();
    let mut inputs = from.count();
    let layers = (1..layers)
        .map(|_| {
            let outputs = from.count();
            let weights = from.floats(inputs * outputs);
            let layer = Layer { inputs, weights, biases: from.floats(outputs) };
            inputs = outputs;
            layer
        })
        .collect();
    Network { patches, floor, layers }
}

struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn word(&mut self) -> [u8; 4] {
        let (word, rest) = self.0.split_first_chunk().expect("the face model is whole");
        self.0 = rest;
        *word
    }

    fn number(&mut self) -> u32 {
        u32::from_le_bytes(self.word())
    }

    fn count(&mut self) -> usize {
        self.number() as usize
    }

    /// Less than none is none.
    fn numbers(&mut self) -> Vec<u32> {
        (0..self.number() as i32).map(|_| self.number()).collect()
    }

    fn float(&mut self) -> f32 {
        f32::from_le_bytes(self.word())
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.float()).collect()
    }
}

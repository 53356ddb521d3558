//! Sound and video, by the real programs. Where they aren't installed, these tests see nothing, and
//! say so.

mod backgrounds;
#[path = "../../../examples/composite/figure.rs"]
mod figure;
mod folders;
mod hostile;
mod keyed;
mod limits;
mod montages;
mod sources;
mod speeches;
mod stills;

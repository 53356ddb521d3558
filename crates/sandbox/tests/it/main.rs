//! The sandbox, tried in process with a made-up clock.

mod fal;
mod page;
mod sockets;
mod telegram;
mod world;
mod yookassa;

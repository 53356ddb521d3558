//! The sandbox, tried in process with a made-up clock.

mod characters;
mod comfyui;
mod drawing;
mod edits;
mod elevenlabs;
mod fal;
mod films;
mod page;
mod replicate;
mod sockets;
mod telegram;
mod voices;
mod world;
mod yookassa;

//! Tests of the connectors: talks with providers, and how far a request may go.

mod comfyui;
mod memory;
mod network;
mod outgoing;
mod payments;
mod reach;
mod record;
mod results;
mod talks;
mod voices;

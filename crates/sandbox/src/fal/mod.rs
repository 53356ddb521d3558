//! fal on loopback: storage, queue, webhooks and three trainers.

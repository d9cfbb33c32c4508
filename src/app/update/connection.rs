//! One connection: closing it, what may change while it lives, and what the kernel knows of it.

use std::time::{Duration, Instant};

use super::super::model::{Effect, Model};
use crate::{
    engine::Command,
    model::{ConnectionId, LiveOption, RecvSize, Target},
};

/// How soon the kernel's answer is looked at.
const ANSWER: Duration = Duration::from_millis(40);

impl Model {
    pub(super) fn close(&mut self, connection: ConnectionId) {
        self.command(Command::Close(Target::Connection(connection)));
    }

    /// Lets one `recv` return so many bytes from now on; a size that cannot be is left alone.
    pub(super) fn set_recv_size(&mut self, connection: ConnectionId, size: u32) {
        if let Ok(size) = RecvSize::try_from(size) {
            self.command(Command::Set { connection, option: LiveOption::RecvSize(size) });
        }
    }

    /// Asks the kernel what it knows of a connection.
    pub(super) fn inspect(&mut self, connection: ConnectionId) {
        self.inspected = Some((connection, Instant::now()));
        self.command(Command::Inspect(connection));
        self.effect(Effect::WakeIn(ANSWER));
    }
}

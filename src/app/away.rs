//! What is told outside of the window while it is not in front: a first connection, a picture.

use std::time::{Duration, Instant};

use egui::{Context, UserAttentionType, ViewportCommand};

use super::{desktop, rows, state::Plan, window::Window};
use crate::{
    model::{ConnectionId, ObjectId, SessionId},
    words::text,
};

/// No two notifications come closer than this; a flood of callers is one.
const PAUSE: Duration = Duration::from_secs(5);

/// What was told last.
#[derive(Debug, Default)]
pub(super) struct Away {
    at: Option<Instant>,
    picture: ObjectId,
}

impl Window {
    /// Tells of the first connection of a listener.
    pub(super) fn tell_of_connection(&mut self, ctx: &Context, connection: ConnectionId, session: SessionId) {
        let Some(entry) = self.state.sessions.get(&session) else { return };
        let first = entry.connections.len() == 1 && entry.dropped == 0;
        if first && matches!(entry.plan, Plan::Listen(_)) {
            let peer = self.state.connections.get(&connection).map(rows::peer).unwrap_or_default();
            let words = text!("{peer} has connected to {address}", peer = peer, address = rows::address(entry));
            self.tell(ctx, text!("First connection"), words);
        }
    }

    /// Tells of a picture that came since the last look.
    pub(super) fn tell_of_pictures(&mut self, ctx: &Context) {
        let last = self.engine.objects().last();
        if std::mem::replace(&mut self.away.picture, last) != last
            && let Some(picture) = self.engine.objects().get(last).filter(|object| object.content.picture.is_some())
        {
            let size = crate::words::size(picture.content.bytes.len() as u64);
            self.tell(ctx, text!("A picture came by"), text!("{size}, in the tab Pictures", size = size));
        }
    }

    fn tell(&mut self, ctx: &Context, title: &str, words: String) {
        let front = ctx.input(|input| input.viewport().focused.unwrap_or(input.focused));
        let soon = self.away.at.is_some_and(|at| at.elapsed() < PAUSE);
        if front || soon || !self.settings.preferences.notifications {
            return;
        }
        self.away.at = Some(Instant::now());
        tracing::info!("told outside of the window: {title}");
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        desktop::notify(title.to_owned(), words);
    }
}

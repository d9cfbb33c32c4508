//! What is told outside of the window while it is not in front: a first connection, a picture.

use super::super::model::{Effect, Model, naming};
use crate::{
    model::{ConnectionId, SessionId},
    words::text,
};

impl Model {
    /// Tells of the first connection of a listener.
    pub(super) fn tell_of_connection(&mut self, connection: ConnectionId, session: SessionId) {
        let Some(entry) = self.state.sessions.get(&session) else { return };
        let first = entry.connections.len() == 1 && entry.dropped == 0;
        if first && entry.is_listener() {
            let peer = self.state.connections.get(&connection).map(naming::peer).unwrap_or_default();
            let words = text!("{peer} has connected to {address}", peer = peer, address = naming::address(entry));
            self.tell(text!("First connection"), words);
        }
    }

    /// Tells of a picture that came since the last look.
    pub(super) fn tell_of_pictures(&mut self) {
        let last = self.objects.last();
        if std::mem::replace(&mut self.told, last) != last
            && let Some(picture) = self.objects.get(last).filter(|object| object.content.picture.is_some())
        {
            let size = crate::words::size(picture.content.bytes.len() as u64);
            self.tell(text!("A picture came by"), text!("{size}, in the tab Pictures", size = size));
        }
    }

    fn tell(&mut self, title: &str, words: String) {
        if self.settings.preferences.notifications {
            self.effect(Effect::Notify { title: title.to_owned(), words });
        }
    }
}

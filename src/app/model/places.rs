//! The order of the list of sessions.

use super::state::{Session, State};
use crate::{model::SessionId, ui::frame::sessions::Group};

impl State {
    /// The sessions under a heading of the list, in its order, without those of a page's own pictures.
    pub(in crate::app) fn of(&self, group: Group) -> impl Iterator<Item = (SessionId, &Session)> {
        let mut all: Vec<_> = self
            .sessions
            .iter()
            .filter(|(_, entry)| entry.plan.kind().group() == group && !entry.is_aside)
            .map(|(id, entry)| (*id, entry))
            .collect();
        all.sort_by_key(|(id, session)| (session.place, *id));
        all.into_iter()
    }

    /// Gives a session the place and the name of one that it stands for now, which leaves the list.
    pub(in crate::app) fn stand_for(&mut self, id: SessionId, before: SessionId) {
        let Some(old) = self.sessions.get(&before) else { return };
        let (place, name) = (old.place, old.name.clone());
        self.remove(before);
        if let Some(session) = self.sessions.get_mut(&id) {
            (session.place, session.name) = (place, name);
        }
    }
}

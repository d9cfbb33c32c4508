//! The pictures of the page that is shown, as far as a person asked for them.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{ConnectionId, FetchConfig, ObjectId, SessionId};

/// Pictures that are asked for at a time.
const AT_ONCE: usize = 4;

/// How far one of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) enum Stand {
    /// Its turn comes.
    Waiting,
    /// It is asked for, by this session.
    Coming(SessionId),
    /// It is in the store.
    Here(ObjectId),
    /// Why it is not.
    Failed(String),
}

/// Those of one page, by how the page names them.
#[derive(Debug, Default)]
pub(in crate::app) struct PagePictures {
    /// The page: where it came over, its URL, and the way to it.
    of: (ConnectionId, FetchConfig),
    all: BTreeMap<String, Stand>,
    queue: VecDeque<String>,
}

impl PagePictures {
    /// Begins anew for another page; what still comes for the one before is to be stopped.
    pub(in crate::app) fn turn_to(&mut self, connection: ConnectionId, page: FetchConfig) -> Vec<SessionId> {
        if self.of.0 == connection && self.of.1.url == page.url {
            return Vec::new();
        }
        let before = std::mem::replace(self, Self { of: (connection, page), ..Self::default() });
        let coming = before.all.into_values();
        coming.filter_map(|stand| if let Stand::Coming(session) = stand { Some(session) } else { None }).collect()
    }

    /// The page: its URL, and the way to it.
    pub(in crate::app) fn page(&self) -> &FetchConfig {
        &self.of.1
    }

    /// How far a picture is, on the page that came over this connection; `None` when nobody asked for it.
    pub(in crate::app) fn get(&self, connection: ConnectionId, source: &str) -> Option<&Stand> {
        self.all.get(source).filter(|_| self.of.0 == connection)
    }

    /// Puts a picture at the end of the queue, unless it is there or on its way.
    pub(in crate::app) fn ask(&mut self, source: String) {
        if !matches!(self.all.get(&source), Some(Stand::Waiting | Stand::Coming(_))) {
            self.queue.push_back(source.clone());
            self.all.insert(source, Stand::Waiting);
        }
    }

    /// The next to be asked for, while fewer than so many are on their way.
    pub(in crate::app) fn next(&mut self) -> Option<String> {
        let coming = self.all.values().filter(|stand| matches!(stand, Stand::Coming(_))).count();
        if coming < AT_ONCE { self.queue.pop_front() } else { None }
    }

    /// Notes how far a picture is.
    pub(in crate::app) fn set(&mut self, source: String, stand: Stand) {
        self.all.insert(source, stand);
    }

    /// The picture that a session asks for.
    pub(in crate::app) fn of_session(&self, session: SessionId) -> Option<String> {
        let mut all = self.all.iter();
        all.find(|(_, stand)| **stand == Stand::Coming(session)).map(|(source, _)| source.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_at_a_time_each_once_and_none_of_another_page() {
        let mut pictures = PagePictures::default();
        let page = FetchConfig { url: "http://h/".to_owned(), ..FetchConfig::default() };
        assert!(pictures.turn_to(ConnectionId(1), page.clone()).is_empty());
        for number in [1, 2, 3, 4, 5, 5, 1] {
            pictures.ask(number.to_string());
        }
        let mut began = Vec::new();
        while let Some(source) = pictures.next() {
            began.push(source.clone());
            pictures.set(source, Stand::Coming(SessionId(u32::try_from(began.len()).unwrap())));
        }
        assert_eq!(began, ["1", "2", "3", "4"]);
        assert_eq!(pictures.of_session(SessionId(2)).as_deref(), Some("2"));
        pictures.set("2".to_owned(), Stand::Here(ObjectId(7)));
        assert_eq!(pictures.next().as_deref(), Some("5"));
        assert_eq!(pictures.get(ConnectionId(1), "2"), Some(&Stand::Here(ObjectId(7))));
        assert_eq!(pictures.get(ConnectionId(2), "2"), None);
        assert_eq!(pictures.turn_to(ConnectionId(2), page).len(), 3);
        assert_eq!((pictures.next(), pictures.get(ConnectionId(2), "5")), (None, None));
    }
}

//! Which view there is of what is selected.

use super::state::{Phase, Session, State};
use crate::{
    model::SessionId,
    ui::{
        action::Selection,
        tab::{Shown, Tab, Visitors},
    },
};

impl State {
    /// What is chosen, as far as it decides which views there are.
    pub(in crate::app) fn shown(&self) -> Shown {
        let session = self.chosen_session().and_then(|id| self.sessions.get(&id));
        let site = session.filter(|session| {
            let whole = matches!(self.selection, Selection::Session(_));
            whole && session.is_site() && session.phase == Phase::Running
        });
        Shown {
            connection: self.chosen().is_some(),
            failed: self.chosen_failure().is_some(),
            http: session.is_some_and(Session::is_http),
            site: site.map(|session| {
                let speak = session.takes_posts() || !session.posts.is_empty();
                if speak { Visitors::Speak } else { Visitors::Look }
            }),
        }
    }

    /// The view that is shown: the one that was asked for, where there is such a view of what is selected.
    pub(in crate::app) fn view(&self) -> Tab {
        self.tab.or_fitting(self.shown())
    }

    /// The site whose visitors' messages are shown.
    pub(in crate::app) fn site_in_view(&self) -> Option<SessionId> {
        let Selection::Session(id) = self.selection else { return None };
        let is_site = self.sessions.get(&id).is_some_and(Session::is_site);
        (is_site && self.view() == Tab::Conversation).then_some(id)
    }
}

impl Session {
    /// An HTTP listener.
    pub(in crate::app) fn is_site(&self) -> bool {
        self.is_listener() && self.is_http()
    }

    /// Visitors may write on a board, or put files here.
    pub(in crate::app) fn takes_posts(&self) -> bool {
        self.plan.listen().is_some_and(|config| config.serving.takes())
    }
}

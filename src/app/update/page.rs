//! What a page of the HTTP view leads to: its links, the answer that it points to, and its pictures. Each is a request of
//! its own, and none is sent before a person asked for it.

use super::super::model::{Model, page_pictures::Stand, pending::Origin, state::Plan};
use crate::{
    engine::Command,
    http::client,
    model::{FetchConfig, Page, SessionId},
    ui::kit::Tone,
    words::{Phrase, text},
};

impl Model {
    /// The page that is shown, and what was asked for it.
    fn shown_page(&self) -> Option<(&Page, &FetchConfig)> {
        let session = self.state.sessions.get(&self.state.chosen_session()?)?;
        Some((session.page.as_deref()?, session.plan.fetch()?))
    }

    /// Gets what a link of the page names, in its place.
    pub(super) fn follow_link(&mut self, reference: &str) {
        let Some((page, asked)) = self.shown_page() else { return };
        let next = client::link(&FetchConfig { url: page.url.clone(), ..asked.clone() }, reference);
        self.go_on(next);
    }

    /// Gets what the answer points to, in its place.
    pub(super) fn follow_redirect(&mut self) {
        let Some(next) = self.shown_page().and_then(|(page, asked)| client::onward(page, asked)) else { return };
        self.go_on(next);
    }

    fn go_on(&mut self, next: Result<FetchConfig, Phrase>) {
        match next {
            Ok(config) => {
                self.views.http.load(&config);
                self.views.http.remember(&config);
                self.fetch(config);
                // The field has what is asked for now.
                self.views.http_of = self.state.chosen_session();
            }
            Err(why) => self.state.say(Tone::Warning, why.to_string()),
        }
    }

    /// Gets pictures of the page, a few at a time.
    pub(super) fn load_pictures(&mut self, sources: Vec<String>) {
        let Some((page, asked)) = self.shown_page() else { return };
        let after = self.state.chosen_session();
        let (connection, of) = (page.connection, FetchConfig { url: page.url.clone(), after, ..asked.clone() });
        for session in self.page_pictures.turn_to(connection, of) {
            self.command(Command::Stop(session));
        }
        for source in sources {
            self.page_pictures.ask(source);
        }
        self.next_pictures();
    }

    fn next_pictures(&mut self) {
        while let Some(source) = self.page_pictures.next() {
            let stand = match client::link(self.page_pictures.page(), &source) {
                Ok(config) => {
                    let config = FetchConfig { redirects: FetchConfig::REDIRECTS, ..config };
                    let session = self.start(Plan::Fetch(Box::new(config)), Origin::Elsewhere);
                    if let Some(entry) = self.state.sessions.get_mut(&session) {
                        entry.is_aside = true;
                    }
                    Stand::Coming(session)
                }
                Err(why) => Stand::Failed(why.to_string()),
            };
            self.page_pictures.set(source, stand);
        }
    }

    /// Takes over what a request for a picture brought; its session leaves the list, where it was not seen.
    pub(super) fn picture_came(&mut self, session: SessionId) {
        let Some(entry) = self.state.sessions.get(&session).filter(|entry| entry.is_aside) else { return };
        let page = entry.page.as_deref();
        let picture = page.and_then(|page| {
            let body = page.body.and_then(|id| self.objects.get(id));
            let mut all = body.into_iter().chain(self.objects.of_connection(page.connection));
            all.find(|object| object.content.picture.is_some()).map(|object| object.id)
        });
        let stand = match (picture, &entry.failure, page) {
            (Some(id), _, _) => Stand::Here(id),
            (None, Some(failure), _) => Stand::Failed(failure.name().into_owned()),
            (None, None, Some(page)) if page.status >= 400 => Stand::Failed(page.status.to_string()),
            _ => Stand::Failed(text!("no picture").to_owned()),
        };
        if let Some(source) = self.page_pictures.of_session(session) {
            self.page_pictures.set(source, stand);
        }
        self.state.remove(session);
        self.next_pictures();
    }
}

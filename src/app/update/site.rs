//! What an HTTP listener shows, and what it tells.

use super::super::model::{Model, board, state::Session};
use crate::{
    engine::Command,
    model::{Author, Recipe, Serving, SessionId, Site, SiteNews},
    ui::{
        kit::Tone,
        views::{conversation::PostContent, shared::wording},
    },
    words::{size, text},
};

/// Characters of a file's name.
const NAME: usize = 200;

impl Model {
    /// Lets a running listener show something else, also after it was started again.
    pub(super) fn serve(&mut self, session: SessionId, site: Site, serving: Serving) {
        // What visitors may do decides which views there are: the one in which it is chosen stays.
        self.state.tab = self.state.view();
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        let Some(config) = entry.plan.listen_mut() else { return };
        config.recipe = Recipe::Http(site.clone());
        config.serving = serving.clone();
        self.state.rows_are_old = true;
        self.state.changes += 1;
        self.command(Command::Serve { session, site, serving });
    }

    /// Takes in what happened at a site.
    pub(super) fn on_site(&mut self, session: SessionId, news: SiteNews) {
        match news {
            SiteNews::Token(token) => {
                if let Some(entry) = self.state.sessions.get_mut(&session) {
                    entry.token = Some(token);
                }
            }
            SiteNews::Saved { by, path, length, picture } => {
                if self.state.site_in_view() != Some(session) {
                    let words = text!("Saved {path} · {size}", path = path.display(), size = size(length));
                    self.state.say(Tone::Good, words);
                }
                let name = path.file_name().unwrap_or(path.as_os_str());
                let name = wording::escape(name.as_encoded_bytes(), NAME);
                let transfer = self.state.remember_file(path);
                self.post(session, by, PostContent::File { name, length, transfer, picture });
            }
            SiteNews::Said { by, picture: Some(picture), .. } => self.post(session, by, PostContent::Picture(picture)),
            SiteNews::Said { by, text, .. } => self.post(session, by, PostContent::Text(text)),
        }
    }

    /// Puts something into the conversation of a site. While that is not in view there is a mark in the list.
    fn post(&mut self, session: SessionId, by: Author, content: PostContent) {
        let from = by.connection.is_some().then(|| {
            let known = self.state.connections.get(&by.connection);
            let address = known.and_then(|known| board::address_of(&known.shared.identity().names.peer));
            (address.map(|address| address.to_string()).unwrap_or_default(), by.name)
        });
        let at = (by.record > 0).then(|| self.journal.with_row(by.record, |row| row.head.nanos)).flatten();
        let at = at.unwrap_or_else(|| self.journal.now());
        let seen = self.state.site_in_view() == Some(session);
        let Some(entry) = self.state.sessions.get_mut(&session) else { return };
        // What a person says here is nothing new to them.
        entry.news += u64::from(!seen && from.is_some());
        let Session { posts, only, .. } = entry;
        posts.add(from, (at, by.record), content);
        // Nothing is left of them to be shown alone.
        only.retain(|voice| posts.knows(*voice));
    }
}

//! HTML in which what comes from outside cannot act, by the way it is put together: only literals of this program go in as
//! they are, everything else is escaped on its way in.
//!
//! A template engine (maud, askama) does the same with a language of its own. The pages here are few and small, and the
//! longest is made in pieces while it is sent: these few functions are all that it takes.

use std::fmt::Write as _;

use crate::http::server::answer::pages::{escape, segment};

/// HTML on its way to a page.
#[derive(Debug, Default)]
pub(in crate::http::server) struct Html(String);

impl Html {
    /// HTML as it is written in this program.
    pub(in crate::http::server) fn raw(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// Text, also inside a quoted attribute.
    pub(in crate::http::server) fn text(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.0.push_str(&escape(text.as_ref()));
        self
    }

    /// A number.
    pub(in crate::http::server) fn number(&mut self, number: usize) -> &mut Self {
        let _ = write!(self.0, "{number}");
        self
    }

    /// A name as one segment of a link.
    pub(in crate::http::server) fn segment(&mut self, name: impl AsRef<[u8]>) -> &mut Self {
        self.0.push_str(&segment(name));
        self
    }

    /// What was put together like this elsewhere.
    pub(in crate::http::server) fn html(&mut self, html: &Self) -> &mut Self {
        self.0.push_str(&html.0);
        self
    }

    /// HTML of other parts of this program, which have escaped it themselves.
    pub(in crate::http::server) fn escaped(html: String) -> Self {
        Self(html)
    }

    pub(in crate::http::server) fn into_string(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_literals_act() {
        let mut html = Html::default();
        html.raw("<a href=\"").segment("\"<&'>/\\%").raw("\" title=\"").text("\"<&'>").raw("\">").number(7).raw("</a>");
        assert_eq!(html.into_string(), "<a href=\"%22%3C%26%27%3E%2F%5C%25\" title=\"&quot;&lt;&amp;&#39;&gt;\">7</a>");
    }
}

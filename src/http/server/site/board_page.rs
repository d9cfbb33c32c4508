//! The page of the board, with what was said so far.

use std::{fmt::Write as _, sync::Arc};

use bytes::Bytes;
use futures_util::stream::unfold;
use hyper::Response;

use crate::{
    http::server::{
        answer::{body::Body, pages},
        site::board::{Board, Content, EVENTS, PICTURES, Said, TEXT},
    },
    model::Serving,
    words::{clock, text},
};

/// Where a page is while it is sent.
enum Part {
    Head(String),
    /// After the message of that number.
    Messages(u64),
    Done,
}

/// The page; `extras` is more of it as HTML, `token` is for whoever may write. Made message by message while it is sent, so
/// that many who read slowly have no copy each of all that was said.
pub(super) fn page(board: &Arc<Board>, extras: &str, token: Option<&str>) -> Response<Body> {
    let board = Arc::clone(board);
    let until = board.last();
    let (head, foot) = frame(extras, token, until, board.run());
    pages::streamed(unfold((Part::Head(head), foot), move |(part, foot)| {
        let board = Arc::clone(&board);
        async move {
            let last = match part {
                Part::Head(head) => return Some((Bytes::from(head), (Part::Messages(0), foot))),
                Part::Messages(last) => last,
                Part::Done => return None,
            };
            Some(match board.read(last, until, row) {
                Some((last, row)) => (Bytes::from(row), (Part::Messages(last), foot)),
                None => (Bytes::from(foot), (Part::Done, String::new())),
            })
        }
    }))
}

/// What stands before the messages and after them.
fn frame(extras: &str, token: Option<&str>, until: u64, run: &str) -> (String, String) {
    let title = text!("Board");
    let mut head = pages::head(title);
    let _ = write!(
        head,
        "<header><nav class=\"crumbs\"><a href=\"/\">{}</a><span>/</span><strong>{}</strong></nav></header>\n\
         <main class=\"board\">\n{extras}<ul class=\"said\" data-events=\"{EVENTS}?after={until}&amp;board={run}\" data-lost=\"{}\" \
         data-refused=\"{}\" aria-live=\"polite\">\n",
        pages::escape(text!("Start")),
        pages::escape(title),
        pages::escape(text!("Not connected; trying again…")),
        pages::escape(text!("Not sent:")),
    );
    let write = token.map_or_else(String::new, |token| {
        format!(
            "<form class=\"write\" method=\"post\" action=\"{5}?token={token}\" data-token=\"{token}\">\n\
             <input class=\"from\" name=\"from\" maxlength=\"40\" autocomplete=\"nickname\" aria-label=\"{0}\" placeholder=\"{0}\">\
             <textarea name=\"text\" rows=\"1\" maxlength=\"{TEXT}\" aria-label=\"{1}\" placeholder=\"{2}\"></textarea>\
             <label class=\"pick\">{3}<input type=\"file\" accept=\"image/*\" multiple></label>\
             <button class=\"main\">{4}</button><p class=\"state\" role=\"status\"></p></form>",
            pages::escape(text!("Your name, if you like")),
            pages::escape(text!("Message")),
            pages::escape(text!("Message to everybody on this page")),
            pages::escape(text!("Pictures…")),
            pages::escape(text!("Send")),
            Serving::BOARD,
        )
    });
    (head, format!("</ul>\n{write}\n</main>{}", pages::FOOT))
}

fn row(said: &Said) -> String {
    let class = if said.host { " class=\"host\"" } else { "" };
    let nanos = said.at.saturating_mul(1_000_000);
    let head = format!("{} · {}", said.from, clock(nanos).split('.').next().unwrap_or_default());
    let words = match &said.content {
        Content::Text(text) => format!("<p>{}</p>", pages::escape(text)),
        Content::Picture(..) => format!("<img src=\"{PICTURES}{}\" alt=\"\">", said.id),
    };
    format!("<li id=\"m{}\"{class}><small>{}</small>{words}</li>\n", said.id, pages::escape(&head))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;
    use crate::{
        http::server::site::{board::Words, memory::SiteMemory},
        memory::{MOST, Memory, Part},
    };

    #[tokio::test]
    async fn what_is_said_is_text_and_the_page_is_whole() {
        let share = Memory::new(MOST).share(Part::Sites);
        let board = Board::new(&SiteMemory::new(share).boards);
        for words in ["<script>\n", "two"] {
            assert!(board.say(None, Words::Text(words.to_owned())).is_some());
        }
        let response = page(&board, "<p>more</p>", Some("t"));
        // Too late for this page; the events bring it.
        assert!(board.say(None, Words::Text("three".to_owned())).is_some());
        let page = response.into_body().collect().await.unwrap().to_bytes();
        let page = std::str::from_utf8(&page).unwrap();
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>\n"), "{page}");
        assert!(
            page.contains("id=\"m2\"") && !page.contains("three") && page.contains("?after=2&amp;board="),
            "{page}"
        );
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n") && page.contains("more"), "{page}");
    }
}

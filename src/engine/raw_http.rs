//! Reads an answer that is not quite HTTP, and says in words what is wrong with it.

use crate::{model::Page, words::text};

/// Where the head of `raw` ends: after an empty line, with CRLF or bare LF.
fn split(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let crlf = memchr::memmem::find(raw, b"\r\n\r\n").map(|at| (at, 4));
    let lf = memchr::memmem::find(raw, b"\n\n").map(|at| (at, 2));
    let (at, gap) = [crlf, lf].into_iter().flatten().min()?;
    Some((raw.get(..at)?, raw.get(at + gap..)?))
}

/// An empty line before the status line does not make the answer unreadable.
fn begun(raw: &[u8]) -> &[u8] {
    let trimmed = raw.trim_ascii_start();
    if trimmed.starts_with(b"HTTP/") { trimmed } else { raw }
}

/// The part of `raw` after the head; all of it where there is no head.
pub(super) fn body(raw: &[u8]) -> &[u8] {
    match split(begun(raw)) {
        Some((head, body)) if head.starts_with(b"HTTP/") => body,
        _ => raw,
    }
}

/// Fills in what can be read of the head, and what is wrong.
pub(super) fn explain(page: &mut Page, raw: &[u8]) {
    if begun(raw).len() < raw.len() {
        page.remarks.push(text!("there is an empty line before the status line").to_owned());
    }
    let raw = begun(raw);
    if !raw.starts_with(b"HTTP/") {
        page.remarks.push(
            text!("the answer has no status line: a server's answer begins with HTTP/1.1 and a number").to_owned(),
        );
        return;
    }
    let head = if let Some((head, _)) = split(raw) {
        head
    } else {
        page.remarks.push(text!("the head never ends: there is no empty line").to_owned());
        raw
    };
    let text = String::from_utf8_lossy(head);
    if text.contains('\n') && !text.contains("\r\n") {
        page.remarks.push(text!("lines end with LF alone; HTTP says CRLF").to_owned());
    }
    let mut lines = text.lines();
    let start = lines.next().unwrap_or_default();
    start.clone_into(&mut page.start_line);
    let mut words = start.split_whitespace();
    let version = words.next().unwrap_or_default();
    if !matches!(version, "HTTP/1.0" | "HTTP/1.1") {
        page.remarks
            .push(text!("“{version}” is not a version of HTTP; it should be HTTP/1.0 or HTTP/1.1", version = version));
    }
    match words.next().and_then(|status| status.parse().ok()) {
        Some(status) if (100..600).contains(&status) => page.status = status,
        _ => page.remarks.push(text!("the status is not a number from 100 to 599").to_owned()),
    }
    for line in lines {
        match line.split_once(':') {
            Some((name, value)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
                page.headers.push((name.to_owned(), value.trim().to_owned()));
            }
            _ => page.remarks.push(text!("“{line}” is not a header", line = line.chars().take(80).collect::<String>())),
        }
    }
    if page.header("content-length").is_none() && page.header("transfer-encoding").is_none() {
        page.remarks
            .push(text!("there is no Content-Length, so only the end of the connection ends the body").to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_written_answer_is_read_and_explained() {
        let raw = b"HTTP/1.x 200 OK\nContent-Type: image/jpg\n\n\xff\xd8";
        let mut page = Page::default();
        explain(&mut page, raw);
        assert_eq!((page.status, page.header("content-type")), (200, Some("image/jpg")));
        assert_eq!(body(raw), b"\xff\xd8");
        assert!(page.remarks.iter().any(|remark| remark.contains("HTTP/1.x")));
        assert!(page.remarks.iter().any(|remark| remark.contains("LF")));
        assert!(page.remarks.iter().any(|remark| remark.contains("Content-Length")));
    }

    #[test]
    fn an_empty_line_at_the_start_is_passed_over() {
        let raw = b"\nHTTP/1.x 200 OK\nContent-Type: image/jpg\n\n\xff\xd8";
        let mut page = Page::default();
        explain(&mut page, raw);
        assert_eq!((page.status, body(raw)), (200, &b"\xff\xd8"[..]));
        assert!(page.remarks.iter().any(|remark| remark.contains("empty line")));
    }

    #[test]
    fn text_without_a_status_line_is_all_body() {
        let mut page = Page::default();
        explain(&mut page, b"<h1>welcome nginx</h1>");
        assert_eq!(body(b"<h1>a</h1>\n\nb"), b"<h1>a</h1>\n\nb");
        assert_eq!(page.remarks.len(), 1);
    }
}

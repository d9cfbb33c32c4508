//! A body as a person reads it: JSON with line breaks, a page of HTML without its tags.

use serde::de::IgnoredAny;

/// JSON with one value a line, in the order in which it came; `None` when it is not JSON.
pub(super) fn json(body: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(body).ok()?;
    let mut out = String::with_capacity(body.len() * 2);
    let mut depth = 0_usize;
    let mut chars = body.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                out.push('"');
                while let Some(char) = chars.next() {
                    out.push(char);
                    match char {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                out.push(char);
                while chars.next_if(char::is_ascii_whitespace).is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(char);
            }
            ',' => {
                out.push(',');
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            char if char.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    Some(out)
}

/// The text of a page: what stands between tags, blocks on lines of their own.
pub(super) fn html(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        put(&mut out, text);
        let Some(end) = tag.find('>') else {
            rest = "";
            break;
        };
        let inside = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let closing = inside.starts_with('/');
        let name: String = inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "script" | "style" if !closing => {
                let close = format!("</{name}");
                let found = rest.to_ascii_lowercase().find(&close);
                rest = found.and_then(|at| rest.get(at..)).unwrap_or_default();
            }
            "br" | "p" | "div" | "li" | "tr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "title" | "hr" | "ul"
            | "ol" | "table" | "section" | "article" | "header" | "footer" | "pre" | "form" | "body" => {
                if !out.is_empty() && !out.ends_with("\n\n") {
                    out.push('\n');
                }
                if name == "li" && !closing {
                    out.push_str("• ");
                }
            }
            "td" | "th" if closing => out.push('\t'),
            _ => {}
        }
    }
    put(&mut out, rest);
    out.trim().to_owned()
}

/// Text with its spaces drawn together and its entities read.
fn put(out: &mut String, text: &str) {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}");
    let text = text.replace("&#39;", "'").replace("&amp;", "&");
    if text.starts_with(|char: char| char.is_ascii_whitespace()) && !out.ends_with([' ', '\n']) && !out.is_empty() {
        out.push(' ');
    }
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() && !out.ends_with([' ', '\n', '\t']) && !out.ends_with(word) {
            out.push(' ');
        }
        out.push_str(word);
    }
    if text.len() > 1 && text.ends_with(|char: char| char.is_ascii_whitespace()) && !out.ends_with([' ', '\n']) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_its_order_and_its_numbers() {
        let pretty = json(r#"{"b":1.50,"a":[true,{}, []],"s":"x,\"{"}"#).unwrap();
        assert_eq!(pretty, "{\n  \"b\": 1.50,\n  \"a\": [\n    true,\n    {},\n    []\n  ],\n  \"s\": \"x,\\\"{\"\n}");
        assert_eq!(json("{]"), None);
    }

    #[test]
    fn a_page_is_its_text() {
        let page = "<html><head><title>A &amp; B</title><style>p{}</style></head><body><h1>Head</h1>\n<p>one <b>two</b></p>\
                    <ul><li>x</li></ul><script>if (a < b) {}</script>end";
        let text = html(page);
        assert!(text.contains("A & B") && text.contains("one two") && text.contains("• x"), "{text}");
        assert!(!text.contains("p{}") && !text.contains("a < b") && text.ends_with("end"), "{text}");
        assert_eq!(html("a <"), "a");
    }
}
